//! A raw table and a staging table whose rows are on several servers (Citus).

mod citus;
mod problems;
mod refused;
mod sql_text;
mod statements;
