"""Explanations, and rules of a user."""

from pathlib import Path

import jobinsight
import pyarrow
import pytest

TITLE = "Tuyển Kế Toán - Lương 20 Triệu"


def test_an_explanation_names_the_line_of_each_step() -> None:
    explained = jobinsight.explain(title=TITLE)
    assert [field["field"] for field in explained["fields"]] == ["title"]
    title = explained["fields"][0]
    assert title["made"] == {"title_clean": "Kế Toán", "title_salary": "Lương 20 Triệu"}
    lines = {step["before"]: [line["table"] for line in step["lines"]] for step in title["steps"]}
    assert lines == {"Tuyển": ["title_leads"], "Lương 20 Triệu": ["title_tails"], TITLE: []}
    assert (explained["facts"], explained["rejected"]) == ([], None)


def test_an_explanation_has_the_facts_and_the_reason_of_a_rejected_posting() -> None:
    facts = jobinsight.explain(title="Senior Java Developer")["facts"]
    assert facts[0]["made"] == {"level": "senior", "skills_normalized": ["Java"]}
    explained = jobinsight.explain(title=" ")
    assert explained["rejected"] == {"field": "title", "reason": "title_missing"}
    explained = jobinsight.explain(company_name="CTCP HQSOFT")
    assert [field["field"] for field in explained["fields"]] == ["company_name"]
    assert explained["rejected"] is None


def names(rules_dir: Path, **options: str) -> list[str]:
    table = pyarrow.table({"title": ["x"], "company_name": ["cty hqsoft fpt"]})
    rows = jobinsight.clean(table, rules_dir=rules_dir, **options).rows
    return rows.to_pyarrow()["company_name_standardized"].to_pylist()


def test_rules_of_a_user_add_and_remove_lines(tmp_path: Path) -> None:
    assert names(tmp_path) == ["Công ty Hqsoft FPT"]
    (tmp_path / "acronyms.txt").write_text("# ours\nhqsoft\n")
    assert names(tmp_path) == ["Công ty HQSOFT FPT"]
    step = jobinsight.explain(company_name="cty hqsoft", rules_dir=tmp_path)["fields"][0]["steps"][0]
    assert step["lines"][0]["table"].endswith("acronyms.txt")
    assert names(tmp_path, rules="v1") == ["Cty hqsoft fpt"], "v1 has no rules of a user"


def test_a_wrong_rule_is_an_error_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "acronyms.txt").write_text("\n- nothing\n")
    with pytest.raises(ValueError, match=r"acronyms.txt, line 2: acronyms has no line `nothing`"):
        names(tmp_path)
    (tmp_path / "acronyms.txt").write_text("")
    (tmp_path / "acronym.txt").write_text("")
    with pytest.raises(ValueError, match="the table `acronym`, which does not exist"):
        names(tmp_path)
    with pytest.raises(OSError, match="cannot be read"):
        names(tmp_path / "missing")


def test_fingerprints_and_the_name_of_the_rules_say_what_to_clean_again(tmp_path: Path) -> None:
    rows = {"title": ["Kế Toán", "Kế Toán", "Lái Xe"], "skills": ['["a"]', '[ "a" ]', '["a"]']}
    hashes = jobinsight.fingerprints(pyarrow.table(rows)).to_pyarrow().column("source_hash").to_pylist()
    assert hashes[0] == hashes[1], "skills are compared as values"
    assert hashes[0] != hashes[2]

    (tmp_path / "acronyms.txt").write_text("abc\n")
    names = [
        jobinsight.rule_set(),
        jobinsight.rule_set(rules="v1"),
        jobinsight.rule_set(rules_dir=tmp_path),
        jobinsight.rule_set(salary_options={"month_days": 24}),
    ]
    assert len(set(names)) == 4
    assert names[0].startswith("standard@") and names[1] == "v1/24000"
    assert names[3] == f"{names[0]},month_days=24"
