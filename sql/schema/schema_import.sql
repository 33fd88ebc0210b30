-- Creates the table in which `import` stores lines and records that it could not load. This file is applied only when there is
-- something to store and the table does not exist.

CREATE SCHEMA IF NOT EXISTS :"staging";

CREATE TABLE IF NOT EXISTS :"staging".import_rejects (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    imported_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    origin      TEXT NOT NULL,
    line        BIGINT NOT NULL,
    reason      TEXT NOT NULL,
    content     TEXT
);

COMMENT ON TABLE :"staging".import_rejects IS
    'Lines and records that an import could not load: the file, the line, the reason, and the beginning of the text.';
COMMENT ON COLUMN :"staging".import_rejects.origin IS 'The path of the file on the command line, or stdin';
COMMENT ON COLUMN :"staging".import_rejects.line IS
    'Line of the file where the record begins; in a Parquet file, the row, counted from 1';
