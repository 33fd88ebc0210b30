"""A PostgreSQL with postings, the pipeline beside it, and the job on Spark."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from database import Database, Server

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
JOB = HERE.parent / "jobinsight_spark.py"
#: Spark stays small, because a machine of a developer has other work.
CONF = {
    "spark.driver.memory": "1g",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.executor.memory": "1g",
    "spark.sql.shuffle.partitions": "4",
    "spark.ui.showConsoleProgress": "false",
}


class Finished:
    """A run of the job: its JSON, its exit code and its log."""

    def __init__(self, process, stdout, stderr):
        self.code, self.log = process.returncode, stderr
        lines = stdout.splitlines()
        assert len(lines) == 1, f"one line on stdout, not {lines}\n{stderr[-4000:]}"
        self.json = json.loads(lines[0])

    def ok(self):
        assert (self.code, self.json["success"]) == (0, True), f"{self.json}\n{self.log[-4000:]}"
        return self.json

    def failed(self, code, name):
        assert (self.code, self.json["success"], self.json["error"]["code"]) == (code, False, name), (
            f"{self.json}\n{self.log[-4000:]}"
        )
        message = self.json["error"]["message"]
        assert self.json["message"] == message and "\n" not in message
        return message


class Spark:
    """Starts the job as a user does, with a master and settings."""

    def __init__(self, folder):
        self.folder = folder

    def start(self, *arguments, master="local[2]", conf=(), script=JOB, **env):
        command = [Path(sys.executable).parent / "spark-submit", "--master", master]
        for name, value in (CONF | dict(conf)).items():
            command += ["--conf", f"{name}={value}"]
        local = self.folder / "spark"
        local.mkdir(exist_ok=True)
        env = (
            os.environ
            | {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_DIRS": str(local)}
            | env
        )
        command += [script, *map(str, arguments)]
        return subprocess.Popen(
            command, env=env, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, *arguments, **options):
        return finished(self.start(*arguments, **options))


def finished(process):
    stdout, stderr = process.communicate(timeout=580)
    return Finished(process, stdout, stderr)


@pytest.fixture(scope="session")
def folder():
    # The user of PostgreSQL must be able to enter the folder.
    folder = Path(tempfile.mkdtemp(prefix="jobinsight-spark-"))
    folder.chmod(0o755)
    yield folder
    if "JOBINSIGHT_KEEP" not in os.environ:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def spark(folder):
    return Spark(folder)


@pytest.fixture(scope="session")
def server(folder):
    server = Server(folder / "postgres")
    server.db("start")
    try:
        yield server
    finally:
        server.db("destroy")


@pytest.fixture(scope="session")
def postings(server):
    """20,000 postings: the real ones beside the checkout, if they are there, and the sample of the demo under more keys."""
    database = Database(server, "postings")
    beside = [ROOT.parent / "shared/data" / name for name in ("raw_jobs.csv", "other_boards.csv")]
    real = [file for file in beside if file.is_file()]
    for file in set(beside) - set(real):
        print(f"SKIPPED: {file} is not there, so its postings are not compared", file=sys.stderr)
    database.fill([ROOT / "runner/assets/sample.csv", *real], 20_000)
    return database


@pytest.fixture(scope="session")
def schema():
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads((ROOT / "docs/schemas/run.json").read_text()))


def write_parquet(rows, folder, files=4, groups=250):
    """Writes a table as some files, as a crawler would."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    size = -(-len(rows) // files)
    for number in range(files):
        # Small groups of rows, so that Spark can cut a file into many tasks.
        part = rows.slice(number * size, size)
        pyarrow.parquet.write_table(part, folder / f"part-{number}.parquet", row_group_size=groups)
    return folder
