"""The job beside the pipeline, run after run, on the same postings. The tests run in the order of this file."""

import json

import pyarrow
import pyarrow.compute
import pyarrow.dataset
import pyarrow.parquet
import pytest
from cluster import Cluster
from conftest import ROOT, finished, write_parquet
from database import Database, plain

FIRST, SECOND = "2025-10-20T00:00:00Z", "2025-10-22T12:30:00Z"
#: What two runs can never share: the run, and the clock of the machine.
OF_THE_RUN = {"run_id", "published_at"}
JSON = {"skills", "location_pairs", "places"}
REJECTED = ["source_hash", "phase", "field", "reason", "value", "rule_set"]
COUNTS = [
    "total_records",
    "processed_records",
    "success_count",
    "failure_count",
    "success_rate",
    "new",
    "updated",
    "unchanged",
    "rejected",
    "rejected_now",
    "rejected_before",
    "left",
]
STAGING = [column["name"] for column in json.loads((ROOT / "deploy/spark/pipeline.json").read_text())["staging_jobs"]]


def version(target):
    """The published version of a folder, as a reader finds it."""
    return max(target.glob("*/_PUBLISHED")).parent


def rows_of(table, columns):
    """The rows of a table of Arrow by key. JSON is compared as a value."""
    rows = {}
    for row in table.select(["job_id", *columns]).to_pylist():
        for name in JSON & set(columns):
            row[name] = row[name] and json.loads(row[name])
        assert row["job_id"] not in rows, "each posting is there once"
        rows[row["job_id"]] = {name: plain(row[name]) for name in columns}
    return rows


def assert_same(found, wanted):
    """Asserts that both have the same keys, and the same values in each column. The first differences are shown."""
    assert found.keys() == wanted.keys()
    wrong = [
        (key, name, found[key][name], wanted[key][name])
        for key in wanted
        for name in wanted[key]
        if found[key][name] != wanted[key][name]
    ]
    assert not wrong, f"{len(wrong)} values differ, such as {wrong[:5]}"


def assert_equal(read, database):
    """Asserts that the tables of the job have the content of the database, in every column."""
    columns = [name for name in STAGING if name not in OF_THE_RUN | {"job_id"}]
    assert_same(rows_of(read("staging_jobs"), columns), database.table("staging_jobs", columns))
    assert_same(rows_of(read("etl_rejects"), REJECTED), rejected_rows(database))
    words = database.query("SELECT job_id, unnest(warnings) FROM jobinsight_staging.staging_jobs")
    warnings = read("etl_warnings").to_pylist()
    assert sorted((row["job_id"], row["warning"]) for row in warnings) == sorted(words)


def rejected_rows(database):
    """The rejected rows. If PostgreSQL refused a text as too long, it does not name the column; the tests have such salaries only."""
    rejected = database.table("etl_rejects", REJECTED)
    assert rejected, "the comparison needs rejected rows"
    for key, row in rejected.items():
        if row["field"] == "(row)":
            assert "value too long for type character varying(100)" in row["value"]
            [(salary,)] = database.query("SELECT salary FROM raw_jobs WHERE job_id = %s", key)
            row |= {"field": "salary", "value": salary}
    return rejected


def assert_same_counts(result, of_pipeline):
    assert {name: result["stats"][name] for name in COUNTS} == {name: of_pipeline["stats"][name] for name in COUNTS}
    assert result["warnings"] == of_pipeline["warnings"]
    assert result["rules"] == of_pipeline["rules"]


def reader(target):
    return lambda table: pyarrow.dataset.dataset(version(target) / table).to_table()


@pytest.fixture(scope="session")
def first(postings):
    """The first run of the pipeline. Some postings cannot be published: they have no title, or a text that is too long."""
    postings.query(
        "ALTER TABLE raw_jobs ALTER COLUMN title DROP NOT NULL, ALTER COLUMN title TYPE TEXT, ALTER COLUMN salary TYPE TEXT"
    )
    postings.query(
        "UPDATE raw_jobs SET title = NULL WHERE job_id IN (SELECT job_id FROM raw_jobs ORDER BY md5(job_id) LIMIT 20)"
    )
    postings.query(
        "UPDATE raw_jobs SET title = repeat(title, 20) WHERE job_id IN (SELECT job_id FROM raw_jobs ORDER BY md5('t' || job_id) LIMIT 20)"
    )
    postings.query(
        "UPDATE raw_jobs SET salary = repeat('9', 101) WHERE job_id IN (SELECT job_id FROM raw_jobs ORDER BY md5('s' || job_id) LIMIT 20)"
    )
    return postings.jobinsight("run", "--as-of", FIRST)


@pytest.fixture(scope="session")
def crawl(folder, postings, first):
    return write_parquet(postings.raw(), folder / "crawl")


