-- Stores rejected rows, and deletes these rows from staging if an earlier run or another program published them. The deleted
-- rows of another program are counted with the batch. After that, a row is in staging or rejected, and not in both, with one
-- exception: a row that a foreign key or a trigger does not let go stays in staging. Its rejected row has the rule set
-- `kept_in_staging`, which no run uses, so each run processes the row again.
--   $1 keys  $2 versions of the rows  $3 phases  $4 fields  $5 reasons  $6 values  $7 the run  $8 name of the rule set  $9 the batch
--   $10 the keys that leave staging   $11 the other keys, which stay there: a trigger dropped their rows, or they have no partition
--   :is_range   the batch is a range of blocks, and $2 has the transactions that wrote the rows, not their fingerprints
WITH bad AS (
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
               AS b (job_id, row_version, phase, field, reason, value)
), gone AS (
    SELECT key, is_foreign, is_kept FROM :"staging".delete_rejected($10::text[], $7::uuid)
), removed AS (
    SELECT key AS job_id, now() AS removed_at FROM gone WHERE is_foreign
), dropped AS MATERIALIZED (
    SELECT s.job_id::text AS key FROM :"staging".staging_jobs s WHERE s.job_id = ANY($11::text[])
), noted AS (
    UPDATE :"staging".etl_batches SET removed = (SELECT count(*) FROM removed)
     WHERE run_id = $7::uuid AND batch_no = $9::bigint AND EXISTS (SELECT 1 FROM removed)
)
INSERT INTO :"staging".etl_rejects AS j (job_id, source_hash, phase, field, reason, value, run_id, rule_set, removed_at, rejected_at)
SELECT bad.job_id,
\if :is_range
       -- If the raw row changed since it was loaded, the fingerprint is 0, which matches no row.
       coalesce((SELECT :fingerprint FROM :"raw" r WHERE r.job_id = bad.job_id AND r.xmin::text::bigint = bad.row_version), 0),
\else
       bad.row_version,
\endif
       bad.phase, bad.field, bad.reason, bad.value, $7::uuid,
       CASE WHEN EXISTS (SELECT 1 FROM gone WHERE gone.key = bad.job_id AND gone.is_kept) THEN 'kept_in_staging'
            WHEN bad.job_id = ANY($10::text[]) THEN $8::text
            -- Each run sends such a row again.
            WHEN EXISTS (SELECT 1 FROM dropped WHERE dropped.key = bad.job_id) THEN 'kept_in_staging'
            ELSE 'replay' END,
       removed.removed_at, now()
  FROM bad LEFT JOIN removed ON removed.job_id = bad.job_id
ON CONFLICT (job_id) DO UPDATE
   SET (source_hash, phase, field, reason, value, run_id, rule_set, rejected_at, removed_at)
     = (EXCLUDED.source_hash, EXCLUDED.phase, EXCLUDED.field, EXCLUDED.reason, EXCLUDED.value, EXCLUDED.run_id, EXCLUDED.rule_set, EXCLUDED.rejected_at,
        coalesce(EXCLUDED.removed_at, j.removed_at))
