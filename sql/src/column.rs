//! One column of staging: where its value comes from, its types, and its meaning.

/// Where the value of a staging column comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Copied from the raw row.
    Copied,
    /// Computed by a processing phase. Nearly every row has its own value.
    PerRow,
    /// Computed by a processing phase. Many rows share a value, so each set of values is sent to the server once.
    Shared,
    /// Parsed from the salary, once for each distinct text (`plan/plan_texts.sql`).
    Salary,
    /// Computed by the statement that publishes.
    Computed,
    /// Set by the statement that publishes: when and by which rules the row was written. Not a fact about the posting.
    Stamp,
    /// Set by the loader of the warehouse. Publishing only resets it.
    Warehouse,
}

/// The values that a column of staging may have, besides NULL. In a list, each item must be one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// Any value of the type.
    Any,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A text that this regular expression of PostgreSQL matches.
    Form(&'static str),
    /// A warning of a linked phase: see [`jobinsight_core::Plugin::WARNINGS`].
    Warnings,
    /// The name of rules: see [`crate::content`].
    Rules,
}

/// A column of staging. The raw table may have a column with the same name.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The name in both tables.
    pub name: &'static str,
    /// The origin of the value in staging.
    pub origin: Origin,
    /// The type in staging, with its constraints.
    pub staging: &'static str,
    /// The type in the raw table, with its constraints; `None` if the raw table has no such column.
    pub raw: Option<&'static str>,
    /// Whether a batch carries the raw value to the processing phases.
    pub is_loaded: bool,
    /// The columns of the raw table that the value in staging is computed from. A copied value comes from the raw column of the
    /// same name, and is not listed. See [`Column::sources`](Self::sources).
    pub(crate) from: &'static [&'static str],
    /// Whether the value is a name by which a warehouse groups postings: a row of a dimension.
    pub is_dimension: bool,
    /// The values that the column may have in staging.
    pub allowed: Allowed,
    /// The column whose value is the upper bound of this one in staging.
    pub at_most: Option<&'static str>,
    /// The meaning in staging, for the comment of the column.
    pub about: &'static str,
    /// The meaning in the raw table, if it is another one.
    pub raw_about: Option<&'static str>,
}

/// The column that each run refreshes.
const TIME_REMAINING: &str = "time_remaining";

/// A column of staging without the rest of its definition, which the methods of [`Column`] add.
pub(crate) const fn column(name: &'static str, origin: Origin, staging: &'static str) -> Column {
    Column {
        name,
        origin,
        staging,
        raw: None,
        is_loaded: false,
        from: &[],
        is_dimension: false,
        allowed: Allowed::Any,
        at_most: None,
        about: "",
        raw_about: None,
    }
}

impl Column {
    pub(crate) const fn raw(self, definition: &'static str) -> Self {
        Self {
            raw: Some(definition),
            ..self
        }
    }

    pub(crate) const fn loaded(self, definition: &'static str) -> Self {
        Self {
            is_loaded: true,
            ..self.raw(definition)
        }
    }

    pub(crate) const fn from(self, columns: &'static [&'static str]) -> Self {
        Self {
            from: columns,
            ..self
        }
    }

    pub(crate) const fn dimension(self) -> Self {
        Self {
            is_dimension: true,
            ..self
        }
    }

    pub(crate) const fn allowed(self, allowed: Allowed) -> Self {
        Self { allowed, ..self }
    }

    pub(crate) const fn at_most(self, bound: &'static str) -> Self {
        Self {
            at_most: Some(bound),
            ..self
        }
    }

    pub(crate) const fn about(self, about: &'static str) -> Self {
        Self { about, ..self }
    }

    pub(crate) const fn raw_about(self, about: &'static str) -> Self {
        Self {
            raw_about: Some(about),
            ..self
        }
    }

    /// The type in staging without constraints, such as `VARCHAR(20)`.
    pub fn staging_definition(&self) -> &'static str {
        without_constraints(self.staging)
    }

    /// The type in the raw table without constraints; `None` if the raw table has no such column.
    pub fn raw_definition(&self) -> Option<&'static str> {
        self.raw.map(without_constraints)
    }

    /// Whether each row of staging has a value.
    pub fn is_required(&self) -> bool {
        is_required(self.staging)
    }

    /// Whether a posting is rejected if the raw table has no value in this column.
    pub fn is_wanted(&self) -> bool {
        self.raw.is_some_and(|raw| raw.contains("NOT NULL"))
    }

    /// Whether the column has a list of values.
    pub fn is_list(&self) -> bool {
        self.staging.ends_with("[]")
    }

    /// Whether the value can change in a row of staging whose `published_at` stays. A copy that reads only new rows has no
    /// use for such a value.
    pub fn changes_unnoticed(&self) -> bool {
        self.origin == Origin::Warehouse || self.name == TIME_REMAINING
    }

    /// Whether a row of staging needs a value that is not the key and has no default.
    #[cfg(feature = "testing")]
    pub(crate) fn must_be_given(&self) -> bool {
        self.staging.contains("NOT NULL") && !self.staging.contains("DEFAULT")
    }

    /// The type in staging without length and constraints. A cast to it never cuts a text.
    pub(crate) fn staging_type(&self) -> &'static str {
        let end = self.staging.find([' ', '(']);
        end.map_or(self.staging, |end| &self.staging[..end])
    }
}

fn without_constraints(definition: &'static str) -> &'static str {
    definition.split(' ').next().unwrap_or(definition)
}

fn is_required(definition: &str) -> bool {
    definition.contains("NOT NULL") || definition.contains("PRIMARY KEY")
}
