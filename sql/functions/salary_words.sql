-- Reads the words of a salary: currencies, units, periods and limits, in Vietnamese and English.

-- Phrases of several words, and the word that means the same. A replacement without a pattern is fast.
CREATE OR REPLACE FUNCTION :"staging".salary_phrases(folded text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $etl_body$
DECLARE
    phrases CONSTANT text[] := ARRAY[
        ['up to', 'upto'], ['len den', 'upto'], ['len toi', 'upto'], ['toi da', 'upto'], ['khong qua', 'upto'],
        ['cao nhat', 'upto'], ['luong up ', 'luong upto '], ['nhap up ', 'nhap upto '], ['less than', 'upto'],
        ['toi thieu', 'from'], ['it nhat', 'from'], ['thap nhat', 'from'],
        ['at least', 'from'], ['more than', 'from'], ['starting at', 'from'], ['starting from', 'from'],
        ['san pham', 'sp'], ['don hang', 'sp'], ['p.a', 'annual'], ['truoc thue', 'gross'], ['sau thue', 'gross'],
        ['before tax', 'gross'], ['after tax', 'gross'], ['pre-tax', 'gross'], ['pre tax', 'gross'], ['thuc nhan', 'gross'],
        ['thuc linh', 'gross'], ['do la my', 'usd'], ['do la', 'usd'], ['do my', 'usd'], ['us dollar', 'dollar'],
        ['viet nam dong', 'vnd'], ['vn d', 'vnd'], ['usd$', '$'], ['usd $', '$'], ['us$', '$'], ['us $', '$'], ['u$', '$'],
        ['s$', ' sgd ']];
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
    SELECT CASE
        WHEN word IN ('thang', 'th', 'month', 'months', 'mth', 'mths', 'mo', 'mon', 'm') THEN 'O'
        WHEN word IN ('gio', 'h', 'hr', 'hrs', 'hour', 'hours', 'tieng') THEN 'H'
        WHEN word IN ('ngay', 'day', 'days', 'd', 'cong') THEN 'D'
        WHEN word IN ('tuan', 'week', 'weeks', 'wk', 'wks') THEN 'Q'
        WHEN word IN ('nam', 'year', 'years', 'yr', 'yrs', 'y', 'annum') THEN 'Y'
        WHEN word IN ('sp', 'don', 'cai', 'chiec', 'product', 'products', 'piece', 'pieces', 'pcs', 'item', 'items') THEN 'P' END
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_period_mark(text) IS
    'The mark of a period (O month, H hour, D day, Q week, Y year, P product) for the word after "/" or "per". NULL for any other word.';

CREATE OR REPLACE FUNCTION :"staging".salary_unit_mark(word text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT CASE
        WHEN word IN ('trieu', 'tr', 'm', 'mil', 'mill', 'million', 'millions', 'mio', 'mn') THEN 'M'
        WHEN word IN ('k', 'nghin', 'ngan', 'thousand', 'thousands') THEN 'K'
        WHEN word IN ('ty', 'ti', 'b', 'bn', 'billion', 'billions') THEN 'B'
        WHEN word = 'd' THEN 'V'
        WHEN word = 'do' THEN 'U'
        WHEN word IN ('trd', 'trvnd', 'mvnd', 'trieud', 'trieuvnd', 'trieudong') THEN 'MV'
        WHEN word IN ('kd', 'kvnd', 'nghind', 'ngand', 'nghindong', 'ngandong') THEN 'KV'
        WHEN word = 'kusd' THEN 'KU'
        WHEN word = 'musd' THEN 'MU' END
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_unit_mark(text) IS
    'The mark of a unit (M million, K thousand, B billion, with the mark of a currency that is joined to it) for the word after a number. NULL for any other word.';

CREATE OR REPLACE FUNCTION :"staging".salary_word_mark(word text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT CASE
        WHEN word IN ('$', 'usd', 'dollar', 'dollars') THEN 'U'
        WHEN word IN ('₫', 'vnd', 'dong') THEN 'V'
        WHEN word IN ('€', 'eur', 'euro', 'euros') THEN 'E'
        WHEN word IN ('¥', '￥', 'jpy', 'yen') THEN 'J'
        WHEN word = 'sgd' THEN 'S'
        WHEN word IN ('₩', '￦', 'krw', 'won') THEN 'W'
        WHEN word IN ('upto', 'toi', 'den', 'max', 'maximum', 'duoi', 'under', 'below', '<', '≤') THEN '<'
        WHEN word IN ('from', 'tu', 'tren', 'hon', 'min', 'minimum', 'over', 'above', '>', '≥') THEN '>'
        WHEN word = 'monthly' THEN 'O'
        WHEN word = 'hourly' THEN 'H'
        WHEN word = 'daily' THEN 'D'
        WHEN word = 'weekly' THEN 'Q'
        WHEN word IN ('yearly', 'annual', 'annually') THEN 'Y'
        -- Ignored words.
        WHEN word IN ('gross', 'net', 'nett', 'khoang', 'tam', 'approx', 'approximately', 'about', 'around', '=') THEN '' END
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
        IF last_word IN ('/', 'per', 'moi', 'mot', 'a', 'an', 'hang', 'each', 'theo', '1', '01') THEN
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
            ELSIF beside IN ('tr', 'k') AND word ~ '^[0-9]{1,3}$' THEN
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
        marked := regexp_replace(marked, '[[(][ /,+-]*[])]', ' ', 'g');
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
    SELECT regexp_match(marked,
        '^([^0-9]*)'
        '([0-9]+(?:[.,][0-9]+)*)(?: ?([MK]))?(?: ?([UVEJSW]))?[)]?(?: ?([OHDQYP]))?'
        '(?: ?(?:-+>?|<|to|va|and|&)(?: ?(?:-+|[<>]|to))? ?([UVEJSW])? ?'
        '([0-9]+(?:[.,][0-9]+)*)(?: ?([MK]))?(?: ?([UVEJSW]))?)?'
        '[*.)]*( ?[OHDQYP])?([ *.,;:!)]*)(.*)$')
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_match(text) IS
    'The parts of a salary, from the result of salary_marks. NULL when the text has no digit.';

-- Only the beginning of a long text names the pay, so what follows must not change its meaning.
CREATE OR REPLACE FUNCTION :"staging".has_other_meaning(parts text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT parts[1] <> '' AND (
        -- A sign before the number ("-5 triệu", "- 15 triệu"), or another currency ("A$500").
        parts[1] ~ '[-+.,/$£%a-zB][UVEJSW]?$|^[^a-z<>]*-|[$£]'
        -- Money that is not pay.
        OR parts[1] ~ '(?<![a-z])(?:bonus|thuong(?! luong)|sign-?on|phu cap|tro cap|hoa hong|commission|allowance|doanh (?:thu|so)|revenue|raised|funding|von|insurance|bao hiem)(?![a-z])'
           AND parts[1] !~ '(?<![a-z])(?:(?<!thuong )luong|salary|thu nhap|income|pay|wage|compensation|comp|offer)(?![a-z])')
        OR parts[12] <> '' AND (
        -- A letter or a digit that is joined to the amount ("$2BKobiton", "1e3 triệu"), an unknown period ("/ca"), another
        -- currency or a larger unit.
        parts[11] !~ '[ *;:!)]' AND parts[10] IS NULL AND parts[12] ~ '^[a-z0-9A-Z]'
        OR parts[12] ~ '^(?:[%£]|B|(?:gbp|pounds?|aud|cny|rmb|ndt|nhan dan te|thb|baht|twd|ntd|hkd|cad|chf|inr|myr|php|idr|rub)(?![a-z]))'
        OR parts[10] IS NULL AND parts[12] ~ '^/(?! ?(?:(?:t|th|tha|than)?[.…]*$|>|tai|khong|quan|nhan|di |co ))'
        OR parts[11] !~ '[,.;:!] ' AND parts[12] ~ '^-* ?[UVEJSW]?[0-9]'
        -- A second amount, unless the period or "+" ends the first one.
        OR parts[10] IS NULL AND parts[12] !~ '^[+]' AND parts[12] ~ '[0-9] ?[MKUVEJSW](?![a-z])|[UVEJSW] ?[0-9]')
$etl_body$;
COMMENT ON FUNCTION :"staging".has_other_meaning(text[]) IS
    'Whether the words around an amount, from the result of salary_match, say that the amount is not the salary.';
