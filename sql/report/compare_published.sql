-- Compares processed rows with the published rows, column by column, and writes nothing.
--   $1 the processed rows: a JSON array of objects with the key, the warnings and the derived columns, all as text
--   $2 name of the rule set, with the rate and the options of salaries   $3 rules of the functions
-- Returns the number of rows; of rows with another fact, as insert_raw_to_staging.sql compares them; of rows that a run published and
-- whose raw row has changed since; and, for each column, of rows that differ.
WITH d AS MATERIALIZED (
    SELECT job_id, title_salary, warnings::text[] AS warnings, :{per_row}, :{shared}
      FROM json_to_recordset($1::json) AS given (job_id text, title_salary text, warnings text, :{per_row TEXT}, :{shared TEXT})
), texts AS MATERIALIZED (
    SELECT coalesce(r.salary COLLATE "default", '') AS salary, coalesce(r.deadline COLLATE "default", '') AS deadline
      FROM d JOIN :"raw" r ON r.job_id = d.job_id
), salaries AS MATERIALIZED (
    -- Each distinct text is parsed once, as in plan_texts.sql.
    SELECT t.salary AS text, p.*
      FROM (SELECT DISTINCT salary FROM texts) t
     CROSS JOIN LATERAL :"staging".normalize_salary(
           t.salary, $3::text, :"staging".salary_rate($2::text), :"staging".salary_options($2::text)) p
), deadlines AS MATERIALIZED (
    SELECT t.deadline AS text, p.days, p.minutes, p.is_whole_day, p.end_of_day, p.warning
      FROM (SELECT DISTINCT deadline FROM texts) t
     CROSS JOIN LATERAL :"staging".deadline_parts(t.deadline, $3::text) p
), pays AS MATERIALIZED (
    -- The pay that titles name, as in parse_title_salaries.sql.
    SELECT t.text, n.*
      FROM (SELECT DISTINCT title_salary AS text FROM d WHERE title_salary IS NOT NULL) t
     CROSS JOIN LATERAL :"staging".normalize_salary(
           t.text, 'standard', :"staging".salary_rate($2::text), :"staging".salary_options($2::text)) n
), processed AS (
    SELECT :{(r.copied::TYPE COLLATION) AS copied}, :{g.per_row::TYPE AS per_row}, :{g.shared::TYPE AS shared},
           :fingerprint AS source_hash, u.due_date,
\ir ../publish/merge_salary.sql
\ir ../publish/merge_warnings.sql
      FROM d AS g
      JOIN :"raw" r ON r.job_id = g.job_id
      -- Outer joins, so that the planner expects one salary and one deadline for each row, as in insert_raw_to_staging.sql.
      LEFT JOIN salaries  p ON p.text = coalesce(r.salary COLLATE "default", '')
      LEFT JOIN deadlines t ON t.text = coalesce(r.deadline COLLATE "default", '')
     CROSS JOIN LATERAL :"staging".due_after(t.days, t.minutes, t.is_whole_day, t.end_of_day, t.warning, r.crawled_at) u
      LEFT JOIN pays q ON q.text = g.title_salary AND p.salary_type = 'negotiable' AND q.salary_period IS NOT NULL
)
SELECT count(*), count(*) FILTER (WHERE (:{s.facts}) IS DISTINCT FROM (:{n.facts})),
       count(*) FILTER (WHERE s.rule_set IS NOT NULL AND s.source_hash <> n.source_hash),
       :{count(*) FILTER (WHERE s.content IS DISTINCT FROM n.content) AS content}
  FROM processed n JOIN :"staging".staging_jobs s ON s.job_id = n.job_id
