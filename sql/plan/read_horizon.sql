-- Reads the horizon of the last complete run. Raw rows that were written before it are unchanged and are not compared again.
-- The module unchanged_horizon.rs of sql_procedures explains it with an example.
--   $1 schema and $2 name of the raw table   $3 the staging schema   $4 name of the rule set   $5 system identifier of the server
-- Returns the objects for which a horizon is valid (server, database, tables, rules, fingerprint), the horizon of this plan, and the horizon
-- of the last complete run. The last one is NULL if no earlier horizon can be used. A horizon can be used if
--   * its run covered all raw rows (no limit, no window_days), is done, and published all of its batches,
--   * it is bound to the same server, database, tables with their partitions, rules and fingerprint, and
--   * every later plan on this server was bound to the same objects. A run that adopts a queue has a plan without a binding.
--     A fill writes nothing to staging, so its plan does not count.
WITH bound AS (
    SELECT concat_ws('/', $5::text, d.oid) || '/' AS here,
           concat_ws('/', raw.oid, pg_relation_filenode(staging.oid), $4::text, md5($fingerprint$:fingerprint$fingerprint$),
                     (SELECT md5(string_agg(p.id::text, ',' ORDER BY p.id))
                        FROM (SELECT relid::oid AS id FROM pg_partition_tree(raw.oid) WHERE isleaf AND raw.relkind = 'p'
                              UNION ALL
                              SELECT pg_relation_filenode(relid) FROM pg_partition_tree(staging.oid)
                               WHERE isleaf AND staging.relkind = 'p') p)) AS tables,
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest
      FROM pg_database d, pg_class raw, pg_class staging
     WHERE d.datname = current_database()
       AND raw.oid = to_regclass(format('%I.%I', $1::text, $2::text))
       AND staging.oid = to_regclass(format('%I.staging_jobs', $3::text))
)
SELECT here || tables, oldest,
       (SELECT p.known_xid
          FROM :"staging".etl_plans p JOIN :"staging".etl_runs r USING (run_id)
         WHERE p.compared_all AND p.bound_to = here || tables AND r.state = 'done'
           -- A row stores only 32 bits of a transaction number. A horizon that is half of the range behind is ambiguous.
           AND p.known_xid <= oldest AND oldest - p.known_xid < 2147483648
           AND NOT EXISTS (SELECT 1 FROM :"staging".etl_batches b WHERE b.run_id = p.run_id AND b.state <> 'done')
           AND NOT EXISTS (SELECT 1 FROM :"staging".etl_plans q
                            WHERE q.run_id <> p.run_id
                              AND NOT EXISTS (SELECT 1 FROM :"staging".etl_runs f WHERE f.run_id = q.run_id AND f.fills IS NOT NULL)
                              AND CASE WHEN q.bound_to IS NULL THEN q.planned_at >= p.planned_at
                                       ELSE starts_with(q.bound_to, here) AND q.bound_to <> p.bound_to AND q.known_xid >= p.known_xid END)
         ORDER BY p.known_xid DESC LIMIT 1)
  FROM bound
