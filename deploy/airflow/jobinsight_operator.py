"""The operator that runs `jobinsight` as a task of Airflow 2 or 3. The page docs/airflow.md explains its rules."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shlex
import signal
import subprocess
import tempfile
import threading
from urllib.parse import quote, urlencode

try:  # Airflow 3
    from airflow.sdk import BaseHook, BaseOperator
    from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
except ImportError:  # Airflow 2
    from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException
    from airflow.hooks.base import BaseHook
    from airflow.models.baseoperator import BaseOperator

# Exit codes that a later try cannot change (2, 3, 4), and the code of a run that another run makes unnecessary (5).
OUTCOMES = {2: AirflowFailException, 3: AirflowFailException, 4: AirflowFailException, 5: AirflowSkipException}
# The parameters of libpq that the operator reads from the field "Extra" of a connection.
EXTRAS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "options", "target_session_attrs")
LEVELS = {"ERROR": logging.ERROR, "WARN": logging.WARNING}


class JobInsightOperator(BaseOperator):
    """Runs `jobinsight` with some arguments, and sets the state of the task by its exit code.

    :param arguments: the arguments of the command, such as `["run"]`. They are not read by a shell.
    :param conn_id: a connection of the type `postgres`. None: the address comes from the environment of the worker.
    :param env: variables of the process, in addition to the environment of the worker.
    :param program: the path of the program, or its name on `PATH`.
    :param kill_timeout: seconds that the program has to end after SIGTERM, before SIGKILL ends it.
    """

    template_fields = ("arguments", "conn_id", "env")

    def __init__(self, *, arguments, conn_id=None, env=None, program="jobinsight", kill_timeout=30, **kwargs):
        super().__init__(**kwargs)
        self.arguments = arguments
        self.conn_id = conn_id
        self.env = env
        self.program = program
        self.kill_timeout = kill_timeout
        self._process = None
        self._killer = None

    def execute(self, context):
        command = [self.program, "--format", "json", *self.arguments]
        self.log.info("Running %s", shlex.join(command))
        with tempfile.TemporaryFile() as stdout:
            # In a session of its own, the program does not get the signals that Airflow sends to the whole process group of
            # the task. A second signal would end it before it records its end.
            self._process = subprocess.Popen(
                command, env=self._environment(), stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE,
                encoding="utf-8", errors="replace", start_new_session=True,
            )  # fmt: skip
            try:
                code = self._follow()
            except BaseException:  # for example a timeout of the task
                self.on_kill()
                self._follow()
                raise
            stdout.seek(0)
            result = self._result(stdout.read())
        if code == 0:
            return result
        if result and self.do_xcom_push:
            context["ti"].xcom_push(key="return_value", value=result)
        error = (result or {}).get("error") or {}
        reason = [error[key] for key in ("code", "message", "help") if error.get(key)]
        raise OUTCOMES.get(code, AirflowException)("; ".join([f"jobinsight ended with exit code {code}", *reason]))

    def on_kill(self):
        """Passes SIGTERM on, once. SIGKILL follows only if the program does not end in time."""
        if self._process is None or self._killer is not None or self._process.poll() is not None:
            return
        self._killer = threading.Timer(self.kill_timeout, self._signal, [signal.SIGKILL])
        self._killer.daemon = True
        self._killer.start()
        self._signal(signal.SIGTERM)

    def _signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def _follow(self):
        """Writes the log of the program to the log of the task, until the program ends. Returns its exit code."""
        for line in self._process.stderr:
            level = next((LEVELS[word] for word in line.split(maxsplit=2)[:2] if word in LEVELS), logging.INFO)
            self.log.log(level, "%s", line.rstrip())
        code = self._process.wait()
        if self._killer is not None:
            self._killer.cancel()
            self.log.warning("jobinsight was stopped, and ended with exit code %s", code)
        return code

    def _environment(self):
        env = dict(os.environ)
        if self.conn_id:
            connection = BaseHook.get_connection(self.conn_id)
            # The address comes from the connection alone.
            env = {k: v for k, v in env.items() if not k.startswith(("PG", "DATABASE_URL", "ETL_DATABASE__URL"))}
            # A URL without a server overrides an address in the settings file, and the variables of libpq fill it in.
            extra = {name: value for name, value in connection.extra_dejson.items() if name in EXTRAS}
            env["DATABASE_URL"] = f"postgresql://?{urlencode(extra, quote_via=quote)}"
            parameters = {
                "PGHOST": connection.host,
                "PGPORT": connection.port,
                "PGUSER": connection.login,
                "PGPASSWORD": connection.password,
                "PGDATABASE": connection.schema,
            }
            env |= {name: str(value) for name, value in parameters.items() if value}
        return env | (self.env or {})

    @staticmethod
    def _result(stdout):
        """Returns the object on the last line, or None if there is none."""
        lines = stdout.decode(errors="replace").splitlines()
        with contextlib.suppress(ValueError):
            return json.loads(lines[-1]) if lines else None
