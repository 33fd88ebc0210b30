"""peers.py URI TABLE polars|duckdb: what a careful team would write today without this project.

It reads raw_jobs through ADBC (binary COPY into Arrow), does most of what the old pipeline did to title, company and place, with
vectorised expressions of Polars or one query of DuckDB, and appends the rows to TABLE (schema.name), an empty table with a key and
four indexes, by COPY through ADBC. It leaves out capitals, entities of HTML, and the order of places in DuckDB. It also leaves out what
the pipeline does besides: salaries, deadlines, facts, rejected rows and their reasons, the comparison with published rows, and retries.
Skills are written as text, because the driver writes no JSON.
"""

import sys

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa

COPIED = "job_id, title, job_url, company_name, company_url, salary, skills::text AS skills, location, location_detail, deadline, \
verified_employer, last_update, logo_url, posted_time, crawled_at"
# In DuckDB, \w has only the letters of ASCII.
TITLE = r"([\p{L}\p{M}\p{N}_\s./-]+(?:\s*(?:/|-)\s*[\p{L}\p{M}\p{N}_\s./-]*)*)"
SIGNS = r"[^\p{L}\p{M}\p{N}_\s()\[\]\-/.,&+#]"
WORDS = r"(?i)tuyển\s+dụng|cần\s+tuyển|đang\s+tuyển|hot|gấp|\bhr\b"


def with_polars(raw: pa.Table) -> pa.Table:
    import polars as pl
    from vectorised import expressions

    return expressions(pl.from_arrow(raw)).drop("pairs").to_arrow()


def with_duckdb(raw: pa.Table) -> pa.Table:
    import duckdb

    pairs = r"""list_filter(list_transform(string_split(regexp_replace(coalesce(location_detail, ''), '<[^>]*>', chr(10), 'g'), chr(10)),
                lambda line: trim(line)), lambda line: line <> '')"""
    provinces = "list_distinct(list_transform(pairs, lambda pair: trim(split_part(pair, ':', 1))))"
    query = f"""
        SELECT * EXCLUDE (pairs) REPLACE (CASE WHEN contains(location, '&') AND len(pairs) > 0
                       THEN array_to_string({provinces}, ', ') ELSE location END[1:200] AS location)
          FROM (SELECT *,
                       trim(split_part(trim(coalesce(nullif(regexp_extract(title, '{TITLE}', 1), ''), title)), ' - ', 1)) AS title_clean,
                       trim(regexp_replace(regexp_replace(regexp_replace(coalesce(company_name, ''), '{SIGNS}', ' ', 'g'),
                            '{WORDS}', '', 'g'), '\\s+', ' ', 'g')) AS company_name_standardized,
                       {pairs} AS pairs
                  FROM raw)"""
    made = duckdb.sql(query).arrow()
    return made.read_all() if hasattr(made, "read_all") else made


def main(uri: str, table: str, engine: str) -> None:
    schema, name = table.split(".")
    with adbc.connect(uri) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT {COPIED} FROM raw_jobs")
        raw = cursor.fetch_arrow_table()
        clean = with_polars(raw) if engine == "polars" else with_duckdb(raw)
        cursor.adbc_ingest(name, clean, mode="append", db_schema_name=schema)
        connection.commit()
    print(clean.num_rows)


main(*sys.argv[1:])
