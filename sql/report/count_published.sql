-- Counts the published rows that a run processes again, because another rule set or another program produced them.
--   $1 name of the rule set   $2 false: count the rows that this rule set produced as well
SELECT count(*)
  FROM :"staging".staging_jobs s
 WHERE NOT ($2::boolean AND coalesce(s.rule_set = $1::text, false))
   AND EXISTS (SELECT 1 FROM :"raw" r WHERE r.job_id = s.job_id)
