-- Computes the time that is left to apply, in words, and refreshes it in staging.

CREATE OR REPLACE FUNCTION :"staging".time_remaining(due_date timestamptz, as_of timestamptz)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    -- bigint::text, because text || bigint is only STABLE and would prevent inlining.
    SELECT CASE
        WHEN due_date <= as_of THEN :left_over
        WHEN NOT isfinite(due_date) OR NOT isfinite(as_of) THEN NULL
        WHEN date_part('epoch', due_date - as_of) >= 86400 THEN
            :left_before || floor(date_part('epoch', due_date - as_of) / 86400)::bigint::text || :left_days
        WHEN date_part('epoch', due_date - as_of) >= 3600 THEN
            :left_before || floor(date_part('epoch', due_date - as_of) / 3600)::bigint::text || :left_hours
        WHEN date_part('epoch', due_date - as_of) >= 60 THEN
            :left_before || floor(date_part('epoch', due_date - as_of) / 60)::bigint::text || :left_minutes
        -- The last second is not over yet, so the text is never "0 giây".
        WHEN due_date > as_of THEN
            :left_before || greatest(floor(date_part('epoch', due_date - as_of)), 1)::bigint::text || :left_seconds
    END
$etl_body$;
COMMENT ON FUNCTION :"staging".time_remaining(timestamptz, timestamptz) IS
    'The time that is left to apply at a moment, in words: whole days; below one day, hours; below one hour, minutes; below one minute, seconds. NULL without a due date.';

-- The procedure is in plpgsql, so that this file can be applied before staging_jobs exists.
CREATE OR REPLACE PROCEDURE :"staging".update_deadline(as_of timestamptz DEFAULT now())
LANGUAGE plpgsql AS $etl_body$
BEGIN
    UPDATE :"staging".staging_jobs s
       SET time_remaining = :"staging".time_remaining(s.due_date, update_deadline.as_of)
     WHERE s.time_remaining IS DISTINCT FROM :"staging".time_remaining(s.due_date, update_deadline.as_of);
END
$etl_body$;
COMMENT ON PROCEDURE :"staging".update_deadline(timestamptz) IS
    'Refreshes time_remaining of every staging row for a moment (by default now). Writes only the rows whose text changes.';
