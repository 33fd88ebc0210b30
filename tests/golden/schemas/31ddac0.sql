-- The staging schema as jobinsight 31ddac0 created it, with the rows of one run, from pg_dump --no-owner --no-acl --inserts.
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
    AS $_$
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
        ELSIF "jobinsight_staging".plain_text(t) = '' THEN
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
        t := "jobinsight_staging".plain_text(t);
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
$_$;
COMMENT ON FUNCTION jobinsight_staging.deadline_parts(deadline text, rules text, OUT days integer, OUT end_of_day timestamp with time zone, OUT warning text) IS 'What a deadline says without its crawl time, days or a date, as one record: call parse_deadline.';
CREATE FUNCTION jobinsight_staging.normalize_salary(salary_text text, rules text DEFAULT 'standard'::text, usd_vnd_rate numeric DEFAULT NULL::numeric) RETURNS TABLE(salary_min numeric, salary_max numeric, salary_type character varying, salary_period character varying, warning text)
    LANGUAGE sql IMMUTABLE ROWS 1 PARALLEL SAFE
    AS $$
    SELECT (s.p).salary_min, (s.p).salary_max, (s.p).salary_type, (s.p).salary_period, (s.p).warning
      FROM (SELECT "jobinsight_staging".salary_parts(salary_text, rules, usd_vnd_rate) AS p OFFSET 0) s
$$;
COMMENT ON FUNCTION jobinsight_staging.normalize_salary(salary_text text, rules text, usd_vnd_rate numeric) IS 'Reads a salary text into bounds in million VND, type (negotiable, range, upto, from, unknown), period and warning (salary_unparsed, salary_swapped). rules: standard, or v1 for what the replaced SQL gave. usd_vnd_rate: VND a USD, by default 25000 (v1: 24000). Never fails on a text. Over many rows, call it in LATERAL: the planner then reads each distinct text once.';
CREATE FUNCTION jobinsight_staging.parse_deadline(deadline text, crawled_at timestamp with time zone, rules text DEFAULT 'standard'::text) RETURNS TABLE(due_date timestamp with time zone, warning text)
    LANGUAGE sql IMMUTABLE ROWS 1 PARALLEL SAFE
    AS $$
    SELECT CASE WHEN (s.p).days IS NULL THEN (s.p).end_of_day
                ELSE (crawled_at AT TIME ZONE 'UTC' + (s.p).days * interval '24 hours') AT TIME ZONE 'UTC' END,
           CASE WHEN (s.p).days IS NOT NULL AND crawled_at IS NULL THEN 'deadline_unparsed'
                ELSE (s.p).warning END
      FROM (SELECT "jobinsight_staging".deadline_parts(deadline, rules) AS p OFFSET 0) s
