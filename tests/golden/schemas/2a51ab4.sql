-- The staging schema as jobinsight 2a51ab4 created it, with the rows of one run, from pg_dump --no-owner --no-acl --inserts.
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE SCHEMA jobinsight_staging;
CREATE FUNCTION jobinsight_staging.deadline_parts(deadline text, rules text, OUT days integer, OUT end_of_day timestamp with time zone, OUT warning text) RETURNS record
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
DECLARE
    parts record;
BEGIN
    IF rules = 'v1' THEN
        parts := "jobinsight_staging".deadline_parts_v1(deadline);
    ELSE
        parts := "jobinsight_staging".deadline_parts_standard(deadline);
    END IF;
    days := parts.days;
    end_of_day := parts.end_of_day;
    warning := parts.warning;
END
$$;
COMMENT ON FUNCTION jobinsight_staging.deadline_parts(deadline text, rules text, OUT days integer, OUT end_of_day timestamp with time zone, OUT warning text) IS 'Parses the number of days or the date in a deadline, under one of the rule sets, and returns one record. Call parse_deadline instead.';
CREATE FUNCTION jobinsight_staging.deadline_parts_standard(deadline text, OUT days integer, OUT end_of_day timestamp with time zone, OUT warning text) RETURNS record
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
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
        t := "jobinsight_staging".plain_text(t);
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
    end_of_day := "jobinsight_staging".end_of_day(m[1]::integer, m[2]::integer, m[3]::integer);
    IF end_of_day IS NULL THEN
        warning := 'deadline_unparsed';
    END IF;
END
$_$;
COMMENT ON FUNCTION jobinsight_staging.deadline_parts_standard(deadline text, OUT days integer, OUT end_of_day timestamp with time zone, OUT warning text) IS 'Parses a deadline under the rule set standard, and returns one record. Call parse_deadline instead.';
CREATE FUNCTION jobinsight_staging.deadline_parts_v1(deadline text, OUT days integer, OUT end_of_day timestamp with time zone, OUT warning text) RETURNS record
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
DECLARE
    number text[];
BEGIN
    IF octet_length(deadline) > 1000 THEN
        warning := 'deadline_unparsed';
        RETURN;
    END IF;
    number := regexp_match(deadline, '^ *([+-]?[0-9]{1,7}) *$');
    IF number IS NOT NULL THEN
        days := number[1];
    ELSIF "jobinsight_staging".plain_text(deadline) <> '' THEN
        warning := 'deadline_unparsed';
    END IF;
END
$_$;
COMMENT ON FUNCTION jobinsight_staging.deadline_parts_v1(deadline text, OUT days integer, OUT end_of_day timestamp with time zone, OUT warning text) IS 'Parses a deadline under the rule set v1, and returns one record. Call parse_deadline instead.';
CREATE FUNCTION jobinsight_staging.due_after(days integer, end_of_day timestamp with time zone, parsing_warning text, crawled_at timestamp with time zone) RETURNS TABLE(due_date timestamp with time zone, warning text)
    LANGUAGE sql IMMUTABLE ROWS 1 PARALLEL SAFE
    AS $$
    SELECT CASE WHEN days IS NULL THEN end_of_day
                ELSE (crawled_at AT TIME ZONE 'UTC' + days * interval '24 hours') AT TIME ZONE 'UTC' END,
           CASE WHEN days IS NOT NULL AND crawled_at IS NULL THEN 'deadline_unparsed' ELSE parsing_warning END
    OFFSET 0
$$;
COMMENT ON FUNCTION jobinsight_staging.due_after(days integer, end_of_day timestamp with time zone, parsing_warning text, crawled_at timestamp with time zone) IS 'The due date of a posting, from the result of deadline_parts and the time of the crawl.';
CREATE FUNCTION jobinsight_staging.end_of_day(day integer, month integer, year integer) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT CASE WHEN year >= 1 AND month BETWEEN 1 AND 12 AND day >= 1
                 AND day <= CASE WHEN month IN (4, 6, 9, 11) THEN 30
                                 WHEN month <> 2 THEN 31
                                 WHEN year % 4 = 0 AND (year % 100 <> 0 OR year % 400 = 0) THEN 29
                                 ELSE 28 END
           THEN make_timestamp(year, month, day, 23, 59, 59) AT TIME ZONE 'Asia/Ho_Chi_Minh' END
