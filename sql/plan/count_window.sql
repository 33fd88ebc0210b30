-- Counts the raw rows, or those in a window.
--   $1 only the rows that were crawled since then, and $2 until then; NULL: all
SELECT count(*) FROM :"raw" r
 WHERE ($1::timestamptz IS NULL OR r.crawled_at >= $1::timestamptz AND r.crawled_at <= $2::timestamptz)
