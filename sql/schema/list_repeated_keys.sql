-- Counts the postings of which the raw table has more than one row, and lists up to three of them. A table with partitions by month
-- may have such postings, because its key has a second column. If job_id alone is unique, no row is read.
--   $1 the raw table
SELECT count(*), coalesce((array_agg(k.job_id ORDER BY k.job_id))[1:3], '{}')
  FROM (SELECT r.job_id::text AS job_id
          FROM :"raw" r
         WHERE NOT EXISTS (SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = 'job_id'
                            WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indpred IS NULL
                              AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum)
         GROUP BY 1 HAVING count(*) > 1) k
