-- Marks the rows of staging that another program changed, such as the Python pipeline or a person, as a part of
-- schema_staging.sql. Such a writer changes the content of a row and not its stamps. The mark is that the row has no rule set
-- and no fingerprint. A row that another program inserted has neither, so it needs no trigger. The next run finds both kinds in
-- the index staging_jobs_rule_set_idx.
-- A row that a run writes has another run, rule set or fingerprint than before. Neither the loader of the warehouse nor the
-- refresh of time_remaining changes a column of the list.
CREATE OR REPLACE FUNCTION :"staging".mark_changed_row() RETURNS trigger
LANGUAGE plpgsql AS $etl_body$
BEGIN
    NEW.rule_set := NULL;
    NEW.source_hash := NULL;
    RETURN NEW;
END
$etl_body$;
COMMENT ON FUNCTION :"staging".mark_changed_row() IS
    'The trigger that removes rule set and fingerprint of a row if another program changes it, so that the next run finds the row';
CREATE OR REPLACE TRIGGER staging_jobs_changed BEFORE UPDATE OF :{content} ON :"staging".staging_jobs
    FOR EACH ROW
    WHEN (OLD.rule_set IS NOT NULL
          AND NEW.run_id IS NOT DISTINCT FROM OLD.run_id AND NEW.rule_set = OLD.rule_set
          AND NEW.source_hash IS NOT DISTINCT FROM OLD.source_hash
          AND (:{OLD.content}) IS DISTINCT FROM (:{NEW.content}))
    EXECUTE FUNCTION :"staging".mark_changed_row();
