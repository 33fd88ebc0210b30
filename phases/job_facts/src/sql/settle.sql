-- Computes the earliest posting of each key that the open runs touched, and closes these runs. The runs of other processes have
-- published all of their batches by now.
--   :is_distributed   the rows of staging are on other servers, which cannot be asked for one key at a time
--   :is_first   an open run began with an empty table. No run was closed since then, because all open runs are closed together.
--               So all facts are of open runs, and every key counts as touched
--   :is_known   in addition, this process stored all facts, and knows the keys that may be repeated: $1
--   :is_few     in addition, these keys are few. An array of many keys would be searched again and again
--
-- A key is touched
--   1. by a posting that an open run wrote, and by older versions of this posting, whose key may be another one;
--   2. by a posting that an open run rejected;
--   3. by a posting whose earliest posting left staging, for instance because somebody deleted it.
WITH open AS MATERIALIZED (
    SELECT run_id FROM :"staging".job_facts_open
), older AS MATERIALIZED (
    SELECT f.job_id, f.source_hash, f.posting_key FROM :"staging".etl_rejects r JOIN :"staging".job_facts f USING (job_id)
     WHERE r.run_id IN (SELECT run_id FROM open)
\if :is_first
\else
    UNION ALL
    SELECT f.job_id, f.source_hash, f.posting_key FROM :"staging".job_facts f
     WHERE f.run_id NOT IN (SELECT run_id FROM open)
       AND f.job_id IN (SELECT w.job_id FROM :"staging".job_facts w WHERE w.run_id IN (SELECT run_id FROM open))
), touched AS (
    SELECT posting_key FROM :"staging".job_facts WHERE run_id IN (SELECT run_id FROM open)
    UNION
    SELECT posting_key FROM older
    UNION
    SELECT f.posting_key FROM :"staging".job_facts f LEFT JOIN :"staging".staging_jobs s ON s.job_id = f.first_seen_job_id
     WHERE f.first_seen_job_id <> f.job_id AND s.job_id IS NULL
\endif
\if :is_known
), candidates AS MATERIALIZED (
    SELECT f.job_id, f.source_hash, f.first_seen_job_id, f.posting_key
      FROM :"staging".job_facts f WHERE f.posting_key IN (SELECT unnest($1::bigint[]))
\endif
), repeated AS MATERIALIZED (
    -- A key of one posting is right already, unless it had more before.
\if :is_known
    SELECT f.posting_key FROM candidates f GROUP BY f.posting_key HAVING count(*) > 1
\else
    SELECT f.posting_key FROM :"staging".job_facts f
\if :is_first
     WHERE f.posting_key IS NOT NULL
     GROUP BY f.posting_key
    HAVING count(*) > 1
\else
     WHERE f.posting_key IN (SELECT posting_key FROM touched)
     GROUP BY f.posting_key
    HAVING count(*) > 1 OR bool_or(f.first_seen_job_id <> f.job_id)
\endif
\endif
), published AS MATERIALIZED (
    SELECT f.job_id, f.source_hash, f.first_seen_job_id,
           first_value(f.job_id) OVER (PARTITION BY f.posting_key ORDER BY s.crawled_at, s.job_id) AS first_job_id
\if :is_distributed
      FROM (SELECT * FROM :"staging".job_facts WHERE posting_key IN (SELECT posting_key FROM repeated)) f
      JOIN :"staging".staging_jobs s ON s.job_id = f.job_id AND s.source_hash = f.source_hash
\else
\if :is_known
      FROM candidates f
\else
      FROM :"staging".job_facts f
\endif
      -- With OFFSET 0, staging is asked for a few keys, and is not read as a whole.
     CROSS JOIN LATERAL (SELECT s.job_id, s.crawled_at FROM :"staging".staging_jobs s
                          WHERE s.job_id = f.job_id AND s.source_hash = f.source_hash OFFSET 0) s
     WHERE f.posting_key IN (SELECT posting_key FROM repeated)
\endif
), outdated AS MATERIALIZED (
    -- Versions that are not published any more.
    SELECT o.job_id, o.source_hash
\if :is_distributed
      FROM older o LEFT JOIN :"staging".staging_jobs s ON s.job_id = o.job_id AND s.source_hash = o.source_hash
     WHERE s.job_id IS NULL
\else
      FROM older o
     WHERE NOT EXISTS (SELECT 1 FROM :"staging".staging_jobs s
                        WHERE s.job_id = o.job_id AND s.source_hash = o.source_hash OFFSET 0)
\endif
), gone AS (
    DELETE FROM :"staging".job_facts f USING outdated o
     WHERE f.job_id = o.job_id AND f.source_hash = o.source_hash
\if :is_few
       -- With the array, the facts are asked for a few keys. A new table has no statistics, so a join would hash all of its rows.
       AND f.job_id = ANY (ARRAY(SELECT job_id FROM outdated))
\endif
), closed AS (
    DELETE FROM :"staging".job_facts_open
)
UPDATE :"staging".job_facts f SET first_seen_job_id = p.first_job_id
  FROM published p
 WHERE f.job_id = p.job_id AND f.source_hash = p.source_hash AND p.first_seen_job_id <> p.first_job_id
\if :is_few
   AND f.job_id = ANY (ARRAY(SELECT job_id FROM published WHERE first_seen_job_id <> first_job_id))
\endif
