-- Reads the version of the staging schema. The column is read as JSON, because a schema of an older version lacks it.
--   $1 the version of a schema without the column
SELECT coalesce(max((to_jsonb(s) ->> 'version')::integer), $1::integer) FROM :"staging".etl_scripts s
