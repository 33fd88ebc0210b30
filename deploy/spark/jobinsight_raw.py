"""The raw rows: from Parquet files, or from a table by JDBC."""

import os
import re

from jobinsight_outcome import PIPELINE, JobError, Outcome
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

KEY = "job_id"
RAW = {column["name"]: column["type"] for column in PIPELINE["raw_jobs"]}


def read_raw(spark: SparkSession, given) -> DataFrame:
    """The raw rows, with the types of the contract, and with `place`, by which the last of two rows with one key is known."""
    if given.source.startswith("jdbc:"):
        # The key is a text, so its hash divides the rows among the queries.
        parts = [f"mod(abs(hashtext({KEY})::bigint), {given.parts}) = {part}" for part in range(given.parts)]
        found = spark.read.jdbc(
            given.source, given.table, predicates=parts, properties={"driver": "org.postgresql.Driver", **jdbc_login()}
        )
        place = F.lit(None).cast("struct<file:string,row:bigint>")
    else:
        try:
            found = spark.read.parquet(given.source)
        except AnalysisException as error:
            if error.getCondition() != "PATH_NOT_FOUND":
                raise
            raise JobError("missing_input", f"{given.source} cannot be read, because it does not exist") from error
        place = F.struct(F.col("_metadata.file_path").alias("file"), F.col("_metadata.row_index").alias("row"))
    types = dict(found.dtypes)
    missing = [name for name in RAW if name not in types]
    if missing:
        names = ", ".join(f"`{name}`" for name in missing)
        raise JobError(
            "missing_column",
            f"{given.source} lacks {names} of the contract of raw_jobs",
            "docs/contracts/raw_jobs.yaml lists the columns",
        )
    for name, type in RAW.items():
        allowed = {"string": r"string|(var)?char\(.*", "timestamp": "timestamp(_ntz)?"}.get(type, type)
        if not re.fullmatch(allowed, types[name]) and not (name == "skills" and types[name] == "array<string>"):
            raise JobError(
                "wrong_type",
                f"the column `{name}` of {given.source} has the type {types[name]}, and the contract has {type}",
            )

    def typed(name):
        column = F.to_json(name) if types[name].startswith("array") else F.col(name)
        return column.cast(RAW[name]).alias(name)

    return found.select(*map(typed, RAW), place.alias("place"))


def jdbc_login() -> dict:
    names = {"user": "JOBINSIGHT_JDBC_USER", "password": "JOBINSIGHT_JDBC_PASSWORD"}
    return {option: os.environ[name] for option, name in names.items() if name in os.environ}


def one_of_each(raw: DataFrame, given, outcome: Outcome) -> DataFrame:
    """The rows without repeated keys: as in an import, the last record of a posting counts. A raw table must not repeat a key."""
    repeats = (
        raw.groupBy(KEY)
        .count()
        .agg(
            F.coalesce(F.sum("count"), F.lit(0)).alias("rows"),
            F.coalesce(F.sum(F.when(F.col(KEY).isNull(), F.col("count"))), F.lit(0)).alias("without_key"),
            F.count("*").alias("keys"),
        )
        .first()
    )
    if repeats.without_key:
        raise JobError(
            "no_key", f"{repeats.without_key} rows of {given.source} have no {KEY}, so they cannot be told apart"
        )
    outcome.raw = repeats["keys"]
    if repeats.rows == repeats["keys"]:
        return raw.drop("place")
    if given.source.startswith("jdbc:"):
        raise JobError(
            "repeated_key",
            f"{given.table} has {repeats.rows} rows, but only {repeats['keys']} keys, so a posting exists twice",
        )
    outcome.note(
        f"{repeats.rows - repeats['keys']} rows have the key of a later row, which counts: the last in its file, and in the last file by name"
    )
    last = Window.partitionBy(KEY).orderBy(F.desc("place"))
    return raw.withColumn("n", F.row_number().over(last)).where("n = 1").drop("n", "place")
