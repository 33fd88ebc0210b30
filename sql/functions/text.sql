-- Normalizes short texts, so that they can be compared.

CREATE OR REPLACE FUNCTION :"staging".plain_text(source text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    -- translate() replaces each character of the first list by the character at the same place in the second list. It deletes
    -- the characters of the first list that have no partner in the second. The capital letters of our Vietnamese words are in
    -- the lists, because lower() with the collation "C" changes only ASCII letters.
    SELECT btrim(regexp_replace(translate(lower(normalize(source, NFC) COLLATE "C"),
        -- Spaces of every width.
        E'\t\n\x0B\f\r\u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000'
        -- Dashes and the tilde.
        '~\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uFF0D\uFF5E'
        '０１２３４５６７８９'
        'ÀÁÂÊÌÍÒÓÔĂĐƠƯẠẢẦẨẬẾỆỂỎỐỒỚỜỪỨỰƯỢẤÙ'
        -- Deleted: zero-width characters, direction marks, the soft hyphen, control characters.
        '\u200B\u200C\u200D\u200E\u200F\u2060\u2061\u2062\u2063\u2064\uFEFF\u00AD\u061C\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\u180E'
        '\x01\x02\x03\x04\x05\x06\x07\x08\x0E\x0F\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F\x7F',
        '                        '
        '----------'
        '0123456789'
        'àáâêìíòóôăđơưạảầẩậếệểỏốồớờừứựượấù'),
        ' +', ' ', 'g'))
$etl_body$;
COMMENT ON FUNCTION :"staging".plain_text(text) IS
    'Normalizes a short text: NFC, lower case, one kind of space and dash, ASCII digits, no invisible characters.';

CREATE OR REPLACE FUNCTION :"staging".folded_text(source text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    -- The first list has each spelling of đ, and then the combining accents, which have no partner and are deleted.
    SELECT :"staging".plain_text(translate(normalize(source, NFD),
        'đĐÐð' || E'\u0300\u0301\u0302\u0303\u0306\u0309\u031B\u0323', 'dddd'))
$etl_body$;
COMMENT ON FUNCTION :"staging".folded_text(text) IS
    'Normalizes a short text as plain_text does, and drops the Vietnamese accents. Example: "Hạn nộp Đơn" has the result "han nop don".';
