-- Reads the published rows for a comparison with other rules.
--   :has_source_hash   a phase needs the fingerprint
--   $1 name of the rule set   $2 true: a row that this rule set produced stays as it is
-- Returns, for each row of staging, whether a run processes it again; the key, the fingerprint and the texts of its raw row, which
-- are NULL if the row stays or has no raw row any more; and its names.
SELECT o.is_other, r.job_id::text,
\if :has_source_hash
       :fingerprint,
\else
       0::bigint,
\endif
       :{r.loaded::text}, :{s.dimension}
  FROM :"staging".staging_jobs s
 CROSS JOIN LATERAL (SELECT NOT ($2::boolean AND coalesce(s.rule_set = $1::text, false)) AS is_other) o
  LEFT JOIN :"raw" r ON r.job_id = s.job_id AND o.is_other
