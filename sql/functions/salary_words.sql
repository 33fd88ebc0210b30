-- Reads the words of a salary: currencies, units, periods and limits, in Vietnamese and English.

-- One row for each kind of word. A pattern sees the text in lower case, without accents, and with single spaces. A capital
-- letter of the text is therefore always the mark of a word that an earlier row has read.
CREATE OR REPLACE FUNCTION :"staging".salary_word_patterns() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT ARRAY[
        -- Ignored: gross, net and about, and the brackets that contain nothing else.
        ['(?<![a-z.])(?:gross|nett?|(?:truoc|sau) thue|(?:before|after|pre-?)[ -]?tax|thuc (?:nhan|linh))(?![a-z])', ' '],
        ['(?<![a-z])(?:khoang|tam|approx(?:imately)?|about|around)(?![a-z])[.]?', ' '],
        ['[[(][ /,+-]*[])]', ' '],
        -- Numbers: spaces between groups of thousands ("10 000 000"), and a fraction after the unit ("12tr5", "1k5").
        ['(?<=[0-9]) (?=[0-9]{3}(?![0-9]))', ''],
        ['(?<=[0-9])(tr|k)([0-9]{1,3})(?![0-9a-z.,])', '.\2\1'],
        -- Units: M million, K thousand, B billion. A unit follows a number, and may be joined to a currency ("20trđ").
        ['(?<=[0-9]) ?[(]?(?:trieu|tr|millions?|mill?|mio|mn|m)[)]?(?=[^a-z]|$|(?:vnd?|d|dong|usd|us|eur|jpy|sgd|krw)(?![a-z]))', 'M'],
        ['(?<=[0-9]) ?[(]?(?:k|nghin|ngan|thousands?)[)]?(?=[^a-z]|$|(?:vnd?|d|dong|usd|us|eur|jpy|sgd|krw)(?![a-z]))', 'K'],
        ['(?<=[0-9]) ?(?:ty|ti|billions?|bn|b)(?![a-z])', 'B'],
        -- Currencies: S SGD, U USD, E EUR, J JPY, W KRW, V VND.
        ['(?<![a-z])(?:sgd|s ?[$])(?: ?sgd)?', 'S'],
        ['(?<![a-z])(?:(?:usd|us|u)? ?[$](?: ?usd(?![a-z]))?|(?:usd|us dollars?|dollars?|do la(?: my)?|do my)(?![a-z])|(?<=[0-9MK]) ?do(?![a-z]))', 'U'],
        ['€(?: ?eur(?![a-z]))?|(?<![a-z])(?:eur|euros?)(?![a-z])', 'E'],
        ['(?<![a-z])(?:jpy|jp)? ?[¥￥]|(?<![a-z])(?:jpy|yen(?: nhat)?)(?![a-z])', 'J'],
        ['[₩￦]|(?<![a-z])(?:krw|won)(?![a-z])', 'W'],
        ['(?<![a-z])(?:vn)? ?₫(?: ?vnd(?![a-z]))?|(?<![a-z])(?:vnd|vn d|viet nam dong|dong)(?![a-z])|(?<=[0-9MK]) ?d(?![a-z])', 'V'],
        -- Periods: P product, H hour, D day, Q week, Y year, O month.
        [' ?/+ ?(?:0?1 )?(?:san pham|sp|don hang|don|cai|chiec|products?|pieces?|pcs|items?)(?![a-z])|(?<![a-z0-9])(?:per|moi|mot|an?|each|theo) (?:san pham|sp|product|piece)(?![a-z])', 'P'],
        [' ?/+ ?(?:0?1 )?(?:gio|h|hrs?|hours?|tieng)(?![a-z])| ?(?<![a-z0-9])(?:per|moi|mot|an?|each|theo|1) (?:gio|hrs?|hour)(?![a-z])| ?(?<![a-z])hourly(?![a-z])', 'H'],
        [' ?/+ ?(?:0?1 )?(?:ngay|days?|d|cong)(?![a-z])| ?(?<![a-z0-9])(?:per|moi|mot|an?|each|theo|1) (?:ngay|day)(?![a-z])| ?(?<![a-z])daily(?![a-z])', 'D'],
        [' ?/+ ?(?:0?1 )?(?:tuan|weeks?|wks?)(?![a-z])| ?(?<![a-z0-9])(?:per|moi|mot|an?|hang|each|theo|1) (?:tuan|week|wk)(?![a-z])| ?(?<![a-z])weekly(?![a-z])', 'Q'],
        [' ?/+ ?(?:0?1 )?(?:nam|years?|yrs?|y|annum)(?![a-z])| ?(?<![a-z0-9])(?:per|moi|mot|an?|hang|each|theo|1) (?:nam|year|yr|annum)(?![a-z])| ?(?<![a-z])(?:yearly|annual(?:ly)?|p[.]a[.]?)(?![a-z])', 'Y'],
        [' ?/+ ?(?:0?1 )?(?:thang|th|months?|mths?|mon?|m)(?![a-z])| ?(?<![a-z0-9])(?:per|moi|mot|an?|hang|each|theo|1) (?:thang|month|mth)(?![a-z])| ?(?<![a-z])monthly(?![a-z])', 'O'],
        -- Limits: > from, < up to.
        ['(?<![a-z])(?:toi thieu|tu|tren|hon|from|min(?:imum)?|over|above|more than|at least|it nhat|thap nhat|starting (?:at|from))(?![a-z])[.]?|>=?|≥', '>'],
        ['(?<![a-z])(?:toi da|(?:len )?(?:toi|den)|up ?to|max(?:imum)?|duoi|under|below|less than|khong qua|cao nhat)(?![a-z])[.]?|<=?|≤', '<']]
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_word_patterns() IS
    'The words of a salary: pairs of a pattern and the mark that replaces the word.';

