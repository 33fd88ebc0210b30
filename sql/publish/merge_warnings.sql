-- Merges the warnings of salary, deadline and processing phases, as a part of insert_raw_to_staging.sql and compare_published.sql.
                   CASE WHEN p.warning IS NULL AND q.warning IS NULL AND u.warning IS NULL THEN g.warnings
                        ELSE array_remove(ARRAY[coalesce(p.warning, q.warning), u.warning]::text[], NULL) || g.warnings END AS warnings
