"""Raw rows by JDBC, and tables of Iceberg. A test whose jar is not on this machine is skipped."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow.dataset
import pytest
from conftest import ROOT, write_parquet
from database import Database
from test_job import FIRST, SECOND, assert_equal, assert_same_counts, reader

DRIVER = Path("/usr/share/java/postgresql.jar")


@pytest.fixture(scope="session")
def small(server):
    """A thousand postings, of which three have no title, and the first run of the pipeline."""
    database = Database(server, "small")
    database.fill([ROOT / "runner/assets/sample.csv"], 1_000)
    database.query("ALTER TABLE raw_jobs ALTER COLUMN title DROP NOT NULL")
    database.query(
        "UPDATE raw_jobs SET title = NULL WHERE job_id IN (SELECT job_id FROM raw_jobs ORDER BY job_id LIMIT 3)"
    )
    return database


def test_a_table_of_postgresql_is_read_by_jdbc(spark, small, folder):
    if not DRIVER.is_file():
        pytest.skip(f"{DRIVER} is not there (apt-get install libpostgresql-jdbc-java)")
    of_pipeline = small.jobinsight("run", "--as-of", FIRST)
    address = urlsplit(small.url)
    source = f"jdbc:postgresql://{address.hostname}:{address.port}{address.path}"
    login = {"JOBINSIGHT_JDBC_USER": address.username, "JOBINSIGHT_JDBC_PASSWORD": address.password or ""}
    target = folder / "from-jdbc"
    arguments = ["--source", source, "--target", target, "--as-of", FIRST]
    result = spark.run(*arguments, conf={"spark.jars": DRIVER}, **login)
    assert_same_counts(result.ok(), of_pipeline)
    assert_equal(reader(target), small)
    assert login["JOBINSIGHT_JDBC_PASSWORD"] not in result.log or not login["JOBINSIGHT_JDBC_PASSWORD"]


def test_tables_of_iceberg_are_merged(spark, small, folder):
    jars = os.environ.get("JOBINSIGHT_TESTS_ICEBERG")
    if not jars:
        pytest.skip(
            "JOBINSIGHT_TESTS_ICEBERG has no jar of Iceberg for Spark 4 and Scala 2.13; Maven has it, and PyPI and Debian have not"
        )
    warehouse = folder / "lake"
    conf = {
        "spark.jars": jars,
        "spark.sql.catalog.lake": "org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.lake.type": "hadoop",
        "spark.sql.catalog.lake.warehouse": warehouse,
    }
    source = folder / "small"

    def both(clock):
        of_pipeline = small.jobinsight("run", "--as-of", clock)
        write_parquet(small.raw(), source)
        arguments = ["--source", source, "--format", "iceberg", "--target", "lake.jobinsight", "--as-of", clock]
        result = spark.run(*arguments, conf=conf).ok()
        copy = folder / "copy"
        tables = ["staging_jobs", "etl_rejects", "etl_warnings"]
        exported = spark.start("lake.jobinsight", copy, *tables, conf=conf, script=Path(__file__).parent / "export.py")
        assert exported.wait() == 0, exported.communicate()[1][-4000:]
        assert_equal(lambda table: pyarrow.dataset.dataset(copy / table).to_table(), small)
        return result, of_pipeline

    both(FIRST)
    small.query("UPDATE raw_jobs SET salary = '15 - 20 triệu' WHERE hashtext(job_id) % 20 = 0 AND title IS NOT NULL")
    small.query("UPDATE raw_jobs SET title = NULL WHERE job_id = (SELECT max(job_id) FROM raw_jobs)")
    small.query("UPDATE raw_jobs SET title = 'Kế Toán' WHERE job_id = (SELECT min(job_id) FROM raw_jobs)")
    assert_same_counts(*both(SECOND))
    result, _ = both(SECOND)
    assert result["stats"]["processed_records"] == 0
