-- Reads the checksum that a script had when it was last applied.
--   $1 name of the script
SELECT checksum FROM :"staging".etl_scripts WHERE name = $1
