-- Splits a claimed batch whose loaded texts have more bytes than a lane may have in memory. The first part stays in the batch,
-- and each other part becomes a queued batch. A value that is compressed or stored outside its row is not read: octet_length
-- knows its length. The caller has locked the plan, so no other lane uses the new numbers.
--   $1 the run   $2 the batch   $3 this process   $4 the most bytes of a part
--   :is_range   the batch is a range of blocks. It is split between blocks; otherwise, between rows
-- Returns the rows and the blocks of the first part, and the number of new batches. Returns no row if this process does not have
-- the batch any more.
WITH own AS (
    SELECT batch_no, rule_set, is_new, end_block FROM :"staging".etl_batches
     WHERE run_id = $1::uuid AND batch_no = $2::bigint AND state = 'claimed' AND worker = $3::uuid
), sized AS (
\if :is_range
    SELECT (r.ctid::text::point)[0]::bigint AS place, count(*) AS rows, sum(v.bytes) AS bytes
      FROM :"raw" r
\else
    SELECT w.job_id AS place, v.bytes
      FROM :"staging".etl_work w JOIN :"raw" r ON r.job_id = w.job_id
\endif
     CROSS JOIN LATERAL (SELECT coalesce(sum(octet_length(t.text)), 0) AS bytes FROM (VALUES :{(r.loaded::text)}) AS t (text)) v
\if :is_range
     WHERE r.ctid >= '(:first_block,0)' AND r.ctid < '(:end_block,0)'
     GROUP BY 1
\else
     WHERE w.batch_no = $2::bigint
\endif
), windows AS (
    -- A place belongs to the window in which its first byte is. So a part is at most one place larger than a window.
    SELECT sized.*, div(sum(bytes) OVER (ORDER BY place) - bytes, $4::bigint) AS window_no FROM sized
), parts AS (
    SELECT windows.*, dense_rank() OVER (ORDER BY window_no) - 1 AS part FROM windows
), last AS (
    SELECT max(batch_no) AS batch_no FROM :"staging".etl_batches WHERE run_id = $1::uuid
), moved AS (
\if :is_range
    SELECT last.batch_no + p.part AS batch_no, p.rows, p.first_block, coalesce(p.next_block, own.end_block) AS end_block
      FROM own, last, (SELECT part, sum(rows)::bigint AS rows, min(place) AS first_block,
                              lead(min(place)) OVER (ORDER BY part) AS next_block
                         FROM parts GROUP BY part) p
     WHERE p.part > 0
\else
    UPDATE :"staging".etl_work w SET batch_no = last.batch_no + p.part
      FROM own, last, parts p
     WHERE w.batch_no = own.batch_no AND w.job_id = p.place AND p.part > 0
    RETURNING w.batch_no
\endif
), queued AS (
    INSERT INTO :"staging".etl_batches (run_id, batch_no, row_count, rule_set, is_new, first_block, end_block)
\if :is_range
    SELECT $1::uuid, m.batch_no, m.rows, own.rule_set, own.is_new, m.first_block, m.end_block FROM moved m, own
\else
    SELECT $1::uuid, m.batch_no, count(*), own.rule_set, own.is_new, NULL, NULL FROM moved m, own GROUP BY 2, 4, 5
\endif
    RETURNING row_count, first_block
), planned AS (
    UPDATE :"staging".etl_plans SET batches = batches + (SELECT count(*) FROM queued)
     WHERE run_id = $1::uuid AND EXISTS (SELECT FROM queued)
)
UPDATE :"staging".etl_batches b
   SET row_count = b.row_count - coalesce((SELECT sum(row_count) FROM queued), 0),
       end_block = coalesce((SELECT min(first_block) FROM queued), b.end_block)
  FROM own
 WHERE b.run_id = $1::uuid AND b.batch_no = own.batch_no
RETURNING b.row_count, b.first_block, b.end_block, (SELECT count(*) FROM queued)
