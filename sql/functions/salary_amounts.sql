-- Computes the amounts of a salary: numbers, exchange rates, and the pay for a month.

CREATE OR REPLACE FUNCTION :"staging".salary_number(digits text, unit text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT CASE
        WHEN length(digits) > :number_longest THEN NULL
        WHEN digits ~ :salary_digits THEN digits::numeric
        -- Before "triệu", a separator is always a decimal mark.
        WHEN unit = 'm' THEN
            CASE WHEN digits ~ :salary_decimal THEN replace(digits, ',', '.')::numeric END
        -- Before another unit, three digits after a separator are a group of thousands.
        WHEN digits ~ :salary_comma_groups THEN replace(digits, ',', '')::numeric
        WHEN digits ~ :salary_point_groups THEN
            replace(replace(digits, '.', ''), ',', '.')::numeric
        WHEN digits ~ :salary_short_decimal THEN replace(digits, ',', '.')::numeric
    END
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_number(text, text) IS
    'The number that a text of digits and separators means. Before the unit m (million), a separator is a decimal mark; before any other unit, three digits after it are a group of thousands. NULL when the text is not a number.';

CREATE OR REPLACE FUNCTION :"staging".salary_option(options jsonb, name text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT CASE WHEN jsonb_typeof(options -> name) = 'number' AND (options ->> name)::numeric BETWEEN 0 AND :largest_option
                THEN (options ->> name)::numeric
                ELSE CASE name :salary_defaults END END
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_option(jsonb, text) IS
    'One option of normalize_salary. An option that is missing, or is not a number from 0 to :largest_option, has its default: :salary_options_in_words. A rate is VND for one unit, a plausible bound is million VND for a month.';

CREATE OR REPLACE FUNCTION :"staging".in_million_vnd(
    amount numeric, unit text, currency text, usd_vnd_rate numeric, options jsonb) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT trim_scale(amount
        * CASE unit WHEN 'M' THEN 1 WHEN 'K' THEN 0.001 ELSE 0.000001 END
        * CASE currency WHEN 'U' THEN coalesce(usd_vnd_rate, :usd_vnd_rate)
                        WHEN 'E' THEN :"staging".salary_option(options, 'eur_vnd_rate')
                        WHEN 'J' THEN :"staging".salary_option(options, 'jpy_vnd_rate')
                        WHEN 'S' THEN :"staging".salary_option(options, 'sgd_vnd_rate')
                        WHEN 'W' THEN :"staging".salary_option(options, 'krw_vnd_rate')
                        ELSE 1 END)
$etl_body$;
COMMENT ON FUNCTION :"staging".in_million_vnd(numeric, text, text, numeric, jsonb) IS
    'Converts an amount in a unit (M: million, K: thousand, NULL: one) of a currency (U: USD, E: EUR, J: JPY, S: SGD, W: KRW, V or NULL: VND) to million VND.';

CREATE OR REPLACE FUNCTION :"staging".salary_monthly(amount numeric, period text, options jsonb) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT CASE period
        WHEN 'month' THEN amount
        WHEN 'hour' THEN trim_scale(round(amount * :"staging".salary_option(options, 'month_hours'), 6))
        WHEN 'day' THEN trim_scale(round(amount * :"staging".salary_option(options, 'month_days'), 6))
        WHEN 'week' THEN trim_scale(round(amount * 52 / 12, 6))
        WHEN 'year' THEN trim_scale(round(amount / 12, 6)) END
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_monthly(numeric, text, jsonb) IS
    'Converts an amount for a period (hour, day, week, month, year) to an amount for a month, with at most six decimals. NULL for pay per product.';

-- The name of a rule set has the rate of the USD and the other options after its slash, if they are not the default:
-- "standard@1a2b3c4d/25000,month_days=24".
CREATE OR REPLACE FUNCTION :"staging".salary_rate(rule_set text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT nullif(split_part(split_part(rule_set, '/', 2), ',', 1), '')::numeric
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_rate(text) IS
    'VND for one USD, from the name of a rule set. Example: "standard@1a2b3c4d/25000,month_days=24" has the result 25000.';

CREATE OR REPLACE FUNCTION :"staging".salary_options(rule_set text) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT jsonb_object_agg(split_part(term, '=', 1), split_part(term, '=', 2)::numeric)
      FROM unnest(string_to_array(split_part(rule_set, '/', 2), ',')) WITH ORDINALITY AS terms (term, n)
     WHERE n > 1
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_options(text) IS
    'The options of normalize_salary, from the name of a rule set. NULL when all options are the default. Example: "standard@1a2b3c4d/25000,month_days=24" has the result {"month_days": 24}.';
