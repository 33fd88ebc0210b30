"""Cleans raw job postings on Spark, by the rules and with the results of the pipeline.

1. The raw rows are read from Parquet files or from a table by JDBC, and checked against the contract of the raw table.
2. Each raw row has a fingerprint. A row whose fingerprint and rules are those of its clean or rejected row is not work.
3. The work is cleaned on the executors by the package `jobinsight`, in Arrow batches.
4. The quality gate counts the rejected rows. If too many rows are rejected, nothing is written.
5. The clean rows, the rejected rows and the warnings replace the older ones of the same postings.
6. One JSON object on stdout has the names of the JSON of `jobinsight run`.

`README.md` explains the options. The functions that run on the executors are in this file, so that Spark sends them along.
"""

import sys

from jobinsight_options import options
from jobinsight_outcome import PIPELINE, JobError, Outcome, one_line
from jobinsight_raw import KEY, one_of_each, read_raw
from jobinsight_tables import CatalogTables, ParquetTables, Run
from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

STAGING = {column["name"]: column["type"] for column in PIPELINE["staging_jobs"]}
#: The columns that a run adds to what the package derives.
STAMPS = ["processed_to_dwh", "processed_at", "run_id", "rule_set", "published_at"]
#: What the executors return: clean rows, rejected rows and warnings, which `kind` tells apart.
CHANGES = {
    "kind": "string",
    KEY: "string",
    "source_hash": "bigint",
    "was_published": "boolean",
    "was_rejected": "boolean",
    "phase": "string",
    "field": "string",
    "reason": "string",
    "value": "string",
} | {name: type for name, type in STAGING.items() if name not in STAMPS}


def fingerprints(batches):
    """The key and the fingerprint of each row. Runs on the executors."""
    import jobinsight
    import pyarrow

    for batch in batches:
        hashes = jobinsight.fingerprints(batch).to_pyarrow()
        keys = pyarrow.chunked_array([batch.column("job_id")])
        yield from hashes.append_column("job_id", keys).select(["job_id", "source_hash"]).to_batches()


def rules_of(given) -> dict:
    """The options of the package that decide the content."""
    return {"rules": given.rules, "rules_dir": given.rules_dir, "salary_options": dict(given.salary_option) or None}


def rule_set_of(given, outcome: Outcome) -> str:
    """The name of the rules. Reads them, so a wrong option is an error before Spark starts."""
    try:
        import jobinsight
    except ImportError as error:
        raise JobError(
            "spark", f"the driver cannot load the package jobinsight: {error}", "pip install ./phases/kernels/python"
        ) from error
    outcome.version = jobinsight.__version__
    try:
        return jobinsight.rule_set(**rules_of(given))
    except (ValueError, OSError) as error:
        raise JobError("usage", str(error), "--help lists the options") from error


def cleaning(given, limits, names, wanted):
    """A function that cleans batches of raw rows on the executors. `limits` has the longest text of each copied column."""
    rules = rules_of(given) | {"as_of": given.as_of}

    def labelled(table, **texts):
        import pyarrow

        for name, text in texts.items():
            table = table.append_column(name, pyarrow.array([text] * len(table), "string"))
        return table

    def parts(cleaner, first, raw):
        """The clean rows, the rejected rows and the warnings of a table whose first row has this number."""
        import pyarrow
        from pyarrow import compute

        cleaned = cleaner.clean(raw)
        rows = cleaned.rows.to_pyarrow()
        of_row = ["job_id", "source_hash", "was_published", "was_rejected"]

        def with_raw(reports):
            given_rows = raw.select(of_row[1:]).take(compute.subtract(reports.column("row").cast("int64"), first))
            for name in given_rows.column_names:
                reports = reports.append_column(name, given_rows.column(name))
            return reports.drop_columns(["row"])

        rejected = [labelled(with_raw(cleaned.rejected.to_pyarrow()), phase="data_processing")]
        warnings = with_raw(cleaned.warnings.to_pyarrow().rename_columns(["row", "job_id", "field", "reason"]))
        # As in the database, a text that its column cannot hold rejects the row.
        for name, longest in limits.items():
            is_long = compute.fill_null(compute.greater(compute.utf8_length(rows.column(name)), longest), False)
            if not compute.any(is_long).as_py():
                continue
            refused = rows.filter(is_long)
            values = refused.select(of_row).append_column("value", refused.column(name))
            rejected.append(labelled(values, phase="data_saving", field=name, reason="too_long"))
            rows = rows.filter(compute.invert(is_long))
            is_refused = compute.is_in(warnings.column("job_id"), refused.column("job_id").combine_chunks())
            warnings = warnings.filter(compute.invert(is_refused))
        return [
            labelled(rows, kind="row"),
            labelled(pyarrow.concat_tables(rejected, promote_options="default"), kind="rejected"),
            labelled(warnings, kind="warning"),
        ]

    def clean(batches):
        import jobinsight
        import pyarrow

        cleaner = jobinsight.Cleaner(**rules, threads=1)
        first = 0
        for batch in batches:
            raw = jobinsight.fingerprints(batch).to_pyarrow()
            for name, column in zip(batch.schema.names, batch.columns):
                raw = raw.append_column(name, pyarrow.chunked_array([column]))
            tables = parts(cleaner, first, raw)
            first += len(raw)
            yield from pyarrow.concat_tables(tables, promote_options="default").select(names).cast(wanted).to_batches()

    return clean


