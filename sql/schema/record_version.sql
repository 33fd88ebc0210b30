-- Writes the version of the staging schema.
--   $1 name of the script   $2 version
UPDATE :"staging".etl_scripts SET version = $2 WHERE name = $1
