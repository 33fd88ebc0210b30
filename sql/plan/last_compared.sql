-- As of which transaction every raw row is known to stand as it is, in staging or among the rejects: what no later one
-- wrote need not be compared again.
--   $1 schema and $2 name of the raw table   $3 the staging schema   $4 name of the rule set
-- Gives what such knowledge is bound to (this server, this database, these tables, these rules), the oldest transaction
-- that was not over by now, and the one that the last complete run knew of; NULL where none can be trusted. A complete run
-- compared all and published all that it had found, and no plan since was bound to anything else, or to nothing that
-- is known (it took up the queue of another, or the server did not tell who it is).
WITH bound AS (
    SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()), d.oid) || '/' AS here,
           concat_ws('/', raw.oid, pg_relation_filenode(staging.oid), $4::text) AS tables,
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
           -- Half of all numbers of transactions lie behind any one of them; farther back they begin to come again.
           AND p.known_xid <= oldest AND oldest - p.known_xid < 2147483648
           AND NOT EXISTS (SELECT FROM :"staging".etl_batches b WHERE b.run_id = p.run_id AND b.state <> 'done')
           AND NOT EXISTS (SELECT FROM :"staging".etl_plans q
                            WHERE q.run_id <> p.run_id
                              AND CASE WHEN q.bound_to IS NULL THEN q.planned_at >= p.planned_at
                                       ELSE starts_with(q.bound_to, here) AND q.bound_to <> p.bound_to AND q.known_xid >= p.known_xid END)
         ORDER BY p.known_xid DESC LIMIT 1)
  FROM bound
