-- Parses salaries: the functions of the rule set `standard`, and the functions that choose the rule set.

CREATE OR REPLACE FUNCTION :"staging".salary_number(digits text, unit text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
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
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_number(text, text) IS
    'The number that a text of digits and separators means before a unit (m: million, k: thousand, v: VND, u: USD). NULL when the text is not a number.';

CREATE OR REPLACE FUNCTION :"staging".salary_unit(word text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT CASE WHEN word IS NULL THEN NULL
                WHEN word LIKE 'tr%' THEN 'm'
                WHEN word LIKE 'k%' OR word LIKE 'ng%' THEN 'k'
                WHEN word LIKE 'us%' OR word = '$' THEN 'u'
                ELSE 'v' END
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_unit(text) IS
    'The unit for the word after an amount (m: million, k: thousand, v: VND, u: USD). NULL when there is no word.';

CREATE OR REPLACE FUNCTION :"staging".in_million_vnd(amount numeric, unit text, usd_vnd_rate numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT trim_scale(amount * CASE unit WHEN 'm' THEN 1
                                         WHEN 'k' THEN 0.001
                                         WHEN 'u' THEN coalesce(usd_vnd_rate, 25000) * 0.000001
                                         ELSE 0.000001 END)
$etl_body$;
COMMENT ON FUNCTION :"staging".in_million_vnd(numeric, text, numeric) IS
    'Converts an amount in a unit (m: million, k: thousand, v or NULL: VND, u: USD) to million VND.';

-- The groups of the match: 1 "up to", 2 "from"; 3 USD sign, 4 number and 5 unit of the first amount; 6, 7 and 8 the same
-- of the second amount; 9 month, 10 hour, 11 day, 12 week, 13 year, 14 product.
CREATE OR REPLACE FUNCTION :"staging".salary_match(source text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
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
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_match(text) IS
    'The parts of a salary in lower case: bounds, units and period. NULL when the text is not one of the known forms.';

CREATE OR REPLACE FUNCTION :"staging".salary_parts_standard(
    salary_text text, usd_vnd_rate numeric,
    OUT salary_min numeric, OUT salary_max numeric, OUT salary_type varchar,
    OUT salary_period varchar, OUT warning text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $etl_body$
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
    m := :"staging".salary_match(lower(salary_text COLLATE "C"));
    IF m IS NULL THEN
        m := :"staging".salary_match(:"staging".plain_text(salary_text));
    END IF;
    IF m IS NULL THEN
        -- A text without a digit has no amount, so the salary is negotiable ("Cạnh tranh", "Hấp dẫn", "Theo năng lực").
        IF :"staging".plain_text(salary_text) !~ '[0-9]' THEN
            salary_type := 'negotiable';
            warning := NULL;
        END IF;
        RETURN;
    END IF;
    IF m[1] IS NOT NULL AND m[7] IS NOT NULL THEN
        RETURN;
    END IF;

    -- 3. The units. "$" before a number means USD. The second bound is then USD as well, unless it has a unit.
    unit_a := :"staging".salary_unit(m[5]);
    unit_b := :"staging".salary_unit(m[8]);
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
    salary_min := :"staging".salary_number(m[4], coalesce(unit_a, 'v'));
    salary_max := :"staging".salary_number(m[7], coalesce(unit_b, 'v'));
    -- Without a unit, only a grouped amount of at least one million is VND ("15.000.000"), because plain digits may be a
    -- telephone number.
    IF salary_min IS NULL OR (m[7] IS NOT NULL AND salary_max IS NULL)
       OR (unit_a IS NULL AND (salary_min < 1000000 OR salary_max < 1000000
                               OR m[4] !~ '[.,]' OR m[7] !~ '[.,]')) THEN
        salary_min := NULL;
        salary_max := NULL;
        RETURN;
    END IF;
    salary_min := :"staging".in_million_vnd(salary_min, unit_a, usd_vnd_rate);
    salary_max := :"staging".in_million_vnd(salary_max, unit_b, usd_vnd_rate);
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
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_parts_standard(text, numeric) IS
    'Parses a salary under the rule set standard, and returns one record. Call normalize_salary instead.';

CREATE OR REPLACE FUNCTION :"staging".salary_parts(
    salary_text text, rules text, usd_vnd_rate numeric,
    OUT salary_min numeric, OUT salary_max numeric, OUT salary_type varchar,
    OUT salary_period varchar, OUT warning text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $etl_body$
DECLARE
    parts record;
BEGIN
    IF rules = 'v1' THEN
        parts := :"staging".salary_parts_v1(salary_text, usd_vnd_rate);
    ELSE
        parts := :"staging".salary_parts_standard(salary_text, usd_vnd_rate);
    END IF;
    salary_min := parts.salary_min;
    salary_max := parts.salary_max;
    salary_type := parts.salary_type;
    salary_period := parts.salary_period;
    warning := parts.warning;
END
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_parts(text, text, numeric) IS
    'Parses a salary under one of the rule sets, and returns one record. Call normalize_salary instead.';

-- A function of one plain SELECT, because PostgreSQL inlines it into the query of the caller. A function in plpgsql would fill
-- a tuple store for every row. With OFFSET 0, the planner calls salary_parts once and not once for each column, and it can keep
-- the result for each text (Memoize).
CREATE OR REPLACE FUNCTION :"staging".normalize_salary(
    salary_text text, rules text DEFAULT 'standard', usd_vnd_rate numeric DEFAULT NULL)
RETURNS TABLE (salary_min numeric, salary_max numeric, salary_type varchar,
               salary_period varchar, warning text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1 AS $etl_body$
    SELECT (s.p).salary_min, (s.p).salary_max, (s.p).salary_type, (s.p).salary_period, (s.p).warning
      FROM (SELECT :"staging".salary_parts(salary_text, rules, usd_vnd_rate) AS p OFFSET 0) s
$etl_body$;
COMMENT ON FUNCTION :"staging".normalize_salary(text, text, numeric) IS
    'Parses a salary and returns its bounds in million VND, its type (negotiable, range, upto, from, unknown), its period and a warning (salary_unparsed, salary_swapped). rules: standard, or v1 for the results of the Python pipeline. usd_vnd_rate: VND for one USD, by default 25000 (v1: 24000). No text raises an error. For many rows, call the function in a LATERAL join, because the planner then parses each distinct text once.';
