-- Marks rejected rows for the next run, by taking their rule set off: they count as not processed. A row stays rejected until
-- that run has tried it, so that it is never in neither table.
--   $1 keys or NULL   $2 reason or NULL
UPDATE :"staging".etl_rejects SET rule_set = 'replay'
 WHERE ($1::text[] IS NULL OR job_id = ANY($1::text[])) AND ($2::text IS NULL OR reason = $2::text)
