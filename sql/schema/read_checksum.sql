-- Reads the checksum of a script when it was last applied.
--   $1 name of the script
SELECT checksum FROM :"staging".etl_scripts WHERE name = $1
