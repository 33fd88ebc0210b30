"""Functions for one text."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import jobinsight
import polars
import pytest

GOLDEN = Path(__file__).resolve().parents[4] / "tests/golden/v1_transforms_sample.jsonl"


def test_each_function_has_the_value_of_the_table(postings: polars.DataFrame) -> None:
    names = ["title", "company_name", "location", "location_detail"]
    some = postings.select(names).head(1000)
    rows = jobinsight.clean(some).rows.to_polars()
    assert rows.height == some.height, "no posting of the sample is rejected"
    for (title, name, location, detail), row in zip(some.rows(), rows.iter_rows(named=True)):
        assert jobinsight.clean_title(title) == row["title_clean"]
        assert jobinsight.clean_company(name) == row["company_name_standardized"]
        assert jobinsight.company_key(name) == row["company_key"]
        assert jobinsight.clean_location(location, detail) == row["location"]
        assert jobinsight.location_codes(location, detail) == row["location_codes"]
        assert jobinsight.province_codes(location, detail) == (row["province_codes"] or [])
        assert jobinsight.places(location, detail) == json.loads(row["places"] or "[]")


def test_v1_has_the_results_of_the_old_pipeline() -> None:
    functions = {
        "clean_title": jobinsight.clean_title,
        "clean_company_name": jobinsight.clean_company,
    }
    checked = 0
    # Not splitlines, because a text may contain U+2028.
    for line in GOLDEN.read_text().strip().split("\n"):
        golden = json.loads(line)
        function = functions.get(golden["fn"])
        # The table keeps a title that the old pipeline emptied.
        if function and golden["out"]:
            assert function(golden["in"], rules="v1") == golden["out"]
            checked += 1
    assert checked > 100


def test_a_text_that_would_be_rejected_has_no_value() -> None:
    assert jobinsight.clean_title(None) is None
    assert jobinsight.clean_title(" \u200b") is None
    assert jobinsight.clean_title("x" * 256) is None
    assert jobinsight.clean_company("") is None


def test_facts_of_one_posting() -> None:
    facts = jobinsight.facts("Senior Java Developer (Remote, 3+ YOE)", skills=["NodeJS", "node.js"])
    assert facts == {
        "experience_min": 3.0,
        "experience_max": None,
        "level": "senior",
        "work_mode": "remote",
        "employment_type": None,
        "languages": [],
        "skills": ["Node.js", "Java"],
    }
    assert jobinsight.facts("Kế Toán", skills='["NodeJS"]')["skills"] == ["Node.js"]


def test_salaries_and_deadlines_are_parsed() -> None:
    assert jobinsight.parse_salary("Từ 10 đến 15,5 triệu/tháng") == {
        "min": Decimal("10"),
        "max": Decimal("15.5"),
        "type": "range",
        "period": "month",
        "monthly_min": Decimal("10"),
        "monthly_max": Decimal("15.5"),
        "warning": None,
    }
    assert jobinsight.parse_salary(None)["type"] == "negotiable"
    crawled_at = datetime(2025, 1, 15, 7, 0, tzinfo=timezone(timedelta(hours=7)))
    wanted = {"due_date": datetime(2025, 1, 17, tzinfo=timezone.utc), "warning": None}
    assert jobinsight.parse_deadline("Còn 2 ngày", crawled_at) == wanted
    assert jobinsight.parse_deadline("Còn 2 ngày", datetime(2025, 1, 15)) == wanted
    unparsed = {"due_date": None, "warning": "deadline_unparsed"}
    assert jobinsight.parse_deadline("Còn 2 ngày") == unparsed


def test_a_user_sets_exchange_rates_and_limits() -> None:
    def least(**options: float) -> Decimal | None:
        return jobinsight.parse_salary("Từ 1,000 USD", salary_options=options)["min"]

    assert (least(), least(usd_vnd_rate=26_000)) == (Decimal(25), Decimal(26))
    raw = polars.DataFrame({"title": ["Kế Toán"], "salary": ["Từ 1,000 USD"]})
    rows = jobinsight.clean(raw, salary_options={"usd_vnd_rate": 26_000}).rows.to_polars()
    assert rows["salary_min"].to_list() == [Decimal(26)]
    with pytest.raises(ValueError, match="`usd` is not an option of salaries; the options are: usd_"):
        least(usd=26_000)
    with pytest.raises(ValueError, match="`month_days` is -1, and must be a number from 0 to 10"):
        jobinsight.Cleaner(salary_options={"month_days": -1})


def test_an_unknown_rule_set_is_an_error() -> None:
    with pytest.raises(ValueError, match="`v2` is not a rule set"):
        jobinsight.clean_title("Kế Toán", rules="v2")
