-- Stores rows that were kept out, and takes what earlier runs published of them out of staging: a row is in one
-- of the two tables, never in both.
-- Behind `reject_hash` stands the fingerprint of the row that was read.
--   $1 keys  $2 versions of the rows  $3 phases  $4 fields  $5 reasons  $6 values  $7 the run  $8 name of the rule set
WITH bad AS (
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
               AS b (job_id, source_hash, phase, field, reason, value)
), gone AS (
    -- Not a join: whatever the planner thinks of a table that just grew, this looks up each key.
    DELETE FROM :"staging".staging_jobs s WHERE s.job_id = ANY($1::text[])
)
INSERT INTO :"staging".etl_rejects AS j (job_id, source_hash, phase, field, reason, value, run_id, rule_set)
SELECT bad.job_id, :reject_hash, bad.phase, bad.field, bad.reason, bad.value, $7::uuid, $8::text FROM bad
ON CONFLICT (job_id) DO UPDATE
   SET (source_hash, phase, field, reason, value, run_id, rule_set, rejected_at)
     = (EXCLUDED.source_hash, EXCLUDED.phase, EXCLUDED.field, EXCLUDED.reason, EXCLUDED.value, EXCLUDED.run_id, EXCLUDED.rule_set, now())
