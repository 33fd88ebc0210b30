-- Takes the next batch of the queue; a batch that this lane claimed before and did not finish comes first, so that
-- a repeated attempt goes on with it.
--   $1 the run   $2 the lane
UPDATE :"staging".etl_batches b
   SET state = 'claimed', claimed_by = $2::text, claimed_at = now()
  FROM (SELECT batch_no
          FROM :"staging".etl_batches
         WHERE run_id = $1::uuid
           AND (state = 'queued' OR (state = 'claimed' AND claimed_by = $2::text))
         ORDER BY state, batch_no
         LIMIT 1
           FOR UPDATE SKIP LOCKED) next
 WHERE b.run_id = $1::uuid AND b.batch_no = next.batch_no
RETURNING b.batch_no, b.row_count