def find_work(raw: DataFrame, tables, rule_set: str, outcome: Outcome) -> DataFrame:
    """The raw rows to clean: new, changed, or produced by other rules. Counts the others."""
    known = tables.known()
    if known is None:
        return raw.withColumns({"was_published": F.lit(False), "was_rejected": F.lit(False)})
    found = raw.mapInArrow(fingerprints, f"{KEY} string, source_hash bigint").join(known, KEY, "left")
    of_rules = F.col("known_rules") == rule_set
    is_same = F.coalesce(F.col("source_hash") == F.col("known_hash"), F.lit(False))
    # A posting that is both published and rejected is processed again: an earlier run was killed between two tables.
    is_done = is_same & of_rules & (F.col("is_published") != F.col("is_rejected"))
    state = found.select(
        KEY,
        F.coalesce("is_published", F.lit(False)).alias("was_published"),
        (is_same & F.coalesce("is_rejected", F.lit(False))).alias("was_rejected"),
        F.coalesce(is_done, F.lit(False)).alias("is_done"),
    ).persist(StorageLevel.MEMORY_AND_DISK)
    done = {row.was_rejected: row["count"] for row in state.where("is_done").groupBy("was_rejected").count().collect()}
    outcome.unchanged, outcome.rejected_before = done.get(False, 0), done.get(True, 0)
    return raw.join(state.where("NOT is_done").drop("is_done"), KEY)


def run(given, outcome: Outcome) -> None:
    from pyspark.sql.pandas.types import to_arrow_schema

    given.as_of = given.as_of or outcome.started_at
    rule_set = rule_set_of(given, outcome)
    outcome.rules = rule_set.split("/")[0]
    spark = SparkSession.builder.appName("jobinsight").getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    # The other type has no zone, and most readers do not write it any more.
    spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    spark.sparkContext.setLogLevel("ERROR")
    stamp = Run(outcome.run_id, given.as_of, outcome.started_at, rule_set)
    tables = (
        ParquetTables(spark, given.target, stamp)
        if given.format == "parquet"
        else CatalogTables(spark, given.target, given.format, stamp)
    )

    # The description is what the pages of Spark show of a job.
    describe = spark.sparkContext.setJobDescription
    describe("count the raw rows")
    raw = one_of_each(read_raw(spark, given), given, outcome)
    describe("find the work")
    work = find_work(raw, tables, rule_set, outcome)
    schema = ", ".join(f"{name} {type}" for name, type in CHANGES.items())
    wanted = to_arrow_schema(spark.createDataFrame([], schema).schema)
    limits = {column["name"]: column["longest"] for column in PIPELINE["staging_jobs"] if column["longest"]}
    changes = work.mapInArrow(cleaning(given, limits, list(CHANGES), wanted), schema)
    changes = changes.persist(StorageLevel.DISK_ONLY)
    describe("clean the work")
    outcome.count_changes(changes.groupBy("kind", "field", "reason", "was_published", "was_rejected").count().collect())
    outcome.batches = changes.rdd.getNumPartitions()
    outcome.pass_gate(given.integrity_threshold, given.integrity_min_rejects)
    describe("write the tables")
    tables.write(changes)


def main(arguments) -> int:
    outcome = Outcome()
    try:
        given = options(arguments)
        outcome.source, outcome.target = given.source, given.target
        run(given, outcome)
    except JobError as error:
        outcome.error = error
    # Whatever fails, the caller gets JSON and an exit code.
    except Exception as error:  # noqa: BLE001
        outcome.error = JobError("spark", one_line(error))
    # spark-submit passes stderr of Python on to its stdout, so nothing else is printed.
    print(outcome.json(), flush=True)
    return outcome.exit_code()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
