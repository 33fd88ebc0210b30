"""The clean rows, the rejected rows and the warnings in the target: as versions of Parquet files, or as Delta or Iceberg tables."""

from dataclasses import dataclass
from datetime import datetime

from jobinsight_outcome import PIPELINE, JobError
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

KEY = "job_id"
STAGING, REJECTS, WARNINGS, CHANGES = "staging_jobs", "etl_rejects", "etl_warnings", "etl_changes"
COLUMNS = {column["name"]: column["type"] for column in PIPELINE[STAGING]}
#: The columns whose change sends a row to the warehouse again.
FACTS = [column["name"] for column in PIPELINE[STAGING] if column["is_fact"]]
SCHEMAS = {
    STAGING: COLUMNS,
    REJECTS: {
        KEY: "string",
        "source_hash": "bigint",
        "phase": "string",
        "field": "string",
        "reason": "string",
        "value": "string",
        "run_id": "string",
        "rule_set": "string",
        "rejected_at": "timestamp",
    },
    WARNINGS: {KEY: "string", "field": "string", "warning": "string"},
}
SAME_FACTS = " AND ".join(f"s.{name} <=> c.{name}" for name in FACTS)


@dataclass
class Run:
    """The values that a run gives to all of its rows."""

    run_id: str
    as_of: datetime
    started_at: datetime
    rule_set: str

    def time_remaining(self) -> str:
        """The time that is left to apply, as SQL. The words are those of the pipeline."""
        words = PIPELINE["time_remaining"]
        left = f"(unix_micros(due_date) - unix_micros({self.clock()}))"
        cases = [f"WHEN {left} <= 0 THEN '{words['over']}'"]
        for unit in words["units"]:
            count = f"greatest({left} DIV {unit['seconds'] * 1_000_000}, 1)"
            limit = unit["seconds"] * 1_000_000 if unit["seconds"] > 1 else 0
            cases.append(f"WHEN {left} >= {limit} THEN concat('{words['before']}', {count}, '{unit['after']}')")
        return f"CASE {' '.join(cases)} END"

    def clock(self) -> str:
        return f"TIMESTAMP '{self.as_of.isoformat()}'"

    def rows(self, changes: DataFrame) -> DataFrame:
        """The clean rows, with the stamps of the run."""
        stamps = {
            "processed_to_dwh": F.lit(False),
            "processed_at": F.lit(self.as_of),
            "run_id": F.lit(self.run_id),
            "rule_set": F.lit(self.rule_set),
            "published_at": F.lit(self.started_at),
        }
        return changes.where("kind = 'row'").withColumns(stamps).select(*COLUMNS)

    def rejects(self, changes: DataFrame) -> DataFrame:
        """The rejected rows, with the stamps of the run."""
        stamps = {
            "value": F.substring("value", 1, PIPELINE["longest_value"]),
            "run_id": F.lit(self.run_id),
            "rule_set": F.lit(self.rule_set),
            "rejected_at": F.lit(self.started_at),
        }
        return changes.where("kind = 'rejected'").withColumns(stamps).select(*SCHEMAS[REJECTS])

    def warnings(self, changes: DataFrame) -> DataFrame:
        """The warnings, one on each row."""
        return changes.where("kind = 'warning'").select(KEY, "field", F.col("reason").alias("warning"))


def known_rows(staging: DataFrame, rejects: DataFrame) -> DataFrame:
    """For each posting that is published or rejected: the fingerprint and the rules of its row."""
    rows = staging.select(KEY, "source_hash", "rule_set", F.lit(True).alias("is_published"))
    rows = rows.unionByName(rejects.select(KEY, "source_hash", "rule_set", F.lit(False).alias("is_published")))
    return rows.groupBy(KEY).agg(
        F.first("source_hash").alias("known_hash"),
        F.first("rule_set").alias("known_rules"),
        F.max("is_published").alias("is_published"),
        F.max(~F.col("is_published")).alias("is_rejected"),
    )


