"""DAGs for the tests: a reader of the published rows, and failures that the nightly DAG would need hours to show."""

from datetime import timedelta
from pathlib import Path

import pendulum
from jobinsight_operator import JobInsightOperator

try:  # Airflow 3
    from airflow.sdk import DAG, Asset, BaseOperator
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.datasets import Dataset as Asset
    from airflow.models.baseoperator import BaseOperator

START = pendulum.datetime(2026, 1, 1, tz="UTC")


class Load(BaseOperator):
    """Stands in for the loader of a warehouse."""

    def execute(self, context):
        return "loaded"


with DAG(dag_id="warehouse", schedule=[Asset("jobinsight://staging_jobs")], start_date=START, catchup=False):
    Load(task_id="load")


def case(name, retries=1, **parameters):
    """A DAG with one run of jobinsight, which is retried after a second."""
    with DAG(dag_id=name, schedule=None, start_date=START):
        parameters = {"arguments": ["run"], "conn_id": "jobinsight", **parameters}
        delay = timedelta(seconds=1)
        JobInsightOperator(task_id="raw_to_staging", retries=retries, retry_delay=delay, **parameters)


case("crawl_does_not_come", arguments=["run", "--wait-upstream", "1s"], env={"ETL_UPSTREAM__MAX_AGE": "20h"})
case("server_is_down", conn_id="nobody_listens")
case("server_has_no_tls", conn_id="encrypted")
case("settings_are_wrong", env={"ETL_BATCH_SIZE": "{{ 0 }}"})
case("run_times_out", env={"ETL_TIMEOUT": "2"})
case("task_times_out", retries=0, execution_timeout=timedelta(seconds=8))
case(
    "program_is_stubborn",
    retries=0,
    program=str(Path(__file__).with_name("stubborn.sh")),
    execution_timeout=timedelta(seconds=3),
    kill_timeout=2,
)
