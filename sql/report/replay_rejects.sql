-- Puts rejected rows into the queue of the next run: their mark is taken off, so that they count as not processed. The
-- mark stays until that run has tried them; a row is never in neither table.
--   $1 keys or NULL   $2 reason or NULL
UPDATE :"staging".etl_rejects SET rule_set = 'replay'
 WHERE ($1::text[] IS NULL OR job_id = ANY($1::text[])) AND ($2::text IS NULL OR reason = $2::text)
