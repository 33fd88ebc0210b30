-- Deletes the older version of a row that is twice in staging. The version that equals the raw row stays, otherwise the newest one.
-- If job_id alone is unique, no row is read. Only ranges of blocks can publish a row twice, because it may move from a range to
-- another; they are ranges of this run, or of a run that did not succeed.
--   $1 the run
WITH repeated AS MATERIALIZED (
    SELECT s.job_id
      FROM :"staging".staging_jobs s
     WHERE NOT EXISTS (SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = 'job_id'
                        WHERE i.indrelid = to_regclass($etl_name$:"staging".staging_jobs$etl_name$) AND i.indisunique AND i.indpred IS NULL
                          AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum)
       AND EXISTS (SELECT 1 FROM :"staging".etl_batches b JOIN :"staging".etl_runs x USING (run_id)
                    WHERE b.first_block IS NOT NULL AND (b.run_id = $1::uuid OR x.state <> 'done'))
     GROUP BY s.job_id HAVING count(*) > 1
), ranked AS MATERIALIZED (
    SELECT s.tableoid AS partition, s.ctid AS place,
           row_number() OVER (PARTITION BY s.job_id
                              ORDER BY coalesce(s.source_hash = :fingerprint, false) DESC, s.published_at DESC) AS n
      FROM repeated JOIN :"staging".staging_jobs s ON s.job_id = repeated.job_id
      LEFT JOIN :"raw" r ON r.job_id = s.job_id
)
DELETE FROM :"staging".staging_jobs s USING ranked
 WHERE ranked.n > 1 AND s.tableoid = ranked.partition AND s.ctid = ranked.place
