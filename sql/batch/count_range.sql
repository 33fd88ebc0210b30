-- Sets the number of rows of a range to the number of rows that were loaded. The crawler may have added or removed rows since
-- the range was planned.
--   $1 the run   $2 the batch   $3 loaded rows
WITH loaded AS (
    UPDATE :"staging".etl_batches b SET row_count = $3::bigint
      FROM (SELECT row_count AS before FROM :"staging".etl_batches WHERE run_id = $1::uuid AND batch_no = $2::bigint) old
     WHERE b.run_id = $1::uuid AND b.batch_no = $2::bigint
    RETURNING $3::bigint - old.before AS more
)
UPDATE :"staging".etl_plans SET raw = raw + more, planned = planned + more FROM loaded WHERE run_id = $1::uuid
