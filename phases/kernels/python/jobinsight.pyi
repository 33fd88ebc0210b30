"""Cleans job postings by the rules of JobInsight: titles, companies, places, salaries, deadlines and facts."""

from datetime import datetime
from decimal import Decimal
from os import PathLike
from typing import Any, Literal, Protocol, TypedDict, final, type_check_only

import pandas
import polars
import pyarrow

__all__ = [
    "Cleaned",
    "Cleaner",
    "Table",
    "__version__",
    "clean",
    "clean_company",
    "clean_location",
    "clean_title",
    "company_key",
    "explain",
    "facts",
    "fingerprints",
    "location_codes",
    "parse_deadline",
    "parse_salary",
    "places",
    "province_codes",
    "rule_set",
]

__version__: str

_RuleSet = Literal["standard", "v1"]

@type_check_only
class ArrowTable(Protocol):
    """A table of pyarrow, Polars, pandas 2.2 or newer, DuckDB, or another library that offers Arrow."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@final
class Table:
    """A table of Arrow. Every library that reads Arrow can take it."""

    @property
    def num_rows(self) -> int:
        """The number of rows."""
    @property
    def column_names(self) -> list[str]:
        """The names of the columns."""
    def to_pyarrow(self) -> pyarrow.Table:
        """The table as a ``pyarrow.Table``. Needs pyarrow."""
    def to_polars(self) -> polars.DataFrame:
        """The table as a ``polars.DataFrame``. Needs Polars."""
    def to_pandas(self) -> pandas.DataFrame:
        """The table as a ``pandas.DataFrame``. Needs pandas and pyarrow."""
    def __len__(self) -> int: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@final
class Cleaned:
    """The result of a cleaning: three tables."""

    @property
    def rows(self) -> Table:
        """The clean postings: the columns of the input, and the derived columns."""
    @property
    def rejected(self) -> Table:
        """The rejected postings: ``row``, ``job_id``, ``field``, ``reason``, ``value``."""
    @property
    def warnings(self) -> Table:
        """The warnings of clean postings: ``row``, ``job_id``, ``field``, ``warning``."""

@final
class Cleaner:
    """Cleans several tables by the same rules, for example the parts of a large table."""

    def __new__(
        cls,
        *,
        rules: _RuleSet = "standard",
        rules_dir: str | PathLike[str] | None = None,
        as_of: datetime | None = None,
        facts: bool = False,
        salary_options: dict[str, float] | None = None,
        threads: int | None = None,
    ) -> Cleaner: ...
    def clean(self, table: ArrowTable) -> Cleaned:
        """Cleans a table. Rows are numbered over all tables."""

def clean(
    table: ArrowTable,
    *,
    rules: _RuleSet = "standard",
    rules_dir: str | PathLike[str] | None = None,
    as_of: datetime | None = None,
    facts: bool = False,
    salary_options: dict[str, float] | None = None,
    threads: int | None = None,
) -> Cleaned:
    """Cleans a table of raw postings. It needs the column ``title``."""

def clean_title(title: str | None, *, rules: _RuleSet = "standard") -> str | None:
    """The name of the job: the title without places, pay and advertising."""

def clean_company(name: str | None, *, rules: _RuleSet = "standard") -> str | None:
    """The name of a company in one spelling."""

def company_key(name: str | None) -> str | None:
    """A key by which postings of several boards can be grouped."""

def clean_location(
    location: str | None, detail: str | None = None, *, rules: _RuleSet = "standard"
) -> str | None:
    """The places of a job by their official names, separated by commas."""

def location_codes(location: str | None, detail: str | None = None) -> list[str]:
    """The codes of ISO 3166-2:VN of the provinces, of the 63 before July 2025."""

def province_codes(location: str | None, detail: str | None = None) -> list[str]:
    """The two-digit codes of the provinces, of the 34 since July 2025."""

@type_check_only
class Place(TypedDict):
    """A place of a job in parts."""

    name: str
    code: str | None
    province: str | None
    district: str | None
    address: str | None

def places(location: str | None, detail: str | None = None) -> list[Place]:
    """The places of a job in parts."""

_Salary = TypedDict(
    "_Salary",
    {
        "min": Decimal | None,
        "max": Decimal | None,
        "type": Literal["negotiable", "range", "upto", "from", "unknown"],
        "period": Literal["month", "hour", "day", "week", "year", "product"] | None,
        "monthly_min": Decimal | None,
        "monthly_max": Decimal | None,
        "warning": str | None,
    },
)

def parse_salary(
    text: str | None,
    *,
    rules: _RuleSet = "standard",
    salary_options: dict[str, float] | None = None,
) -> _Salary:
    """The bounds of a salary in million VND, with type, period, pay for a month, and warning."""

@type_check_only
class Deadline(TypedDict):
    """The end of a deadline."""

    due_date: datetime | None
    warning: str | None

def parse_deadline(
    text: str | None, crawled_at: datetime | None = None, *, rules: _RuleSet = "standard"
) -> Deadline:
    """The end of a deadline. One such as ``"Còn 2 ngày"`` counts from the time of the crawl."""

@type_check_only
class Facts(TypedDict):
    """The facts that a posting states."""

    experience_min: float | None
    experience_max: float | None
    level: str | None
    work_mode: str | None
    employment_type: str | None
    languages: list[str]
    skills: list[str]

def facts(
    title: str | None, location: str | None = None, skills: list[str] | str | None = None
) -> Facts:
    """The facts that a posting states."""

@type_check_only
class RuleLine(TypedDict):
    """A line of a rule table."""

    table: str
    line: int
    text: str

@type_check_only
class Step(TypedDict):
    """The change that one rule made."""

    rule: str
    before: str
    after: str
    lines: list[RuleLine]

@type_check_only
class ExplainedField(TypedDict):
    """A field of the posting."""

    field: str
    given: str | None
    steps: list[Step]
    made: dict[str, Any]
    warnings: list[str]

@type_check_only
class Rejected(TypedDict):
    """Why a posting is rejected."""

    field: str
    reason: str

@type_check_only
class Explanation(TypedDict):
    """The rules that change a posting."""

    fields: list[ExplainedField]
    facts: list[ExplainedField]
    rejected: Rejected | None

def explain(
    title: str | None = None,
    company_name: str | None = None,
    location: str | None = None,
    location_detail: str | None = None,
    skills: list[str] | str | None = None,
    *,
    rules: _RuleSet = "standard",
    rules_dir: str | PathLike[str] | None = None,
) -> Explanation:
    """The rules that change a posting, step by step."""

def fingerprints(table: ArrowTable) -> Table:
    """The fingerprints of raw postings, in the column ``source_hash``, as the pipeline stores them."""

def rule_set(
    *,
    rules: _RuleSet = "standard",
    rules_dir: str | PathLike[str] | None = None,
    salary_options: dict[str, float] | None = None,
) -> str:
    """The name of the rules, as the pipeline stores it in ``rule_set``."""
