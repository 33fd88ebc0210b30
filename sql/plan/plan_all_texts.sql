-- Collects the salaries and deadlines of all raw rows, for plan_texts.sql.
CREATE TEMPORARY TABLE etl_found ON COMMIT DROP AS
SELECT salary COLLATE "default" AS salary, deadline COLLATE "default" AS deadline FROM :"raw" GROUP BY 1, 2
