-- Writes the checksum of a script that was applied.
--   $1 name of the script   $2 checksum
INSERT INTO :"staging".etl_scripts (name, checksum) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET checksum = EXCLUDED.checksum, applied_at = now()
