"""What an operator sees in Airflow, night by night. The tests share one Airflow, and run in the order of this file."""

import contextlib
import subprocess
from pathlib import Path

import psycopg2
import pytest
from conftest import PROGRAM
from instance import ENDED, Task, wait_until


@contextlib.contextmanager
def locked(postings):
    """Another session holds a lock on the clean postings, so a run waits. Before a run, only the raw table is read."""
    session = psycopg2.connect(postings.url)
    session.cursor().execute("LOCK TABLE jobinsight_staging.staging_jobs IN ACCESS EXCLUSIVE MODE")
    yield
    session.close()


def failed(task, code, tries):
    """Asserts that a task failed after some tries, and that the reason is in XCom and in the log."""
    assert task.wait() == ("failed", tries)
    value = task.xcom()
    assert value["success"] is False
    assert value["error"]["code"] == code
    assert code in task.log()
    return value


def test_a_server_that_is_down_is_tried_again_and_the_warehouse_follows(airflow, postings):
    postings.server.stop()
    airflow.unpause("warehouse")
    airflow.unpause("jobinsight_etl")
    wait_until("the scheduler starts the run of last night", lambda: airflow.runs("jobinsight_etl"))
    task = Task(airflow, "jobinsight_etl", airflow.runs("jobinsight_etl")[0])

    assert task.wait("up_for_retry", *ENDED) == ("up_for_retry", 1)
    assert task.xcom()["error"]["code"] == "jobinsight::upstream::not_ready"
    assert "exit code 75; jobinsight::upstream::not_ready" in task.log()

    postings.server.start()
    postings.url = postings.server.url("postings")
    port = postings.server.address.port
    airflow.query("UPDATE connection SET port = %s WHERE port <> 1", port)
    # The test does not wait for the delay of two minutes.
    task.query("UPDATE task_instance SET end_date = end_date - interval '1 hour'")
    assert task.wait("success", "failed", "skipped") == ("success", 2)

    value = task.xcom()
    assert value["success"] is True
    assert value["stats"]["new"] == 597 == postings.count("jobinsight_staging.staging_jobs")
    assert [phase["status"] for phase in value["phases"]] == ["done"] * 5
    assert postings.runs() == [("done", None)]
    assert "600 rows go through data_loading, data_processing, data_saving" in task.log()

    loads = wait_until("the warehouse is loaded", lambda: airflow.runs("warehouse"))
    assert Task(airflow, "warehouse", loads[0]).wait()[0] == "success"
    assert len(airflow.runs("jobinsight_etl")) == 1, "no run for the months since the start date"


def test_a_crawl_that_does_not_come_fails_after_the_last_retry(airflow, postings):
    airflow.unpause("crawl_does_not_come")
    postings.crawl("3 days")
    value = failed(airflow.trigger("crawl_does_not_come", "once"), "jobinsight::upstream::not_ready", tries=2)
    assert "the newest crawl was at" in value["error"]["message"]
    assert len(postings.runs()) == 1, "no run begins"
    assert len(airflow.runs("warehouse")) == 1, "a task that failed does not start the loader"


def test_a_crawl_that_comes_a_little_late_is_published_without_a_retry(airflow, postings):
    task = airflow.trigger("jobinsight_etl", "late")
    wait_until("the task waits", lambda: "waiting for upstream: the newest crawl was at" in task.log())
    postings.crawl()
    assert task.wait() == ("success", 1)
    wait_until("the warehouse is loaded", lambda: len(airflow.runs("warehouse")) == 2)


def test_a_raw_table_that_breaks_its_contract_fails_at_once(airflow, postings):
    postings.query("ALTER TABLE raw_jobs RENAME COLUMN title TO headline")
    task = airflow.trigger("jobinsight_etl", "contract")
    failed(task, "jobinsight::contract::missing_column", tries=1)
    postings.query("ALTER TABLE raw_jobs RENAME COLUMN headline TO title")