class ParquetTables:
    """Each run writes a folder with all three tables, and publishes it by one empty file, `_PUBLISHED`.

    The newest folder with that file is the current version. File systems and object stores create a file in one step, so a
    reader sees all of a run or nothing of it. The version before stays for readers that have begun; older ones are deleted.
    """

    def __init__(self, spark: SparkSession, target: str, run: Run):
        self.spark, self.target, self.run = spark, target.rstrip("/"), run
        self.path = spark._jvm.org.apache.hadoop.fs.Path
        self.files = self.path(self.target).getFileSystem(spark._jsc.hadoopConfiguration())
        self.versions = self.published()

    def published(self) -> list:
        """The names of the published versions, from the oldest to the newest. The name of a version is the id of its run."""
        found = self.files.globStatus(self.path(f"{self.target}/*/_PUBLISHED")) or []
        return sorted(status.getPath().getParent().getName() for status in found)

    def read(self, table: str, version=None) -> DataFrame:
        return self.spark.read.parquet(f"{self.target}/{version or self.versions[-1]}/{table}")

    def known(self):
        return known_rows(self.read(STAGING), self.read(REJECTS)) if self.versions else None

    def write(self, changes: DataFrame) -> None:
        rows, rejects, warnings = self.run.rows(changes), self.run.rejects(changes), self.run.warnings(changes)
        if self.versions:
            keys = changes.where("kind != 'warning'").select(KEY)
            old = self.read(STAGING)
            before = old.select(KEY, F.col("processed_to_dwh").alias("was_loaded"), F.struct(*FACTS).alias("s"))
            rows = rows.withColumn("c", F.struct(*FACTS)).join(before, KEY, "left")
            rows = rows.withColumn("processed_to_dwh", F.expr(f"coalesce(was_loaded AND {SAME_FACTS}, false)")).select(
                *COLUMNS
            )
            kept = old.join(keys, KEY, "left_anti").withColumn("time_remaining", F.expr(self.run.time_remaining()))
            rows = rows.unionByName(kept, allowMissingColumns=True)
            rejects = rejects.unionByName(self.read(REJECTS).join(keys, KEY, "left_anti"))
            warnings = warnings.unionByName(self.read(WARNINGS).join(keys, KEY, "left_anti"))
        folder = f"{self.target}/{self.run.run_id}"
        for table, content in {STAGING: rows, REJECTS: rejects, WARNINGS: warnings}.items():
            content.write.parquet(f"{folder}/{table}")
        if self.published() != self.versions:
            self.files.delete(self.path(folder), True)
            raise JobError("locked", f"another run published a version of {self.target} meanwhile", "run again")
        self.files.create(self.path(f"{folder}/_PUBLISHED"), False).close()
        for version in self.versions[:-1]:
            self.files.delete(self.path(f"{self.target}/{version}"), True)
        self.versions.append(self.run.run_id)


class CatalogTables:
    """Three tables of a catalog, which MERGE changes row by row. Each table changes in one step, and one after the other."""

    def __init__(self, spark: SparkSession, schema: str, format: str, run: Run):
        self.spark, self.schema, self.format, self.run = spark, schema, format, run

    def name(self, table: str) -> str:
        return f"{self.schema}.{table}"

    def known(self):
        if not self.spark.catalog.tableExists(self.name(STAGING)) or not self.spark.catalog.tableExists(
            self.name(REJECTS)
        ):
            return None
        return known_rows(self.spark.table(self.name(STAGING)), self.spark.table(self.name(REJECTS)))

    def write(self, changes: DataFrame) -> None:
        self.spark.sql(f"CREATE NAMESPACE IF NOT EXISTS {self.schema}")
        for table, columns in SCHEMAS.items():
            types = ", ".join(f"{name} {type}" for name, type in columns.items())
            self.spark.sql(f"CREATE TABLE IF NOT EXISTS {self.name(table)} ({types}) USING {self.format}")
        # The changes become a table first. If an executor is lost, Spark computes lost rows again, and the tables that
        # they were computed from change below.
        changes.writeTo(self.name(CHANGES)).using(self.format).createOrReplace()
        changes = self.spark.table(self.name(CHANGES))
        keys = changes.where("kind != 'warning'").select(KEY, F.col("kind"))
        self.run.rejects(changes).createOrReplaceTempView("jobinsight_rejects")
        self.run.rows(changes).join(keys, KEY, "right").createOrReplaceTempView("jobinsight_rows")
        keys.where("kind = 'row'").createOrReplaceTempView("jobinsight_clean")
        keys.createOrReplaceTempView("jobinsight_keys")

        # A rejected row is written before its clean row is deleted. So a run that is killed between the two loses no posting, and
        # the next run processes a posting that is in both.
        self.merge(REJECTS, "jobinsight_rejects", "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *")
        updated = [f"s.{name} = c.{name}" for name in COLUMNS if name not in (KEY, "processed_to_dwh")]
        updated.append(f"s.processed_to_dwh = s.processed_to_dwh AND {SAME_FACTS}")
        inserted = ", ".join(COLUMNS)
        values = ", ".join(f"c.{name}" for name in COLUMNS)
        self.merge(
            STAGING,
            "jobinsight_rows",
            f"WHEN MATCHED AND c.kind = 'rejected' THEN DELETE WHEN MATCHED THEN UPDATE SET {', '.join(updated)} "
            f"WHEN NOT MATCHED AND c.kind = 'row' THEN INSERT ({inserted}) VALUES ({values})",
        )
        remaining = self.run.time_remaining()
        self.spark.sql(
            f"UPDATE {self.name(STAGING)} SET time_remaining = {remaining} WHERE NOT (time_remaining <=> {remaining})"
        )
        self.merge(REJECTS, "jobinsight_clean", "WHEN MATCHED THEN DELETE")
        self.merge(WARNINGS, "jobinsight_keys", "WHEN MATCHED THEN DELETE")
        self.run.warnings(changes).writeTo(self.name(WARNINGS)).append()
        self.spark.sql(f"DROP TABLE {self.name(CHANGES)}")

    def merge(self, table: str, changes: str, actions: str) -> None:
        self.spark.sql(f"MERGE INTO {self.name(table)} s USING {changes} c ON s.{KEY} = c.{KEY} {actions}")
