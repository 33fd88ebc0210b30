-- Functions and the procedure that live in the staging schema.
--
-- PostgreSQL 14 or later, a database in UTF-8. The schema is written as psql's variable for a
-- quoted identifier; the loader puts the quoted name in its place everywhere, function bodies
-- included. The file runs in one transaction and may run again at any time: everything is
-- CREATE OR REPLACE, and a function is dropped first only where its signature or its result
-- changed, so that what depends on an unchanged function survives.
--
-- Nothing here depends on the database's locale or on the session's time zone, and no text
-- raises an error: numbers and dates are checked before they are cast, because a function with an
-- EXCEPTION block could not run in a parallel worker.

-- 1. What an older version left behind under another signature.
DO $etl_body$
DECLARE
    old record;
BEGIN
    FOR old IN
        WITH wanted (name, types, arguments, result) AS (
            VALUES
                ('normalize_salary', 'text, text, numeric',
                 'salary_text text, rules text, usd_vnd_rate numeric',
                 'TABLE(salary_min numeric, salary_max numeric, salary_type character varying, '
                 'salary_period character varying, warning text)'),
                ('normalize_salary', 'text', '', ''),
                ('salary_parts', 'text, text, numeric',
                 'salary_text text, rules text, usd_vnd_rate numeric, OUT salary_min numeric, '
                 'OUT salary_max numeric, OUT salary_type character varying, '
                 'OUT salary_period character varying, OUT warning text', 'record'),
                ('salary_number', 'text, text', 'digits text, unit text', 'numeric'),
                ('plain_text', 'text', 'source text', 'text'),
                ('parse_deadline', 'text, timestamp with time zone, text',
                 'deadline text, crawled_at timestamp with time zone, rules text',
                 'TABLE(due_date timestamp with time zone, warning text)'),
                ('deadline_parts', 'text, text',
                 'deadline text, rules text, OUT days integer, '
                 'OUT end_of_day timestamp with time zone, OUT warning text', 'record'),
                ('time_remaining', 'timestamp with time zone, timestamp with time zone',
                 'due_date timestamp with time zone, as_of timestamp with time zone', 'text'),
                ('update_deadline', 'timestamp with time zone',
                 'IN as_of timestamp with time zone', 'procedure'),
                ('update_deadline', '', '-', '')
        )
        SELECT p.oid::regprocedure AS signature,
               CASE WHEN p.prokind = 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS kind
          FROM pg_catalog.pg_proc p
          JOIN wanted w
            ON w.name = p.proname
           AND w.types = pg_catalog.oidvectortypes(p.proargtypes)
         WHERE p.pronamespace = pg_catalog.to_regnamespace($etl_name$:"staging"$etl_name$)
           AND (w.arguments, w.result) IS DISTINCT FROM
               (pg_catalog.pg_get_function_identity_arguments(p.oid),
                CASE WHEN p.prokind = 'p' THEN 'procedure'
                     ELSE pg_catalog.pg_get_function_result(p.oid) END)
    LOOP
        EXECUTE 'DROP ' || old.kind || ' ' || old.signature;
    END LOOP;
END
$etl_body$;

