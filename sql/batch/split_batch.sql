-- Splits a claimed batch whose loaded texts have more bytes than a lane may have in memory. The first part stays in the batch,
-- and each other part becomes a queued batch. A value that is compressed or stored outside its row is not read, because
-- octet_length reads only its length. A range of blocks becomes a list of rows, because one block can refer to gigabytes.
-- The caller has locked the plan, so no other lane uses the new numbers.
--   $1 the run   $2 the batch   $3 this process   $4 the most bytes of a part
--   :is_range   the batch is a range of blocks   :has_skills   the skills are loaded as well
-- Returns the rows and the blocks of the first part, and the number of new batches. Returns no row if this process does not have
-- the batch any more.
WITH own AS (
    SELECT batch_no, row_count, rule_set, is_new FROM :"staging".etl_batches
     WHERE run_id = $1::uuid AND batch_no = $2::bigint AND state = 'claimed' AND worker = $3::uuid
), windows AS (
    -- A row belongs to the window in which its first byte is. So a part is at most one row larger than a window.
    SELECT place, div(sum(bytes) OVER (ORDER BY place) - bytes, $4::bigint) AS window_no
\if :is_range
      FROM (SELECT r.ctid AS place, v.bytes
              FROM :"range" r
\else
      FROM (SELECT w.job_id AS place, v.bytes
              FROM :"staging".etl_work w JOIN :"raw" r ON r.job_id = w.job_id
\endif
             CROSS JOIN LATERAL (SELECT coalesce(sum(octet_length(t.text)), 0) AS bytes
                                   FROM (VALUES :{(r.loaded::text)}
\if :has_skills
                                                , (r.skills::text)
\endif
                                         ) AS t (text)) v
\if :is_range
             WHERE r.ctid >= '(:first_block,0)' AND r.ctid < '(:end_block,0)') sized
\else
             WHERE w.batch_no = $2::bigint) sized
\endif
), parts AS MATERIALIZED (
    SELECT place, dense_rank() OVER (ORDER BY window_no) - 1 AS part FROM windows
), last AS (
    SELECT max(batch_no) AS batch_no FROM :"staging".etl_batches WHERE run_id = $1::uuid
), listed AS (
\if :is_range
    INSERT INTO :"staging".etl_work (batch_no, job_id, source_hash)
    SELECT CASE WHEN p.part = 0 THEN own.batch_no ELSE last.batch_no + p.part END, r.job_id, :fingerprint
      FROM own, last, parts p JOIN :"range" r ON r.ctid = p.place
     WHERE (SELECT max(part) FROM parts) > 0
    RETURNING batch_no
\else
    UPDATE :"staging".etl_work w SET batch_no = last.batch_no + p.part
      FROM own, last, parts p
     WHERE w.batch_no = own.batch_no AND w.job_id = p.place AND p.part > 0
    RETURNING w.batch_no
\endif
), queued AS (
    INSERT INTO :"staging".etl_batches (run_id, batch_no, row_count, rule_set, is_new)
    SELECT $1::uuid, l.batch_no, count(*), own.rule_set, own.is_new
      FROM listed l, own WHERE l.batch_no <> own.batch_no GROUP BY 2, 4, 5
    RETURNING row_count
), changed AS (
    -- The plan may have estimated the rows of a range.
    SELECT count(*) AS batches, coalesce(sum(row_count), 0)::bigint AS moved,
\if :is_range
           (SELECT count(*) - own.row_count FROM listed, own GROUP BY own.row_count) AS more
\else
           0::bigint AS more
\endif
      FROM queued
), planned AS (
    UPDATE :"staging".etl_plans p
       SET batches = p.batches + c.batches, raw = p.raw + c.more, planned = p.planned + c.more
      FROM changed c WHERE p.run_id = $1::uuid AND c.batches > 0
)
UPDATE :"staging".etl_batches b
   SET row_count = b.row_count + coalesce(c.more, 0) - c.moved,
       first_block = CASE WHEN c.batches = 0 THEN b.first_block END, end_block = CASE WHEN c.batches = 0 THEN b.end_block END,
       partition = CASE WHEN c.batches = 0 THEN b.partition END
  FROM own, changed c
 WHERE b.run_id = $1::uuid AND b.batch_no = own.batch_no
RETURNING b.row_count, b.first_block, b.end_block, c.batches
