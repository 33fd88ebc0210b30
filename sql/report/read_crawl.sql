-- Reads the time of the newest crawl that is not after a moment, and its age at that moment in seconds.
--   $1 the moment, or NULL: now
SELECT to_char(c.newest AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       extract(epoch FROM coalesce($1::timestamptz, now()) - c.newest)::bigint
  FROM (SELECT max(crawled_at) AS newest FROM :"raw" WHERE crawled_at <= coalesce($1::timestamptz, now())) c
