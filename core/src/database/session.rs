//! The settings of a session. A run must have the same results whatever defaults the role, the database, the server or
//! `PGOPTIONS` have.

/// The settings that every session has, with their values. They are set by a statement, because a pooler refuses startup
/// options, and because a statement overrides all defaults.
const SETTINGS: &[(&str, &str)] = &[
    // Values are read and written in one format.
    ("timezone", "UTC"),
    ("datestyle", "ISO, MDY"),
    ("intervalstyle", "postgres"),
    ("client_encoding", "UTF8"),
    ("bytea_output", "hex"),
    ("extra_float_digits", "1"),
    ("array_nulls", "on"),
    ("standard_conforming_strings", "on"),
    ("quote_all_identifiers", "off"),
    ("transform_null_equals", "off"),
    // The statements are written for this isolation. With a stricter one, the lanes of a run conflict with each other.
    ("default_transaction_isolation", "read committed"),
    ("default_transaction_deferrable", "off"),
    // PostgreSQL refuses a statement from which it would hide rows.
    ("row_security", "off"),
    // An error does not end the session.
    ("exit_on_error", "off"),
    // The limits of a run are settings of ours. The pool sets its own limits.
    ("statement_timeout", "0"),
    ("lock_timeout", "0"),
    // The server notices soon that this process is gone, even within a transaction.
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
    ("idle_in_transaction_session_timeout", "60s"),
    // Compiling a statement takes longer than executing most of them.
    ("jit", "off"),
];

/// Settings that not every version has, or that not every role may set. They are set where they exist and differ.
const WHERE_IT_DIFFERS: &[(&str, &str)] = &[
    ("idle_session_timeout", "0"),
    ("transaction_timeout", "0"),
    ("session_replication_role", "origin"),
    // Settings of Citus, which exist only where it is installed. The lanes write different rows, so they need not wait for each
    // other. Our triggers change only the row that is written, so they work on each server.
    ("citus.all_modifications_commutative", "on"),
    ("citus.enable_unsafe_triggers", "on"),
];

/// The statements that apply the settings.
pub(super) fn statements() -> String {
    let fixed = SETTINGS.iter().map(|(name, value)| {
        // Several values of one setting are a list of names.
        format!("SET {name} = '{}'", value.replace(", ", "', '"))
    });
    let others = WHERE_IT_DIFFERS.iter().map(|(name, value)| {
        format!("SELECT set_config('{name}', '{value}', false) WHERE current_setting('{name}', true) <> '{value}'")
    });
    let last = "DO $$ BEGIN PERFORM set_config('client_connection_check_interval', '5s', false);
EXCEPTION WHEN OTHERS THEN NULL; -- not available on every platform of the server
END $$";
    let all: Vec<String> = fixed.chain(others).chain([last.to_owned()]).collect();
    all.join("; ")
}

/// Seconds in milliseconds, as `SET statement_timeout` and `SET lock_timeout` take them.
pub fn milliseconds(seconds: u64) -> u64 {
    seconds.saturating_mul(1000).min(i32::MAX as u64)
}
