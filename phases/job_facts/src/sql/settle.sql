-- Computes the earliest posting of each key that the open runs touched, and closes these runs. The runs of other processes have
-- published all of their batches by now.
--
-- A key is touched
--   1. by a posting that an open run wrote, and by older versions of this posting, whose key may be another one;
--   2. by a posting that an open run rejected;
--   3. by a posting whose earliest posting left staging, for instance because somebody deleted it.
WITH open AS MATERIALIZED (
    SELECT run_id FROM :"staging".job_facts_open
), written AS MATERIALIZED (
    SELECT f.job_id, f.posting_key FROM :"staging".job_facts f WHERE f.run_id IN (SELECT run_id FROM open)
), older AS MATERIALIZED (
    SELECT f.job_id, f.source_hash, f.posting_key FROM :"staging".job_facts f
     WHERE f.run_id NOT IN (SELECT run_id FROM open) AND f.job_id IN (SELECT job_id FROM written)
    UNION ALL
    SELECT f.job_id, f.source_hash, f.posting_key FROM :"staging".etl_rejects r JOIN :"staging".job_facts f USING (job_id)
     WHERE r.run_id IN (SELECT run_id FROM open)
), touched AS (
    SELECT posting_key FROM written
    UNION
    SELECT posting_key FROM older
    UNION
    SELECT f.posting_key FROM :"staging".job_facts f
     WHERE f.first_seen_job_id <> f.job_id
       AND NOT EXISTS (SELECT FROM :"staging".staging_jobs s WHERE s.job_id = f.first_seen_job_id)
), repeated AS MATERIALIZED (
    -- A key of one posting is right already, unless it had more before.
    SELECT f.posting_key FROM :"staging".job_facts f
     WHERE f.posting_key IN (SELECT posting_key FROM touched)
     GROUP BY f.posting_key
    HAVING count(*) > 1 OR bool_or(f.first_seen_job_id <> f.job_id)
), first AS (
    SELECT DISTINCT ON (f.posting_key) f.posting_key, s.job_id
      FROM :"staging".job_facts f
      JOIN :"staging".staging_jobs s ON s.job_id = f.job_id AND s.source_hash = f.source_hash
     WHERE f.posting_key IN (SELECT posting_key FROM repeated)
     ORDER BY f.posting_key, s.crawled_at, s.job_id
), gone AS (
    -- Versions that are not published any more.
    DELETE FROM :"staging".job_facts f USING older o
     WHERE f.job_id = o.job_id AND f.source_hash = o.source_hash
       AND NOT EXISTS (SELECT FROM :"staging".staging_jobs s WHERE s.job_id = f.job_id AND s.source_hash = f.source_hash)
), closed AS (
    DELETE FROM :"staging".job_facts_open
)
UPDATE :"staging".job_facts f SET first_seen_job_id = first.job_id
  FROM first
 WHERE f.posting_key = first.posting_key AND f.first_seen_job_id <> first.job_id
   AND EXISTS (SELECT FROM :"staging".staging_jobs s WHERE s.job_id = f.job_id AND s.source_hash = f.source_hash)
