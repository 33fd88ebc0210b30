-- What the phase `seniority` owns. Applied where this file changed. Lanes and processes begin at once, and each may be the first.
SELECT pg_advisory_xact_lock(hashtext('jobinsight seniority'));

CREATE TABLE IF NOT EXISTS :"staging".job_seniority (
    job_id      TEXT NOT NULL,
    source_hash BIGINT NOT NULL,
    seniority   TEXT,
    PRIMARY KEY (job_id, source_hash)
);

-- A level is shown beside the posting that it was read from, and beside no later version of it.
CREATE OR REPLACE VIEW :"staging".jobs_with_seniority AS
SELECT l.seniority, s.*
  FROM :"staging".staging_jobs s
  LEFT JOIN :"staging".job_seniority l ON l.job_id = s.job_id AND l.source_hash = s.source_hash;
