//! The types of columns, as PostgreSQL writes them.

/// The type that a column must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PgType {
    /// The type in a table that this program created, as PostgreSQL writes it.
    pub usual: String,
    /// The types that the column may have, as PostgreSQL writes them, without a length.
    pub allowed: &'static [&'static str],
}

/// `bpchar` is `character` without a length.
const TEXT: &[&str] = &["character varying", "text", "character", "bpchar"];

impl PgType {
    /// The type of a definition of the list of columns, such as `VARCHAR(20)`.
    pub fn of(definition: &str) -> Self {
        let length = definition.find('(').map_or("", |at| &definition[at..]);
        let (usual, allowed): (&str, &[&str]) = match &definition[..definition.len() - length.len()]
        {
            "VARCHAR" => ("character varying", TEXT),
            "TEXT" => ("text", TEXT),
            "TEXT[]" => ("text[]", &["text[]", "character varying[]"]),
            "JSONB" => ("jsonb", &["jsonb"]),
            "BOOLEAN" => ("boolean", &["boolean"]),
            "NUMERIC" => ("numeric", &["numeric"]),
            "BIGINT" => ("bigint", &["bigint"]),
            "UUID" => ("uuid", &["uuid"]),
            _ => ("timestamp with time zone", &["timestamp with time zone"]),
        };
        Self {
            usual: format!("{usual}{length}"),
            allowed,
        }
    }

    /// Whether a column of this type may replace it.
    pub fn allows(&self, found: &str) -> bool {
        let length = found.find('(').unwrap_or(found.len());
        self.allowed.contains(&&found[..length])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::COLUMNS;

    #[test]
    fn a_text_may_have_another_length_and_a_number_is_not_a_text() {
        let title = PgType::of("VARCHAR(255)");
        assert_eq!(title.usual, "character varying(255)");
        assert!(title.allows("text") && title.allows("character varying(300)"));
        assert!(!title.allows("integer") && !title.allows("text[]"));
        assert!(PgType::of("NUMERIC").allows("numeric(12,2)"));
    }

    #[test]
    fn only_times_have_the_type_of_times() {
        for column in &COLUMNS {
            let is_time = PgType::of(column.staging_definition())
                .usual
                .starts_with("time");
            assert_eq!(
                is_time,
                column.staging.starts_with("TIMESTAMPTZ"),
                "{}",
                column.name
            );
        }
    }
}
