-- Upgrade to version 2: marks the rows that an older version rejected because a derived text was longer than its column, so that
-- the next run processes them again. These columns are TEXT now, and a derived text never rejects a row. A row that PostgreSQL
-- refused as a whole has the field `(row)`.
UPDATE :"staging".etl_rejects SET rule_set = 'replay'
 WHERE reason = 'too_long' AND field IN (:{'per_row'}, :{'shared'}, '(row)');
