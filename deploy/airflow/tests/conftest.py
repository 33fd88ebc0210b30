"""Servers for the tests: a PostgreSQL for the metadata of Airflow, a PostgreSQL for postings, and Airflow itself."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from instance import MAJOR, Instance, query

PROGRAM = Path(os.environ["JOBINSIGHT_PROGRAM"])
SAMPLE = Path(__file__).parents[3] / "runner/assets/sample.csv"


class Server:
    """An embedded PostgreSQL, which can be stopped and started again, on another port."""

    def __init__(self, folder):
        self.folder = folder

    def db(self, *arguments):
        env = os.environ | {"ETL_STATE_DIR": str(self.folder)}
        ended = subprocess.run([PROGRAM, "db", *arguments], env=env, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.strip()

    def start(self):
        self.db("start")
        self.address = urlsplit(self.db("url"))

    def stop(self):
        self.db("stop")

    def url(self, database):
        return self.address._replace(path=f"/{database}").geturl()

    def create(self, database):
        connection = psycopg2.connect(self.url("postgres"))
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {database}")
        connection.close()
        return self.url(database)

    def connection(self, database):
        """The same as a connection of Airflow."""
        address = self.address
        return {
            "conn_type": "postgres",
            "host": address.hostname,
            "port": address.port,
            "login": address.username,
            "password": address.password,
            "schema": database,
            "extra": json.dumps({"sslmode": "disable", "connect_timeout": 5}),
        }


class Postings:
    """The database with the raw and the clean postings."""

    def __init__(self, server):
        self.server = server
        self.url = server.create("postings")
        self.jobinsight("import", "--create", str(SAMPLE))
        self.crawl()

    def jobinsight(self, *arguments):
        env = os.environ | {"DATABASE_URL": self.url, "ETL_STATE_DIR": str(self.server.folder)}
        command = [PROGRAM, "--format", "json", *arguments]
        return json.loads(subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1])

    def query(self, statement, *parameters):
        return query(self.url, statement, *parameters)

    def count(self, table):
        return self.query(f"SELECT count(*) FROM {table}")[0][0]

    def crawl(self, age="0 hours"):
        """Gives the postings the crawl time of a crawl that ended `age` ago."""
        self.query("UPDATE raw_jobs SET crawled_at = now() - %s::interval", age)

    def runs(self):
        """The ledger: the state and the error of each run, the oldest first."""
        return self.query("SELECT state, error_code FROM jobinsight_staging.etl_runs ORDER BY started_at")


@pytest.fixture(scope="session")
def folder():
    # The user of PostgreSQL must be able to enter the folder.
    folder = Path(tempfile.mkdtemp(prefix=f"jobinsight-airflow-{MAJOR}-"))
    folder.chmod(0o755)
    yield folder
    if "JOBINSIGHT_KEEP" not in os.environ:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def servers(folder):
    servers = [Server(folder / "metadata"), Server(folder / "postings")]
    try:
        for server in servers:
            server.start()
        yield servers
    finally:
        for server in servers:
            server.db("destroy")


@pytest.fixture(scope="session")
def postings(servers):
    return Postings(servers[1])


@pytest.fixture(scope="session")
def airflow(folder, servers, postings):
    home = folder / "home"
    home.mkdir()
    airflow = Instance(home, servers[0].create("airflow"), PROGRAM)
    try:
        connection = postings.server.connection("postings")
        nobody_listens = connection | {"port": 1}
        encrypted = connection | {"extra": json.dumps({"sslmode": "require"})}
        airflow.start({"jobinsight": connection, "nobody_listens": nobody_listens, "encrypted": encrypted})
        yield airflow
    finally:
        airflow.stop()
