-- Parses salaries: the functions of the rule set `standard`, and the functions that choose the rule set.

CREATE OR REPLACE FUNCTION :"staging".salary_parts_standard(
    salary_text text, usd_vnd_rate numeric, options jsonb,
    OUT salary_min numeric, OUT salary_max numeric, OUT salary_type varchar, OUT salary_period varchar,
    OUT warning text, OUT salary_monthly_min numeric, OUT salary_monthly_max numeric)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $etl_body$
DECLARE
    -- A longer text has the salary at its beginning, or it is not a salary.
    source text := left(salary_text, :salary_longest);
    m text[];
    lead text[];
    unit_a text;
    unit_b text;
    currency_a text;
    currency_b text;
    period text;
    is_plain boolean;
    is_bare boolean;
BEGIN
    -- 1. A text without a digit has no amount, so the salary is negotiable ("Cạnh tranh", "Hấp dẫn", "Theo năng lực").
    IF salary_text IS NULL OR salary_text !~ '[0-9０-９]' THEN
        salary_type := 'negotiable';
        RETURN;
    END IF;

    -- 2. Match the text. If it does not match, separate the words that a crawler joined ("monthlyBenefits"), and match again.
    salary_type := 'unknown';
    warning := 'salary_unparsed';
    m := :"staging".salary_match(:"staging".salary_marks(source));
    IF (m IS NULL OR :"staging".has_other_meaning(m)) AND source ~ '[a-z][A-Z]' THEN
        m := :"staging".salary_match(:"staging".salary_marks(regexp_replace(source, '([a-z])([A-Z])', '\1 \2', 'g')));
    END IF;
    IF m IS NULL OR :"staging".has_other_meaning(m) THEN
        RETURN;
    END IF;
    -- The limit and the currency before the first number.
    lead := regexp_match(m[1], :salary_lead);
    -- The period is after the first amount, at the end, or before the amounts ("Monthly salary: $500").
    period := coalesce(btrim(m[10]), m[5], substring(m[1] FROM '[OHDQYP]'));
    IF m[5] <> period THEN
        RETURN;
    END IF;

    -- 3. The currencies. The currency of one bound is also that of the other.
    currency_a := coalesce(m[4], lead[2]);
    currency_b := coalesce(m[9], m[6]);
    IF m[4] <> lead[2] OR m[9] <> m[6] THEN RETURN; END IF;
    IF m[7] IS NOT NULL THEN
        -- "1,000 USD - 1,500" may have another currency in its second bound, unless the first one has a unit in front.
        IF m[4] IS NOT NULL AND currency_b IS NULL AND lead[2] IS NULL AND m[8] IS NULL THEN RETURN; END IF;
        IF currency_a <> currency_b THEN RETURN; END IF;
        -- A million without a currency is VND ("10 triệu - 1,000 USD").
        IF m[3] = 'M' AND currency_a IS NULL AND currency_b <> 'V' AND m[8] IS DISTINCT FROM 'M' THEN RETURN; END IF;
        currency_b := coalesce(currency_b, currency_a);
        currency_a := coalesce(currency_a, currency_b);
    END IF;

    -- 4. The units. The first bound takes the unit of the second bound ("10 - 15 triệu"), but not the other way round.
    unit_a := m[3];
    unit_b := m[8];
    IF m[7] IS NOT NULL THEN
        IF unit_a IS NOT NULL AND unit_b IS NULL AND currency_b IS NULL THEN RETURN; END IF;
        -- The exception is "800 - 1.5k USD". Of VND, fewer than a thousand are no pay, so "260 - 92k" is a range in the wrong order.
        IF unit_a IS NULL AND NOT (coalesce(unit_b, '') = 'K' AND coalesce(currency_b, 'V') <> 'V'
                                   AND length(split_part(translate(m[2], ',', '.'), '.', 1)) >= 3
                                   AND length(split_part(translate(m[7], ',', '.'), '.', 1)) < 3) THEN
            unit_a := unit_b;
        END IF;
    END IF;
    is_bare := currency_a IS NULL AND unit_a IS NULL AND unit_b IS NULL;
    -- Before "triệu", and before "k" with a currency ("1.250k USD"), a separator is a decimal mark.
    is_plain := unit_b = 'M' OR unit_a = 'M' OR (currency_a <> 'V' AND coalesce(unit_b, unit_a) = 'K');
    salary_min := :"staging".salary_number(m[2], CASE WHEN is_plain THEN 'm' END);
    salary_max := :"staging".salary_number(m[7], CASE WHEN is_plain THEN 'm' END);
    IF salary_min IS NULL OR (m[7] IS NOT NULL AND salary_max IS NULL) THEN
        salary_min := NULL;
        salary_max := NULL;
        RETURN;
    END IF;

    -- 5. A bound of zero is absent. A single amount is both bounds, unless a word says which one it is.
    IF m[7] IS NULL THEN
        unit_b := unit_a;
        currency_b := currency_a;
        salary_max := salary_min;
        IF lead[1] = '<' OR (lead[1] IS NULL AND m[12] ~ :salary_upto) THEN
            salary_min := NULL;
        ELSIF lead[1] = '>' OR m[12] ~ :salary_from THEN
            salary_max := NULL;
        END IF;
    END IF;
    salary_min := nullif(salary_min, 0);
    salary_max := nullif(salary_max, 0);
    IF salary_min IS NULL AND salary_max IS NULL THEN
        salary_type := 'negotiable';
        warning := NULL;
        RETURN;
    END IF;

    -- 6. A number without a unit and a currency is read by its size. It may as well be a year or a telephone number, so nothing
    -- but words about pay may be beside it, unless it is grouped as millions ("15.000.000"). "Up to 2k" for a month is USD too, because two thousand VND is not a salary.
    warning := NULL;
    IF is_bare THEN
        IF (m[1] ~ '[a-z]' AND m[1] !~ :salary_pay)
           OR (m[12] !~ :salary_after_bare AND m[2] !~ :salary_millions)
           OR m[2] ~ '^0[0-9]' OR m[7] ~ '^0[0-9]' THEN
            currency_a := NULL;
        ELSIF coalesce(salary_min, salary_max) BETWEEN :assumed_usd_min AND :assumed_usd_max
              AND coalesce(salary_max, salary_min) BETWEEN :assumed_usd_min AND :assumed_usd_max THEN
            currency_a := 'U';
        ELSIF salary_min < :assumed_vnd_min OR salary_max < :assumed_vnd_min THEN
            currency_a := NULL;
        ELSE
            currency_a := 'V';
        END IF;
        IF currency_a IS NULL THEN
            salary_min := NULL;
            salary_max := NULL;
            warning := 'salary_unparsed';
            RETURN;
        END IF;
        currency_b := currency_a;
        warning := 'salary_currency_assumed';
    ELSIF currency_a IS NULL AND unit_a = 'K' AND unit_b = 'K' AND coalesce(period, 'O') = 'O'
          AND 1000 * coalesce(salary_min, salary_max) BETWEEN :assumed_usd_min AND :assumed_usd_max
          AND 1000 * coalesce(salary_max, salary_min) BETWEEN :assumed_usd_min AND :assumed_usd_max THEN
        currency_a := 'U';
        currency_b := 'U';
        warning := 'salary_currency_assumed';
    END IF;
    salary_min := :"staging".in_million_vnd(salary_min, unit_a, currency_a, usd_vnd_rate, options);
    salary_max := :"staging".in_million_vnd(salary_max, unit_b, currency_b, usd_vnd_rate, options);
    IF salary_min > salary_max THEN
        SELECT salary_max, salary_min INTO salary_min, salary_max;
        warning := coalesce(warning, 'salary_swapped');
    END IF;

    -- 7. Period, type, and the pay for a month. A product has no month, so only its upper limit is compared.
    salary_period := CASE period WHEN 'H' THEN 'hour' WHEN 'D' THEN 'day' WHEN 'Q' THEN 'week' WHEN 'Y' THEN 'year'
                                 WHEN 'P' THEN 'product' ELSE 'month' END;
    salary_type := CASE WHEN salary_min IS NULL THEN 'upto' WHEN salary_max IS NULL THEN 'from' ELSE 'range' END;
    salary_monthly_min := :"staging".salary_monthly(salary_min, salary_period, options);
    salary_monthly_max := :"staging".salary_monthly(salary_max, salary_period, options);
    IF coalesce(salary_monthly_min, salary_monthly_max) < :"staging".salary_option(options, 'plausible_min')
       OR coalesce(salary_monthly_max, salary_monthly_min, salary_max, salary_min)
          > :"staging".salary_option(options, 'plausible_max') THEN
        salary_min := NULL;
        salary_max := NULL;
        salary_monthly_min := NULL;
        salary_monthly_max := NULL;
        salary_period := NULL;
        salary_type := 'unknown';
        warning := 'salary_implausible';
    END IF;
