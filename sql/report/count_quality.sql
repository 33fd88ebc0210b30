-- Counts the rows of staging in one pass, by the kind of their salary: kind, rows, rows that the warehouse has not loaded, rows with
-- a place, rows with the code of a place, and for each column the rows in which it has a value.
SELECT s.salary_type, count(*), count(*) FILTER (WHERE NOT s.processed_to_dwh),
       count(*) FILTER (WHERE s.location IS NOT NULL OR s.location_detail IS NOT NULL),
       count(*) FILTER (WHERE cardinality(s.location_codes) > 0),
       jsonb_build_object(:{'content', count(s.content)})
       -- These are never NULL, so an empty list counts as no value.
       || jsonb_build_object('location_codes', count(*) FILTER (WHERE cardinality(s.location_codes) > 0),
                             'warnings', count(*) FILTER (WHERE cardinality(s.warnings) > 0))
  FROM :"staging".staging_jobs s
 GROUP BY s.salary_type