$$;
COMMENT ON FUNCTION jobinsight_staging.end_of_day(day integer, month integer, year integer) IS 'The last second of a date in Vietnam. NULL when there is no such date.';
CREATE FUNCTION jobinsight_staging.in_million_vnd(amount numeric, unit text, usd_vnd_rate numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT trim_scale(amount * CASE unit WHEN 'm' THEN 1
                                         WHEN 'k' THEN 0.001
                                         WHEN 'u' THEN coalesce(usd_vnd_rate, 25000) * 0.000001
                                         ELSE 0.000001 END)
$$;
COMMENT ON FUNCTION jobinsight_staging.in_million_vnd(amount numeric, unit text, usd_vnd_rate numeric) IS 'Converts an amount in a unit (m: million, k: thousand, v or NULL: VND, u: USD) to million VND.';
CREATE FUNCTION jobinsight_staging.mark_changed_row() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.rule_set := NULL;
    NEW.source_hash := NULL;
    RETURN NEW;
END
$$;
CREATE FUNCTION jobinsight_staging.normalize_salary(salary_text text, rules text DEFAULT 'standard'::text, usd_vnd_rate numeric DEFAULT NULL::numeric) RETURNS TABLE(salary_min numeric, salary_max numeric, salary_type character varying, salary_period character varying, warning text)
    LANGUAGE sql IMMUTABLE ROWS 1 PARALLEL SAFE
    AS $$
    SELECT (s.p).salary_min, (s.p).salary_max, (s.p).salary_type, (s.p).salary_period, (s.p).warning
      FROM (SELECT "jobinsight_staging".salary_parts(salary_text, rules, usd_vnd_rate) AS p OFFSET 0) s
$$;
COMMENT ON FUNCTION jobinsight_staging.normalize_salary(salary_text text, rules text, usd_vnd_rate numeric) IS 'Parses a salary and returns its bounds in million VND, its type (negotiable, range, upto, from, unknown), its period and a warning (salary_unparsed, salary_swapped). rules: standard, or v1 for the results of the Python pipeline. usd_vnd_rate: VND for one USD, by default 25000 (v1: 24000). No text raises an error. For many rows, call the function in a LATERAL join, because the planner then parses each distinct text once.';
CREATE FUNCTION jobinsight_staging.parse_deadline(deadline text, crawled_at timestamp with time zone, rules text DEFAULT 'standard'::text) RETURNS TABLE(due_date timestamp with time zone, warning text)
    LANGUAGE sql IMMUTABLE ROWS 1 PARALLEL SAFE
    AS $$
    SELECT u.due_date, u.warning
      FROM (SELECT "jobinsight_staging".deadline_parts(deadline, rules) AS p OFFSET 0) s
     CROSS JOIN LATERAL "jobinsight_staging".due_after((s.p).days, (s.p).end_of_day, (s.p).warning, crawled_at) u
$$;
COMMENT ON FUNCTION jobinsight_staging.parse_deadline(deadline text, crawled_at timestamp with time zone, rules text) IS 'Parses a deadline and returns the due date. The text is a number of days (0 to 3650) after crawled_at, or a date (d/m/yyyy, yyyy-mm-dd) which is due at 23:59:59 in Asia/Ho_Chi_Minh. Any other text returns NULL with the warning deadline_unparsed. NULL and a blank text return NULL without a warning. The rule set v1 accepts only a number of days, with a sign and without a limit. No text raises an error.';
CREATE FUNCTION jobinsight_staging.plain_text(source text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    -- translate() replaces each character of the first list by the character at the same place in the second list. It deletes
    -- the characters of the first list that have no partner in the second. The capital letters of our Vietnamese words are in
    -- the lists, because lower() with the collation "C" changes only ASCII letters.
    SELECT btrim(regexp_replace(translate(lower(normalize(source, NFC) COLLATE "C"),
        -- Spaces of every width.
        E'\t\n\x0B\f\r\u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000'
        -- Dashes and the tilde.
        '~\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uFF0D\uFF5E'
        '０１２３４５６７８９'
        'ÀÁÂÊÌÍÒÓÔĂĐƠƯẠẢẦẨẬẾỆỂỎỐỒỚỜỪỨỰƯỢẤÙ'
        -- Deleted: zero-width characters, direction marks, the soft hyphen, control characters.
        '\u200B\u200C\u200D\u200E\u200F\u2060\u2061\u2062\u2063\u2064\uFEFF\u00AD\u061C\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\u180E'
        '\x01\x02\x03\x04\x05\x06\x07\x08\x0E\x0F\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F\x7F',
        '                        '
        '----------'
        '0123456789'
        'àáâêìíòóôăđơưạảầẩậếệểỏốồớờừứựượấù'),
        ' +', ' ', 'g'))
$$;
COMMENT ON FUNCTION jobinsight_staging.plain_text(source text) IS 'Normalizes a short text: NFC, lower case, one kind of space and dash, ASCII digits, no invisible characters.';
CREATE FUNCTION jobinsight_staging.salary_match(source text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
    SELECT CASE WHEN source !~ '[0-9] [0-9]' THEN
        regexp_match(replace(source, ' ', ''),
            '^(?:(tới|đến|lênđến|lêntới|upto|tốiđa)|(từ|trên|hơn|from|tốithiểu))?'
            '(usd|us[$]|[$])?([0-9][0-9.,]*)'
            '((?:triệu|trieu|tr|k|nghìn|ngàn)(?:vnđ|vnd|đồng|đ)?|usd|us[$]|[$]|vnđ|vnd|đồng|đ)?'
            '(?:(?:-|đến|tới|to)'
            '(usd|us[$]|[$])?([0-9][0-9.,]*)'
            '((?:triệu|trieu|tr|k|nghìn|ngàn)(?:vnđ|vnd|đồng|đ)?|usd|us[$]|[$]|vnđ|vnd|đồng|đ)?)?'
            '(?:/(?:(tháng|month)|(giờ|h|hour)|(ngày|day)|(tuần|week)|(năm|year)|(sp|sảnphẩm)))?$')
    END
$_$;
COMMENT ON FUNCTION jobinsight_staging.salary_match(source text) IS 'The parts of a salary in lower case: bounds, units and period. NULL when the text is not one of the known forms.';
CREATE FUNCTION jobinsight_staging.salary_number(digits text, unit text) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
    SELECT CASE
        WHEN length(digits) > 24 THEN NULL
        WHEN digits ~ '^[0-9]{1,15}$' THEN digits::numeric
        -- Before "triệu", a separator is always a decimal mark.
        WHEN unit = 'm' THEN
            CASE WHEN digits ~ '^[0-9]{1,15}[.,][0-9]{1,8}$' THEN replace(digits, ',', '.')::numeric END
        -- Before another unit, three digits after a separator are a group of thousands.
        WHEN digits ~ '^[0-9]+(,[0-9]{3})+([.][0-9]{1,2})?$' THEN replace(digits, ',', '')::numeric
        WHEN digits ~ '^[0-9]+([.][0-9]{3})+(,[0-9]{1,2})?$' THEN
            replace(replace(digits, '.', ''), ',', '.')::numeric
        WHEN digits ~ '^[0-9]{1,15}[.,][0-9]{1,2}$' THEN replace(digits, ',', '.')::numeric
    END
$_$;
COMMENT ON FUNCTION jobinsight_staging.salary_number(digits text, unit text) IS 'The number that a text of digits and separators means before a unit (m: million, k: thousand, v: VND, u: USD). NULL when the text is not a number.';
CREATE FUNCTION jobinsight_staging.salary_parts(salary_text text, rules text, usd_vnd_rate numeric, OUT salary_min numeric, OUT salary_max numeric, OUT salary_type character varying, OUT salary_period character varying, OUT warning text) RETURNS record
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
DECLARE
    parts record;
BEGIN
    IF rules = 'v1' THEN
        parts := "jobinsight_staging".salary_parts_v1(salary_text, usd_vnd_rate);
    ELSE
        parts := "jobinsight_staging".salary_parts_standard(salary_text, usd_vnd_rate);
    END IF;
    salary_min := parts.salary_min;
    salary_max := parts.salary_max;
    salary_type := parts.salary_type;
    salary_period := parts.salary_period;
    warning := parts.warning;
END
$$;
COMMENT ON FUNCTION jobinsight_staging.salary_parts(salary_text text, rules text, usd_vnd_rate numeric, OUT salary_min numeric, OUT salary_max numeric, OUT salary_type character varying, OUT salary_period character varying, OUT warning text) IS 'Parses a salary under one of the rule sets, and returns one record. Call normalize_salary instead.';
CREATE FUNCTION jobinsight_staging.salary_parts_standard(salary_text text, usd_vnd_rate numeric, OUT salary_min numeric, OUT salary_max numeric, OUT salary_type character varying, OUT salary_period character varying, OUT warning text) RETURNS record
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
DECLARE
    low text;
    high text;
    m text[];
    unit_a text;
    unit_b text;
BEGIN
    -- 1. The most frequent texts. Nine texts in ten return here, before the first regular expression.
    IF salary_text IS NULL OR salary_text = '' OR salary_text = 'Thoả thuận' THEN
        salary_type := 'negotiable';
        RETURN;
    END IF;
    -- Example: "10 - 15 triệu". Without its digits, the text is ' -  triệu', and its first and third word are whole numbers.
    IF octet_length(salary_text) < 40 AND translate(salary_text, '0123456789', '') = ' -  triệu' THEN
        low := split_part(salary_text, ' ', 1);
        high := split_part(salary_text, ' ', 3);
        IF low <> '' AND high <> '' AND length(low) < 10 AND length(high) < 10
           AND salary_text = low || ' - ' || high || ' triệu' THEN
            salary_type := 'range';
            salary_period := 'month';
            salary_min := least(low::numeric, high::numeric);
            salary_max := greatest(low::numeric, high::numeric);
            IF low::numeric > high::numeric THEN
                warning := 'salary_swapped';
            END IF;
            RETURN;
        END IF;
    END IF;
    -- 2. Match the text as it is. If it does not match, clean it and match again.
    salary_type := 'unknown';
    warning := 'salary_unparsed';
    -- A longer text is not a salary.
    IF octet_length(salary_text) > 1000 THEN
        RETURN;
    END IF;
    m := "jobinsight_staging".salary_match(lower(salary_text COLLATE "C"));
    IF m IS NULL THEN
        m := "jobinsight_staging".salary_match("jobinsight_staging".plain_text(salary_text));
    END IF;
    IF m IS NULL THEN
        -- A text without a digit has no amount, so the salary is negotiable ("Cạnh tranh", "Hấp dẫn", "Theo năng lực").
        IF "jobinsight_staging".plain_text(salary_text) !~ '[0-9]' THEN
            salary_type := 'negotiable';
            warning := NULL;
        END IF;
        RETURN;
    END IF;
    IF m[1] IS NOT NULL AND m[7] IS NOT NULL THEN
        RETURN;
    END IF;
    -- 3. The units. "$" before a number means USD. The second bound is then USD as well, unless it has a unit.
    unit_a := "jobinsight_staging".salary_unit(m[5]);
    unit_b := "jobinsight_staging".salary_unit(m[8]);
    IF m[3] IS NOT NULL THEN
        IF unit_a <> 'u' THEN RETURN; END IF;
        unit_a := 'u';
        IF m[7] IS NOT NULL THEN unit_b := coalesce(unit_b, 'u'); END IF;
    END IF;
    IF m[6] IS NOT NULL THEN
        IF unit_b <> 'u' THEN RETURN; END IF;
        unit_b := 'u';
    END IF;
    IF m[7] IS NOT NULL THEN
        -- The first bound takes the unit of the second bound ("10 - 15 triệu"), but not the other way round.
        IF unit_b IS NULL AND unit_a IS NOT NULL THEN RETURN; END IF;
        unit_a := coalesce(unit_a, unit_b);
        IF (unit_a = 'u') <> (unit_b = 'u') THEN RETURN; END IF;
    END IF;
    -- 4. The bounds in million VND.
    salary_min := "jobinsight_staging".salary_number(m[4], coalesce(unit_a, 'v'));
    salary_max := "jobinsight_staging".salary_number(m[7], coalesce(unit_b, 'v'));
    -- Without a unit, only a grouped amount of at least one million is VND ("15.000.000"), because plain digits may be a
    -- telephone number.
    IF salary_min IS NULL OR (m[7] IS NOT NULL AND salary_max IS NULL)
       OR (unit_a IS NULL AND (salary_min < 1000000 OR salary_max < 1000000
                               OR m[4] !~ '[.,]' OR m[7] !~ '[.,]')) THEN
        salary_min := NULL;
        salary_max := NULL;
        RETURN;
    END IF;
    salary_min := "jobinsight_staging".in_million_vnd(salary_min, unit_a, usd_vnd_rate);
    salary_max := "jobinsight_staging".in_million_vnd(salary_max, unit_b, usd_vnd_rate);
    -- An amount of 1,000,000,000 million VND or more is not a salary.
    IF salary_min >= 1000000000 OR salary_max >= 1000000000 THEN
        salary_min := NULL;
        salary_max := NULL;
        RETURN;
    END IF;
    -- 5. Period and type.
    warning := NULL;
    salary_period := CASE WHEN m[10] IS NOT NULL THEN 'hour' WHEN m[11] IS NOT NULL THEN 'day'
                          WHEN m[12] IS NOT NULL THEN 'week' WHEN m[13] IS NOT NULL THEN 'year'
                          WHEN m[14] IS NOT NULL THEN 'product' ELSE 'month' END;
    IF m[7] IS NOT NULL THEN
        salary_type := 'range';
        IF salary_min > salary_max THEN
            SELECT salary_max, salary_min INTO salary_min, salary_max;
            warning := 'salary_swapped';
        END IF;
    ELSIF m[1] IS NOT NULL THEN
        salary_type := 'upto';
        salary_max := salary_min;
        salary_min := NULL;
    ELSIF m[2] IS NOT NULL THEN
        salary_type := 'from';
    ELSE
        salary_type := 'range';
        salary_max := salary_min;
    END IF;
END
$_$;
COMMENT ON FUNCTION jobinsight_staging.salary_parts_standard(salary_text text, usd_vnd_rate numeric, OUT salary_min numeric, OUT salary_max numeric, OUT salary_type character varying, OUT salary_period character varying, OUT warning text) IS 'Parses a salary under the rule set standard, and returns one record. Call normalize_salary instead.';
CREATE FUNCTION jobinsight_staging.salary_parts_v1(salary_text text, usd_vnd_rate numeric, OUT salary_min numeric, OUT salary_max numeric, OUT salary_type character varying, OUT salary_period character varying, OUT warning text) RETURNS record
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
DECLARE
    -- The type of the salary, its unit, and the pattern of the text. The first pattern that matches decides.
    form text[];
    forms CONSTANT text[] := ARRAY[
        ['range',  'usd',   '([0-9,.]+) *- *([0-9,.]+) *[uU][sS][dD]'],
        ['range',  'triệu', '([0-9,.]+) *- *([0-9,.]+) *[tT][rR][iI][ệỆ][uU]'],
        ['upto',   'usd',   '[tT][ớỚ][iI] +([0-9,.]+) *[uU][sS][dD]'],
        ['upto',   'triệu', '[tT][ớỚ][iI] +([0-9,.]+) *[tT][rR][iI][ệỆ][uU]'],
        ['from',   'triệu', '[tT][ừỪ] +([0-9,.]+) *[tT][rR][iI][ệỆ][uU]'],
        ['amount', 'usd',   '([0-9,.]+) *[uU][sS][dD]'],
        ['amount', 'triệu', '([0-9,.]+) *[tT][rR][iI][ệỆ][uU]']];
    bounds text[];
    low text;
    high text;
BEGIN
    salary_type := 'negotiable';
    salary_min := 0;
    salary_max := 0;
    IF octet_length(salary_text) > 10000 THEN
        warning := 'salary_unparsed';
        RETURN;
    END IF;
    FOREACH form SLICE 1 IN ARRAY forms LOOP
        -- The Python pipeline did not search a text with a hyphen for a single amount.
        CONTINUE WHEN form[1] = 'amount' AND strpos(salary_text, '-') > 0;
        bounds := "jobinsight_staging".v1_match(salary_text, form[3]);
        EXIT WHEN bounds IS NOT NULL;
    END LOOP;
    IF bounds IS NULL THEN
        RETURN;
    END IF;
    -- In USD, a comma separates thousands. In million VND, it is a decimal mark.
    low := replace(bounds[1], ',', CASE form[2] WHEN 'usd' THEN '' ELSE '.' END);
    high := replace(bounds[2], ',', CASE form[2] WHEN 'usd' THEN '' ELSE '.' END);
    IF form[1] = 'upto' THEN
        high := low;
        low := '0';
    END IF;
    high := coalesce(high, low);
    -- The Python pipeline failed on a text that cannot be cast to numeric.
    IF length(low) > 1000 OR length(high) > 1000
       OR low !~ '^([0-9]+[.]?[0-9]*|[.][0-9]+)$' OR high !~ '^([0-9]+[.]?[0-9]*|[.][0-9]+)$' THEN
        warning := 'salary_unparsed';
        RETURN;
    END IF;
    salary_type := CASE form[1] WHEN 'amount' THEN 'range' ELSE form[1] END;
    salary_min := low;
    salary_max := high;
    IF form[2] = 'usd' THEN
        salary_min := salary_min * coalesce(usd_vnd_rate, 24000) / 1000000;
        salary_max := salary_max * coalesce(usd_vnd_rate, 24000) / 1000000;
    END IF;
    salary_max := coalesce(nullif(salary_max, 0), salary_min);
END
$_$;
COMMENT ON FUNCTION jobinsight_staging.salary_parts_v1(salary_text text, usd_vnd_rate numeric, OUT salary_min numeric, OUT salary_max numeric, OUT salary_type character varying, OUT salary_period character varying, OUT warning text) IS 'Parses a salary under the rule set v1, and returns one record. Call normalize_salary instead.';
CREATE FUNCTION jobinsight_staging.salary_unit(word text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
    SELECT CASE WHEN word IS NULL THEN NULL
                WHEN word LIKE 'tr%' THEN 'm'
                WHEN word LIKE 'k%' OR word LIKE 'ng%' THEN 'k'
                WHEN word LIKE 'us%' OR word = '$' THEN 'u'
                ELSE 'v' END
$_$;
COMMENT ON FUNCTION jobinsight_staging.salary_unit(word text) IS 'The unit for the word after an amount (m: million, k: thousand, v: VND, u: USD). NULL when there is no word.';
CREATE FUNCTION jobinsight_staging.time_remaining(due_date timestamp with time zone, as_of timestamp with time zone) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    -- bigint::text, because text || bigint is only STABLE and would prevent inlining.
    SELECT CASE
        WHEN due_date <= as_of THEN 'Đã hết thời gian ứng tuyển'
        WHEN NOT isfinite(due_date) OR NOT isfinite(as_of) THEN NULL
        WHEN date_part('epoch', due_date - as_of) >= 86400 THEN
            'Còn ' || floor(date_part('epoch', due_date - as_of) / 86400)::bigint::text || ' ngày để ứng tuyển'
        WHEN date_part('epoch', due_date - as_of) >= 3600 THEN
            'Còn ' || floor(date_part('epoch', due_date - as_of) / 3600)::bigint::text || ' giờ để ứng tuyển'
        WHEN date_part('epoch', due_date - as_of) >= 60 THEN
            'Còn ' || floor(date_part('epoch', due_date - as_of) / 60)::bigint::text || ' phút để ứng tuyển'
        -- The last second is not over yet, so the text is never "0 giây".
        WHEN due_date > as_of THEN
            'Còn ' || greatest(floor(date_part('epoch', due_date - as_of)), 1)::bigint::text || ' giây để ứng tuyển'
    END
$$;
COMMENT ON FUNCTION jobinsight_staging.time_remaining(due_date timestamp with time zone, as_of timestamp with time zone) IS 'The time that is left to apply at a moment, in words: whole days; below one day, hours; below one hour, minutes; below one minute, seconds. NULL without a due date.';
CREATE PROCEDURE jobinsight_staging.update_deadline(IN as_of timestamp with time zone DEFAULT now())
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE "jobinsight_staging".staging_jobs s
       SET time_remaining = "jobinsight_staging".time_remaining(s.due_date, update_deadline.as_of)
     WHERE s.time_remaining IS DISTINCT FROM "jobinsight_staging".time_remaining(s.due_date, update_deadline.as_of);
END
$$;
COMMENT ON PROCEDURE jobinsight_staging.update_deadline(IN as_of timestamp with time zone) IS 'Refreshes time_remaining of every staging row for a moment (by default now). Writes only the rows whose text changes.';
CREATE FUNCTION jobinsight_staging.v1_match(source text, pattern text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT regexp_match(source, replace(pattern, ' ', E'[ \t-\r\u1680\u2000-\u2006\u2008-\u200A\u2028\u2029\u205F\u3000]'))
$$;
COMMENT ON FUNCTION jobinsight_staging.v1_match(source text, pattern text) IS 'regexp_match with a pattern in which a space means any white space.';
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE jobinsight_staging.etl_batches (
    run_id uuid NOT NULL,
    batch_no bigint NOT NULL,
    row_count bigint NOT NULL,
    rule_set text NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    claimed_by text,
    claimed_at timestamp with time zone,
    done_at timestamp with time zone,
    new bigint,
    updated bigint,
    unchanged bigint,
    rejected bigint,
    left_rows bigint,
    worker uuid,
    failed_phase text,
    error_code text,
    message text,
    spilled_to text,
    first_block bigint,
    end_block bigint,
    is_new boolean DEFAULT false NOT NULL,
    warnings jsonb,
    removed bigint,
    CONSTRAINT etl_batches_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'claimed'::text, 'done'::text, 'failed'::text, 'superseded'::text])))
);
COMMENT ON COLUMN jobinsight_staging.etl_batches.spilled_to IS 'host:file of the spill: the batch as it was when it failed. A retry resumes it';
COMMENT ON COLUMN jobinsight_staging.etl_batches.first_block IS 'The first block, if the batch is a range of blocks of the raw table. NULL: the rows of the batch are in etl_work';
COMMENT ON COLUMN jobinsight_staging.etl_batches.end_block IS 'The first block after the range';
COMMENT ON COLUMN jobinsight_staging.etl_batches.is_new IS 'True if staging and the rejected rows were empty when the batch was planned';
COMMENT ON COLUMN jobinsight_staging.etl_batches.warnings IS 'Number of rows with each warning, among the published and the unchanged rows: {field: {warning: rows}}. NULL: no warnings';
COMMENT ON COLUMN jobinsight_staging.etl_batches.removed IS 'Rows of staging that another program had published and that this batch rejected, so they were deleted. NULL: none';
CREATE TABLE jobinsight_staging.etl_deadlines (
    text text NOT NULL,
    days integer,
    end_of_day timestamp with time zone,
    warning text
);
CREATE TABLE jobinsight_staging.etl_events (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    run_id uuid NOT NULL,
    attempt integer NOT NULL,
    event text NOT NULL,
    phase text,
    batch_no bigint,
    detail text
);
ALTER TABLE jobinsight_staging.etl_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME jobinsight_staging.etl_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE jobinsight_staging.etl_phases (
    run_id uuid NOT NULL,
    attempt integer NOT NULL,
    seq integer NOT NULL,
    phase text NOT NULL,
    state text NOT NULL,
    why text,
    changed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    results jsonb,
    CONSTRAINT etl_phases_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'running'::text, 'done'::text, 'failed'::text, 'skipped'::text, 'stopped'::text])))
);
CREATE TABLE jobinsight_staging.etl_plans (
    run_id uuid NOT NULL,
    planned_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    raw bigint NOT NULL,
    planned bigint NOT NULL,
    unchanged bigint NOT NULL,
    rejected_before bigint NOT NULL,
    left_rows bigint NOT NULL,
    batches bigint NOT NULL,
    rejected bigint DEFAULT 0 NOT NULL,
    rows_unfinished bigint,
    rejected_unfinished bigint,
    refreshed_as_of timestamp with time zone,
    known_xid bigint,
    bound_to text,
    compared_all boolean DEFAULT false NOT NULL,
    counted bigint,
    removed bigint DEFAULT 0 NOT NULL,
    changed bigint DEFAULT 0 NOT NULL
);
COMMENT ON COLUMN jobinsight_staging.etl_plans.rows_unfinished IS 'Rows that earlier failed runs published. The quality gate counts them as well. NULL until a row is rejected';
COMMENT ON COLUMN jobinsight_staging.etl_plans.refreshed_as_of IS 'The moment for which time_remaining is correct in all rows';
COMMENT ON COLUMN jobinsight_staging.etl_plans.known_xid IS 'The horizon: the oldest transaction in progress when the plan began. The plan saw all rows that earlier transactions wrote';
COMMENT ON COLUMN jobinsight_staging.etl_plans.bound_to IS 'The server, the database, the raw table, the file of the staging table and the rule set for which known_xid is valid';
COMMENT ON COLUMN jobinsight_staging.etl_plans.compared_all IS 'True if the plan covered all raw rows, and not only the rows of a window or up to a limit';
COMMENT ON COLUMN jobinsight_staging.etl_plans.counted IS 'Number of raw rows when the work was planned. The column raw has the number of rows that were loaded';
COMMENT ON COLUMN jobinsight_staging.etl_plans.removed IS 'Rows of staging that another program had inserted after their raw rows were rejected. The plan deleted them';
COMMENT ON COLUMN jobinsight_staging.etl_plans.changed IS 'Rows of staging that another program had changed. The run processes them again';
CREATE TABLE jobinsight_staging.etl_rejects (
    job_id text NOT NULL,
    source_hash bigint NOT NULL,
    rule_set text NOT NULL,
    phase text NOT NULL,
    field text NOT NULL,
    reason text NOT NULL,
    value text,
    run_id uuid NOT NULL,
    rejected_at timestamp with time zone DEFAULT now() NOT NULL,
    removed_at timestamp with time zone
);
COMMENT ON COLUMN jobinsight_staging.etl_rejects.removed_at IS 'When a run deleted a row of this posting from staging that another program had inserted. NULL: there was none';
CREATE TABLE jobinsight_staging.etl_runs (
    run_id uuid NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    state text NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    error_code text,
    message text,
    results jsonb,
    attempt integer DEFAULT 1 NOT NULL,
    as_of timestamp with time zone,
    settings jsonb,
    retry_of uuid,
    fills text,
    CONSTRAINT etl_runs_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'failed'::text, 'abandoned'::text, 'refused'::text])))
);
COMMENT ON COLUMN jobinsight_staging.etl_runs.attempt IS 'The number of the attempt. A retry is the next attempt of the same run';
COMMENT ON COLUMN jobinsight_staging.etl_runs.settings IS 'The settings of the run, without those of the place, such as timeouts. A retry uses them';
COMMENT ON COLUMN jobinsight_staging.etl_runs.retry_of IS 'The run that this run retries, if the retry had to plan the work again';
COMMENT ON COLUMN jobinsight_staging.etl_runs.fills IS 'The phase whose values the run computes for published rows, without publishing them again. NULL: the run is not a fill';
CREATE TABLE jobinsight_staging.etl_salaries (
    text text NOT NULL,
    salary_min numeric,
    salary_max numeric,
    salary_type text,
    salary_period text,
    warning text
);
CREATE TABLE jobinsight_staging.etl_scripts (
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE UNLOGGED TABLE jobinsight_staging.etl_work (
    batch_no bigint NOT NULL,
    job_id text NOT NULL,
    source_hash bigint NOT NULL
);
CREATE TABLE jobinsight_staging.etl_workers (
    worker uuid NOT NULL,
    run_id uuid NOT NULL,
    name text NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    backend integer NOT NULL,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    heartbeat_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    ended_at timestamp with time zone
);
CREATE TABLE jobinsight_staging.staging_jobs (
    job_id character varying(20) NOT NULL,
    title character varying(255) NOT NULL,
    title_clean character varying(255) NOT NULL,
    job_url text,
    company_name character varying(200),
    company_name_standardized character varying(200),
    company_url text,
    salary character varying(100),
    salary_min numeric,
    salary_max numeric,
    salary_type character varying(20),
    skills jsonb,
    location character varying(200),
    location_detail text,
    location_pairs jsonb,
    deadline character varying(50),
    verified_employer boolean,
    last_update text,
    logo_url text,
    posted_time timestamp with time zone,
    crawled_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    due_date timestamp with time zone,
    time_remaining text,
    processed_to_dwh boolean DEFAULT false NOT NULL,
    source_hash bigint,
    processed_at timestamp with time zone,
    run_id uuid,
    salary_period character varying(20),
    location_codes text[],
    warnings text[],
    rule_set text
);
COMMENT ON TABLE jobinsight_staging.staging_jobs IS 'Clean job postings, one row for each posting. A row is written once, with all of its columns';
COMMENT ON COLUMN jobinsight_staging.staging_jobs.processed_to_dwh IS 'Set by the loader of the warehouse. A run sets it to false only for the rows that it changes';
COMMENT ON COLUMN jobinsight_staging.staging_jobs.source_hash IS 'Fingerprint of the raw row that this row was produced from';
COMMENT ON COLUMN jobinsight_staging.staging_jobs.rule_set IS 'The rule set that produced this row. NULL: another program inserted or changed this row';
INSERT INTO jobinsight_staging.etl_batches VALUES ('01a229d7-a098-7783-91c6-621f0a5f6007', 1, 5, 'standard/25000', 'done', 'vm/10203/0', '2026-11-30 00:25:27.104959+00', '2026-11-30 00:25:27.119195+00', 3, 0, 0, 2, 0, '01a229d7-a0af-753e-8ffc-ed3c00359be5', NULL, NULL, NULL, NULL, NULL, NULL, true, '{"salary": {"salary_unparsed": 1}, "deadline": {"deadline_unparsed": 1}}', NULL);
INSERT INTO jobinsight_staging.etl_deadlines VALUES ('10', 10, NULL, NULL);
INSERT INTO jobinsight_staging.etl_deadlines VALUES ('', NULL, NULL, NULL);
INSERT INTO jobinsight_staging.etl_deadlines VALUES ('30', 30, NULL, NULL);
INSERT INTO jobinsight_staging.etl_deadlines VALUES ('31/02/2026', NULL, NULL, 'deadline_unparsed');
INSERT INTO jobinsight_staging.etl_deadlines VALUES ('22/02/2026', NULL, '2026-02-22 16:59:59+00', NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (1, '2026-11-30 00:25:27.044033+00', '01a229d7-a098-7783-91c6-621f0a5f6007', 1, 'run begins', NULL, NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (2, '2026-11-30 00:25:27.046296+00', '01a229d7-a098-7783-91c6-621f0a5f6007', 1, 'phase done', 'schema_setup', NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (3, '2026-11-30 00:25:27.046851+00', '01a229d7-a098-7783-91c6-621f0a5f6007', 1, 'phase running', 'sql_procedures', NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (4, '2026-11-30 00:25:27.101097+00', '01a229d7-a098-7783-91c6-621f0a5f6007', 1, 'phase done', 'sql_procedures', NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (5, '2026-11-30 00:25:27.101696+00', '01a229d7-a098-7783-91c6-621f0a5f6007', 1, 'phase running', 'data_loading', NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (6, '2026-11-30 00:25:27.102236+00', '01a229d7-a098-7783-91c6-621f0a5f6007', 1, 'phase running', 'data_processing', NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (7, '2026-11-30 00:25:27.102769+00', '01a229d7-a098-7783-91c6-621f0a5f6007', 1, 'phase running', 'data_saving', NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (8, '2026-11-30 00:25:27.135002+00', '01a229d7-a098-7783-91c6-621f0a5f6007', 1, 'phase done', 'data_loading', NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (9, '2026-11-30 00:25:27.135608+00', '01a229d7-a098-7783-91c6-621f0a5f6007', 1, 'phase done', 'data_processing', NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (10, '2026-11-30 00:25:27.136144+00', '01a229d7-a098-7783-91c6-621f0a5f6007', 1, 'phase done', 'data_saving', NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (11, '2026-11-30 00:25:27.142162+00', '01a229d7-a098-7783-91c6-621f0a5f6007', 1, 'run done', NULL, NULL, '5 raw rows: 3 new, 0 updated, 0 unchanged, 2 rejected');
INSERT INTO jobinsight_staging.etl_phases VALUES ('01a229d7-a098-7783-91c6-621f0a5f6007', 1, 0, 'schema_setup', 'done', NULL, '2026-11-30 00:25:27.046182+00', '{"name": "schema_setup", "cpu_s": 0.003, "busy_s": 0.004, "status": "done", "wall_s": 0.049, "retries": 0, "rows_in": 2, "rejected": 0, "rows_out": 2, "duration_s": 0.048, "rss_peak_mb": 38.2, "rss_after_mb": 38.2, "rss_before_mb": 37.3}');
INSERT INTO jobinsight_staging.etl_phases VALUES ('01a229d7-a098-7783-91c6-621f0a5f6007', 1, 1, 'sql_procedures', 'done', NULL, '2026-11-30 00:25:27.101088+00', '{"name": "sql_procedures", "cpu_s": 0.002, "busy_s": 0.004, "status": "done", "wall_s": 0.049, "retries": 0, "rows_in": 5, "rejected": 0, "rows_out": 5, "duration_s": 0.048, "rss_peak_mb": 38.3, "rss_after_mb": 38.3, "rss_before_mb": 38.3}');
INSERT INTO jobinsight_staging.etl_phases VALUES ('01a229d7-a098-7783-91c6-621f0a5f6007', 1, 2, 'data_loading', 'done', NULL, '2026-11-30 00:25:27.134989+00', '{"name": "data_loading", "cpu_s": 0.001, "busy_s": 0.001, "status": "done", "wall_s": 0.004, "retries": 0, "rows_in": 5, "rejected": 0, "rows_out": 5, "duration_s": 0.004, "rss_peak_mb": 40.1, "rss_after_mb": 40.1, "rss_before_mb": 38.4}');
INSERT INTO jobinsight_staging.etl_phases VALUES ('01a229d7-a098-7783-91c6-621f0a5f6007', 1, 3, 'data_processing', 'done', NULL, '2026-11-30 00:25:27.135603+00', '{"name": "data_processing", "cpu_s": 0.001, "busy_s": 0.001, "status": "done", "wall_s": 0.001, "retries": 0, "rows_in": 5, "rejected": 2, "rows_out": 3, "duration_s": 0.001, "rss_peak_mb": 40.1, "rss_after_mb": 40.1, "rss_before_mb": 38.6}');
INSERT INTO jobinsight_staging.etl_phases VALUES ('01a229d7-a098-7783-91c6-621f0a5f6007', 1, 4, 'data_saving', 'done', NULL, '2026-11-30 00:25:27.136139+00', '{"name": "data_saving", "cpu_s": 0.002, "busy_s": 0.003, "status": "done", "wall_s": 0.017, "retries": 0, "rows_in": 3, "rejected": 0, "rows_out": 3, "duration_s": 0.017, "rss_peak_mb": 40.1, "rss_after_mb": 40.1, "rss_before_mb": 40.1}');
INSERT INTO jobinsight_staging.etl_plans VALUES ('01a229d7-a098-7783-91c6-621f0a5f6007', '2026-11-30 00:25:27.092145+00', 5, 5, 0, 0, 0, 1, 2, 0, 0, '2026-01-16 00:00:00+00', 878, '7713753791394427172/17010/17011/17028/standard/25000/1496712b33ee9db229769e28fb487e63', true, 5, 0, 0);
INSERT INTO jobinsight_staging.etl_rejects VALUES ('3', 3115307726494258746, 'standard/25000', 'data_processing', 'location', 'too_long', 'Hà Nội, Đà Nẵng, An Giang, Thanh Hóa, Nghệ An, Hà Tĩnh, Bắc Ninh, Đồng Nai, Cà Mau, Phú Thọ, Hà Nam, Ninh Bình, Hải Phòng, Gia Lai, Hồ Chí Minh, Vĩnh Long, Lai Châu, Lào Cai, Đồng Tháp, Quảng Trị, Hưng Yên, Tây Ninh, Điện Biên, Sơn La, Bắc Giang, Cần Thơ, Quảng Ninh, Lâm Đồng', '01a229d7-a098-7783-91c6-621f0a5f6007', '2026-11-30 00:25:27.107944+00', NULL);
INSERT INTO jobinsight_staging.etl_rejects VALUES ('4', 5112790688814592884, 'standard/25000', 'data_processing', 'title', 'title_missing', ' ', '01a229d7-a098-7783-91c6-621f0a5f6007', '2026-11-30 00:25:27.107944+00', NULL);
INSERT INTO jobinsight_staging.etl_runs VALUES ('01a229d7-a098-7783-91c6-621f0a5f6007', '2026-11-30 00:25:27.042803+00', '2026-11-30 00:25:27.142055+00', 'done', 'vm', 10203, NULL, '5 raw rows: 3 new, 0 updated, 0 unchanged, 2 rejected', '{"notes": [], "rules": "standard", "stats": {"new": 3, "left": 0, "updated": 0, "rejected": 2, "unchanged": 0, "batch_count": 1, "success_rate": 60.0, "failure_count": 2, "success_count": 3, "total_records": 5, "duration_seconds": 0.202, "processed_records": 5}, "phases": [{"name": "schema_setup", "cpu_s": 0.003, "busy_s": 0.004, "status": "done", "wall_s": 0.049, "retries": 0, "rows_in": 2, "rejected": 0, "rows_out": 2, "duration_s": 0.048, "rss_peak_mb": 38.2, "rss_after_mb": 38.2, "rss_before_mb": 37.3}, {"name": "sql_procedures", "cpu_s": 0.002, "busy_s": 0.004, "status": "done", "wall_s": 0.049, "retries": 0, "rows_in": 5, "rejected": 0, "rows_out": 5, "duration_s": 0.048, "rss_peak_mb": 38.3, "rss_after_mb": 38.3, "rss_before_mb": 38.3}, {"name": "data_loading", "cpu_s": 0.001, "busy_s": 0.001, "status": "done", "wall_s": 0.004, "retries": 0, "rows_in": 5, "rejected": 0, "rows_out": 5, "duration_s": 0.004, "rss_peak_mb": 40.1, "rss_after_mb": 40.1, "rss_before_mb": 38.4}, {"name": "data_processing", "cpu_s": 0.001, "busy_s": 0.001, "status": "done", "wall_s": 0.001, "retries": 0, "rows_in": 5, "rejected": 2, "rows_out": 3, "duration_s": 0.001, "rss_peak_mb": 40.1, "rss_after_mb": 40.1, "rss_before_mb": 38.6}, {"name": "data_saving", "cpu_s": 0.002, "busy_s": 0.003, "status": "done", "wall_s": 0.017, "retries": 0, "rows_in": 3, "rejected": 0, "rows_out": 3, "duration_s": 0.017, "rss_peak_mb": 40.1, "rss_after_mb": 40.1, "rss_before_mb": 40.1}], "run_id": "01a229d7-a098-7783-91c6-621f0a5f6007", "attempt": 1, "message": "5 raw rows: 3 new, 0 updated, 0 unchanged, 2 rejected", "success": true, "warnings": {"salary": {"salary_unparsed": 1}, "deadline": {"deadline_unparsed": 1}}, "other_programs": {"changed": 0, "inserted_and_rejected": 0, "published_and_rejected": 0}, "schema_version": 2}', 1, '2026-01-16 00:00:00+00', '{"as_of": "2026-01-16T00:00:00Z", "limit": null, "rules": "standard", "pipeline": ["schema_setup", "sql_procedures", "data_loading", "data_processing", "data_saving"], "raw.table": "raw_jobs", "batch_size": null, "raw.schema": "public", "rules_dir.path": null, "staging.schema": "jobinsight_staging", "only_unprocessed": true, "phases.schema_setup.read_only": false, "phases.sql_procedures.compare_all": false, "phases.sql_procedures.ranges_from": 50000, "phases.sql_procedures.window_days": null, "phases.sql_procedures.usd_vnd_rate": 25000.0, "phases.sql_procedures.refresh_time_remaining": true}', NULL, NULL);
INSERT INTO jobinsight_staging.etl_salaries VALUES ('nhiều lắm 7x7', NULL, NULL, 'unknown', NULL, 'salary_unparsed');
INSERT INTO jobinsight_staging.etl_salaries VALUES ('', NULL, NULL, 'negotiable', NULL, NULL);
INSERT INTO jobinsight_staging.etl_salaries VALUES ('1,000 - 2,000 USD', 25, 50, 'range', 'month', NULL);
INSERT INTO jobinsight_staging.etl_salaries VALUES ('10 - 15 triệu', 10, 15, 'range', 'month', NULL);
INSERT INTO jobinsight_staging.etl_salaries VALUES ('Thỏa thuận', NULL, NULL, 'negotiable', NULL, NULL);
INSERT INTO jobinsight_staging.etl_scripts VALUES ('sql/schema_staging.sql', '869bc9568deb29d3f42438800706f88861bd7496447b0585c629266ff3021153', '2026-11-30 00:25:27.003648+00');
INSERT INTO jobinsight_staging.etl_scripts VALUES ('sql/stored_procedures.sql', '85964a7d0343c8fbb157a854518ecd22552fda2e9dc546aab72f0f3c7be3c116', '2026-11-30 00:25:27.003648+00');
INSERT INTO jobinsight_staging.etl_workers VALUES ('01a229d7-a0af-753e-8ffc-ed3c00359be5', '01a229d7-a098-7783-91c6-621f0a5f6007', 'jobinsight 01a229d7-a098-7783-91c6-621f0a5f6007 00359be5', 'vm', 10203, 10215, '2026-11-30 00:25:27.043435+00', '2026-11-30 00:25:27.043435+00', '2026-11-30 00:25:27.142586+00');
INSERT INTO jobinsight_staging.staging_jobs VALUES ('1', 'Kế Toán Trưởng', 'Kế Toán Trưởng', NULL, 'Công ty TNHH Minh Long', 'Công ty TNHH Minh Long', NULL, '10 - 15 triệu', 10, 15, 'range', '["Excel"]', 'Hà Nội', 'Hà Nội: 12 Trần Phú', '["Hà Nội: 12 Trần Phú"]', '30', NULL, NULL, NULL, '2026-01-10 01:00:00+00', '2026-01-15 01:00:00+00', '2026-02-14 01:00:00+00', 'Còn 29 ngày để ứng tuyển', false, 4115158225837340134, '2026-01-16 00:00:00+00', '01a229d7-a098-7783-91c6-621f0a5f6007', 'month', '{VN-HN}', '{}', 'standard/25000');
INSERT INTO jobinsight_staging.staging_jobs VALUES ('2', '[Hà Nội] Lái Xe - Lương 20 Triệu', 'Lái Xe', NULL, 'CTCP An Bình', 'Công ty Cổ phần An Bình', NULL, '1,000 - 2,000 USD', 25, 50, 'range', NULL, 'Hà Nội, Huế, Đà Nẵng', 'Hà Nội: 1 Hàng Bài
Huế: 2 Lê Lợi
Đà Nẵng: 3 Bạch Đằng', '["Hà Nội: 1 Hàng Bài", "Huế: 2 Lê Lợi", "Đà Nẵng: 3 Bạch Đằng"]', '22/02/2026', NULL, NULL, NULL, NULL, '2026-01-15 01:00:00+00', '2026-02-22 16:59:59+00', 'Còn 37 ngày để ứng tuyển', false, -5166292413679064137, '2026-01-16 00:00:00+00', '01a229d7-a098-7783-91c6-621f0a5f6007', 'month', '{VN-HN,VN-26,VN-DN}', '{}', 'standard/25000');
INSERT INTO jobinsight_staging.staging_jobs VALUES ('5', 'Thợ Hàn', 'Thợ Hàn', NULL, NULL, NULL, NULL, 'nhiều lắm 7x7', NULL, NULL, 'unknown', NULL, 'Huế', NULL, '[]', '31/02/2026', NULL, NULL, NULL, NULL, '2026-01-15 01:00:00+00', NULL, NULL, false, 8162838598958474756, '2026-01-16 00:00:00+00', '01a229d7-a098-7783-91c6-621f0a5f6007', NULL, '{VN-26}', '{salary_unparsed,deadline_unparsed}', 'standard/25000');
SELECT pg_catalog.setval('jobinsight_staging.etl_events_id_seq', 11, true);
ALTER TABLE ONLY jobinsight_staging.etl_batches
    ADD CONSTRAINT etl_batches_pkey PRIMARY KEY (run_id, batch_no);
ALTER TABLE ONLY jobinsight_staging.etl_events
    ADD CONSTRAINT etl_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY jobinsight_staging.etl_phases
    ADD CONSTRAINT etl_phases_pkey PRIMARY KEY (run_id, attempt, seq);
ALTER TABLE ONLY jobinsight_staging.etl_plans
    ADD CONSTRAINT etl_plans_pkey PRIMARY KEY (run_id);
ALTER TABLE ONLY jobinsight_staging.etl_rejects
    ADD CONSTRAINT etl_rejects_pkey PRIMARY KEY (job_id);
ALTER TABLE ONLY jobinsight_staging.etl_runs
    ADD CONSTRAINT etl_runs_pkey PRIMARY KEY (run_id);
ALTER TABLE ONLY jobinsight_staging.etl_scripts
    ADD CONSTRAINT etl_scripts_pkey PRIMARY KEY (name);
ALTER TABLE ONLY jobinsight_staging.etl_work
    ADD CONSTRAINT etl_work_pkey PRIMARY KEY (batch_no, job_id);
ALTER TABLE ONLY jobinsight_staging.etl_workers
    ADD CONSTRAINT etl_workers_pkey PRIMARY KEY (worker);
ALTER TABLE ONLY jobinsight_staging.staging_jobs
    ADD CONSTRAINT staging_jobs_pkey PRIMARY KEY (job_id);
CREATE INDEX etl_batches_queued_idx ON jobinsight_staging.etl_batches USING btree (run_id, batch_no) WHERE (state = 'queued'::text);
CREATE INDEX etl_deadlines_text_idx ON jobinsight_staging.etl_deadlines USING hash (text);
CREATE INDEX etl_events_run_idx ON jobinsight_staging.etl_events USING btree (run_id);
CREATE INDEX etl_salaries_text_idx ON jobinsight_staging.etl_salaries USING hash (text);
CREATE INDEX staging_jobs_company_idx ON jobinsight_staging.staging_jobs USING btree (company_name);
CREATE INDEX staging_jobs_crawled_at_idx ON jobinsight_staging.staging_jobs USING btree (crawled_at);
CREATE INDEX staging_jobs_due_date_idx ON jobinsight_staging.staging_jobs USING brin (due_date);
CREATE INDEX staging_jobs_location_idx ON jobinsight_staging.staging_jobs USING btree (location);
CREATE INDEX staging_jobs_posted_time_idx ON jobinsight_staging.staging_jobs USING btree (posted_time);
CREATE INDEX staging_jobs_rule_set_idx ON jobinsight_staging.staging_jobs USING btree (job_id) WHERE (rule_set IS NULL);
CREATE TRIGGER staging_jobs_changed BEFORE UPDATE OF title, title_clean, job_url, company_name, company_name_standardized, company_url, salary, salary_min, salary_max, salary_type, skills, location, location_detail, location_pairs, deadline, verified_employer, last_update, logo_url, posted_time, crawled_at, due_date, source_hash, salary_period, location_codes, warnings ON jobinsight_staging.staging_jobs FOR EACH ROW WHEN (((old.rule_set IS NOT NULL) AND (NOT (new.run_id IS DISTINCT FROM old.run_id)) AND (new.rule_set = old.rule_set) AND (NOT (new.source_hash IS DISTINCT FROM old.source_hash)) AND ((((((((((((((((((((((((((old.title)::text IS DISTINCT FROM (new.title)::text) OR ((old.title_clean)::text IS DISTINCT FROM (new.title_clean)::text)) OR (old.job_url IS DISTINCT FROM new.job_url)) OR ((old.company_name)::text IS DISTINCT FROM (new.company_name)::text)) OR ((old.company_name_standardized)::text IS DISTINCT FROM (new.company_name_standardized)::text)) OR (old.company_url IS DISTINCT FROM new.company_url)) OR ((old.salary)::text IS DISTINCT FROM (new.salary)::text)) OR (old.salary_min IS DISTINCT FROM new.salary_min)) OR (old.salary_max IS DISTINCT FROM new.salary_max)) OR ((old.salary_type)::text IS DISTINCT FROM (new.salary_type)::text)) OR (old.skills IS DISTINCT FROM new.skills)) OR ((old.location)::text IS DISTINCT FROM (new.location)::text)) OR (old.location_detail IS DISTINCT FROM new.location_detail)) OR (old.location_pairs IS DISTINCT FROM new.location_pairs)) OR ((old.deadline)::text IS DISTINCT FROM (new.deadline)::text)) OR (old.verified_employer IS DISTINCT FROM new.verified_employer)) OR (old.last_update IS DISTINCT FROM new.last_update)) OR (old.logo_url IS DISTINCT FROM new.logo_url)) OR (old.posted_time IS DISTINCT FROM new.posted_time)) OR (old.crawled_at IS DISTINCT FROM new.crawled_at)) OR (old.due_date IS DISTINCT FROM new.due_date)) OR (old.source_hash IS DISTINCT FROM new.source_hash)) OR ((old.salary_period)::text IS DISTINCT FROM (new.salary_period)::text)) OR (old.location_codes IS DISTINCT FROM new.location_codes)) OR (old.warnings IS DISTINCT FROM new.warnings)))) EXECUTE FUNCTION jobinsight_staging.mark_changed_row();
