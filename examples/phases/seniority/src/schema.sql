-- The table and the view of the phase `seniority`. This file is applied when it has changed.

CREATE TABLE IF NOT EXISTS :"staging".job_seniority (
    job_id      TEXT NOT NULL,
    source_hash BIGINT NOT NULL,
    seniority   TEXT,
    PRIMARY KEY (job_id, source_hash)
);

-- The fingerprint joins a level to the version of the posting that it was read from, and to no later version.
CREATE OR REPLACE VIEW :"staging".jobs_with_seniority AS
SELECT l.seniority, s.*
  FROM :"staging".staging_jobs s
  LEFT JOIN :"staging".job_seniority l ON l.job_id = s.job_id AND l.source_hash = s.source_hash;
