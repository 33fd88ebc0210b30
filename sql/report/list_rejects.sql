-- Lists rejected rows, each with its current raw row.
--   $1 key or NULL   $2 reason or NULL   $3 field or NULL   $4 the start of the run's id, or NULL   $5 rows at most
SELECT j.job_id, j.reason, j.field, j.value, j.phase, j.rule_set, j.run_id::text,
       to_char(j.rejected_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       to_jsonb(r) || jsonb_build_object(:{'raw_text', r.raw_text::text}), r.job_id IS NOT NULL
  FROM :"staging".etl_rejects j
  LEFT JOIN :"raw" r ON r.job_id = j.job_id
 WHERE ($1::text IS NULL OR j.job_id = $1::text) AND ($2::text IS NULL OR j.reason = $2::text)
   AND ($3::text IS NULL OR j.field = $3::text) AND ($4::text IS NULL OR starts_with(j.run_id::text, $4::text))
 ORDER BY j.rejected_at DESC, j.job_id
 LIMIT $5::bigint
