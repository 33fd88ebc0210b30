"""Times the job beside the pipeline, on the same generated rows: `cargo xtask spark --bench`."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pyarrow
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet
from conftest import Spark, write_parquet
from database import TYPES, Database, Server

ROOT = Path(__file__).resolve().parents[3]
#: One worker process for each core, with as much memory as the job of a small team.
CONF = {"spark.driver.memory": "2g", "spark.sql.shuffle.partitions": "8"}


def export(database):
    """The raw rows as a table of Arrow."""
    columns = [
        name
        for (name,) in database.query(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = 'raw_jobs'::regclass AND attnum > 0 ORDER BY attnum"
        )
    ]
    iso = "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS {0}"
    values = [iso.format(name) if name.endswith(("_at", "_time")) else name for name in columns]
    with tempfile.TemporaryFile() as file:
        with psycopg.connect(database.url) as session, session.cursor() as cursor:
            with cursor.copy(f"COPY (SELECT {', '.join(values)} FROM raw_jobs) TO STDOUT (FORMAT csv, HEADER)") as copy:
                for block in copy:
                    file.write(block)
        file.seek(0)
        types = {name: TYPES.get(name, pyarrow.string()) for name in columns} | {"verified_employer": pyarrow.string()}
        rows = pyarrow.csv.read_csv(
            file,
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=types, strings_can_be_null=True, quoted_strings_can_be_null=False
            ),
        )
    flags = pyarrow.compute.equal(rows.column("verified_employer"), "t")
    return rows.set_column(rows.schema.get_field_index("verified_employer"), "verified_employer", flags)


def timed(work):
    start = time.monotonic()
    result = work()
    return time.monotonic() - start, result


def main(rows):
    folder = Path(tempfile.mkdtemp(prefix="jobinsight-spark-bench-"))
    folder.chmod(0o755)
    server = Server(folder / "postgres")
    server.db("start")
    try:
        database, spark = Database(server, "bench"), Spark(folder)
        real = ROOT.parent / "shared/data/raw_jobs.csv"
        postings = real if real.is_file() else ROOT / "runner/assets/sample.csv"
        seed = [
            os.environ["JOBINSIGHT_BENCH"],
            "seed",
            "--url",
            database.url,
            "--rows",
            str(rows),
            "--from",
            str(postings),
        ]
        subprocess.run(seed, check=True, stdout=sys.stderr)
        source, target = write_parquet(export(database), folder / "raw", files=8, groups=20_000), folder / "clean"
        as_of = "2025-11-25T00:00:00Z"

        def both(name):
            pipeline, of_pipeline = timed(lambda: database.jobinsight("run", "--as-of", as_of, ETL_TIMEOUT="3600"))
            job, ended = timed(lambda: spark.run("--source", source, "--target", target, "--as-of", as_of, conf=CONF))
            result = ended.ok()
            for count in ("total_records", "new", "updated", "unchanged", "rejected"):
                assert result["stats"][count] == of_pipeline["stats"][count], count
            print(
                f"| {name} | {pipeline:.1f} s | {job:.1f} s | {job / pipeline:.1f} | {result['stats']['duration_seconds']:.1f} s |",
                flush=True,
            )

        print("| run | pipeline | Spark, from start to end | ratio | of it, the job |\n|---|---:|---:|---:|---:|")
        both(f"first load of {rows:,} rows")
        both("nothing new")
        database.query("UPDATE raw_jobs SET title = title || ' Giỏi' WHERE hashtext(job_id) % 100 = 0")
        write_parquet(export(database), source, files=8, groups=20_000)
        both("1 % changed")
        size = sum(file.stat().st_size for file in source.rglob("*.parquet")) / 1e6
        staging = database.query("SELECT pg_total_relation_size('jobinsight_staging.staging_jobs') / 1e6")[0][0]
        clean = sum(file.stat().st_size for file in max(target.glob("*/_PUBLISHED")).parent.rglob("*.parquet")) / 1e6
        print(
            json.dumps(
                {"raw_parquet_mb": round(size), "clean_parquet_mb": round(clean), "staging_mb": round(float(staging))}
            )
        )
    finally:
        server.db("destroy")
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