def test_a_run_beside_another_run_is_skipped(airflow, postings):
    with locked(postings):
        env = {"DATABASE_URL": postings.url, "ETL_STATE_DIR": str(postings.server.folder), "HOME": "/"}
        other = subprocess.Popen([PROGRAM, "run"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until("the other run works", lambda: postings.runs()[-1][0] == "running")
        task = airflow.trigger("jobinsight_etl", "locked")
        assert task.wait() == ("skipped", 1)
        assert task.xcom()["error"]["code"] == "jobinsight::run::locked"
    assert other.wait() == 0
    assert len(airflow.runs("warehouse")) == 2


def test_a_task_that_is_marked_as_failed_stops_its_run(airflow, postings):
    with locked(postings):
        task = airflow.trigger("jobinsight_etl", "stopped")
        task.wait("running")
        wait_until("the run works", lambda: postings.runs()[-1][0] == "running")
        command, environment = process_of(task.run)
        assert command == ["jobinsight", "--format", "json", "run", "--wait-upstream", "20s"]
        assert f"PGPASSWORD={postings.server.address.password}" in environment
        task.mark_as_failed()
        # The lock stays, so only the signal can have ended the run.
        wait_until("the run has ended", lambda: postings.runs()[-1][0] != "running")
    assert postings.runs()[-1] == ("failed", "jobinsight::run::terminated")
    wait_until("the log has the exit code", lambda: "ended with exit code 143" in task.log())
    assert task.state() == ("failed", 1)
    assert "a second signal ends" in task.log()


@pytest.mark.parametrize(
    "dag, code, tries",
    [
        ("server_is_down", "jobinsight::database::connection", 2),
        ("server_has_no_tls", "jobinsight::database::tls", 1),
        ("settings_are_wrong", "jobinsight::settings::invalid", 1),
        ("run_times_out", "jobinsight::run::timeout", 2),
    ],
)
def test_the_exit_code_decides_about_a_retry(airflow, postings, dag, code, tries):
    airflow.unpause(dag)
    with locked(postings):
        failed(airflow.trigger(dag, "once"), code, tries)


def test_a_task_that_takes_too_long_stops_its_run(airflow, postings):
    airflow.unpause("task_times_out")
    with locked(postings):
        task = airflow.trigger("task_times_out", "once")
        assert task.wait() == ("failed", 1)
        assert postings.runs()[-1] == ("failed", "jobinsight::run::terminated")
    assert "ended with exit code 143" in task.log()


def test_a_program_that_ignores_sigterm_is_killed(airflow):
    airflow.unpause("program_is_stubborn")
    task = airflow.trigger("program_is_stubborn", "once")
    assert task.wait() == ("failed", 1)
    assert "this program does not end" in task.log()
    assert "ended with exit code -9" in task.log()
    assert task.xcom() is None


def test_the_next_night_needs_nobody(airflow, postings):
    task = airflow.trigger("jobinsight_etl", "next")
    assert task.wait() == ("success", 1)
    assert task.xcom()["stats"]["unchanged"] == 597
    wait_until("the warehouse is loaded again", lambda: len(airflow.runs("warehouse")) == 3)


def test_no_file_and_no_table_of_airflow_shows_the_password(airflow, postings):
    password = postings.server.address.password
    logs = [file for file in airflow.home.rglob("*.log") if file.is_file()]
    assert len(logs) > 8
    assert [file for file in logs if password in file.read_text(errors="replace")] == []
    shown = airflow.query("SELECT rendered_fields::text FROM rendered_task_instance_fields")
    assert shown and not [fields for (fields,) in shown if password in fields]


def process_of(run):
    """The arguments and the environment of the jobinsight that works for a run of the DAG."""
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            arguments = (folder / "cmdline").read_bytes().decode().split("\0")[:-1]
            environment = (folder / "environ").read_bytes().decode().split("\0")
            if arguments[:1] == ["jobinsight"] and f"AIRFLOW_CTX_DAG_RUN_ID={run}" in environment:
                return arguments, environment
    raise AssertionError("jobinsight does not work")
