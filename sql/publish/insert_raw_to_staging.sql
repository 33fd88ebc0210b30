-- Publishes a batch: joins the derived columns with the raw rows, and writes each row once, with all of its columns.
-- The module publish.rs of data_saving explains the steps with an example.
--   $1 name of the rule set   $2 the run   $3 the run's clock   $4, $5 the first row of the batch, and the one after the last
--   :is_new     staging and the rejected rows were empty when the batch was planned, so all rows of the batch are new. If a row
--               is not new, PostgreSQL refuses its key, and the batch is published again without this flag.
--   :is_range   the batch is a range of blocks of :"range", which is the raw table or a partition of it: from :first_block to before
--               :end_block
--   :is_joined  staging is distributed, and not all rows of the batch are new. A server cannot be asked for the rows that it does not
--               have. So the existing rows are found together with the raw rows, which are on the same server. :is_plain is false then.
--   :is_plain   staging is a plain table. A partitioned table does not show which rows are new (xmax), and its key may have a second
--               column. So existing rows are updated, which may move them to another partition, and the others are inserted.
-- Returns the number of rows that were still the loaded version, of new rows, of updated rows, and of rows with each warning.
WITH src AS (
\if :is_new
    INSERT INTO :"staging".staging_jobs (:{written})
\endif
    SELECT :{written}
\if :is_joined
           , is_known
\endif
      FROM (SELECT :{r.copied}, :{d.per_row::TYPE AS per_row}, :{g.shared}, u.due_date,
\ir merge_salary.sql
                   :"staging".time_remaining(u.due_date, $3::timestamptz) AS time_remaining,
\ir merge_warnings.sql
                   , $1::text AS rule_set, $2::uuid AS run_id, $3::timestamptz AS processed_at, now() AS published_at,
\if :is_range
                   -- The fingerprint, unless the batch has it: a row with the same writer is the row that was loaded.
                   coalesce(d.source_hash, :fingerprint) AS source_hash
\else
                   d.row_version AS source_hash
\endif
\if :is_joined
                   , o.job_id IS NOT NULL AS is_known
\endif
              FROM etl_derived d
\if :is_range
              -- The coalesce hides the statistics of the column: a million keys, for which the planner expects almost no match.
              JOIN :"range" r ON coalesce(r.job_id, '') = d.job_id
                             AND r.ctid >= '(:first_block,0)' AND r.ctid < '(:end_block,0)'
\else
              JOIN :"raw" r ON r.job_id = d.job_id
\endif
\if :is_joined
              LEFT JOIN :"staging".staging_jobs o ON o.job_id = r.job_id
\endif
              -- With OFFSET 0, a text is cast once for each set of values, and not once for each row.
              JOIN (SELECT e.n, :{e.shared::TYPE AS shared}, e.warnings::text[] AS warnings
                      FROM etl_places e
\if :is_new
\else
                     -- A part of a batch must not fail because of a value that only rows of another part have.
                     WHERE EXISTS (SELECT 1 FROM etl_derived o WHERE o.set_no = e.n AND o.n >= $4::integer AND o.n < $5::integer)
\endif
                    OFFSET 0) g ON g.n = d.set_no
              -- Each row has exactly one salary and one deadline. The planner would expect that an inner join keeps almost no row,
              -- and would then scan the batch once for each raw row. So these are outer joins, and the WHERE clause drops the rows
              -- whose texts the plan did not have: they changed since then.
              LEFT JOIN :"staging".etl_salaries  p ON p.text = coalesce(r.salary COLLATE "default", '')
              LEFT JOIN :"staging".etl_deadlines t ON t.text = coalesce(r.deadline COLLATE "default", '')
             CROSS JOIN LATERAL :"staging".due_after(
                  t.days, t.minutes, t.is_whole_day, t.end_of_day, t.warning, r.crawled_at) u
              -- The pay that the title names, if the salary is negotiable.
              LEFT JOIN etl_title_salaries q ON coalesce(q.run_id = $2::uuid, false) AND q.text = d.title_salary
                                            AND p.salary_type = 'negotiable' AND q.salary_period IS NOT NULL
             -- The coalesce around a comparison helps the planner, which would otherwise expect that almost no row passes.
             WHERE coalesce(d.n >= $4::integer AND d.n < $5::integer, false)
               AND coalesce(p.text IS NOT NULL AND t.text IS NOT NULL, false)
             -- The raw row must still be the version that was loaded. A row that changed since then is left for the next run.
\if :is_range
               AND coalesce(d.row_version = r.xmin::text::bigint, false)) ready
\else
               AND coalesce(d.row_version = :fingerprint, false)) ready
\endif
\if :is_new
    -- Returns only the columns that are counted below, because PostgreSQL stores these rows.
    RETURNING warnings
)
SELECT (SELECT count(*) FROM src), (SELECT count(*) FROM src), 0::bigint,
\else
\if :is_plain
), put AS (
    INSERT INTO :"staging".staging_jobs AS s (:{written})
    SELECT :{written} FROM src
    ON CONFLICT (job_id) DO UPDATE
       SET (:{updated}) = (:{EXCLUDED.updated}),
           -- The warehouse must load a row again if a fact changed. It need not if only the rules changed, with the same result.
           processed_to_dwh = s.processed_to_dwh AND (:{s.facts}) IS NOT DISTINCT FROM (:{EXCLUDED.facts})
     -- An unchanged row is not written.
     WHERE (s.rule_set, :{s.facts}) IS DISTINCT FROM (EXCLUDED.rule_set, :{EXCLUDED.facts})
    RETURNING (xmax = 0) AS is_inserted
\else
), changed AS (
    UPDATE :"staging".staging_jobs s
       SET (:{updated}) = (:{src.updated}),
           processed_to_dwh = s.processed_to_dwh AND (:{s.facts}) IS NOT DISTINCT FROM (:{src.facts})
      FROM src
     WHERE s.job_id = src.job_id AND (s.rule_set, :{s.facts}) IS DISTINCT FROM (src.rule_set, :{src.facts})
    RETURNING s.job_id
), added AS (
    INSERT INTO :"staging".staging_jobs (:{written})
\if :is_joined
    SELECT :{written} FROM src WHERE NOT is_known
\else
    SELECT :{written} FROM src WHERE NOT EXISTS (SELECT 1 FROM :"staging".staging_jobs o WHERE o.job_id = src.job_id)
\endif
    RETURNING 1
\endif
), cleared AS (
    -- A row that is published now is not a rejected row any more.
    DELETE FROM :"staging".etl_rejects j USING src WHERE j.job_id = src.job_id
)
SELECT (SELECT count(*) FROM src),
\if :is_plain
       (SELECT count(*) FROM put WHERE is_inserted),
       (SELECT count(*) FROM put WHERE NOT is_inserted),
\else
       (SELECT count(*) FROM added),
       -- Another program may have inserted a posting twice.
       (SELECT count(DISTINCT job_id) FROM changed),
\endif
\endif
       -- The number of rows for each warning; NULL when there is no warning.
       (SELECT jsonb_object_agg(word, n)
          FROM (SELECT word, count(*) AS n FROM src, unnest(src.warnings) AS word
                 WHERE src.warnings <> '{}' GROUP BY word) AS words)
