//! The kinds of labels: which raw columns a label fills, and which published columns it is compared with.

use std::str::FromStr;

use super::compare::Comparison::{self, List, Number, Set, Text, Title, Warnings};

/// A kind of labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// title → `title_clean`.
    Titles,
    /// `company_name` → `company_name_standardized`.
    Companies,
    /// Two names of companies → whether `company_key` is equal.
    CompanyPairs,
    /// `location`, `location_detail` → the columns of places.
    Places,
    /// salary, title → the columns of the salary.
    Salaries,
    /// deadline, `crawled_at` → `due_date`.
    Deadlines,
    /// title, location, skills → the facts of a posting.
    Facts,
}

/// A published column that labels are compared with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// The key of the right value in a label.
    pub(super) label: &'static str,
    /// The column of staging or of `job_facts`.
    pub(super) column: &'static str,
    pub(super) comparison: Comparison,
}

const fn field(label: &'static str, column: &'static str, comparison: Comparison) -> Field {
    Field {
        label,
        column,
        comparison,
    }
}

/// A field whose key in a label is the name of the column.
const fn named(column: &'static str, comparison: Comparison) -> Field {
    field(column, column, comparison)
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::Titles,
        Self::Companies,
        Self::CompanyPairs,
        Self::Places,
        Self::Salaries,
        Self::Deadlines,
        Self::Facts,
    ];

    /// The word for `--kind`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Titles => "titles",
            Self::Companies => "companies",
            Self::CompanyPairs => "company_pairs",
            Self::Places => "places",
            Self::Salaries => "salaries",
            Self::Deadlines => "deadlines",
            Self::Facts => "facts",
        }
    }

    /// The files with labels, relative to the folder of the project. The first ones are committed.
    pub fn files(self) -> &'static [&'static str] {
        match self {
            Self::Titles => &[
                "tests/golden/labels_titles.jsonl",
                "tests/golden/labels_titles_of_boards.jsonl",
                "tests/golden/labels_titles_later.jsonl",
                "../shared/golden/standard_titles.jsonl",
            ],
            Self::Companies => &[
                "tests/golden/labels_companies.jsonl",
                "tests/golden/labels_companies_later.jsonl",
                "../shared/golden/standard_companies.jsonl",
            ],
            Self::CompanyPairs => &["tests/golden/labels_company_pairs.jsonl"],
            Self::Places => &[
                "tests/golden/labels_places.jsonl",
                "tests/golden/labels_places_later.jsonl",
            ],
            Self::Salaries => &["tests/golden/labels_salaries.jsonl"],
            Self::Deadlines => &["tests/golden/labels_deadlines.jsonl"],
            Self::Facts => &[
                "tests/golden/labels_facts.jsonl",
                "tests/golden/labels_facts_later.jsonl",
            ],
        }
    }

    /// The key in a label of each raw column that it fills, and the name of the column. A pair has one list for each name.
    pub(super) fn postings(self) -> &'static [&'static [(&'static str, &'static str)]] {
        match self {
            Self::Titles => &[&[("in", "title")]],
            Self::Companies => &[&[("in", "company_name")]],
            Self::CompanyPairs => &[&[("a", "company_name")], &[("b", "company_name")]],
            Self::Places => &[&[
                ("location", "location"),
                ("location_detail", "location_detail"),
            ]],
            Self::Salaries => &[&[("title", "title"), ("salary", "salary")]],
            Self::Deadlines => &[&[("deadline", "deadline"), ("crawled_at", "crawled_at")]],
            Self::Facts => &[&[
                ("title", "title"),
                ("location", "location"),
                ("skills", "skills"),
            ]],
        }
    }

    /// The columns to compare. A pair has one result, which is not a column.
    pub(super) fn fields(self) -> &'static [Field] {
        match self {
            Self::Titles => const { &[field("out", "title_clean", Title)] },
            Self::Companies => const { &[field("out", "company_name_standardized", Text)] },
            Self::CompanyPairs => const { &[field("same", "company_key", Text)] },
            Self::Places => {
                const {
                    &[
                        field("location_out", "location", Text),
                        named("location_pairs", List),
                        named("location_codes", List),
                        named("province_codes", List),
                        field("warning", "warnings", Warnings("location")),
                    ]
                }
            }
            Self::Salaries => {
                const {
                    &[
                        named("salary_min", Number),
                        named("salary_max", Number),
                        named("salary_type", Text),
                        named("salary_period", Text),
                        named("salary_source", Text),
                        named("salary_monthly_min", Number),
                        named("salary_monthly_max", Number),
                        named("warnings", Warnings("salary")),
                    ]
                }
            }
            Self::Deadlines => {
                const {
                    &[
                        named("due_date", Text),
                        field("warning", "warnings", Warnings("deadline")),
                    ]
                }
            }
            Self::Facts => {
                const {
                    &[
                        named("experience_min", Number),
                        named("experience_max", Number),
                        named("level", Text),
                        named("work_mode", Text),
                        named("employment_type", Text),
                        named("languages", Set),
                        named("skills_normalized", Set),
                    ]
                }
            }
        }
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let known = Self::ALL.map(Self::word).join(", ");
        Self::ALL
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| format!("{word} is not a kind of labels: {known}"))
    }
}
