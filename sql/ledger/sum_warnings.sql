-- Adds up the warnings of all published batches of a run, from all processes and attempts. A queue of an older version has no
-- column for warnings, and counts as a queue without warnings.
--   $1 the run
SELECT field.key, kind.key, sum(kind.value::bigint)::bigint
  FROM :"staging".etl_batches b, jsonb_each(nullif(to_jsonb(b) -> 'warnings', 'null')) AS field,
       jsonb_each_text(field.value) AS kind
 WHERE b.run_id = $1::uuid AND b.state = 'done'
 GROUP BY 1, 2