@pytest.fixture(scope="session")
def target(folder):
    return folder / "clean"


def test_twenty_thousand_postings_equal_the_staging_table_in_every_column(
    spark, postings, first, crawl, target, schema
):
    result = spark.run("--source", crawl, "--target", target, "--as-of", FIRST).ok()
    assert_equal(reader(target), postings)
    assert_same_counts(result, first)
    assert result["stats"]["total_records"] == 20_000
    schema.validate(result)


def test_a_second_run_cleans_only_what_changed(spark, postings, first, crawl, target):
    # The warehouse has loaded everything, in both tables.
    postings.query("UPDATE jobinsight_staging.staging_jobs SET processed_to_dwh = true")
    for file in (version(target) / "staging_jobs").glob("*.parquet"):
        rows = pyarrow.parquet.read_table(file)
        loaded = pyarrow.array([True] * len(rows))
        pyarrow.parquet.write_table(
            rows.set_column(rows.schema.get_field_index("processed_to_dwh"), "processed_to_dwh", loaded), file
        )
        file.with_name(f".{file.name}.crc").unlink()
    before = version(target)
    # 100 postings change, 50 are new, 5 are gone, 5 lose their title, and 5 of those without a title get one.
    some = "(SELECT job_id FROM raw_jobs WHERE title IS NOT NULL ORDER BY md5('{}' || job_id) LIMIT {})"
    postings.query(
        f"UPDATE raw_jobs SET salary = '15 - 20 triệu', skills = '{{\"b\": [1, 2.50, null], \"aa\": true}}' WHERE job_id IN {some.format('u', 100)}"
    )
    postings.query(f"UPDATE raw_jobs SET title = ' ' WHERE job_id IN {some.format('b', 5)}")
    postings.query(
        "UPDATE raw_jobs SET title = 'Kế Toán' WHERE job_id IN (SELECT job_id FROM raw_jobs WHERE title IS NULL ORDER BY job_id LIMIT 5)"
    )
    postings.query(f"DELETE FROM raw_jobs WHERE job_id IN {some.format('d', 5)}")
    postings.query(
        "INSERT INTO raw_jobs SELECT * FROM jsonb_populate_recordset(NULL::raw_jobs, (SELECT jsonb_agg(to_jsonb(r) || jsonb_build_object('job_id', 'new' || r.job_id)) FROM (SELECT * FROM raw_jobs WHERE title <> '' AND length(job_id) < 10 ORDER BY job_id LIMIT 50) r))"
    )
    of_pipeline = postings.jobinsight("run", "--as-of", SECOND)
    write_parquet(postings.raw(), crawl)

    result = spark.run("--source", crawl, "--target", target, "--as-of", SECOND).ok()
    assert_equal(reader(target), postings)
    assert_same_counts(result, of_pipeline)
    assert result["stats"]["processed_records"] < 200
    assert version(target) != before and before.exists(), "a reader of the version before can go on"

    again = spark.run("--source", crawl, "--target", target, "--as-of", SECOND).ok()
    assert again["stats"]["processed_records"] == 0
    assert again["stats"]["rejected_before"] == of_pipeline["stats"]["rejected"]
    assert_equal(reader(target), postings)
    assert not before.exists(), "two versions stay"


def test_too_many_rejected_rows_leave_the_target_as_it_was(spark, server, postings, folder, crawl, target):
    # The sample of the demo has six postings without a title among these.
    bad = Database(server, "bad")
    bad.fill([ROOT / "runner/assets/sample.csv"], 1_000)
    # No posting of the target has these keys, so all of them are work.
    bad.query("ALTER TABLE raw_jobs ALTER COLUMN title DROP NOT NULL")
    bad.query("UPDATE raw_jobs SET job_id = 'bad ' || job_id")
    bad.query(
        "UPDATE raw_jobs SET title = NULL WHERE job_id IN (SELECT job_id FROM raw_jobs ORDER BY md5(job_id) LIMIT 30)"
    )
    of_pipeline = bad.jobinsight("run", code=3)
    source = write_parquet(bad.raw(), folder / "bad")

    before = sorted(target.rglob("*"))
    ended = spark.run("--source", source, "--target", target, "--as-of", SECOND)
    message = ended.failed(3, of_pipeline["error"]["code"])
    assert message.startswith(
        "36 of 1000 rows are rejected, and integrity_threshold = 0.98 allows 20; nothing is published"
    )
    assert "of 1000 rows are rejected, and integrity_threshold = 0.98 allows 20" in of_pipeline["message"]
    assert sorted(target.rglob("*")) == before
    assert ended.json["stats"]["new"] == ended.json["stats"]["rejected"] == 0

    accepted = spark.run("--source", source, "--target", folder / "accepted", "--integrity-threshold", "0.96").ok()
    assert (accepted["stats"]["new"], accepted["stats"]["rejected"]) == (964, 36)


