-- Counts the rejected rows that stay in staging, because a foreign key or a trigger does not let them go.
SELECT count(*) FROM :"staging".etl_rejects WHERE rule_set = 'kept_in_staging'
