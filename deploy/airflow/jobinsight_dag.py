"""The nightly run, in place of `jobinsight_etl_pipeline`, the DAG of the Python pipeline. See docs/airflow.md."""

from datetime import timedelta

import pendulum
from jobinsight_operator import JobInsightOperator

try:  # Airflow 3
    from airflow.sdk import DAG, Asset
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.datasets import Dataset as Asset

with DAG(
    dag_id="jobinsight_etl",
    description="Publishes the raw postings of the last crawl to jobinsight_staging",
    schedule="0 6 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Ho_Chi_Minh"),
    catchup=False,
    max_active_runs=1,
    tags=["jobinsight", "etl"],
):
    JobInsightOperator(
        task_id="raw_to_staging",
        # A crawl that ends a little late. A longer wait belongs to the retries, which hold no slot of the pool.
        arguments=["run", "--wait-upstream", "5m"],
        conn_id="jobinsight",
        env={"ETL_UPSTREAM__MAX_AGE": "20h"},
        pool="jobinsight",
        retries=4,
        retry_delay=timedelta(minutes=2),
        retry_exponential_backoff=True,
        max_retry_delay=timedelta(minutes=30),
        execution_timeout=timedelta(minutes=20),
        outlets=[Asset("jobinsight://staging_jobs")],
    )
