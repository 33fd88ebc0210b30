-- Lists the partitions that staging lacks: a statement that creates the partition, and the number of raw rows that it would store. A
-- month is missing if raw rows of it have no partition. A remainder of a hash is missing if no partition has it; its rows are not
-- counted (NULL).
WITH staging AS MATERIALIZED (
    SELECT c.oid, format('%I', n.nspname) AS schema, format('%I.%I', n.nspname, c.relname) AS name, p.partstrat AS strategy
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_partitioned_table p ON p.partrelid = c.oid
     WHERE c.oid = to_regclass($etl_name$:"staging".staging_jobs$etl_name$) AND p.partnatts = 1 AND p.partdefid = 0
       AND (p.partstrat = 'h'
            OR p.partstrat = 'r' AND p.partattrs[0] = (SELECT a.attnum FROM pg_attribute a
                                                        WHERE a.attrelid = c.oid AND a.attname = 'crawled_at'))
), bounds AS MATERIALIZED (
    SELECT s.strategy, pg_get_expr(c.relpartbound, c.oid) AS bound
      FROM staging s JOIN pg_inherits i ON i.inhparent = s.oid JOIN pg_class c ON c.oid = i.inhrelid
), months AS MATERIALIZED (
    SELECT CASE m[1] WHEN 'MINVALUE' THEN '-infinity' ELSE m[1]::timestamptz END AS first,
           CASE m[2] WHEN 'MAXVALUE' THEN 'infinity' ELSE m[2]::timestamptz END AS before
      FROM bounds CROSS JOIN LATERAL regexp_match(bound, 'FROM \(''?([^'')]*)''?\) TO \(''?([^'')]*)''?\)') AS m
     WHERE strategy = 'r'
), hashes AS MATERIALIZED (
    SELECT m[1]::bigint AS modulus, m[2]::bigint AS remainder
      FROM bounds CROSS JOIN LATERAL regexp_match(bound, 'modulus (\d+), remainder (\d+)') AS m
     WHERE strategy = 'h'
), missing AS (
    SELECT to_char(r.month, '"staging_jobs_"YYYY_MM') AS name, r.rows,
           format('FROM (%L) TO (%L)', to_char(r.month, 'YYYY-MM-DD"Z"'), to_char(r.month + interval '1 month', 'YYYY-MM-DD"Z"')) AS bound
      FROM (SELECT date_trunc('month', r.crawled_at AT TIME ZONE 'UTC') AS month, count(*) AS rows
              FROM :"raw" r LEFT JOIN months m ON r.crawled_at >= m.first AND r.crawled_at < m.before
             WHERE EXISTS (SELECT 1 FROM staging WHERE strategy = 'r') AND r.crawled_at IS NOT NULL AND m.first IS NULL
             GROUP BY 1) r
    UNION ALL
    SELECT format('staging_jobs_%s', n), NULL, format('WITH (MODULUS %s, REMAINDER %s)', most.modulus, n)
      FROM (SELECT max(modulus) AS modulus FROM hashes) most CROSS JOIN LATERAL generate_series(0, most.modulus - 1) AS n
     WHERE NOT EXISTS (SELECT 1 FROM hashes h WHERE n % h.modulus = h.remainder)
)
SELECT format('CREATE TABLE %s.%I PARTITION OF %s FOR VALUES %s', s.schema, m.name, s.name, m.bound), m.rows
  FROM missing m CROSS JOIN staging s
 ORDER BY 1
