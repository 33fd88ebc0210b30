-- Parses salaries and deadlines under the rule set `v1`: as the Python pipeline did, with its defects.

-- The patterns have each letter in both cases, and white space is a class of code points. The reason is that the meaning of
-- `\s` and of a case-insensitive match depends on the locale of the database.
CREATE OR REPLACE FUNCTION :"staging".v1_match(source text, pattern text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT regexp_match(source, replace(pattern, ' ', :python_space))
$etl_body$;
COMMENT ON FUNCTION :"staging".v1_match(text, text) IS
    'regexp_match with a pattern in which a space means any white space.';

CREATE OR REPLACE FUNCTION :"staging".salary_parts_v1(
    salary_text text, usd_vnd_rate numeric,
    OUT salary_min numeric, OUT salary_max numeric, OUT salary_type varchar,
    OUT salary_period varchar, OUT warning text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $etl_body$
DECLARE
    -- The type of the salary, its unit, and the pattern of the text. The first pattern that matches decides.
    form text[];
    forms CONSTANT text[] := ARRAY[:python_forms];
    bounds text[];
    low text;
    high text;
BEGIN
    salary_type := 'negotiable';
    salary_min := 0;
    salary_max := 0;
    IF octet_length(salary_text) > :python_salary_longest THEN
        warning := 'salary_unparsed';
        RETURN;
    END IF;
    FOREACH form SLICE 1 IN ARRAY forms LOOP
        -- The Python pipeline did not search a text with a hyphen for a single amount.
        CONTINUE WHEN form[1] = 'amount' AND strpos(salary_text, '-') > 0;
        bounds := :"staging".v1_match(salary_text, form[3]);
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
    IF length(low) > :python_number_longest OR length(high) > :python_number_longest
       OR low !~ '^([0-9]+[.]?[0-9]*|[.][0-9]+)$' OR high !~ '^([0-9]+[.]?[0-9]*|[.][0-9]+)$' THEN
        warning := 'salary_unparsed';
        RETURN;
    END IF;
    salary_type := CASE form[1] WHEN 'amount' THEN 'range' ELSE form[1] END;
    salary_min := low;
    salary_max := high;
    IF form[2] = 'usd' THEN
        salary_min := salary_min * coalesce(usd_vnd_rate, :python_usd_vnd_rate) / 1000000;
        salary_max := salary_max * coalesce(usd_vnd_rate, :python_usd_vnd_rate) / 1000000;
    END IF;
    salary_max := coalesce(nullif(salary_max, 0), salary_min);
END
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_parts_v1(text, numeric) IS
    'Parses a salary under the rule set v1, and returns one record. Call normalize_salary instead.';

-- The Python pipeline cast (deadline || ' days') to an interval. This function accepts whole numbers with a sign. It returns a
-- warning for a fraction of a day, and for a text on which the Python pipeline failed.
CREATE OR REPLACE FUNCTION :"staging".deadline_parts_v1(
    deadline text, OUT days integer, OUT end_of_day timestamptz, OUT warning text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $etl_body$
DECLARE
    number text[];
BEGIN
    IF octet_length(deadline) > :deadline_longest THEN
        warning := 'deadline_unparsed';
        RETURN;
    END IF;
    number := regexp_match(deadline, :python_days);
    IF number IS NOT NULL THEN
        days := number[1];
    ELSIF :"staging".plain_text(deadline) <> '' THEN
        warning := 'deadline_unparsed';
    END IF;
END
$etl_body$;
COMMENT ON FUNCTION :"staging".deadline_parts_v1(text) IS
    'Parses a deadline under the rule set v1, and returns one record. Call parse_deadline instead.';
