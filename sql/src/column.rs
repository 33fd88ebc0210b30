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
    /// Whether the value is a name by which a warehouse groups postings: a row of a dimension.
    pub is_dimension: bool,
    /// The meaning in staging, for the comment of the column.
    pub about: &'static str,
    /// The meaning in the raw table, if it is another one.
    pub raw_about: Option<&'static str>,
}

/// A column of staging without the rest of its definition, which the methods of [`Column`] add.
pub(crate) const fn column(name: &'static str, origin: Origin, staging: &'static str) -> Column {
    Column {
        name,
        origin,
        staging,
        raw: None,
        is_loaded: false,
        is_dimension: false,
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

    pub(crate) const fn dimension(self) -> Self {
        Self {
            is_dimension: true,
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
