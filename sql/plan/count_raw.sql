-- Counts the raw rows.
SELECT count(*) FROM :"raw"
