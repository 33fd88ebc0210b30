-- Reads the words of a salary: currencies, units, periods and limits, in Vietnamese and English. The words and the patterns are
-- in phases/kernels/src/salary, because the kernels in Rust read the same words.

-- Phrases of several words, and the word that means the same. A replacement without a pattern is fast.
CREATE OR REPLACE FUNCTION :"staging".salary_phrases(folded text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $etl_body$
DECLARE
    phrases CONSTANT text[] := ARRAY[:salary_phrases];
    phrase text[];
BEGIN
    FOREACH phrase SLICE 1 IN ARRAY phrases LOOP
        folded := replace(folded, phrase[1], phrase[2]);
    END LOOP;
    RETURN folded;
END
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_phrases(text) IS
    'Replaces phrases in a salary by one word. Example: "len den 20 trieu" has the result "upto 20 trieu".';

CREATE OR REPLACE FUNCTION :"staging".salary_period_mark(word text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT CASE :salary_periods END
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_period_mark(text) IS
    'The mark of a period (O month, H hour, D day, Q week, Y year, P product) for the word after "/" or "per". NULL for any other word.';

CREATE OR REPLACE FUNCTION :"staging".salary_unit_mark(word text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT CASE :salary_units END
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_unit_mark(text) IS
    'The mark of a unit (M million, K thousand, B billion, with the mark of a currency that is joined to it) for the word after a number. NULL for any other word.';

CREATE OR REPLACE FUNCTION :"staging".salary_word_mark(word text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT CASE :salary_signs END
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_word_mark(text) IS
    'The mark of a currency (U USD, V VND, E EUR, J JPY, S SGD, W KRW), of a limit (< up to, > from) or of a period, wherever the word is. Empty for a word that is ignored, such as gross. NULL for any other word.';

-- Steps for "Từ 10 đến 15 triệu/tháng": fold it, replace phrases, cut it into words, numbers and signs, and replace each of them
-- by its mark. A unit must follow a number. A period must follow "/" or a word such as "per".
CREATE OR REPLACE FUNCTION :"staging".salary_marks(source text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $etl_body$
DECLARE
    marked text := '';
    -- What `marked` was before the last word, that word, and the sign or word before this one, which may be a space.
    earlier text := '';
    last_word text := '';
    beside text := '';
    word text;
    mark text;
    has_ignored boolean := false;
BEGIN
    -- "~" before the first number means about. Between two numbers it is a dash.
    FOREACH word IN ARRAY string_to_array(regexp_replace(
        :"staging".salary_phrases(:"staging".folded_text(ltrim(source, ' ~≈'))),
        '[a-z]+|[0-9]+(?:[.,][0-9]+)*|.', E'\\&\x01', 'g'), E'\x01') LOOP
        IF word = ' ' OR word = '' THEN
            marked := marked || word;
            beside := ' ';
            CONTINUE;
        END IF;
        mark := NULL;
        IF last_word IN (:salary_per) THEN
            mark := :"staging".salary_period_mark(word);
            -- "10 triệu 1 tháng" and "10 triệu/1 năm", but not "10 triệu, 1 năm kinh nghiệm".
            IF mark IS NOT NULL AND last_word IN ('1', '01')
               AND strpos(CASE WHEN mark IN ('Y', 'Q') THEN '/' ELSE '/MKUVEJSW' END, right(' ' || rtrim(earlier, ' '), 1)) = 0 THEN
                mark := NULL;
            END IF;
            IF mark IS NOT NULL THEN
                marked := rtrim(earlier, ' /');
            END IF;
        END IF;
        IF mark IS NULL AND strpos('0123456789MK', right(rtrim(marked, ' (+'), 1)) > 0 AND marked <> '' THEN
            mark := :"staging".salary_unit_mark(word);
            IF mark IS NOT NULL THEN
                marked := rtrim(marked, ' (+');
                -- "35-55M triệu".
                IF right(marked, 1) = mark THEN
                    mark := '';
                END IF;
            ELSIF beside = ' ' AND word ~ '^[0-9]{3}$' AND last_word ~ '^[0-9]+$' THEN
                -- Spaces between groups of thousands ("10 000 000").
                marked := rtrim(marked, ' ');
            ELSIF beside IN (:salary_fraction_units) AND word ~ '^[0-9]{1,3}$' THEN
                -- A fraction after the unit ("12tr5", "1k5").
                mark := '.' || word || right(marked, 1);
                marked := left(marked, -1);
            END IF;
        END IF;
        -- In "A$500", the sign is another currency.
        IF mark IS NULL AND NOT (word = '$' AND right(marked, 1) ~ '[a-z]') THEN
            mark := :"staging".salary_word_mark(word);
            IF mark IN ('U', 'V', 'E', 'J', 'S', 'W') AND right(rtrim(marked, ' '), 1) = mark THEN
                mark := '';
            END IF;
            has_ignored := has_ignored OR mark = '';
        END IF;
        earlier := marked;
        marked := marked || coalesce(mark, word);
        last_word := word;
        beside := word;
    END LOOP;
    -- Brackets that contain only ignored words.
    IF has_ignored THEN
        marked := regexp_replace(marked, :salary_empty_brackets, ' ', 'g');
    END IF;
    RETURN btrim(regexp_replace(marked, ' +', ' ', 'g'));
END
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_marks(text) IS
    'Replaces the words of a salary by marks. Example: "Từ 10 đến 15 triệu/tháng" has the result "> 10 < 15MO".';

-- The parts of the match: 1 the words before the first digit; 2 number, 3 unit, 4 currency and 5 period of the first amount;
-- 6 the currency before the second amount, 7 its number, 8 its unit, 9 its currency; 10 the period; 11 the space before
-- the words that follow; 12 these words.
CREATE OR REPLACE FUNCTION :"staging".salary_match(marked text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT regexp_match(marked, :salary_amounts)
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_match(text) IS
    'The parts of a salary, from the result of salary_marks. NULL when the text has no digit.';

-- Only the beginning of a long text names the pay, so what follows must not change its meaning.
CREATE OR REPLACE FUNCTION :"staging".has_other_meaning(parts text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT parts[1] <> '' AND (
        -- A sign before the number ("-5 triệu", "- 15 triệu"), or another currency ("A$500").
        parts[1] ~ :salary_sign_before
        -- Money that is not pay.
        OR parts[1] ~ :salary_other_money
           AND parts[1] !~ :salary_pay_itself)
        OR parts[12] <> '' AND (
        -- A letter or a digit that is joined to the amount ("$2BKobiton", "1e3 triệu"), an unknown period ("/ca"), another
        -- currency or a larger unit.
        parts[11] !~ '[ *;:!)]' AND parts[10] IS NULL AND parts[12] ~ '^[a-z0-9A-Z]'
        OR parts[12] ~ :salary_other_currency
        OR parts[10] IS NULL AND parts[12] ~ :salary_other_period
        OR parts[11] !~ '[,.;:!] ' AND parts[12] ~ :salary_number_after
        -- A second amount, unless the period or "+" ends the first one.
        OR parts[10] IS NULL AND parts[12] !~ '^[+]' AND parts[12] ~ :salary_amount_after)
$etl_body$;
COMMENT ON FUNCTION :"staging".has_other_meaning(text[]) IS
    'Whether the words around an amount, from the result of salary_match, say that the amount is not the salary.';
