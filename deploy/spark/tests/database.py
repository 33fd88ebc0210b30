"""A PostgreSQL with postings, and the pipeline that works on it."""

import json
import os
import subprocess
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pyarrow

PROGRAM = Path(os.environ["JOBINSIGHT_PROGRAM"])
TYPES = {
    "verified_employer": pyarrow.bool_(),
    "posted_time": pyarrow.timestamp("us", "UTC"),
    "crawled_at": pyarrow.timestamp("us", "UTC"),
}
#: Amounts have 18 decimals in Arrow, and more in PostgreSQL if a rate gives more.
DECIMALS = Decimal("0.000000000001")


class Server:
    """An embedded PostgreSQL."""

    def __init__(self, folder):
        self.folder = folder

    def db(self, *arguments):
        env = os.environ | {"ETL_STATE_DIR": str(self.folder)}
        ended = subprocess.run([PROGRAM, "db", *arguments], env=env, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.strip()

    def create(self, database):
        address = urlsplit(self.db("url"))
        with psycopg.connect(address._replace(path="/postgres").geturl(), autocommit=True) as session:
            session.execute(f"CREATE DATABASE {database}")
        return address._replace(path=f"/{database}").geturl()


class Database:
    """A database with raw and clean postings."""

    def __init__(self, server, name):
        self.server, self.url = server, server.create(name)

    def jobinsight(self, *arguments, code=0, **env):
        env = os.environ | {"DATABASE_URL": self.url, "ETL_STATE_DIR": str(self.server.folder), "NO_COLOR": "1"} | env
        command = [PROGRAM, "--quiet", "--format", "json", *map(str, arguments)]
        ended = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert ended.returncode == code, ended.stderr
        return json.loads(ended.stdout.splitlines()[-1])

    def query(self, statement, *parameters):
        with psycopg.connect(self.url, options="-c timezone=UTC") as session:
            found = session.execute(statement, parameters or None)
            return found.fetchall() if found.description else []

    def fill(self, files, rows):
        """Imports files, and repeats their postings under new keys until there are enough."""
        for file in files:
            self.jobinsight("import", "--create", file)
        columns = [
            name
            for (name,) in self.query(
                "SELECT attname::text FROM pg_attribute WHERE attrelid = 'raw_jobs'::regclass AND attnum > 0 ORDER BY attnum"
            )
        ]
        others = ", ".join(name for name in columns if name != "job_id")
        self.query(
            f"INSERT INTO raw_jobs (job_id, {others}) SELECT left(job_id, 15) || '~' || n, {others} "
            f"  FROM raw_jobs, generate_series(1, 40) AS n ORDER BY n, job_id LIMIT {rows} - (SELECT count(*) FROM raw_jobs)"
        )
        assert self.query("SELECT count(*) FROM raw_jobs") == [(rows,)]

    def raw(self, where="true"):
        """The raw rows as a table of Arrow, with the JSON of the skills as text."""
        columns = self.query(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = 'raw_jobs'::regclass AND attnum > 0 ORDER BY attnum"
        )
        names = [name for (name,) in columns]
        rows = self.query(
            f"SELECT {', '.join(name + '::text' if name == 'skills' else name for name in names)} FROM raw_jobs WHERE {where} ORDER BY job_id"
        )
        values = zip(*rows) if rows else [[]] * len(names)
        fields = [pyarrow.field(name, TYPES.get(name, pyarrow.string())) for name in names]
        arrays = [pyarrow.array(list(column), field.type) for column, field in zip(values, fields)]
        return pyarrow.Table.from_arrays(arrays, schema=pyarrow.schema(fields))

    def table(self, name, columns):
        """The rows of a table of staging by key: some columns, as values of Python."""
        rows = self.query(f"SELECT job_id, {', '.join(columns)} FROM jobinsight_staging.{name}")
        return {key: dict(zip(columns, map(plain, values))) for key, *values in rows}


def plain(value):
    """A value as it is compared."""
    return value.quantize(DECIMALS) if isinstance(value, Decimal) else value
