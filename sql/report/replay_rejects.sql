-- Marks rejected rows so that the next run processes them again. A marked row has the rule set `replay`, which no run uses. The
-- row stays in etl_rejects until the run has processed it, so that it is always in one of the two tables.
--   $1 keys or NULL   $2 reason or NULL
UPDATE :"staging".etl_rejects SET rule_set = 'replay'
 WHERE ($1::text[] IS NULL OR job_id = ANY($1::text[])) AND ($2::text IS NULL OR reason = $2::text)
