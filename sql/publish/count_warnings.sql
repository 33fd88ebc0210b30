-- How many published rows carry each warning, by the field that it speaks of; NULL where none does.
-- Stands as `count_warnings`, behind a colon, in the statements that publish, and counts the rows of their `src`.
SELECT jsonb_object_agg(field, kinds)
  FROM (SELECT CASE WHEN word LIKE 'title%' THEN 'title'
                    WHEN word LIKE 'company%' THEN 'company_name'
                    WHEN word LIKE 'salary%' THEN 'salary'
                    WHEN word LIKE 'deadline%' THEN 'deadline'
                    -- PostgreSQL stores no U+0000: only the entities of HTML can bring one.
                    WHEN word LIKE 'location%' OR word = 'nul_dropped' THEN 'location_detail'
                    ELSE 'other' END AS field,
               jsonb_object_agg(word, n) AS kinds
          FROM (SELECT word, count(*) AS n FROM src, unnest(src.warnings) AS word
                 WHERE src.warnings <> '{}' GROUP BY word) AS words
         GROUP BY 1) AS fields