$$;
COMMENT ON FUNCTION jobinsight_staging.parse_deadline(deadline text, crawled_at timestamp with time zone, rules text) IS 'Reads a deadline into a due date: whole days (0 to 3650) after crawled_at, or the end of a date (d/m/yyyy, yyyy-mm-dd) in Asia/Ho_Chi_Minh. Anything else: NULL and the warning deadline_unparsed; NULL or blank: NULL alone. rules v1 knows only days, signed and without a limit. Never fails on a text.';
CREATE FUNCTION jobinsight_staging.plain_text(source text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
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
$$;
COMMENT ON FUNCTION jobinsight_staging.plain_text(source text) IS 'A short text made comparable: NFC, lower case, one kind of space and dash, ASCII digits, nothing invisible.';
CREATE FUNCTION jobinsight_staging.salary_number(digits text, unit text) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
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
$_$;
COMMENT ON FUNCTION jobinsight_staging.salary_number(digits text, unit text) IS 'The number that digits and separators spell before a unit (m: million, k: thousand, v: VND, u: USD); NULL when they spell none.';
CREATE FUNCTION jobinsight_staging.salary_parts(salary_text text, rules text, usd_vnd_rate numeric, OUT salary_min numeric, OUT salary_max numeric, OUT salary_type character varying, OUT salary_period character varying, OUT warning text) RETURNS record
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
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
        t := CASE i WHEN 1 THEN lower(salary_text COLLATE "C") ELSE "jobinsight_staging".plain_text(salary_text) END;
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
    salary_min := "jobinsight_staging".salary_number(m[4], coalesce(unit_a, 'v'));
    salary_max := "jobinsight_staging".salary_number(m[7], coalesce(unit_b, 'v'));
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
$_$;
COMMENT ON FUNCTION jobinsight_staging.salary_parts(salary_text text, rules text, usd_vnd_rate numeric, OUT salary_min numeric, OUT salary_max numeric, OUT salary_type character varying, OUT salary_period character varying, OUT warning text) IS 'What normalize_salary gives, as one record: call normalize_salary.';
CREATE FUNCTION jobinsight_staging.time_remaining(due_date timestamp with time zone, as_of timestamp with time zone) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
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
$$;
COMMENT ON FUNCTION jobinsight_staging.time_remaining(due_date timestamp with time zone, as_of timestamp with time zone) IS 'The time left to apply, in words, as of a moment: whole days, below a day hours, then minutes, then seconds; NULL without a due date.';
CREATE PROCEDURE jobinsight_staging.update_deadline(IN as_of timestamp with time zone DEFAULT now())
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE "jobinsight_staging".staging_jobs s
       SET time_remaining = "jobinsight_staging".time_remaining(s.due_date, update_deadline.as_of)
     WHERE s.time_remaining IS DISTINCT FROM "jobinsight_staging".time_remaining(s.due_date, update_deadline.as_of);
END
$$;
COMMENT ON PROCEDURE jobinsight_staging.update_deadline(IN as_of timestamp with time zone) IS 'Refreshes time_remaining of every staging row as of a moment (by default now), and writes only the rows whose text changes.';
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
    CONSTRAINT etl_batches_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'claimed'::text, 'done'::text, 'failed'::text, 'superseded'::text])))
);
COMMENT ON COLUMN jobinsight_staging.etl_batches.spilled_to IS 'host:file that holds the batch as it was when it failed: a retry goes on with it';
COMMENT ON COLUMN jobinsight_staging.etl_batches.first_block IS 'The batch is a range of the raw table''s blocks, from this one; NULL: its rows stand in etl_work';
COMMENT ON COLUMN jobinsight_staging.etl_batches.end_block IS 'The first block behind the range';
COMMENT ON COLUMN jobinsight_staging.etl_batches.is_new IS 'Planned while staging and rejects were empty';
COMMENT ON COLUMN jobinsight_staging.etl_batches.warnings IS '{field: {kind: rows}} of the rows that it published or found the same; NULL: none';
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
    counted bigint
);
COMMENT ON COLUMN jobinsight_staging.etl_plans.rows_unfinished IS 'Rows that runs before published which did not end well: the quality gate judges them, too; NULL until a row is rejected';
COMMENT ON COLUMN jobinsight_staging.etl_plans.refreshed_as_of IS 'As of when time_remaining is true of all rows';
COMMENT ON COLUMN jobinsight_staging.etl_plans.known_xid IS 'The oldest transaction that was not over before the run looked for work: what older ones wrote, it saw';
COMMENT ON COLUMN jobinsight_staging.etl_plans.bound_to IS 'What known_xid is bound to: server, database, raw table, staging table''s file, rule set';
COMMENT ON COLUMN jobinsight_staging.etl_plans.compared_all IS 'All raw rows were compared, not only those of a window or as many as a limit';
COMMENT ON COLUMN jobinsight_staging.etl_plans.counted IS 'Raw rows when the work was planned; raw has those that were loaded';
CREATE TABLE jobinsight_staging.etl_rejects (
    job_id text NOT NULL,
    source_hash bigint NOT NULL,
    rule_set text NOT NULL,
    phase text NOT NULL,
    field text NOT NULL,
    reason text NOT NULL,
    value text,
    run_id uuid NOT NULL,
    rejected_at timestamp with time zone DEFAULT now() NOT NULL
);
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
    CONSTRAINT etl_runs_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'failed'::text, 'abandoned'::text, 'refused'::text])))
);
COMMENT ON COLUMN jobinsight_staging.etl_runs.attempt IS 'How often it was begun: a retry goes on with the same run';
COMMENT ON COLUMN jobinsight_staging.etl_runs.settings IS 'The settings that decide the content: a retry under others plans anew';
COMMENT ON COLUMN jobinsight_staging.etl_runs.retry_of IS 'The run whose retry had to plan anew';
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
COMMENT ON TABLE jobinsight_staging.staging_jobs IS 'Clean job postings, one row a posting, each written once and whole';
COMMENT ON COLUMN jobinsight_staging.staging_jobs.processed_to_dwh IS 'Set by the warehouse''s loader; false again on exactly the rows that change';
COMMENT ON COLUMN jobinsight_staging.staging_jobs.source_hash IS 'Fingerprint of the raw row that this row was made from';
COMMENT ON COLUMN jobinsight_staging.staging_jobs.rule_set IS 'The rules that this row was made by';
INSERT INTO jobinsight_staging.etl_batches VALUES ('01a229d7-9e93-715b-9cf5-ea7064a160b3', 1, 5, 'standard/25000', 'done', 'vm/10154/0', '2026-11-30 00:25:26.549103+00', '2026-11-30 00:25:26.571802+00', 3, 0, 0, 2, 0, '01a229d7-9e95-71bb-ab37-be6db51e4baa', NULL, NULL, NULL, NULL, NULL, NULL, true, '{"salary": {"salary_unparsed": 1}, "deadline": {"deadline_unparsed": 1}}');
INSERT INTO jobinsight_staging.etl_deadlines VALUES ('10', 10, NULL, NULL);
INSERT INTO jobinsight_staging.etl_deadlines VALUES ('', NULL, NULL, NULL);
INSERT INTO jobinsight_staging.etl_deadlines VALUES ('30', 30, NULL, NULL);
INSERT INTO jobinsight_staging.etl_deadlines VALUES ('31/02/2026', NULL, NULL, 'deadline_unparsed');
INSERT INTO jobinsight_staging.etl_deadlines VALUES ('22/02/2026', NULL, '2026-02-22 16:59:59+00', NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (1, '2026-11-30 00:25:26.504392+00', '01a229d7-9e93-715b-9cf5-ea7064a160b3', 1, 'run begins', NULL, NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (2, '2026-11-30 00:25:26.50984+00', '01a229d7-9e93-715b-9cf5-ea7064a160b3', 1, 'phase done', 'schema_setup', NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (3, '2026-11-30 00:25:26.510263+00', '01a229d7-9e93-715b-9cf5-ea7064a160b3', 1, 'phase running', 'sql_procedures', NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (4, '2026-11-30 00:25:26.546138+00', '01a229d7-9e93-715b-9cf5-ea7064a160b3', 1, 'phase done', 'sql_procedures', NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (5, '2026-11-30 00:25:26.546526+00', '01a229d7-9e93-715b-9cf5-ea7064a160b3', 1, 'phase running', 'data_loading', NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (6, '2026-11-30 00:25:26.546868+00', '01a229d7-9e93-715b-9cf5-ea7064a160b3', 1, 'phase running', 'data_processing', NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (7, '2026-11-30 00:25:26.547208+00', '01a229d7-9e93-715b-9cf5-ea7064a160b3', 1, 'phase running', 'data_saving', NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (8, '2026-11-30 00:25:26.586536+00', '01a229d7-9e93-715b-9cf5-ea7064a160b3', 1, 'phase done', 'data_loading', NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (9, '2026-11-30 00:25:26.586883+00', '01a229d7-9e93-715b-9cf5-ea7064a160b3', 1, 'phase done', 'data_processing', NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (10, '2026-11-30 00:25:26.587218+00', '01a229d7-9e93-715b-9cf5-ea7064a160b3', 1, 'phase done', 'data_saving', NULL, NULL);
INSERT INTO jobinsight_staging.etl_events OVERRIDING SYSTEM VALUE VALUES (11, '2026-11-30 00:25:26.59368+00', '01a229d7-9e93-715b-9cf5-ea7064a160b3', 1, 'run done', NULL, NULL, '5 raw rows: 3 new, 0 updated, 0 unchanged, 2 rejected');
INSERT INTO jobinsight_staging.etl_phases VALUES ('01a229d7-9e93-715b-9cf5-ea7064a160b3', 1, 0, 'schema_setup', 'done', NULL, '2026-11-30 00:25:26.5097+00', '{"name": "schema_setup", "cpu_s": 0.001, "busy_s": 0.001, "status": "done", "wall_s": 0.035, "retries": 0, "rows_in": 2, "rejected": 0, "rows_out": 2, "duration_s": 0.035, "rss_peak_mb": 16.4, "rss_after_mb": 16.4, "rss_before_mb": 15.8}');
INSERT INTO jobinsight_staging.etl_phases VALUES ('01a229d7-9e93-715b-9cf5-ea7064a160b3', 1, 1, 'sql_procedures', 'done', NULL, '2026-11-30 00:25:26.546128+00', '{"name": "sql_procedures", "cpu_s": 0.001, "busy_s": 0.001, "status": "done", "wall_s": 0.033, "retries": 0, "rows_in": 5, "rejected": 0, "rows_out": 5, "duration_s": 0.032, "rss_peak_mb": 16.5, "rss_after_mb": 16.5, "rss_before_mb": 16.4}');
INSERT INTO jobinsight_staging.etl_phases VALUES ('01a229d7-9e93-715b-9cf5-ea7064a160b3', 1, 2, 'data_loading', 'done', NULL, '2026-11-30 00:25:26.586525+00', '{"name": "data_loading", "cpu_s": 0.0, "busy_s": 0.0, "status": "done", "wall_s": 0.006, "retries": 0, "rows_in": 5, "rejected": 0, "rows_out": 5, "duration_s": 0.006, "rss_peak_mb": 18.1, "rss_after_mb": 18.1, "rss_before_mb": 16.5}');
INSERT INTO jobinsight_staging.etl_phases VALUES ('01a229d7-9e93-715b-9cf5-ea7064a160b3', 1, 3, 'data_processing', 'done', NULL, '2026-11-30 00:25:26.586878+00', '{"name": "data_processing", "cpu_s": 0.0, "busy_s": 0.0, "status": "done", "wall_s": 0.001, "retries": 0, "rows_in": 5, "rejected": 2, "rows_out": 3, "duration_s": 0.001, "rss_peak_mb": 17.9, "rss_after_mb": 17.9, "rss_before_mb": 16.9}');
INSERT INTO jobinsight_staging.etl_phases VALUES ('01a229d7-9e93-715b-9cf5-ea7064a160b3', 1, 4, 'data_saving', 'done', NULL, '2026-11-30 00:25:26.587213+00', '{"name": "data_saving", "cpu_s": 0.001, "busy_s": 0.001, "status": "done", "wall_s": 0.026, "retries": 0, "rows_in": 3, "rejected": 0, "rows_out": 3, "duration_s": 0.026, "rss_peak_mb": 18.1, "rss_after_mb": 18.1, "rss_before_mb": 17.9}');
INSERT INTO jobinsight_staging.etl_plans VALUES ('01a229d7-9e93-715b-9cf5-ea7064a160b3', '2026-11-30 00:25:26.538445+00', 5, 5, 0, 0, 0, 1, 2, 0, 0, '2026-01-16 00:00:00+00', 840, '7713753791394427172/16857/16858/16875/standard/25000', true, 5);
INSERT INTO jobinsight_staging.etl_rejects VALUES ('3', 3115307726494258746, 'standard/25000', 'data_processing', 'location', 'too_long', 'Hà Nội, Đà Nẵng, An Giang, Thanh Hóa, Nghệ An, Hà Tĩnh, Bắc Ninh, Đồng Nai, Cà Mau, Phú Thọ, Hà Nam, Ninh Bình, Hải Phòng, Gia Lai, Hồ Chí Minh, Vĩnh Long, Lai Châu, Lào Cai, Đồng Tháp, Quảng Trị, Hưng Yên, Tây Ninh, Điện Biên, Sơn La, Bắc Giang, Cần Thơ, Quảng Ninh, Lâm Đồng', '01a229d7-9e93-715b-9cf5-ea7064a160b3', '2026-11-30 00:25:26.552741+00');
INSERT INTO jobinsight_staging.etl_rejects VALUES ('4', 5112790688814592884, 'standard/25000', 'data_processing', 'title', 'title_missing', ' ', '01a229d7-9e93-715b-9cf5-ea7064a160b3', '2026-11-30 00:25:26.552741+00');
INSERT INTO jobinsight_staging.etl_runs VALUES ('01a229d7-9e93-715b-9cf5-ea7064a160b3', '2026-11-30 00:25:26.50367+00', '2026-11-30 00:25:26.593566+00', 'done', 'vm', 10154, NULL, '5 raw rows: 3 new, 0 updated, 0 unchanged, 2 rejected', '{"notes": [], "rules": "standard", "stats": {"new": 3, "left": 0, "updated": 0, "rejected": 2, "unchanged": 0, "batch_count": 1, "success_rate": 60.0, "failure_count": 2, "success_count": 3, "total_records": 5, "duration_seconds": 0.169, "processed_records": 5}, "phases": [{"name": "schema_setup", "cpu_s": 0.001, "busy_s": 0.001, "status": "done", "wall_s": 0.035, "retries": 0, "rows_in": 2, "rejected": 0, "rows_out": 2, "duration_s": 0.035, "rss_peak_mb": 16.4, "rss_after_mb": 16.4, "rss_before_mb": 15.8}, {"name": "sql_procedures", "cpu_s": 0.001, "busy_s": 0.001, "status": "done", "wall_s": 0.033, "retries": 0, "rows_in": 5, "rejected": 0, "rows_out": 5, "duration_s": 0.032, "rss_peak_mb": 16.5, "rss_after_mb": 16.5, "rss_before_mb": 16.4}, {"name": "data_loading", "cpu_s": 0.0, "busy_s": 0.0, "status": "done", "wall_s": 0.006, "retries": 0, "rows_in": 5, "rejected": 0, "rows_out": 5, "duration_s": 0.006, "rss_peak_mb": 18.1, "rss_after_mb": 18.1, "rss_before_mb": 16.5}, {"name": "data_processing", "cpu_s": 0.0, "busy_s": 0.0, "status": "done", "wall_s": 0.001, "retries": 0, "rows_in": 5, "rejected": 2, "rows_out": 3, "duration_s": 0.001, "rss_peak_mb": 17.9, "rss_after_mb": 17.9, "rss_before_mb": 16.9}, {"name": "data_saving", "cpu_s": 0.001, "busy_s": 0.001, "status": "done", "wall_s": 0.026, "retries": 0, "rows_in": 3, "rejected": 0, "rows_out": 3, "duration_s": 0.026, "rss_peak_mb": 18.1, "rss_after_mb": 18.1, "rss_before_mb": 17.9}], "run_id": "01a229d7-9e93-715b-9cf5-ea7064a160b3", "attempt": 1, "message": "5 raw rows: 3 new, 0 updated, 0 unchanged, 2 rejected", "success": true, "warnings": {"salary": {"salary_unparsed": 1}, "deadline": {"deadline_unparsed": 1}}, "schema_version": 2}', 1, '2026-01-16 00:00:00+00', '{"rules": "standard", "pipeline": ["schema_setup", "sql_procedures", "data_loading", "data_processing", "data_saving"], "raw.table": "raw_jobs", "raw.schema": "public", "staging.schema": "jobinsight_staging", "phases.schema_setup.read_only": false, "phases.sql_procedures.compare_all": false, "phases.sql_procedures.ranges_from": 50000, "phases.sql_procedures.window_days": null, "phases.sql_procedures.usd_vnd_rate": 25000.0, "phases.sql_procedures.refresh_time_remaining": true}', NULL);
INSERT INTO jobinsight_staging.etl_salaries VALUES ('nhiều lắm 7x7', NULL, NULL, 'unknown', NULL, 'salary_unparsed');
INSERT INTO jobinsight_staging.etl_salaries VALUES ('', NULL, NULL, 'negotiable', NULL, NULL);
INSERT INTO jobinsight_staging.etl_salaries VALUES ('1,000 - 2,000 USD', 25, 50, 'range', 'month', NULL);
INSERT INTO jobinsight_staging.etl_salaries VALUES ('10 - 15 triệu', 10, 15, 'range', 'month', NULL);
INSERT INTO jobinsight_staging.etl_salaries VALUES ('Thỏa thuận', NULL, NULL, 'negotiable', NULL, NULL);
INSERT INTO jobinsight_staging.etl_scripts VALUES ('sql/schema_staging.sql', '88529dfe41c3379440e958de89cee0de1dac9ab8de48064774f03b08767b8d6a', '2026-11-30 00:25:26.479032+00');
INSERT INTO jobinsight_staging.etl_scripts VALUES ('sql/stored_procedures.sql', '6d64aec9aec8e0a0079d5c61829faa916e3dd1c97d6495393b262913a1ae2978', '2026-11-30 00:25:26.479032+00');
INSERT INTO jobinsight_staging.etl_workers VALUES ('01a229d7-9e95-71bb-ab37-be6db51e4baa', '01a229d7-9e93-715b-9cf5-ea7064a160b3', 'jobinsight 01a229d7-9e93-715b-9cf5-ea7064a160b3 b51e4baa', 'vm', 10154, 10162, '2026-11-30 00:25:26.504093+00', '2026-11-30 00:25:26.504093+00', '2026-11-30 00:25:26.593976+00');
INSERT INTO jobinsight_staging.staging_jobs VALUES ('1', 'Kế Toán Trưởng', 'Kế Toán Trưởng', NULL, 'Công ty TNHH Minh Long', 'Công ty TNHH Minh Long', NULL, '10 - 15 triệu', 10, 15, 'range', '["Excel"]', 'Hà Nội', 'Hà Nội: 12 Trần Phú', '["Hà Nội: 12 Trần Phú"]', '30', NULL, NULL, NULL, '2026-01-10 01:00:00+00', '2026-01-15 01:00:00+00', '2026-02-14 01:00:00+00', 'Còn 29 ngày để ứng tuyển', false, 4115158225837340134, '2026-01-16 00:00:00+00', '01a229d7-9e93-715b-9cf5-ea7064a160b3', 'month', '{VN-HN}', '{}', 'standard/25000');
INSERT INTO jobinsight_staging.staging_jobs VALUES ('2', '[Hà Nội] Lái Xe - Lương 20 Triệu', 'Lái Xe', NULL, 'CTCP An Bình', 'Công ty Cổ phần An Bình', NULL, '1,000 - 2,000 USD', 25, 50, 'range', NULL, 'Hà Nội, Huế, Đà Nẵng', 'Hà Nội: 1 Hàng Bài
Huế: 2 Lê Lợi
Đà Nẵng: 3 Bạch Đằng', '["Hà Nội: 1 Hàng Bài", "Huế: 2 Lê Lợi", "Đà Nẵng: 3 Bạch Đằng"]', '22/02/2026', NULL, NULL, NULL, NULL, '2026-01-15 01:00:00+00', '2026-02-22 16:59:59+00', 'Còn 37 ngày để ứng tuyển', false, -5166292413679064137, '2026-01-16 00:00:00+00', '01a229d7-9e93-715b-9cf5-ea7064a160b3', 'month', '{VN-HN,VN-26,VN-DN}', '{}', 'standard/25000');
INSERT INTO jobinsight_staging.staging_jobs VALUES ('5', 'Thợ Hàn', 'Thợ Hàn', NULL, NULL, NULL, NULL, 'nhiều lắm 7x7', NULL, NULL, 'unknown', NULL, 'Huế', NULL, '[]', '31/02/2026', NULL, NULL, NULL, NULL, '2026-01-15 01:00:00+00', NULL, NULL, false, 8162838598958474756, '2026-01-16 00:00:00+00', '01a229d7-9e93-715b-9cf5-ea7064a160b3', NULL, '{VN-26}', '{salary_unparsed,deadline_unparsed}', 'standard/25000');
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
