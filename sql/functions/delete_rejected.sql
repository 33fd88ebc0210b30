-- Deletes rejected postings from staging, except the postings that a foreign key or a trigger keeps there.

CREATE OR REPLACE FUNCTION :"staging".delete_rejected(keys text[], run uuid)
RETURNS TABLE (key text, is_foreign boolean, is_kept boolean)
LANGUAGE plpgsql AS $etl_body$
DECLARE
    one text;
    gone text[];
    foreign_keys text[];
    gone_now text[];
    foreign_now text[];
BEGIN
    -- A deferred foreign key would otherwise refuse the COMMIT, and nobody would know which row caused it.
    SET CONSTRAINTS ALL IMMEDIATE;
    BEGIN
        WITH deleted AS (
            -- With ANY instead of a join, the planner looks up each key, even if its statistics of a growing table are wrong.
            DELETE FROM :"staging".staging_jobs s WHERE s.job_id = ANY(keys)
            RETURNING s.job_id::text AS key, s.rule_set IS NULL AND s.run_id IS NULL AS is_foreign
        )
        SELECT array_agg(d.key), array_agg(d.key) FILTER (WHERE d.is_foreign) INTO gone, foreign_keys FROM deleted d;
    EXCEPTION WHEN OTHERS THEN
        -- Unless a foreign key (class 23) or a trigger refuses at least one of the rows, this is an error of the run. Otherwise
        -- each row is deleted separately.
        IF NOT (SQLSTATE LIKE '23%' OR :raised_by_user) THEN
            RAISE;
        END IF;
        FOR one IN SELECT s.job_id FROM :"staging".staging_jobs s WHERE s.job_id = ANY(keys) LOOP
            BEGIN
                WITH deleted AS (
                    DELETE FROM :"staging".staging_jobs s WHERE s.job_id = one
                    RETURNING s.job_id::text AS key, s.rule_set IS NULL AND s.run_id IS NULL AS is_foreign
                )
                SELECT array_agg(d.key), array_agg(d.key) FILTER (WHERE d.is_foreign)
                  INTO gone_now, foreign_now FROM deleted d;
                gone := gone || gone_now;
                foreign_keys := foreign_keys || foreign_now;
            EXCEPTION WHEN OTHERS THEN
                IF NOT (SQLSTATE LIKE '23%' OR :raised_by_user) THEN
                    RAISE;
                END IF;
            END;
        END LOOP;
    END;
    -- A row may also stay because a trigger skipped its deletion. The mark of the trigger staging_jobs_changed is not set,
    -- because the row gets another run.
    UPDATE :"staging".staging_jobs s
       SET warnings = coalesce(s.warnings, '{}') || ARRAY['kept_in_staging'], processed_to_dwh = false,
           run_id = CASE WHEN s.rule_set IS NOT NULL THEN coalesce(run, s.run_id) ELSE s.run_id END
     WHERE s.job_id = ANY(keys) AND NOT coalesce(s.warnings, '{}') @> ARRAY['kept_in_staging'];
    RETURN QUERY
    SELECT s.job_id::text, false, true FROM :"staging".staging_jobs s WHERE s.job_id = ANY(keys)
    UNION ALL
    SELECT g.key, g.key = ANY(coalesce(foreign_keys, '{}')), false FROM unnest(gone) AS g (key);
END
$etl_body$;
COMMENT ON FUNCTION :"staging".delete_rejected(text[], uuid) IS
    'Deletes rejected postings from staging. A posting that a foreign key or a trigger does not let go stays, with the warning kept_in_staging. Returns each key that was in staging.';
