"""Tables of several libraries go in and come out."""

from datetime import datetime, timezone

import duckdb
import jobinsight
import pandas
import polars
import pyarrow
import pytest

TEXTS = {
    "job_id": [11, 12, 13],
    "title": ["[Hà Nội] Kế Toán Trưởng - Thu Nhập 20 Triệu", None, "Lương 12 Triệu"],
    "company_name": ["CTCP HQSOFT", None, None],
    "location": ["HCM & 1 nơi khác", None, "Mars"],
    "location_detail": ["<p>HCM: 1</p><p>Huế: 2</p>", None, None],
    "board": ["a", "b", "c"],
}

ROWS = [
    {
        "job_id": 11,
        "title": "[Hà Nội] Kế Toán Trưởng - Thu Nhập 20 Triệu",
        "company_name": "CTCP HQSOFT",
        "location": "Hồ Chí Minh, Huế",
        "location_detail": "<p>HCM: 1</p><p>Huế: 2</p>",
        "board": "a",
        "title_clean": "Kế Toán Trưởng",
        "company_name_standardized": "Công ty Cổ phần Hqsoft",
        "location_codes": ["VN-SG", "VN-26"],
        "company_key": "hqsoft",
        "province_codes": ["79", "46"],
        "warnings": [],
    },
    {
        "job_id": 13,
        "title": "Lương 12 Triệu",
        "company_name": None,
        "location": "Mars",
        "location_detail": None,
        "board": "c",
        "title_clean": "Lương 12 Triệu",
        "company_name_standardized": None,
        "location_codes": [],
        "company_key": None,
        "province_codes": None,
        "warnings": ["title_kept", "location_uncoded"],
    },
]

REJECTED = [
    {"row": 1, "job_id": "12", "field": "title", "reason": "title_missing", "value": None}
]

WARNINGS = [
    {"row": 2, "job_id": "13", "field": "title", "warning": "title_kept"},
    {"row": 2, "job_id": "13", "field": "location", "warning": "location_uncoded"},
]


def stream() -> pyarrow.RecordBatchReader:
    table = pyarrow.table(TEXTS)
    return pyarrow.RecordBatchReader.from_batches(table.schema, table.to_batches())


