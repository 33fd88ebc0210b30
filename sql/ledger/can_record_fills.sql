-- Returns whether the ledger has the column that marks a fill. A ledger that an older version created gets it in the next run.
--   $1 the table of runs
SELECT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = 'fills' AND NOT attisdropped)