END
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_parts_standard(text, numeric, jsonb) IS
    'Parses a salary under the rule set standard, and returns one record. Call normalize_salary instead.';

CREATE OR REPLACE FUNCTION :"staging".salary_parts(
    salary_text text, rules text, usd_vnd_rate numeric, options jsonb,
    OUT salary_min numeric, OUT salary_max numeric, OUT salary_type varchar, OUT salary_period varchar,
    OUT warning text, OUT salary_monthly_min numeric, OUT salary_monthly_max numeric)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $etl_body$
DECLARE
    shape text;
    low text;
    high text;
    is_read boolean := false;
    parts record;
BEGIN
    IF rules = 'v1' THEN
        parts := :"staging".salary_parts_v1(salary_text, usd_vnd_rate);
        salary_min := parts.salary_min;
        salary_max := parts.salary_max;
        salary_type := parts.salary_type;
        warning := parts.warning;
        RETURN;
    END IF;
    -- The most frequent texts. Nine texts in ten return here, before the first regular expression.
    IF salary_text IS NULL OR salary_text = '' OR salary_text = 'Thoả thuận' THEN
        salary_type := 'negotiable';
        RETURN;
    END IF;
    -- Example: "10 - 15 triệu". Without its digits, the text is ' -  triệu', and its first and third word are numbers.
    IF octet_length(salary_text) < 40 THEN
        shape := translate(salary_text, '0123456789.', '');
        IF shape = ' -  triệu' THEN
            low := split_part(salary_text, ' ', 1);
            high := split_part(salary_text, ' ', 3);
            is_read := salary_text = low || ' - ' || high || ' triệu';
            salary_type := 'range';
        ELSIF shape = 'Tới  triệu' OR shape = 'Từ  triệu' OR shape = 'Trên  triệu' THEN
            low := split_part(salary_text, ' ', 2);
            high := low;
            is_read := salary_text = split_part(shape, ' ', 1) || ' ' || low || ' triệu';
            salary_type := CASE shape WHEN 'Tới  triệu' THEN 'upto' ELSE 'from' END;
        ELSIF shape = ' Tr -  Tr VND' THEN
            low := split_part(salary_text, ' ', 1);
            high := split_part(salary_text, ' ', 4);
            is_read := salary_text = low || ' Tr - ' || high || ' Tr VND';
            salary_type := 'range';
        END IF;
        IF is_read AND low <> '' AND high <> '' AND length(low) < 10 AND length(high) < 10
           AND (strpos(salary_text, '.') = 0
                OR low || ' ' || high ~ '^[0-9]{1,8}([.][0-9]{1,8})? [0-9]{1,8}([.][0-9]{1,8})?$') THEN
            salary_min := trim_scale(low::numeric);
            salary_max := trim_scale(high::numeric);
            -- These numbers are plausible and in order. Other numbers need the steps of salary_parts_standard.
            IF salary_min <= salary_max AND salary_min > 0
               AND salary_min >= :"staging".salary_option(options, 'plausible_min')
               AND salary_max <= :"staging".salary_option(options, 'plausible_max') THEN
                salary_period := 'month';
                IF salary_type = 'upto' THEN
                    salary_min := NULL;
                ELSIF salary_type = 'from' THEN
                    salary_max := NULL;
                END IF;
                salary_monthly_min := salary_min;
                salary_monthly_max := salary_max;
                RETURN;
            END IF;
        END IF;
    END IF;
    parts := :"staging".salary_parts_standard(salary_text, usd_vnd_rate, options);
    salary_min := parts.salary_min;
    salary_max := parts.salary_max;
    salary_type := parts.salary_type;
    salary_period := parts.salary_period;
    warning := parts.warning;
    salary_monthly_min := parts.salary_monthly_min;
    salary_monthly_max := parts.salary_monthly_max;