TABLES = {
    "a table of pyarrow": lambda: pyarrow.table(TEXTS),
    "a batch of pyarrow": lambda: pyarrow.record_batch(TEXTS),
    "a stream of pyarrow": stream,
    "a frame of Polars": lambda: polars.DataFrame(TEXTS),
    "a frame of pandas": lambda: pandas.DataFrame(TEXTS),
    "a relation of DuckDB": lambda: duckdb.from_arrow(pyarrow.table(TEXTS)),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_library_gets_the_same_rows(name: str) -> None:
    cleaned = jobinsight.clean(TABLES[name]())
    rows = cleaned.rows.to_pyarrow().select(list(ROWS[0]))
    # An integer column of pandas has another type, but the same values.
    assert rows.to_pylist() == ROWS
    assert cleaned.rejected.to_pyarrow().to_pylist() == REJECTED
    assert cleaned.warnings.to_pyarrow().to_pylist() == WARNINGS


def test_every_library_reads_the_result() -> None:
    rows = jobinsight.clean(pyarrow.table(TEXTS)).rows
    titles = ["Kế Toán Trưởng", "Lương 12 Triệu"]
    assert pyarrow.table(rows)["title_clean"].to_pylist() == titles
    assert polars.DataFrame(rows)["title_clean"].to_list() == titles
    assert rows.to_polars()["title_clean"].to_list() == titles
    assert rows.to_pandas()["title_clean"].tolist() == titles
    assert duckdb.sql("SELECT title_clean FROM rows").fetchall() == [(t,) for t in titles]
    assert (len(rows), rows.num_rows, rows.column_names[0]) == (2, 2, "job_id")


def test_a_table_can_be_read_twice_and_cleaned_again() -> None:
    rows = jobinsight.clean(pyarrow.table(TEXTS)).rows
    assert pyarrow.table(rows) == pyarrow.table(rows)
    again = jobinsight.clean(rows).rows
    assert again.column_names == rows.column_names
    assert again.to_polars()["location"].to_list() == ["Hồ Chí Minh, Huế", "Mars"]


def test_an_empty_table_has_all_columns() -> None:
    cleaned = jobinsight.clean(pyarrow.table(TEXTS).slice(0, 0))
    assert len(cleaned.rows) == len(cleaned.rejected) == len(cleaned.warnings) == 0
    assert cleaned.rows.column_names == jobinsight.clean(pyarrow.table(TEXTS)).rows.column_names
    assert cleaned.rejected.column_names == ["row", "job_id", "field", "reason", "value"]


def test_threads_change_nothing(postings: polars.DataFrame) -> None:
    # More rows than one thread takes at once, and no whole number of pieces.
    many = polars.concat([postings] * (40_000 // postings.height + 1))
    many = many.with_columns(title=polars.when(polars.int_range(polars.len()) % 7 > 0).then("title"))
    options = {"facts": True, "as_of": datetime(2025, 11, 1)}
    one, three = (jobinsight.clean(many, threads=n, **options) for n in (1, 3))
    for part in ("rows", "rejected", "warnings"):
        assert getattr(one, part).to_polars().equals(getattr(three, part).to_polars()), part
    rejected = three.rejected.to_polars()["row"].to_list()
    assert rejected == list(range(0, many.height, 7))


def test_a_cleaner_numbers_the_rows_of_all_tables() -> None:
    cleaner = jobinsight.Cleaner()
    table = pyarrow.table(TEXTS)
    rows = [cleaner.clean(table).rejected.to_polars()["row"].to_list() for _ in range(3)]
    assert rows == [[1], [4], [7]]


def test_salaries_and_deadlines_are_columns() -> None:
    texts = {
        "title": ["Kế Toán - Lương 20 Triệu", "Lái Xe"],
        "salary": ["Thoả thuận", "1.000 USD/tháng"],
        "deadline": ["Còn 2 ngày", "bao giờ đủ"],
        "crawled_at": ["2025-01-15T00:00:00Z"] * 2,
    }
    as_of = datetime(2025, 1, 16)
    cleaned = jobinsight.clean(polars.DataFrame(texts), as_of=as_of)
    wanted = ["salary_min", "salary_max", "salary_type", "salary_source", "time_remaining"]
    assert cleaned.rows.to_polars().select(wanted).rows() == [
        (20, 20, "range", "title", "Còn 1 ngày để ứng tuyển"),
        (25, 25, "range", "salary", None),
    ]
    assert cleaned.rows.to_polars()["due_date"][0] == datetime(2025, 1, 17, tzinfo=timezone.utc)
    assert cleaned.rows.to_polars()["warnings"].to_list() == [[], ["deadline_unparsed"]]
    assert cleaned.warnings.to_polars().rows() == [(1, None, "deadline", "deadline_unparsed")]


def test_facts_are_columns_if_they_are_wanted() -> None:
    texts = {
        "title": ["Senior Java Developer (Remote, 3+ YOE)", "Kế Toán"],
        "skills": [["NodeJS"], None],
    }
    wanted = ["experience_min", "level", "work_mode", "skills_normalized"]
    as_lists = jobinsight.clean(pyarrow.table(texts), facts=True).rows.to_polars()
    assert as_lists.select(wanted).rows() == [
        (3.0, "senior", "remote", ["Node.js", "Java"]),
        (None, None, None, None),
    ]
    texts["skills"] = ['["NodeJS"]', None]
    as_json = jobinsight.clean(pyarrow.table(texts), facts=True).rows.to_polars()
    assert as_json.select(wanted).equals(as_lists.select(wanted))


@pytest.mark.parametrize(
    ("table", "error", "message"),
    [
        ({"title": ["x"]}, TypeError, "of the type dict is not a table of Arrow"),
        (pyarrow.table({"name": ["x"]}), ValueError, "no column `title`; its columns are: name"),
        (pyarrow.table({"title": [1]}), ValueError, "`title` has the type Int64, and not text"),
    ],
)
def test_a_wrong_table_is_an_error(table: object, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        jobinsight.clean(table)
