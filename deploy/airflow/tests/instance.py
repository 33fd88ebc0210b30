"""An Airflow with its scheduler, as the tests need it: in a folder of its own, with its metadata in PostgreSQL."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import airflow
import psycopg2

MAJOR = int(airflow.__version__.split(".")[0])
HERE = Path(__file__).parent
ENDED = ("success", "failed", "skipped", "upstream_failed")


def query(url, statement, *parameters):
    """Runs one statement, and returns its rows."""
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def wait_until(what, condition, seconds=180):
    """Returns the first result of `condition` that is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.2)
    raise AssertionError(f"after {seconds} s, still not so: {what}")


class Instance:
    """The processes of Airflow, and questions to its metadata."""

    def __init__(self, home, url, program):
        self.home, self.url = home, url
        self.processes = []
        dags = home / "dags"
        dags.mkdir()
        # The folder has the two files as an operator copies them.
        for file in [*HERE.parent.glob("*.py"), *HERE.glob("dags/*.*")]:
            shutil.copy(file, dags)
        # The tests do not wait five minutes for a server that is down.
        dag = dags / "jobinsight_dag.py"
        text = dag.read_text()
        assert text.count('"5m"') == 1
        dag.write_text(text.replace('"5m"', '"20s"'))
        port = free_port()
        settings = {
            "CORE__DAGS_FOLDER": str(dags),
            "CORE__EXECUTOR": "LocalExecutor",
            "CORE__FERNET_KEY": "",
            "CORE__LOAD_EXAMPLES": "False",
            "CORE__PARALLELISM": "3",
            "DATABASE__SQL_ALCHEMY_CONN": url.replace("postgresql://", "postgresql+psycopg2://"),
            "SCHEDULER__JOB_HEARTBEAT_SEC": "1",
            "SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
            "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
            # Airflow 3: tasks talk to a server, and not to the database.
            "API__PORT": str(port),
            "API__WORKERS": "1",
            "API_AUTH__JWT_SECRET": "a secret of the tests, which is long enough for every algorithm: " + "x" * 64,
            "CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        }
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "ETL_"))}
        self.env |= {f"AIRFLOW__{name}": value for name, value in settings.items()}
        self.env |= {
            "AIRFLOW_HOME": str(home),
            "PATH": f"{program.parent}{os.pathsep}{self.env['PATH']}",
            "ETL_STATE_DIR": str(home / "state"),
            # The program refuses the last variable, and the others lead to another server. The connection decides instead.
            "DATABASE_URL": "postgresql://wrong@127.0.0.1:1/wrong",
            "JOBINSIGHT_CONFIG": str(home / "jobinsight.toml"),
            "PGSSLCRL": "/nowhere",
        }
        (home / "jobinsight.toml").write_text("database.url = 'postgresql://wrong@127.0.0.1:1/wrong'\n")
        self.airflow = [str(Path(sys.executable).with_name("airflow"))]

    def start(self, connections):
        """Creates the tables, the pool and the connections, and starts the scheduler."""
        self.command("db", "migrate")
        self.command("pools", "set", "jobinsight", "1", "runs of jobinsight")
        file = self.home / "connections.json"
        file.write_text(json.dumps(connections))
        self.command("connections", "import", str(file))
        servers = ["scheduler"] if MAJOR == 2 else ["api-server", "dag-processor", "scheduler"]
        for name in servers:
            log = (self.home / f"{name}.log").open("w")
            arguments = ["--skip-serve-logs"] if name == "scheduler" else []
            process = subprocess.Popen(
                [*self.airflow, name, *arguments], env=self.env, stdout=log, stderr=log, start_new_session=True
            )
            self.processes.append(process)
        self.dags = wait_until("the DAGs are read", self.read_dags)

    def stop(self):
        for process in self.processes:
            os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)

    def command(self, *arguments):
        ended = subprocess.run([*self.airflow, *arguments], env=self.env, capture_output=True, text=True)
        assert ended.returncode == 0, f"{arguments}: {ended.stdout}\n{ended.stderr}"
        return ended.stdout

    def read_dags(self):
        wrong = query(self.url, "SELECT filename, stacktrace FROM import_error")
        assert not wrong, wrong
        dags = {name for (name,) in query(self.url, "SELECT dag_id FROM dag")}
        return dags if {"jobinsight_etl", "warehouse", "program_is_stubborn"} <= dags else None

    def unpause(self, dag):
        self.command("dags", "unpause", dag)

    def trigger(self, dag, run):
        """Starts a run by hand, and returns its only task."""
        self.command("dags", "trigger", dag, "--run-id", run)
        return Task(self, dag, run)

    def query(self, statement, *parameters):
        return query(self.url, statement, *parameters)

    def runs(self, dag):
        """The ids of the runs of a DAG, the oldest first."""
        rows = query(self.url, "SELECT run_id FROM dag_run WHERE dag_id = %s ORDER BY id", dag)
        return [run for (run,) in rows]


class Task:
    """The task of a run of a DAG."""

    def __init__(self, instance, dag, run):
        self.instance, self.dag, self.run = instance, dag, run

    def query(self, statement):
        return query(self.instance.url, f"{statement} WHERE dag_id = %s AND run_id = %s", self.dag, self.run)

    def state(self):
        """The state, and the number of tries."""
        rows = self.query("SELECT state, try_number FROM task_instance")
        return rows[0] if rows else (None, 0)

    def wait(self, *states):
        """Waits for one of these states, or for the end of the task."""
        states = states or ENDED
        reached = wait_until(
            f"{self.dag} {self.run} is {states}", lambda: self.state() if self.state()[0] in states else None
        )
        return reached

    def xcom(self):
        """The value that the task returned, or pushed before it failed."""
        values = [value for key, value in self.query("SELECT key, value FROM xcom") if key == "return_value"]
        if not values:
            return None
        (value,) = values
        # Airflow 2 stores bytes, and Airflow 3 stores JSON.
        return json.loads(bytes(value)) if isinstance(value, memoryview) else value

    def log(self):
        folder = self.instance.home / "logs" / f"dag_id={self.dag}" / f"run_id={self.run}"
        return "".join(file.read_text() for file in sorted(folder.rglob("*.log")))

    def mark_as_failed(self):
        """Writes what the button of the web page writes. The process of the task reads it at its next heartbeat."""
        self.query("UPDATE task_instance SET state = 'failed'")
        self.query("UPDATE dag_run SET state = 'failed'")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