END
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_parts(text, text, numeric, jsonb) IS
    'Parses a salary under one of the rule sets, and returns one record. Call normalize_salary instead.';

-- A function of one plain SELECT, because PostgreSQL inlines it into the query of the caller. A function in plpgsql would fill
-- a tuple store for every row. With OFFSET 0, the planner calls salary_parts once and not once for each column, and it can keep
-- the result for each text (Memoize).
CREATE OR REPLACE FUNCTION :"staging".normalize_salary(
    salary_text text, rules text DEFAULT 'standard', usd_vnd_rate numeric DEFAULT NULL, options jsonb DEFAULT NULL)
RETURNS TABLE (salary_min numeric, salary_max numeric, salary_type varchar, salary_period varchar, warning text,
               salary_monthly_min numeric, salary_monthly_max numeric)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1 AS $etl_body$
    SELECT (s.p).salary_min, (s.p).salary_max, (s.p).salary_type, (s.p).salary_period, (s.p).warning,
           (s.p).salary_monthly_min, (s.p).salary_monthly_max
      FROM (SELECT :"staging".salary_parts(salary_text, rules, usd_vnd_rate, options) AS p OFFSET 0) s
$etl_body$;
COMMENT ON FUNCTION :"staging".normalize_salary(text, text, numeric, jsonb) IS
    'Parses a salary and returns its bounds in million VND, its type (negotiable, range, upto, from, unknown), its period, a warning (salary_unparsed, salary_implausible, salary_currency_assumed, salary_swapped), and its bounds for a month in million VND. rules: standard, or v1 for the results of the Python pipeline, which have no bounds for a month. usd_vnd_rate: VND for one USD, by default :usd_vnd_rate (v1: :python_usd_vnd_rate). options: eur_vnd_rate, jpy_vnd_rate, sgd_vnd_rate, krw_vnd_rate, month_days, month_hours, plausible_min, plausible_max; salary_option lists the defaults. No text raises an error. For many rows, call the function in a LATERAL join, because the planner then parses each distinct text once.';
