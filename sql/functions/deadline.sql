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

-- A date is a day, a month and a year. Day before month, always, except in yyyy-mm-dd and in the English "Dec 31, 2025".
-- The patterns are in phases/kernels/src/deadline, because the kernels in Rust use the same patterns.
CREATE OR REPLACE FUNCTION :"staging".deadline_date(folded text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $etl_body$
DECLARE
    m text[];
BEGIN
    -- d/m/yyyy, d-m-yyyy, d.m.yyyy. The separators are equal.
    m := regexp_match(folded, :deadline_day_first);
    IF m IS NOT NULL THEN
        RETURN ARRAY[m[1], coalesce(m[2], m[3], m[4]), m[5]];
    END IF;
    -- yyyy-mm-dd, yyyy/mm/dd, and the same with a time, whose day is the day that is written.
    m := regexp_match(folded, :deadline_year_first);
    IF m IS NOT NULL THEN
        RETURN ARRAY[m[4], coalesce(m[2], m[3]), m[1]];
    END IF;
    -- "31 tháng 12 năm 2025", "31 Dec 2025", "December 31, 2025".
    m := regexp_match(folded, :deadline_vietnamese);
    IF m IS NOT NULL THEN
        RETURN m;
    END IF;
    m := regexp_match(folded, :deadline_day_month);
    IF m IS NULL THEN
        m := regexp_match(folded, :deadline_month_day);
        m := ARRAY[m[2], m[1], m[3]];
    END IF;
    RETURN ARRAY[m[1], ((strpos(:deadline_months, left(m[2], 3)) + 2) / 3)::text, m[3]];
END
$etl_body$;
COMMENT ON FUNCTION :"staging".deadline_date(text) IS
    'The day, the month and the year that a deadline names, from the result of folded_text. NULLs when it names no date.';

CREATE OR REPLACE FUNCTION :"staging".deadline_parts_standard(
    deadline text, OUT days integer, OUT minutes integer, OUT is_whole_day boolean, OUT end_of_day timestamptz,
    OUT warning text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $etl_body$
DECLARE
    t text := deadline;
    m text[];
BEGIN
    IF t IS NULL THEN
        RETURN;
    END IF;
    IF octet_length(t) > :deadline_longest THEN
        warning := 'deadline_unparsed';
        RETURN;
    END IF;
    t := :"staging".folded_text(t);
    IF t = '' THEN
        -- An accent without a letter is not blank.
        IF :"staging".plain_text(deadline) <> '' THEN
            warning := 'deadline_unparsed';
        END IF;
        RETURN;
    END IF;
    -- 1. A number of days. A number without a word means days.
    m := regexp_match(t, '^([0-9]+)$');
    IF m IS NULL THEN
        -- 2. A date, unless the text says when the posting was made.
        IF t !~ :deadline_posted THEN
            m := :"staging".deadline_date(t);
            end_of_day := :"staging".end_of_day(m[1]::integer, m[2]::integer, m[3]::integer);
            IF end_of_day IS NOT NULL THEN
                RETURN;
            END IF;
            -- 3. Weeks, days, hours and minutes that are left, with words before and after them.
            IF t !~ :deadline_over THEN
                m := regexp_match(t, :deadline_time_left);
                IF coalesce(m[1], m[2], m[3], m[4]) IS NOT NULL THEN
                    m := ARRAY[m[2], m[1], m[3], m[4]];
                ELSIF t ~ '^[^0-9]*$' AND t ~ :deadline_named_day THEN
                    m := ARRAY[CASE WHEN t ~ :deadline_tomorrow THEN '1' ELSE '0' END];
                    is_whole_day := true;
                ELSE
                    m := NULL;
                END IF;
            ELSE
                m := NULL;
            END IF;
        END IF;
    END IF;
    -- 4. The time that is left: at most :deadline_largest_days days.
    IF m IS NULL OR length(ltrim(m[1], '0')) > 4 OR length(ltrim(m[2], '0')) > 3
       OR length(ltrim(m[3], '0')) > 4 OR length(ltrim(m[4], '0')) > 5 THEN
        is_whole_day := NULL;
        warning := 'deadline_unparsed';
        RETURN;
    END IF;
    days := coalesce(m[1]::numeric, 0) + 7 * coalesce(m[2]::numeric, 0);
    IF coalesce(m[3], m[4]) IS NOT NULL THEN
        minutes := 60 * coalesce(m[3]::numeric, 0) + coalesce(m[4]::numeric, 0);
    END IF;
    IF days + coalesce(minutes, 0) / 1440.0 > :deadline_largest_days THEN
        days := NULL;
        minutes := NULL;
        warning := 'deadline_unparsed';
    END IF;
END
$etl_body$;
COMMENT ON FUNCTION :"staging".deadline_parts_standard(text) IS
    'Parses a deadline under the rule set standard, and returns one record. Call parse_deadline instead.';

CREATE OR REPLACE FUNCTION :"staging".deadline_parts(
    deadline text, rules text, OUT days integer, OUT minutes integer, OUT is_whole_day boolean,
    OUT end_of_day timestamptz, OUT warning text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $etl_body$
DECLARE
    shape text;
    number text;
    parts record;
BEGIN
    IF rules = 'v1' THEN
        parts := :"staging".deadline_parts_v1(deadline);
        days := parts.days;
        warning := parts.warning;
        RETURN;
    END IF;
    -- Most deadlines are "30", "31/12/2025", "31-12-2025" or "Còn 30 ngày để ứng tuyển". They return here, before the first
    -- regular expression.
    IF octet_length(deadline) <= 40 THEN
        shape := translate(deadline, '0123456789', '');
        IF (shape = '' OR shape = 'Còn  ngày để ứng tuyển')
           AND length(deadline) - length(shape) BETWEEN 1 AND 4 THEN
            number := CASE shape WHEN '' THEN deadline ELSE split_part(deadline, ' ', 2) END;
            IF length(number) = length(deadline) - length(shape) AND number::integer <= :deadline_largest_days THEN
                days := number;
                RETURN;
            END IF;
        ELSIF (shape = '//' OR shape = '--') AND length(deadline) = 10
              AND substr(deadline, 3, 1) = left(shape, 1) AND substr(deadline, 6, 1) = left(shape, 1) THEN
            end_of_day := :"staging".end_of_day(
                left(deadline, 2)::integer, substr(deadline, 4, 2)::integer, right(deadline, 4)::integer);
            IF end_of_day IS NULL THEN
                warning := 'deadline_unparsed';
            END IF;
            RETURN;
        END IF;
    END IF;
    parts := :"staging".deadline_parts_standard(deadline);
    days := parts.days;
    minutes := parts.minutes;
    is_whole_day := parts.is_whole_day;
    end_of_day := parts.end_of_day;
    warning := parts.warning;
END
$etl_body$;
COMMENT ON FUNCTION :"staging".deadline_parts(text, text) IS
    'Parses the time that is left or the date in a deadline, under one of the rule sets, and returns one record. days and minutes are counted from the crawl; with is_whole_day, the last of the days ends at midnight in Vietnam ("Hôm nay"). Call parse_deadline instead.';

-- Days are added in UTC, where every day has 24 hours. The time zone of the session then has no effect. With OFFSET 0, the due
-- date is computed once, although it is used several times.
CREATE OR REPLACE FUNCTION :"staging".due_after(
    days integer, minutes integer, is_whole_day boolean, end_of_day timestamptz, parsing_warning text,
    crawled_at timestamptz)
RETURNS TABLE (due_date timestamptz, warning text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1 AS $etl_body$
    SELECT CASE WHEN days IS NULL THEN end_of_day
                WHEN is_whole_day THEN
                    (date_trunc('day', crawled_at AT TIME ZONE 'Asia/Ho_Chi_Minh') + days * interval '24 hours'
                     + interval '86399 seconds') AT TIME ZONE 'Asia/Ho_Chi_Minh'
                ELSE (crawled_at AT TIME ZONE 'UTC' + days * interval '24 hours'
                      + coalesce(minutes, 0) * interval '1 minute') AT TIME ZONE 'UTC' END,
           CASE WHEN days IS NOT NULL AND crawled_at IS NULL THEN 'deadline_unparsed' ELSE parsing_warning END
    OFFSET 0
$etl_body$;
COMMENT ON FUNCTION :"staging".due_after(integer, integer, boolean, timestamptz, text, timestamptz) IS
    'The due date of a posting, from the result of deadline_parts and the time of the crawl.';

-- The inner SELECT depends only on the text, so the planner can keep its result for each text (Memoize).
CREATE OR REPLACE FUNCTION :"staging".parse_deadline(
    deadline text, crawled_at timestamptz, rules text DEFAULT 'standard')
RETURNS TABLE (due_date timestamptz, warning text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1 AS $etl_body$
    SELECT u.due_date, u.warning
      FROM (SELECT :"staging".deadline_parts(deadline, rules) AS p OFFSET 0) s
     CROSS JOIN LATERAL :"staging".due_after(
           (s.p).days, (s.p).minutes, (s.p).is_whole_day, (s.p).end_of_day, (s.p).warning, crawled_at) u
$etl_body$;
COMMENT ON FUNCTION :"staging".parse_deadline(text, timestamptz, text) IS
    'Parses a deadline and returns the due date. The text is the time that is left after crawled_at (days, weeks, hours, minutes; at most :deadline_largest_days days), "Hôm nay" or "Today", which is due at the end of that day, or a date (d/m/yyyy, d-m-yyyy, yyyy-mm-dd, with or without a time, "31 Dec 2025"), which is due at 23:59:59 in Asia/Ho_Chi_Minh. Words may be before and after it, in Vietnamese or English. Any other text returns NULL with the warning deadline_unparsed. NULL and a blank text return NULL without a warning. The rule set v1 accepts only a number of days, with a sign and without a limit. No text raises an error.';
