"""A standalone cluster of Spark on this machine: a master and two workers, each with one executor of one core."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pyspark

HOME = Path(pyspark.__file__).parent


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(what, condition, seconds=120):
    """Returns the first result of `condition` that is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.05)
    raise AssertionError(f"after {seconds} s, still not so: {what}")


class Cluster:
    def __init__(self, folder):
        self.folder = folder / "cluster-logs"
        self.folder.mkdir()
        self.processes = []
        port, self.web, self.ui = free_port(), free_port(), free_port()
        self.master = f"spark://127.0.0.1:{port}"
        self.start("Master", "--port", port, "--webui-port", self.web)
        for number in range(2):
            work = self.folder / f"work-{number}"
            self.start(
                "Worker",
                "--cores",
                1,
                "--memory",
                "1200m",
                "--webui-port",
                free_port(),
                "--work-dir",
                work,
                self.master,
            )
        wait_until("the workers are registered", lambda: len(self.alive()) == 2)

    def start(self, kind, *arguments):
        env = os.environ | {
            "SPARK_HOME": str(HOME),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "PYSPARK_PYTHON": sys.executable,
            "SPARK_DAEMON_MEMORY": "512m",
        }
        command = [
            HOME / "bin/spark-class",
            f"org.apache.spark.deploy.{kind.lower()}.{kind}",
            "--host",
            "127.0.0.1",
            *map(str, arguments),
        ]
        with open(self.folder / f"{kind}-{len(self.processes)}.log", "w") as log:
            process = subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True)
        self.processes.append(process)

    def get(self, address):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return json.load(answer)
        except (OSError, ValueError):
            return None

    def alive(self):
        state = self.get(f"http://127.0.0.1:{self.web}/json/") or {}
        return [worker for worker in state.get("workers", []) if worker["state"] == "ALIVE"]

    def kill_an_executor_at_work(self):
        """Kills one of two executors when a part of the postings is clean."""

        def is_at_work():
            state = self.get(f"http://127.0.0.1:{self.web}/json/") or {}
            for app in state.get("activeapps", []):
                stages = (
                    self.get(f"http://127.0.0.1:{self.ui}/api/v1/applications/{app['id']}/stages?status=active") or []
                )
                if any(
                    stage.get("description") == "clean the work"
                    and 2 <= stage["numCompleteTasks"] < stage["numTasks"] - 4
                    for stage in stages
                ):
                    return True
            return False

        wait_until("a part of the postings is clean", is_at_work)
        executors = self.executors()
        assert len(executors) == 2, executors
        os.kill(executors[0], signal.SIGKILL)

    def executors(self):
        """The processes of the executors, which the workers started."""
        listed = subprocess.run(
            ["ps", "-eww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
        ).stdout.splitlines()
        mine = {process.pid for process in self.processes}
        found = [line.split(None, 2) for line in listed]
        return [
            int(pid) for pid, parent, args in found if int(parent) in mine and "CoarseGrainedExecutorBackend" in args
        ]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            # The worker ends its executors.
            process.terminate()
        for process in self.processes:
            process.wait(60)
