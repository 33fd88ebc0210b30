-- Counts what plan_work.sql found: raw rows, rows to process, unchanged rows, and rejected rows that have not changed.
--   $1 true: leave out rejected rows that have not changed; false: all rows
SELECT max(raw), count(*) FILTER (WHERE raw IS NULL AND NOT ($1::boolean AND rejected)),
       max(raw) - count(*) FILTER (WHERE raw IS NULL), count(*) FILTER (WHERE raw IS NULL AND $1::boolean AND rejected)
  FROM etl_found
