-- Salaries and deadlines as the Python pipeline read them, defects included: the rule set `v1`.

-- The letters of the patterns are given in both cases and white space is a class of code points, because what `\s` and a
-- case-insensitive match accept depends on the locale of the database. A no-break space (U+00A0) is not in the class.
CREATE OR REPLACE FUNCTION :"staging".v1_match(source text, pattern text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT regexp_match(source, replace(pattern, ' ', E'[ \t-\r\u1680\u2000-\u2006\u2008-\u200A\u2028\u2029\u205F\u3000]'))
$etl_body$;
COMMENT ON FUNCTION :"staging".v1_match(text, text) IS
    'regexp_match with a pattern in which a space means any white space.';

CREATE OR REPLACE FUNCTION :"staging".salary_parts_v1(
    salary_text text, usd_vnd_rate numeric,
    OUT salary_min numeric, OUT salary_max numeric, OUT salary_type varchar,
    OUT salary_period varchar, OUT warning text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $etl_body$
DECLARE
    -- What a text means, its unit, and how it is written. The first pattern that matches decides.
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
        -- A single amount is not looked for in a text with a hyphen.
        CONTINUE WHEN form[1] = 'amount' AND strpos(salary_text, '-') > 0;
        bounds := :"staging".v1_match(salary_text, form[3]);
        EXIT WHEN bounds IS NOT NULL;
    END LOOP;
    IF bounds IS NULL THEN
        RETURN;
    END IF;
    -- A comma groups thousands in USD, and is a decimal mark in million VND.
    low := replace(bounds[1], ',', CASE form[2] WHEN 'usd' THEN '' ELSE '.' END);
    high := replace(bounds[2], ',', CASE form[2] WHEN 'usd' THEN '' ELSE '.' END);
    IF form[1] = 'upto' THEN
        high := low;
        low := '0';
    END IF;
    high := coalesce(high, low);
    -- The Python pipeline stopped at a text that numeric cannot read.
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
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_parts_v1(text, numeric) IS
    'A salary under the rule set v1, as one record: call normalize_salary.';

-- The Python pipeline cast (deadline || ' days') to an interval: signed whole numbers. A text that stopped it, and a
-- fraction of a day, get a warning instead.
CREATE OR REPLACE FUNCTION :"staging".deadline_parts_v1(
    deadline text, OUT days integer, OUT end_of_day timestamptz, OUT warning text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $etl_body$
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
    ELSIF :"staging".plain_text(deadline) <> '' THEN
        warning := 'deadline_unparsed';
    END IF;
END
$etl_body$;
COMMENT ON FUNCTION :"staging".deadline_parts_v1(text) IS
    'A deadline under the rule set v1, as one record: call parse_deadline.';
