-- Plans all raw rows as ranges of blocks of the raw table or of its partitions. No row is written to etl_work, and each range is read
-- in order. Ranges of different partitions alternate in the queue, so that lanes write to different partitions.
--   $1 the partitions of the raw table; a plain table is one part, whose number is NULL   $2 the blocks of each   $3 blocks of a batch
--   $4 rows of the raw table. The plan assumes that each block has the same number of rows, and loading corrects the numbers.
--      NULL: count the rows of each range now
--   $5 the run   $6 name of the rule set   $7 whether nothing is published yet
--   :is_forecast      only count the ranges, for a dry run, which has only the first four parameters
--   :is_partitioned   the raw table has partitions
-- Returns raw rows, planned rows, the rows of the largest range, and the number of batches.
WITH parts AS (
    SELECT partition, CASE WHEN partition IS NOT NULL THEN n - 1 END AS partition_no, blocks,
           (sum(blocks) OVER (ORDER BY n) - blocks)::bigint AS earlier, (sum(blocks) OVER ())::bigint AS all_blocks
      FROM unnest($1::oid[], $2::bigint[]) WITH ORDINALITY AS p (partition, blocks, n)
\if :is_partitioned
), counted AS MATERIALIZED (
    -- A range of one partition cannot be counted through its table, so all ranges are counted at once.
    SELECT r.tableoid AS partition, (r.ctid::text::point)[0]::bigint / $3::bigint AS range_no, count(*) AS rows
      FROM :"raw" r WHERE $4::bigint IS NULL GROUP BY 1, 2
\endif
), ranges AS MATERIALIZED (
    SELECT row_number() OVER (ORDER BY first, partition_no) AS batch_no, partition, partition_no, first, before,
           CASE WHEN $4::bigint IS NULL THEN (
\if :is_partitioned
               SELECT coalesce(sum(c.rows), 0)::bigint FROM counted c WHERE c.partition = p.partition AND c.range_no = first / $3::bigint)
\else
               SELECT count(*) FROM :"raw" r
                WHERE r.ctid >= format('(%s,0)', first)::tid
                  AND r.ctid <  format('(%s,0)', before)::tid)
\endif
           ELSE $4::bigint * (earlier + before) / all_blocks - $4::bigint * (earlier + first) / all_blocks
           END AS rows
      FROM parts p
     CROSS JOIN LATERAL generate_series(0, blocks - 1, $3::bigint) AS first
     CROSS JOIN LATERAL (SELECT least(first + $3::bigint, blocks) AS before) b
\if :is_forecast
\else
), put AS (
    INSERT INTO :"staging".etl_batches (run_id, batch_no, row_count, rule_set, first_block, end_block, is_new, partition, partition_no)
    SELECT $5::uuid, batch_no, rows, $6::text, first, before, $7::boolean, partition, partition_no FROM ranges WHERE rows > 0
\endif
)
SELECT CASE WHEN $4::bigint IS NULL THEN (SELECT count(*) FROM :"raw") ELSE $4::bigint END, coalesce(sum(rows), 0)::bigint, coalesce(max(rows), 0)::bigint,
       count(*) FILTER (WHERE rows > 0)
  FROM ranges