def test_the_last_of_two_rows_with_one_key_counts(spark, folder, target):
    rows = pyarrow.parquet.read_table(next((folder / "bad").glob("*.parquet")))
    rows = rows.filter(pyarrow.compute.is_valid(rows.column("title"))).slice(0, 3)
    titles = ["Kế Toán", "Lái Xe", "Bảo Vệ"]
    twice = pyarrow.concat_tables([rows.slice(0, 1)] * 3).set_column(1, "title", pyarrow.array(titles))
    assert twice.schema.names[1] == "title"
    source = write_parquet(pyarrow.concat_tables([twice, rows.slice(1)]), folder / "twice", files=2)
    result = spark.run("--source", source, "--target", folder / "once").ok()
    assert result["stats"]["total_records"] == result["stats"]["new"] == 3
    assert result["notes"] == [
        "2 rows have the key of a later row, which counts: the last in its file, and in the last file by name"
    ]
    found = reader(folder / "once")("staging_jobs").to_pylist()
    assert {row["job_id"]: row["title_clean"] for row in found}[rows.column("job_id")[0].as_py()] == "Bảo Vệ"


def test_what_a_user_gets_wrong_is_one_sentence(spark, folder, crawl, target):
    def wrong(*arguments):
        return spark.run(*arguments)

    unknown = wrong("--source", crawl, "--target", target, "--format", "csv").failed(2, "jobinsight::settings::invalid")
    assert unknown == "argument --format: invalid choice: 'csv' (choose from 'parquet', 'delta', 'iceberg')"
    clock = wrong("--source", crawl, "--target", target, "--as-of", "yesterday").failed(
        2, "jobinsight::settings::invalid"
    )
    assert clock == "argument --as-of: `yesterday` is not a time such as 2025-11-01T00:00:00Z"
    option = wrong("--source", crawl, "--target", target, "--salary-option", "usd=26000").failed(
        2, "jobinsight::settings::invalid"
    )
    assert option.startswith("`usd` is not an option of salaries; the options are: usd_vnd_rate, ")
    missing = wrong("--source", folder / "nothing", "--target", target).failed(2, "jobinsight::import::open")
    assert missing == f"{folder}/nothing cannot be read, because it does not exist"
    rows = pyarrow.parquet.read_table(crawl)
    source = write_parquet(
        rows.rename_columns([{"salary": "pay"}.get(name, name) for name in rows.schema.names]), folder / "renamed"
    )
    renamed = wrong("--source", source, "--target", target).failed(4, "jobinsight::contract::missing_column")
    assert renamed == f"{source} lacks `salary` of the contract of raw_jobs"
    source = write_parquet(
        rows.set_column(0, "job_id", pyarrow.nulls(len(rows), pyarrow.string())).slice(0, 9), folder / "keyless"
    )
    keyless = wrong("--source", source, "--target", target).failed(4, "jobinsight::contract::no_key")
    assert keyless == f"9 rows of {source} have no job_id, so they cannot be told apart"


def test_a_killed_executor_changes_nothing_in_the_result(spark, postings, folder, crawl):
    """A cluster with a master and two workers. One executor is killed while it cleans."""
    target = folder / "cluster"
    postings.jobinsight("run", "--as-of", SECOND)
    write_parquet(postings.raw(), crawl)
    small = {
        "spark.executor.cores": "1",
        "spark.sql.files.maxPartitionBytes": "100k",
        "spark.sql.files.openCostInBytes": "1",
    }
    with Cluster(folder) as cluster:
        job = spark.start(
            "--source",
            crawl,
            "--target",
            target,
            "--as-of",
            SECOND,
            master=cluster.master,
            conf=small | {"spark.ui.port": cluster.ui},
        )
        try:
            cluster.kill_an_executor_at_work()
            ended = finished(job)
        finally:
            job.kill()
    ended.ok()
    assert "Lost executor" in ended.log
    # A new target has all rows of this run, so only the columns of the runs differ.
    rows, wanted = reader(target)("staging_jobs"), postings.table("staging_jobs", STAGING[1:])
    there = {key for (key,) in postings.query("SELECT job_id FROM raw_jobs")}
    columns = [name for name in STAGING if name not in OF_THE_RUN | {"job_id", "processed_at", "processed_to_dwh"}]
    wanted = {key: {name: row[name] for name in columns} for key, row in wanted.items() if key in there}
    assert_same(rows_of(rows, columns), wanted)
    assert_same(rows_of(reader(target)("etl_rejects"), REJECTED), rejected_rows(postings))
