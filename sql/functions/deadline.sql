-- Parses deadlines: the functions of the rule set `standard`, and the functions that choose the rule set.

CREATE OR REPLACE FUNCTION :"staging".end_of_day(day integer, month integer, year integer) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT CASE WHEN year >= 1 AND month BETWEEN 1 AND 12 AND day >= 1
                 AND day <= CASE WHEN month IN (4, 6, 9, 11) THEN 30
                                 WHEN month <> 2 THEN 31
                                 WHEN year % 4 = 0 AND (year % 100 <> 0 OR year % 400 = 0) THEN 29
                                 ELSE 28 END
           THEN make_timestamp(year, month, day, 23, 59, 59) AT TIME ZONE 'Asia/Ho_Chi_Minh' END
$etl_body$;
COMMENT ON FUNCTION :"staging".end_of_day(integer, integer, integer) IS
    'The last second of a date in Vietnam. NULL when there is no such date.';

CREATE OR REPLACE FUNCTION :"staging".deadline_parts_standard(
    deadline text, OUT days integer, OUT end_of_day timestamptz, OUT warning text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $etl_body$
DECLARE
    t text := deadline;
    m text[];
BEGIN
    IF t IS NULL THEN
        RETURN;
    END IF;
    IF octet_length(t) > 1000 THEN
        warning := 'deadline_unparsed';
        RETURN;
    END IF;
    -- 1. Most deadlines are "30" or "31/12/2025" and need no cleaning.
    IF t !~ '^([0-9]{1,4}|[0-9]{2}/[0-9]{2}/[0-9]{4})$' THEN
        t := :"staging".plain_text(t);
        IF t = '' THEN
            RETURN;
        END IF;
    END IF;
    -- 2. A number of days.
    m := regexp_match(t, '^(?:([0-9]+)|(?:còn )?([0-9]+) ?ngày[^0-9]*)$');
    IF m IS NOT NULL THEN
        t := ltrim(coalesce(m[1], m[2]), '0');
        IF length(t) <= 4 AND coalesce(nullif(t, ''), '0')::integer <= 3650 THEN
            days := coalesce(nullif(t, ''), '0');
        ELSE
            warning := 'deadline_unparsed';
        END IF;
        RETURN;
    END IF;
    -- 3. A date: d/m/yyyy or yyyy-mm-dd.
    m := regexp_match(t, '^([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})$');
    IF m IS NULL THEN
        m := regexp_match(t, '^([0-9]{4})-([0-9]{2})-([0-9]{2})$');
        m := ARRAY[m[3], m[2], m[1]];
    END IF;
    end_of_day := :"staging".end_of_day(m[1]::integer, m[2]::integer, m[3]::integer);
    IF end_of_day IS NULL THEN
        warning := 'deadline_unparsed';
    END IF;
END
$etl_body$;
COMMENT ON FUNCTION :"staging".deadline_parts_standard(text) IS
    'Parses a deadline under the rule set standard, and returns one record. Call parse_deadline instead.';

CREATE OR REPLACE FUNCTION :"staging".deadline_parts(
    deadline text, rules text, OUT days integer, OUT end_of_day timestamptz, OUT warning text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $etl_body$
DECLARE
    parts record;
BEGIN
    IF rules = 'v1' THEN
        parts := :"staging".deadline_parts_v1(deadline);
    ELSE
        parts := :"staging".deadline_parts_standard(deadline);
    END IF;
    days := parts.days;
    end_of_day := parts.end_of_day;
    warning := parts.warning;
END
$etl_body$;
COMMENT ON FUNCTION :"staging".deadline_parts(text, text) IS
    'Parses the number of days or the date in a deadline, under one of the rule sets, and returns one record. Call parse_deadline instead.';

-- Days are added in UTC, where every day has 24 hours. The time zone of the session then has no effect. With OFFSET 0, the due
-- date is computed once, although it is used several times.
CREATE OR REPLACE FUNCTION :"staging".due_after(
    days integer, end_of_day timestamptz, parsing_warning text, crawled_at timestamptz)
RETURNS TABLE (due_date timestamptz, warning text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1 AS $etl_body$
    SELECT CASE WHEN days IS NULL THEN end_of_day
                ELSE (crawled_at AT TIME ZONE 'UTC' + days * interval '24 hours') AT TIME ZONE 'UTC' END,
           CASE WHEN days IS NOT NULL AND crawled_at IS NULL THEN 'deadline_unparsed' ELSE parsing_warning END
    OFFSET 0
$etl_body$;
COMMENT ON FUNCTION :"staging".due_after(integer, timestamptz, text, timestamptz) IS
    'The due date of a posting, from the result of deadline_parts and the time of the crawl.';

-- The inner SELECT depends only on the text, so the planner can keep its result for each text (Memoize).
CREATE OR REPLACE FUNCTION :"staging".parse_deadline(
    deadline text, crawled_at timestamptz, rules text DEFAULT 'standard')
RETURNS TABLE (due_date timestamptz, warning text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1 AS $etl_body$
    SELECT u.due_date, u.warning
      FROM (SELECT :"staging".deadline_parts(deadline, rules) AS p OFFSET 0) s
     CROSS JOIN LATERAL :"staging".due_after((s.p).days, (s.p).end_of_day, (s.p).warning, crawled_at) u
$etl_body$;
COMMENT ON FUNCTION :"staging".parse_deadline(text, timestamptz, text) IS
    'Parses a deadline and returns the due date. The text is a number of days (0 to 3650) after crawled_at, or a date (d/m/yyyy, yyyy-mm-dd) which is due at 23:59:59 in Asia/Ho_Chi_Minh. Any other text returns NULL with the warning deadline_unparsed. NULL and a blank text return NULL without a warning. The rule set v1 accepts only a number of days, with a sign and without a limit. No text raises an error.';