-- 2. Text.
CREATE OR REPLACE FUNCTION :"staging".plain_text(source text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    -- One translate: what has a partner is replaced by it, what stands behind the last partner
    -- is deleted. Only the Vietnamese capitals that our words need are lowered here, because
    -- lower() knows no accented letter in a database whose locale is C.
    SELECT btrim(regexp_replace(translate(lower(normalize(source, NFC) COLLATE "C"),
        -- spaces of every width
        E'\t\n\x0B\f\r\u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000'
        -- dashes and the tilde
        '~\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uFF0D\uFF5E'
        '０１２３４５６７８９'
        'ÀÁÂÊÌÍÒÓÔĂĐƠƯẠẢẦẨẬẾỆỂỎỐỒỚỜỪỨỰƯỢẤÙ'
        -- deleted: zero-width, direction marks, soft hyphen, controls
        '\u200B\u200C\u200D\u200E\u200F\u2060\u2061\u2062\u2063\u2064\uFEFF\u00AD\u061C\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\u180E'
        '\x01\x02\x03\x04\x05\x06\x07\x08\x0E\x0F\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F\x7F',
        '                        '
        '----------'
        '0123456789'
        'àáâêìíòóôăđơưạảầẩậếệểỏốồớờừứựượấù'),
        ' +', ' ', 'g'))
$etl_body$;
COMMENT ON FUNCTION :"staging".plain_text(text) IS
    'A short text made comparable: NFC, lower case, one kind of space and dash, ASCII digits, nothing invisible.';

-- 3. Salary.
CREATE OR REPLACE FUNCTION :"staging".salary_number(digits text, unit text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT CASE
        WHEN length(digits) > 24 THEN NULL
        WHEN digits ~ '^[0-9]{1,15}$' THEN digits::numeric
        -- before "triệu" a separator is a decimal mark, whatever follows it
        WHEN unit = 'm' THEN
            CASE WHEN digits ~ '^[0-9]{1,15}[.,][0-9]{1,8}$' THEN replace(digits, ',', '.')::numeric END
        -- elsewhere three digits behind a separator are a group of thousands
        WHEN digits ~ '^[0-9]+(,[0-9]{3})+([.][0-9]{1,2})?$' THEN replace(digits, ',', '')::numeric
        WHEN digits ~ '^[0-9]+([.][0-9]{3})+(,[0-9]{1,2})?$' THEN
            replace(replace(digits, '.', ''), ',', '.')::numeric
        WHEN digits ~ '^[0-9]{1,15}[.,][0-9]{1,2}$' THEN replace(digits, ',', '.')::numeric
    END
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_number(text, text) IS
    'The number that digits and separators spell before a unit (m: million, k: thousand, v: VND, u: USD); NULL when they spell none.';

CREATE OR REPLACE FUNCTION :"staging".salary_parts(
    salary_text text, rules text, usd_vnd_rate numeric,
    OUT salary_min numeric, OUT salary_max numeric, OUT salary_type varchar,
    OUT salary_period varchar, OUT warning text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $etl_body$
DECLARE
    t text := salary_text;
    a text;
    b text;
    m text[];
    rate numeric;
    unit_a text;
    unit_b text;
BEGIN
    -- Nine texts in ten end here, before the first regular expression.
    IF t IS NULL OR t = '' OR t = 'Thoả thuận' THEN
        salary_type := 'negotiable';
        IF rules = 'v1' THEN
            salary_min := 0;
            salary_max := 0;
        END IF;
        RETURN;
    END IF;
    -- Without its digits "10 - 15 triệu" leaves these signs, and put together again from its first
    -- and third word it is what it was: then both words are whole numbers.
    IF octet_length(t) < 40 AND translate(t, '0123456789', '') = ' -  triệu' THEN
        a := split_part(t, ' ', 1);
        b := split_part(t, ' ', 3);
        IF a <> '' AND b <> '' AND length(a) < 10 AND length(b) < 10 AND t = a || ' - ' || b || ' triệu' THEN
            salary_type := 'range';
            salary_min := a;
            salary_max := b;
            IF rules = 'v1' THEN
                salary_max := coalesce(nullif(salary_max, 0), salary_min);
                RETURN;
            END IF;
            salary_period := 'month';
            IF salary_min > salary_max THEN
                salary_min := b;
                salary_max := a;
                warning := 'salary_swapped';
            END IF;
            RETURN;
        END IF;
    END IF;

    IF rules = 'v1' THEN
        -- The statements of the system that this one replaces, on the untouched text, in their
        -- order, defects included. Letters stand in both cases and the spaces by name (a
        -- no-break space is none) so that the database's locale has no say.
        rate := coalesce(usd_vnd_rate, 24000);
        salary_type := 'negotiable';
        salary_min := 0;
        salary_max := 0;
        IF octet_length(t) > 10000 THEN
            warning := 'salary_unparsed';
            RETURN;
        END IF;
        m := regexp_match(t, E'([0-9,.]+)[ \t-\r\u1680\u2000-\u2006\u2008-\u200A\u2028\u2029\u205F\u3000]*-[ \t-\r\u1680\u2000-\u2006\u2008-\u200A\u2028\u2029\u205F\u3000]*([0-9,.]+)[ \t-\r\u1680\u2000-\u2006\u2008-\u200A\u2028\u2029\u205F\u3000]*[uU][sS][dD]');
        IF m IS NOT NULL THEN
            unit_a := 'u';
            a := replace(m[1], ',', '');
            b := replace(m[2], ',', '');
        ELSE
            m := regexp_match(t, E'([0-9,.]+)[ \t-\r\u1680\u2000-\u2006\u2008-\u200A\u2028\u2029\u205F\u3000]*-[ \t-\r\u1680\u2000-\u2006\u2008-\u200A\u2028\u2029\u205F\u3000]*([0-9,.]+)[ \t-\r\u1680\u2000-\u2006\u2008-\u200A\u2028\u2029\u205F\u3000]*[tT][rR][iI][ệỆ][uU]');
            IF m IS NOT NULL THEN
                unit_a := 'm';
                a := replace(m[1], ',', '.');
                b := replace(m[2], ',', '.');
            END IF;
        END IF;
        IF m IS NOT NULL THEN
            unit_b := 'range';
        ELSE
            m := regexp_match(t, E'[tT][ớỚ][iI][ \t-\r\u1680\u2000-\u2006\u2008-\u200A\u2028\u2029\u205F\u3000]+([0-9,.]+)[ \t-\r\u1680\u2000-\u2006\u2008-\u200A\u2028\u2029\u205F\u3000]*[uU][sS][dD]');
            IF m IS NOT NULL THEN
                unit_a := 'u';
                unit_b := 'upto';
                a := '0';
                b := replace(m[1], ',', '');
            ELSE
                m := regexp_match(t, E'[tT][ớỚ][iI][ \t-\r\u1680\u2000-\u2006\u2008-\u200A\u2028\u2029\u205F\u3000]+([0-9,.]+)[ \t-\r\u1680\u2000-\u2006\u2008-\u200A\u2028\u2029\u205F\u3000]*[tT][rR][iI][ệỆ][uU]');
                IF m IS NOT NULL THEN
                    unit_a := 'm';
                    unit_b := 'upto';
                    a := '0';
                    b := replace(m[1], ',', '.');
                ELSE
                    m := regexp_match(t, E'[tT][ừỪ][ \t-\r\u1680\u2000-\u2006\u2008-\u200A\u2028\u2029\u205F\u3000]+([0-9,.]+)[ \t-\r\u1680\u2000-\u2006\u2008-\u200A\u2028\u2029\u205F\u3000]*[tT][rR][iI][ệỆ][uU]');
                    IF m IS NOT NULL THEN
                        unit_a := 'm';
                        unit_b := 'from';
                        a := replace(m[1], ',', '.');
                        b := a;
                    ELSIF strpos(t, '-') = 0 THEN
                        unit_b := 'range';
                        m := regexp_match(t, E'([0-9,.]+)[ \t-\r\u1680\u2000-\u2006\u2008-\u200A\u2028\u2029\u205F\u3000]*[uU][sS][dD]');
                        IF m IS NOT NULL THEN
                            unit_a := 'u';
                            a := replace(m[1], ',', '');
                            b := a;
                        ELSE
                            m := regexp_match(t, E'([0-9,.]+)[ \t-\r\u1680\u2000-\u2006\u2008-\u200A\u2028\u2029\u205F\u3000]*[tT][rR][iI][ệỆ][uU]');
                            unit_a := 'm';
                            a := replace(m[1], ',', '.');
                            b := a;
                        END IF;
                    END IF;
                END IF;
            END IF;
        END IF;
        IF m IS NULL THEN
            RETURN;
        END IF;
        -- What numeric could not read stopped the old pipeline.
        IF length(a) > 1000 OR length(b) > 1000
           OR a !~ '^([0-9]+[.]?[0-9]*|[.][0-9]+)$' OR b !~ '^([0-9]+[.]?[0-9]*|[.][0-9]+)$' THEN
            warning := 'salary_unparsed';
            RETURN;
        END IF;
        salary_type := unit_b;
        salary_min := a;
        salary_max := b;
        IF unit_a = 'u' THEN
            salary_min := salary_min * rate / 1000000;
            salary_max := salary_max * rate / 1000000;
        END IF;
        salary_max := coalesce(nullif(salary_max, 0), salary_min);
        RETURN;
    END IF;

    -- The standard rules. No salary is that long.
    IF octet_length(t) > 1000 THEN
        salary_type := 'unknown';
        warning := 'salary_unparsed';
        RETURN;
    END IF;
    -- A text that is clean already is read as it stands, any other after cleaning.
    FOR i IN 1..2 LOOP
        t := CASE i WHEN 1 THEN lower(salary_text COLLATE "C") ELSE :"staging".plain_text(salary_text) END;
        IF t !~ '[0-9] [0-9]' THEN
            m := regexp_match(replace(t, ' ', ''),
                '^(?:(tới|đến|lênđến|lêntới|upto|tốiđa)|(từ|trên|hơn|from|tốithiểu))?'
                '(usd|us[$]|[$])?([0-9][0-9.,]*)'
                '((?:triệu|trieu|tr|k|nghìn|ngàn)(?:vnđ|vnd|đồng|đ)?|usd|us[$]|[$]|vnđ|vnd|đồng|đ)?'
                '(?:(?:-|đến|tới|to)'
                '(usd|us[$]|[$])?([0-9][0-9.,]*)'
                '((?:triệu|trieu|tr|k|nghìn|ngàn)(?:vnđ|vnd|đồng|đ)?|usd|us[$]|[$]|vnđ|vnd|đồng|đ)?)?'
                '(?:/(?:(tháng|month)|(giờ|h|hour)|(ngày|day)|(tuần|week)|(năm|year)|(sp|sảnphẩm)))?$');
            EXIT WHEN m IS NOT NULL;
        END IF;
    END LOOP;
    IF m IS NULL AND t !~ '[0-9]' THEN
        -- Known words or not, a text without a digit names no amount: negotiable, no warning.
        -- ("Hấp dẫn" and "Theo năng lực" say no more than "Cạnh tranh" does.)
        salary_type := 'negotiable';
        RETURN;
    END IF;

    salary_type := 'unknown';
    warning := 'salary_unparsed';
    IF m IS NULL OR (m[1] IS NOT NULL AND m[7] IS NOT NULL) THEN
        RETURN;
    END IF;
    unit_a := CASE WHEN m[5] IS NULL THEN NULL WHEN m[5] LIKE 'tr%' THEN 'm'
                   WHEN m[5] LIKE 'k%' OR m[5] LIKE 'ng%' THEN 'k'
                   WHEN m[5] LIKE 'us%' OR m[5] = '$' THEN 'u' ELSE 'v' END;
    unit_b := CASE WHEN m[8] IS NULL THEN NULL WHEN m[8] LIKE 'tr%' THEN 'm'
                   WHEN m[8] LIKE 'k%' OR m[8] LIKE 'ng%' THEN 'k'
                   WHEN m[8] LIKE 'us%' OR m[8] = '$' THEN 'u' ELSE 'v' END;
    -- "$" before a number makes it USD, and then also the second bound that bears no unit.
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
        -- "10 - 15 triệu": the unit of the second bound is that of the first, never the other way.
        IF unit_b IS NULL AND unit_a IS NOT NULL THEN RETURN; END IF;
        unit_a := coalesce(unit_a, unit_b);
        IF (unit_a = 'u') <> (unit_b = 'u') THEN RETURN; END IF;
    END IF;
    salary_min := :"staging".salary_number(m[4], coalesce(unit_a, 'v'));
    salary_max := :"staging".salary_number(m[7], coalesce(unit_b, 'v'));
    -- Without any unit only a grouped amount from a million on is VND ("15.000.000"): a bare run
    -- of digits may be a telephone number.
    IF salary_min IS NULL OR (m[7] IS NOT NULL AND salary_max IS NULL)
       OR (unit_a IS NULL AND (salary_min < 1000000 OR salary_max < 1000000
                               OR m[4] !~ '[.,]' OR m[7] !~ '[.,]')) THEN
        salary_min := NULL;
        salary_max := NULL;
        RETURN;
    END IF;
    rate := coalesce(usd_vnd_rate, 25000);
    salary_min := trim_scale(salary_min * CASE unit_a WHEN 'm' THEN 1 WHEN 'k' THEN 0.001
                                          WHEN 'u' THEN rate * 0.000001 ELSE 0.000001 END);
    salary_max := trim_scale(salary_max * CASE unit_b WHEN 'm' THEN 1 WHEN 'k' THEN 0.001
                                          WHEN 'u' THEN rate * 0.000001 ELSE 0.000001 END);
    -- A thousand million million VND is no salary.
    IF salary_min >= 1000000000 OR salary_max >= 1000000000 THEN
        salary_min := NULL;
        salary_max := NULL;
        RETURN;
    END IF;
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
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_parts(text, text, numeric) IS
    'What normalize_salary gives, as one record: call normalize_salary.';

-- Not plpgsql with RETURNS TABLE: a plain SELECT is inlined into the caller's query, where it costs
-- no tuple store a row. OFFSET 0 keeps the planner from calling the
-- parser once a column, and lets it remember the result by text (Memoize).
CREATE OR REPLACE FUNCTION :"staging".normalize_salary(
    salary_text text, rules text DEFAULT 'standard', usd_vnd_rate numeric DEFAULT NULL)
RETURNS TABLE (salary_min numeric, salary_max numeric, salary_type varchar,
               salary_period varchar, warning text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1 AS $etl_body$
    SELECT (s.p).salary_min, (s.p).salary_max, (s.p).salary_type, (s.p).salary_period, (s.p).warning
      FROM (SELECT :"staging".salary_parts(salary_text, rules, usd_vnd_rate) AS p OFFSET 0) s
$etl_body$;
COMMENT ON FUNCTION :"staging".normalize_salary(text, text, numeric) IS
    'Reads a salary text into bounds in million VND, type (negotiable, range, upto, from, unknown), period and warning (salary_unparsed, salary_swapped). rules: standard, or v1 for what the replaced SQL gave. usd_vnd_rate: VND a USD, by default 25000 (v1: 24000). Never fails on a text. Over many rows, call it in LATERAL: the planner then reads each distinct text once.';

-- 4. Deadline.
CREATE OR REPLACE FUNCTION :"staging".deadline_parts(
    deadline text, rules text, OUT days integer, OUT end_of_day timestamptz, OUT warning text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $etl_body$
DECLARE
    t text := deadline;
    m text[];
    d integer;
    mon integer;
    y integer;
BEGIN
    IF t IS NULL THEN
        RETURN;
    END IF;
    -- Most deadlines are "30" or "31/12/2025", clean.
    IF octet_length(t) BETWEEN 1 AND 4 AND translate(t, '0123456789', '') = '' THEN
        days := t;
        IF days > 3650 AND rules IS DISTINCT FROM 'v1' THEN
            days := NULL;
            warning := 'deadline_unparsed';
        END IF;
        RETURN;
    END IF;
    warning := 'deadline_unparsed';
    IF octet_length(t) > 1000 THEN
        RETURN;
    END IF;
    IF rules = 'v1' THEN
        -- (deadline || ' days')::interval took signed whole numbers; what it died of, and the
        -- fractions of a day, are left to the warning.
        m := regexp_match(t, '^ *([+-]?[0-9]{1,7}) *$');
        IF m IS NOT NULL THEN
            days := m[1];
            warning := NULL;
        ELSIF :"staging".plain_text(t) = '' THEN
            warning := NULL;
        END IF;
        RETURN;
    END IF;
    IF octet_length(t) = 10 AND translate(t, '0123456789', '') = '//'
       AND substr(t, 3, 1) = '/' AND substr(t, 6, 1) = '/' THEN
        d := substr(t, 1, 2);
        mon := substr(t, 4, 2);
        y := substr(t, 7, 4);
    ELSE
        t := :"staging".plain_text(t);
        IF t = '' THEN
            warning := NULL;
            RETURN;
        END IF;
        m := regexp_match(t, '^(?:([0-9]+)|(?:còn )?([0-9]+) ?ngày[^0-9]*)$');
        IF m IS NOT NULL THEN
            t := ltrim(coalesce(m[1], m[2]), '0');
            IF length(t) <= 4 AND coalesce(nullif(t, ''), '0')::integer <= 3650 THEN
                days := coalesce(nullif(t, ''), '0');
                warning := NULL;
            END IF;
            RETURN;
        END IF;
        m := regexp_match(t, '^([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})$');
        IF m IS NULL THEN
            m := regexp_match(t, '^([0-9]{4})-([0-9]{2})-([0-9]{2})$');
            IF m IS NULL THEN
                RETURN;
            END IF;
            m := ARRAY[m[3], m[2], m[1]];
        END IF;
        d := m[1];
        mon := m[2];
        y := m[3];
    END IF;
    IF y < 1 OR mon NOT BETWEEN 1 AND 12 OR d < 1
       OR d > (CASE WHEN mon IN (4, 6, 9, 11) THEN 30
                    WHEN mon <> 2 THEN 31
                    WHEN y % 4 = 0 AND (y % 100 <> 0 OR y % 400 = 0) THEN 29
                    ELSE 28 END) THEN
        RETURN;
    END IF;
    end_of_day := make_timestamp(y, mon, d, 23, 59, 59) AT TIME ZONE 'Asia/Ho_Chi_Minh';
    warning := NULL;
END
$etl_body$;
COMMENT ON FUNCTION :"staging".deadline_parts(text, text) IS
    'What a deadline says without its crawl time, days or a date, as one record: call parse_deadline.';

-- The inner part needs the text alone, so that the planner can remember it by text (Memoize). Days
-- are added by way of UTC, where each has 24 hours whatever the session's time zone is.
CREATE OR REPLACE FUNCTION :"staging".parse_deadline(
    deadline text, crawled_at timestamptz, rules text DEFAULT 'standard')
RETURNS TABLE (due_date timestamptz, warning text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1 AS $etl_body$
    SELECT CASE WHEN (s.p).days IS NULL THEN (s.p).end_of_day
                ELSE (crawled_at AT TIME ZONE 'UTC' + (s.p).days * interval '24 hours') AT TIME ZONE 'UTC' END,
           CASE WHEN (s.p).days IS NOT NULL AND crawled_at IS NULL THEN 'deadline_unparsed'
                ELSE (s.p).warning END
      FROM (SELECT :"staging".deadline_parts(deadline, rules) AS p OFFSET 0) s
$etl_body$;
COMMENT ON FUNCTION :"staging".parse_deadline(text, timestamptz, text) IS
    'Reads a deadline into a due date: whole days (0 to 3650) after crawled_at, or the end of a date (d/m/yyyy, yyyy-mm-dd) in Asia/Ho_Chi_Minh. Anything else: NULL and the warning deadline_unparsed; NULL or blank: NULL alone. rules v1 knows only days, signed and without a limit. Never fails on a text.';

CREATE OR REPLACE FUNCTION :"staging".time_remaining(due_date timestamptz, as_of timestamptz)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    -- bigint::text, since text || bigint is only STABLE and would keep this from being inlined
    SELECT CASE
        WHEN due_date <= as_of THEN 'Đã hết thời gian ứng tuyển'
        WHEN NOT isfinite(due_date) OR NOT isfinite(as_of) THEN NULL
        WHEN date_part('epoch', due_date - as_of) >= 86400 THEN
            'Còn ' || floor(date_part('epoch', due_date - as_of) / 86400)::bigint::text || ' ngày để ứng tuyển'
        WHEN date_part('epoch', due_date - as_of) >= 3600 THEN
            'Còn ' || floor(date_part('epoch', due_date - as_of) / 3600)::bigint::text || ' giờ để ứng tuyển'
        WHEN date_part('epoch', due_date - as_of) >= 60 THEN
            'Còn ' || floor(date_part('epoch', due_date - as_of) / 60)::bigint::text || ' phút để ứng tuyển'
        -- the last second is not over: never "0 giây"
        WHEN due_date > as_of THEN
            'Còn ' || greatest(floor(date_part('epoch', due_date - as_of)), 1)::bigint::text || ' giây để ứng tuyển'
    END
$etl_body$;
COMMENT ON FUNCTION :"staging".time_remaining(timestamptz, timestamptz) IS
    'The time left to apply, in words, as of a moment: whole days, below a day hours, then minutes, then seconds; NULL without a due date.';

-- plpgsql, so that this file can be applied before staging_jobs exists.
CREATE OR REPLACE PROCEDURE :"staging".update_deadline(as_of timestamptz DEFAULT now())
LANGUAGE plpgsql AS $etl_body$
BEGIN
    UPDATE :"staging".staging_jobs s
       SET time_remaining = :"staging".time_remaining(s.due_date, update_deadline.as_of)
     WHERE s.time_remaining IS DISTINCT FROM :"staging".time_remaining(s.due_date, update_deadline.as_of);
END
$etl_body$;
COMMENT ON PROCEDURE :"staging".update_deadline(timestamptz) IS
    'Refreshes time_remaining of every staging row as of a moment (by default now), and writes only the rows whose text changes.';
