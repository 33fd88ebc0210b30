//! The statement for records that mention only some columns, and for tables with partitions.

use jobinsight_core::settings::quote;

use super::catalog::{Column, Placed};

/// The statement that updates existing rows, and inserts the other records. It returns a row for each record that it
/// writes: whether the row is new.
///
/// `INSERT … ON CONFLICT` checks NOT NULL before it looks for the existing row. A record without `title` would therefore be
/// refused although its row has a title. An `UPDATE` has no such check.
///
/// `is_key_unique` says whether PostgreSQL refuses a second row with the key. If another program inserts the row at the same time, the
/// record then updates it; otherwise the record may be refused.
pub(super) fn statement(
    table: &str,
    columns: &[&Placed],
    is_key_unique: bool,
    has_triggers: bool,
) -> String {
    let list = |columns: &[&Placed], each: &dyn Fn(&Placed) -> String, between: &str| {
        let parts: Vec<String> = columns.iter().map(|column| each(column)).collect();
        parts.join(between)
    };
    let (keys, others): (Vec<&Placed>, Vec<&Placed>) =
        columns.iter().partition(|(_, column)| column.key);
    let name = |(_, column): &Placed| quote(&column.name);
    let same_key = |row: &str| {
        let equal = |placed: &Placed| format!("{row}.{0} = x.{0}", name(placed));
        list(&keys, &equal, " AND ")
    };
    let differs = |new: &str| {
        format!(
            "ROW({}) IS DISTINCT FROM ROW({})",
            list(&others, &|(_, column)| comparable("t", column), ", "),
            list(&others, &|(_, column)| comparable(new, column), ", "),
        )
    };
    let set = |new: &str| {
        let assign = |placed: &Placed| format!("{0} = {new}.{0}", name(placed));
        list(&others, &assign, ", ")
    };
    let (update, action) = if others.is_empty() {
        ("SELECT 1 WHERE false".to_owned(), "DO NOTHING".to_owned())
    } else {
        (
            // Two spellings of one key in a chunk must be an error, as in an upsert: the second subquery then returns
            // more than one row.
            format!(
                "UPDATE {table} AS t SET {} FROM x WHERE {} AND {}
                    AND (SELECT 1 FROM x WHERE (SELECT count(*) > count(DISTINCT ROW({})) FROM x)) IS NULL RETURNING 1",
                set("x"),
                same_key("t"),
                condition(differs("x"), has_triggers),
                list(&keys, &|placed| format!("x.{}", name(placed)), ", "),
            ),
            format!("DO UPDATE SET {} WHERE {}", set("EXCLUDED"), differs("EXCLUDED")),
        )
    };
    let conflict = if is_key_unique {
        let keys = list(&keys, &name, ", ");
        format!("ON CONFLICT ({keys}) {action}")
    } else {
        String::new()
    };
    format!(
        "WITH x AS MATERIALIZED (SELECT {casts} FROM json_to_recordset($1) AS x({fields})),
              updated AS ({update}),
              inserted AS (INSERT INTO {table} AS t ({names}) SELECT {names} FROM x
                            WHERE NOT EXISTS (SELECT 1 FROM {table} AS o WHERE {same_key})
                           {conflict} RETURNING 1)
         SELECT false FROM updated UNION ALL SELECT true FROM inserted",
        casts = list(
            columns,
            &|placed| format!("{} AS {}", cast(placed), name(placed)),
            ", "
        ),
        fields = list(columns, &|(at, _)| format!("c{at} text"), ", "),
        names = list(columns, &name, ", "),
        same_key = same_key("o"),
    )
}

/// The number of unchanged records that the statements of this transaction have counted. It is a setting of the transaction,
/// because the rows that a statement returns do not tell an unchanged record from one that a trigger dropped.
pub(super) const UNCHANGED: &str =
    "coalesce(nullif(current_setting('jobinsight.unchanged', true), ''), '0')::bigint";

/// The condition of an update, which also counts the unchanged records if a trigger may drop the others.
pub(super) fn condition(differs: String, has_triggers: bool) -> String {
    if !has_triggers {
        return differs;
    }
    format!(
        "CASE WHEN {differs} THEN true
              ELSE set_config('jobinsight.unchanged', ({UNCHANGED} + 1)::text, true) IS NULL END"
    )
}

/// The statement that counts the records whose key the table does not have. `keys` are the columns of the primary key.
pub(super) fn count_missing(table: &str, keys: &[&Placed]) -> String {
    let list = |each: &dyn Fn(&Placed) -> String, between: &str| {
        let parts: Vec<String> = keys.iter().map(|key| each(key)).collect();
        parts.join(between)
    };
    format!(
        "SELECT count(*) FROM json_to_recordset($1) AS x({fields}) WHERE NOT EXISTS (SELECT 1 FROM {table} AS t WHERE {same_key})",
        fields = list(&|(at, _)| format!("c{at} text"), ", "),
        same_key = list(
            &|placed| format!("t.{} = {}", quote(&placed.1.name), cast(placed)),
            " AND "
        ),
    )
}

/// The value of a column, from its text in the row `x`.
pub(super) fn cast((at, column): &Placed) -> String {
    format!("x.c{at}::{}", column.kind)
}

/// The value of a column in a form that can be compared. A type that is not in the list is compared by its text, without
/// the rules of a collation: some types have no equality operator (json), and for others, texts in another case are equal
/// (citext, nondeterministic collations).
pub(super) fn comparable(from: &str, column: &Column) -> String {
    let cast = match column.kind.as_str() {
        "boolean"
        | "jsonb"
        | "smallint"
        | "integer"
        | "bigint"
        | "numeric"
        | "real"
        | "double precision"
        | "date"
        | "timestamp with time zone"
        | "timestamp without time zone" => "",
        _ => "::text COLLATE \"C\"",
    };
    format!("{from}.{}{cast}", quote(&column.name))
}
