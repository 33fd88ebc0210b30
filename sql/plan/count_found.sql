-- Counts the rows that a plan would find now, for a dry run. Nothing is written, so that a read-only transaction can execute it.
--   $1 to $4, :has_places and :has_candidates   as in work_rows.sql   $5 the most rows to process, or NULL   :horizon   as in candidate_rows.sql
-- Returns the raw rows; the rows to process; the unchanged rows; the rejected rows that have not changed; and of the rows to
-- process: those that are not in staging, those whose raw row has changed, and those that other rules produced from the same
-- raw row.
WITH
\if :has_candidates
etl_foreign AS MATERIALIZED (
\ir foreign_rows.sql
), etl_candidates AS MATERIALIZED (
\ir candidate_rows.sql
UNION SELECT job_id FROM etl_foreign
UNION
\ir kept_rows.sql
),
\endif
etl_found AS MATERIALIZED (
\ir work_rows.sql
), todo AS MATERIALIZED (
    -- The rows that plan_rows.sql would write.
    SELECT job_id, source_hash FROM etl_found WHERE raw IS NULL AND NOT ($2::boolean AND rejected)
     ORDER BY block_place LIMIT $5::bigint
), found AS (
    SELECT max(raw) AS raw, count(*) FILTER (WHERE raw IS NULL) AS rows, count(*) FILTER (WHERE $2::boolean AND rejected) AS rejected
      FROM etl_found
), kinds AS (
    SELECT count(*) AS planned, count(*) FILTER (WHERE s.job_id IS NULL) AS new,
           count(*) FILTER (WHERE s.job_id IS NOT NULL AND s.source_hash IS DISTINCT FROM t.source_hash) AS changed,
           count(*) FILTER (WHERE s.source_hash = t.source_hash AND s.rule_set <> $1::text) AS remade
      FROM todo t LEFT JOIN :"staging".staging_jobs s ON s.job_id = t.job_id
)
SELECT raw, planned, raw - rows, rejected, new, changed, remade FROM found, kinds
