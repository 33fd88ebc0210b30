-- Describes the indexes that the connections with a name are building, by step: `2 × scanning table 45 %, 1 × sorting live tuples`.
-- NULL if they build none. The names of the indexes are not visible, because they are not committed yet.
--   $1 name of the connections
SELECT string_agg(format('%s × %s', builds, step) || coalesce(' ' || percent || ' %', ''), ', ' ORDER BY step)
  FROM (SELECT step, count(*) AS builds, floor(100 * sum(done) / nullif(sum(total), 0)) AS percent
          FROM pg_stat_progress_create_index p
          JOIN pg_stat_activity USING (pid)
         CROSS JOIN LATERAL (SELECT replace(p.phase, 'building index: ', '') AS step) AS named
         CROSS JOIN LATERAL (SELECT CASE WHEN step = 'loading tuples in tree' THEN tuples_done
                                         WHEN step IN ('scanning table', 'building index') THEN blocks_done END AS done,
                                    CASE WHEN step = 'loading tuples in tree' THEN tuples_total ELSE blocks_total END AS total) AS counted
         WHERE application_name = $1
         GROUP BY step) AS steps
