"""Raw rows by JDBC, and tables of Delta and Iceberg. A test whose jar is not on this machine is skipped."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow.dataset
import pytest
from conftest import ROOT, write_parquet
from database import Database
from test_job import FIRST, SECOND, assert_equal, assert_same_counts, reader

DRIVER = Path("/usr/share/java/postgresql.jar")
#: Where the jars of a format are, if somebody has them. They are in Maven, and neither in PyPI nor in Debian.
JARS = {format: os.environ.get(f"JOBINSIGHT_TESTS_{format.upper()}") for format in ("delta", "iceberg")}


def thousand(server, name):
    """A database with a thousand postings, of which three have no title."""
    database = Database(server, name)
    database.fill([ROOT / "runner/assets/sample.csv"], 1_000)
    database.query("ALTER TABLE raw_jobs ALTER COLUMN title DROP NOT NULL")
    database.query(
        "UPDATE raw_jobs SET title = NULL WHERE job_id IN (SELECT job_id FROM raw_jobs ORDER BY job_id LIMIT 3)"
    )
    return database


def test_a_table_of_postgresql_is_read_by_jdbc(spark, server, folder):
    if not DRIVER.is_file():
        pytest.skip(f"{DRIVER} is not there (apt-get install libpostgresql-jdbc-java)")
    small = thousand(server, "small")
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


def lake(format, folder):
    """The schema that the job writes, and the settings of Spark for its catalog."""
    warehouse = folder / f"lake-{format}"
    if format == "iceberg":
        return "lake.jobinsight", {
            "spark.jars": JARS[format],
            "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
            "spark.sql.catalog.lake": "org.apache.iceberg.spark.SparkCatalog",
            "spark.sql.catalog.lake.type": "hadoop",
            "spark.sql.catalog.lake.warehouse": warehouse,
        }
    # The tables of Delta are in the catalog of Spark. Its metastore keeps them for the next session.
    return "spark_catalog.jobinsight", {
        "spark.jars": JARS[format],
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.sql.catalogImplementation": "hive",
        # The default of 50 is for large tables.
        "spark.databricks.delta.snapshotPartitions": "2",
        "spark.sql.warehouse.dir": warehouse,
        "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={folder}/metastore;create=true",
    }


@pytest.mark.parametrize("format", JARS)
def test_tables_of_a_lake_are_merged(spark, server, folder, format):
    if not JARS[format]:
        pytest.skip(f"JOBINSIGHT_TESTS_{format.upper()} names no jars of {format} for Spark 4.0 and Scala 2.13")
    database = thousand(server, format)
    schema, conf = lake(format, folder)
    source, copy = folder / f"from-{format}", folder / f"copy-{format}"

    def both(clock):
        of_pipeline = database.jobinsight("run", "--as-of", clock)
        write_parquet(database.raw(), source)
        arguments = ["--source", source, "--format", format, "--target", schema, "--as-of", clock]
        result = spark.run(*arguments, conf=conf).ok()
        tables = ["staging_jobs", "etl_rejects", "etl_warnings"]
        exported = spark.start(schema, copy, *tables, conf=conf, script=Path(__file__).parent / "export.py")
        log = exported.communicate()[1]
        assert exported.returncode == 0, log[-4000:]
        assert_equal(lambda table: pyarrow.dataset.dataset(copy / table).to_table(), database)
        return result, of_pipeline

    assert_same_counts(*both(FIRST))
    database.query("UPDATE raw_jobs SET salary = '15 - 20 triệu' WHERE hashtext(job_id) % 20 = 0 AND title IS NOT NULL")
    database.query("UPDATE raw_jobs SET title = NULL WHERE job_id = (SELECT max(job_id) FROM raw_jobs)")
    database.query("UPDATE raw_jobs SET title = 'Kế Toán' WHERE job_id = (SELECT min(job_id) FROM raw_jobs)")
    assert_same_counts(*both(SECOND))
    result, _ = both(SECOND)
    assert result["stats"]["processed_records"] == 0
