-- Creates the table in which `import` stores lines and records that it could not load. This file is applied only when there is
-- something to store, and when the table does not exist or was created by an earlier version.

\ir create_schema.sql

CREATE TABLE IF NOT EXISTS :"staging".import_rejects (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    imported_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    origin      TEXT NOT NULL,
    line        BIGINT NOT NULL,
    reason      TEXT NOT NULL,
    content     TEXT
);

ALTER TABLE :"staging".import_rejects
    ADD COLUMN IF NOT EXISTS cause        TEXT,
    ADD COLUMN IF NOT EXISTS last_seen_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    ADD COLUMN IF NOT EXISTS times_seen   BIGINT NOT NULL DEFAULT 1,
    ADD COLUMN IF NOT EXISTS digest       UUID,
    ADD COLUMN IF NOT EXISTS copy         INTEGER;

-- Rows of an earlier version have no digest. They stay as they are until they are purged.
CREATE UNIQUE INDEX IF NOT EXISTS import_rejects_once ON :"staging".import_rejects (digest, copy);

COMMENT ON TABLE :"staging".import_rejects IS
    'Lines and records that an import could not load: the file, the line, the reason, and the beginning of the text.';
COMMENT ON COLUMN :"staging".import_rejects.id IS 'Number of the rejected line';
COMMENT ON COLUMN :"staging".import_rejects.imported_at IS 'Time of the first import that rejected the line';
COMMENT ON COLUMN :"staging".import_rejects.origin IS 'The path of the last file on the command line, or stdin';
COMMENT ON COLUMN :"staging".import_rejects.line IS
    'Line of the last file where the record begins; in a Parquet file, the row, counted from 1';
COMMENT ON COLUMN :"staging".import_rejects.reason IS 'Why the line was rejected, as a sentence';
COMMENT ON COLUMN :"staging".import_rejects.content IS 'The beginning of the text, or the values as JSON';
COMMENT ON COLUMN :"staging".import_rejects.cause IS 'The kind of problem, as one word, such as not_text';
COMMENT ON COLUMN :"staging".import_rejects.last_seen_at IS 'Time of the last import that rejected the line';
COMMENT ON COLUMN :"staging".import_rejects.times_seen IS 'Number of imports that rejected the line';
COMMENT ON COLUMN :"staging".import_rejects.digest IS 'Digest of the cause and the text';
COMMENT ON COLUMN :"staging".import_rejects.copy IS 'Which of the equal lines of a file this is, counted from 1';
