-- Normalizes short texts, so that they can be compared.

CREATE OR REPLACE FUNCTION :"staging".plain_text(source text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    -- translate() replaces each character of the first list by the character at the same place in the second list. It deletes
    -- the characters of the first list that have no partner in the second. The lists have spaces, dashes, wide digits, and
    -- invisible characters. They have the capital letters of our Vietnamese words too, because lower() with the collation "C"
    -- changes only ASCII letters.
    SELECT btrim(regexp_replace(translate(lower(normalize(source, NFC) COLLATE "C"),
        :text_read, :text_meant),
        ' +', ' ', 'g'))
$etl_body$;
COMMENT ON FUNCTION :"staging".plain_text(text) IS
    'Normalizes a short text: NFC, lower case, one kind of space and dash, ASCII digits, no invisible characters.';

CREATE OR REPLACE FUNCTION :"staging".folded_text(source text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $etl_body$
    -- The first list has each spelling of đ, and then the combining accents, which have no partner and are deleted.
    SELECT :"staging".plain_text(translate(normalize(source, NFD), :accents_read, :accents_meant))
$etl_body$;
COMMENT ON FUNCTION :"staging".folded_text(text) IS
    'Normalizes a short text as plain_text does, and drops the Vietnamese accents. Example: "Hạn nộp Đơn" has the result "han nop don".';
