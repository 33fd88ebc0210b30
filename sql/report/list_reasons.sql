-- Lists the reasons of rejected rows, the most frequent first: reason, field, rows, rows that the run rejected, and a few examples as
-- a JSON array of {key, value}, those of the run first. Then the sums over all reasons: rows, rows that the run rejected.
--   $1 the run   $2 reasons at most   $3 examples of each at most   $4 characters of a value at most
SELECT j.reason, j.field, count(*), count(*) FILTER (WHERE j.run_id = $1::uuid),
       jsonb_agg(jsonb_build_object('key', j.job_id, 'value', left(j.value, $4::int)) ORDER BY j.n) FILTER (WHERE j.n <= $3::bigint),
       (sum(count(*)) OVER ())::bigint, (sum(count(*) FILTER (WHERE j.run_id = $1::uuid)) OVER ())::bigint
  FROM (SELECT r.*, row_number() OVER (PARTITION BY r.reason, r.field
                                       ORDER BY r.run_id = $1::uuid DESC, r.rejected_at DESC, r.job_id) AS n
          FROM :"staging".etl_rejects r) j
 GROUP BY j.reason, j.field
 ORDER BY count(*) DESC, j.reason, j.field
 LIMIT $2::bigint
