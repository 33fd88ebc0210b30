-- Lists the published batches of a run in the order in which lanes claimed them: lane, claimed and published (in seconds since 1970), rows.
--   $1 the run   $2 batches at most
SELECT coalesce(claimed_by, '?'), extract(epoch FROM claimed_at)::float8, extract(epoch FROM done_at)::float8, row_count
  FROM :"staging".etl_batches
 WHERE run_id = $1::uuid AND state = 'done' AND claimed_at IS NOT NULL AND done_at IS NOT NULL
 ORDER BY claimed_at, batch_no
 LIMIT $2::bigint
