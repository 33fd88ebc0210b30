-- Lists the tables of the staging schema whose updates and deletions PostgreSQL refuses, because a publication sends them and the replica identity of the table does not suffice: table, publication, reason, and the statements that help.
--   $1 the staging schema
WITH published AS (
    SELECT c.oid, format('%I.%I', t.schemaname, t.tablename) AS name, t.pubname::text AS publication, c.relreplident = 'f' AS is_full,
           -- PostgreSQL 14 has no row filters and no column lists.
           to_jsonb(t) ->> 'rowfilter' AS filter,
           (SELECT array_agg(m[1]::int) FROM regexp_matches(to_jsonb(r) ->> 'prqual', ':varattno (\d+)', 'g') AS m) AS filtered,
           (SELECT array_agg(m[1]::int) FROM regexp_matches(to_jsonb(r) ->> 'prattrs', '\d+', 'g') AS m) AS listed,
           (SELECT array_agg(k::int) FROM pg_index i CROSS JOIN unnest(i.indkey) AS k
             WHERE i.indrelid = c.oid AND i.indisvalid AND i.indimmediate
               AND CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident END) AS identity,
           (SELECT array_agg(k::int) FROM pg_index i CROSS JOIN unnest(i.indkey) AS k
             WHERE i.indrelid = c.oid AND i.indisvalid AND i.indimmediate AND i.indisprimary) AS key
      FROM pg_publication_tables t
      JOIN pg_publication p ON p.pubname = t.pubname AND (p.pubupdate OR p.pubdelete)
      JOIN pg_namespace n ON n.nspname = t.schemaname
      JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename
      LEFT JOIN pg_publication_rel r ON r.prpubid = p.oid AND r.prrelid = c.oid
     WHERE t.schemaname = $1 AND (t.tablename IN ('staging_jobs', 'import_rejects') OR t.tablename LIKE 'etl\_%')
), judged AS (
    SELECT *, CASE WHEN listed IS NOT NULL AND (is_full OR NOT coalesce(identity, key) <@ listed) THEN 'list'
                   WHEN filtered IS NOT NULL AND NOT is_full AND NOT filtered <@ coalesce(identity, '{}') THEN 'filter'
                   WHEN identity IS NULL AND NOT is_full THEN 'none' END AS problem
      FROM published
)
SELECT name, publication,
       CASE problem WHEN 'list' THEN 'its column list and the replica identity of the table do not fit together'
                    WHEN 'filter' THEN 'its row filter reads a column outside the replica identity of the table'
                    ELSE 'the table has no replica identity' END,
       CASE WHEN problem = 'list' AND NOT key <@ listed
            THEN format('ALTER PUBLICATION %1$I DROP TABLE %2$s; ALTER PUBLICATION %1$I ADD TABLE %2$s (%3$s)%4$s', publication, name,
                        (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                          WHERE attrelid = oid AND attnum = ANY (key || listed)), coalesce(format(' WHERE (%s)', filter), ''))
            -- A column list does not allow FULL.
            WHEN problem = 'filter' AND EXISTS (SELECT 1 FROM published o WHERE o.oid = j.oid AND o.listed IS NOT NULL)
            THEN format('ALTER PUBLICATION %I SET (publish = ''insert'')', publication)
            WHEN problem = 'filter' OR key IS NULL THEN format('ALTER TABLE %s REPLICA IDENTITY FULL', name)
            ELSE format('ALTER TABLE %s REPLICA IDENTITY DEFAULT', name) END
  FROM judged j WHERE problem IS NOT NULL ORDER BY 1, 2