CREATE OR REPLACE FUNCTION :"staging".salary_marks(source text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $etl_body$
DECLARE
    -- "~" before the first number means about. Between two numbers it is a dash.
    marked text := :"staging".folded_text(regexp_replace(source, '^[ ~≈]+', ''));
    word text[];
BEGIN
    FOREACH word SLICE 1 IN ARRAY :"staging".salary_word_patterns() LOOP
        marked := regexp_replace(marked, word[1], word[2], 'g');
    END LOOP;
    RETURN btrim(regexp_replace(marked, ' +', ' ', 'g'));
END
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_marks(text) IS
    'Replaces the words of a salary by marks of one letter: units (M, K, B), currencies (V, U, E, J, S, W), periods (O, H, D, Q, Y, P) and limits (<, >). Example: "Từ 10 đến 15 triệu/tháng" has the result "> 10 < 15MO".';

-- The parts of the match: 1 the words before the first digit; 2 number, 3 unit, 4 currency and 5 period of the first amount;
-- 6 limit and 7 currency before the second amount, 8 its number, 9 its unit, 10 its currency; 11 the period; 12 the space
-- before the words that follow; 13 these words.
CREATE OR REPLACE FUNCTION :"staging".salary_match(marked text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT regexp_match(marked,
        '^([^0-9]*)'
        '([0-9]+(?:[.,][0-9]+)*)(?: ?([MK]))?(?: ?([UVEJSW]))?[)]?(?: ?([OHDQYP]))?'
        '(?: ?(?:-+>?|<|to|va|and|&)(?: ?(?:-+|(<)|to))? ?([UVEJSW])? ?'
        '([0-9]+(?:[.,][0-9]+)*)(?: ?([MK]))?(?: ?([UVEJSW]))?)?'
        '[*.)]*( ?[OHDQYP])?([ *.,;:!)]*)(.*)$')
$etl_body$;
COMMENT ON FUNCTION :"staging".salary_match(text) IS
    'The parts of a salary, from the result of salary_marks. NULL when the text has no digit.';

-- Only the beginning of a long text names the pay, so what follows must not change its meaning.
CREATE OR REPLACE FUNCTION :"staging".has_other_meaning(parts text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    SELECT
        -- A sign before the number ("-5 triệu", "- 15 triệu"), or another currency ("A$500").
        parts[1] ~ '[-+.,/$£%a-zB][UVEJSW]?$|^[^a-z<>]*-|[$£]'
        -- Money that is not pay.
        OR parts[1] ~ '(?<![a-z])(?:bonus|thuong(?! luong)|sign-?on|phu cap|tro cap|hoa hong|commission|allowance|doanh (?:thu|so)|revenue|raised|funding|von|insurance|bao hiem)(?![a-z])'
           AND parts[1] !~ '(?<![a-z])(?:(?<!thuong )luong|salary|thu nhap|income|pay|wage|compensation|comp|offer)(?![a-z])'
        -- A letter or a digit that is joined to the amount ("$2BKobiton", "1e3 triệu", "1..5 triệu").
        OR parts[12] !~ '[ *;:!)]' AND parts[13] ~ '^[a-z0-9A-Z]' AND parts[11] IS NULL
        OR parts[13] ~ '^[/%]' OR parts[13] ~ '^-* ?[UVEJSW]?[0-9]' AND parts[12] !~ '[,.;:!] '
        -- Another currency or a larger unit.
        OR parts[13] ~ '^(?:B|billions?|gbp|pounds?|£|aud|cny|rmb|ndt|nhan dan te|thb|baht|twd|ntd|hkd|cad|chf|inr|myr|php|idr|rub)(?![a-z])'
        -- A second amount, unless the period or "+" ends the first one.
        OR parts[11] IS NULL AND parts[13] !~ '^[+]' AND parts[13] ~ '[0-9] ?[MKUVEJSW](?![a-z])|[UVEJSW] ?[0-9]'
$etl_body$;
COMMENT ON FUNCTION :"staging".has_other_meaning(text[]) IS
    'Whether the words around an amount, from the result of salary_match, say that the amount is not the salary.';
