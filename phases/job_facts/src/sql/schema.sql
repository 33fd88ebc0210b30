-- The table and the view of the phase `job_facts`. This file is applied when it has changed, or when staging has new columns.

CREATE TABLE IF NOT EXISTS :"staging".job_facts (
    job_id            TEXT NOT NULL,
    source_hash       BIGINT NOT NULL,
    experience_min    NUMERIC,
    experience_max    NUMERIC,
    level             TEXT,
    work_mode         TEXT,
    employment_type   TEXT,
    languages         TEXT[],
    skills_normalized TEXT[],
    posting_key       BIGINT,
    first_seen_job_id TEXT NOT NULL,
    run_id            UUID NOT NULL,
    rules             TEXT,
    PRIMARY KEY (job_id, source_hash)
);
-- The table of an older version.
ALTER TABLE :"staging".job_facts ADD COLUMN IF NOT EXISTS rules TEXT;

COMMENT ON TABLE :"staging".job_facts IS 'What a posting says besides the name of the job, for each version of a posting. The view jobs joins it to staging_jobs. Written by the phase job_facts';
COMMENT ON COLUMN :"staging".job_facts.job_id IS 'The key of the posting';
COMMENT ON COLUMN :"staging".job_facts.source_hash IS 'Fingerprint of the raw row that the facts were read from';
COMMENT ON COLUMN :"staging".job_facts.experience_min IS 'The least experience in years that the title asks for. 0: none. NULL: not stated';
COMMENT ON COLUMN :"staging".job_facts.experience_max IS 'The most experience in years that the title asks for. NULL: not stated';
COMMENT ON COLUMN :"staging".job_facts.level IS 'intern, fresher, junior, middle, senior, lead, supervisor, manager, director or executive: the highest level that the title names for the role itself. NULL: not stated';
COMMENT ON COLUMN :"staging".job_facts.work_mode IS 'onsite, hybrid or remote, from the title or the location. NULL: not stated';
COMMENT ON COLUMN :"staging".job_facts.employment_type IS 'full_time, part_time, contract, internship, seasonal or freelance, from the title. NULL: not stated';
COMMENT ON COLUMN :"staging".job_facts.languages IS 'ISO 639-1 codes of the human languages that the title names, in its order. NULL: none';
COMMENT ON COLUMN :"staging".job_facts.skills_normalized IS 'The skills of the posting and the technologies of its title, in one spelling each, without repeats. NULL: none';
COMMENT ON COLUMN :"staging".job_facts.posting_key IS 'Equal for one job that was posted under several ids: a hash of the folded title_clean, company_key and province_codes. NULL: the company is not known';
COMMENT ON COLUMN :"staging".job_facts.first_seen_job_id IS 'The earliest posting (crawled_at, then key) with this posting_key in staging, as of the last run with job_facts. The posting itself if it has no posting_key';
COMMENT ON COLUMN :"staging".job_facts.run_id IS 'The run that wrote these facts';
COMMENT ON COLUMN :"staging".job_facts.rules IS 'Digest of the built-in rule tables that the facts were read by. Another release may have other tables. NULL: read by a release without this column';

-- Runs whose postings are not compared with others yet. A run that was killed stays here, and the next one compares its postings.
CREATE TABLE IF NOT EXISTS :"staging".job_facts_open (run_id UUID PRIMARY KEY, is_first BOOLEAN NOT NULL DEFAULT false);
-- The table of an older version.
ALTER TABLE :"staging".job_facts_open ADD COLUMN IF NOT EXISTS is_first BOOLEAN NOT NULL DEFAULT false;
COMMENT ON TABLE :"staging".job_facts_open IS 'Runs of the phase job_facts whose first_seen_job_id is not computed yet';
COMMENT ON COLUMN :"staging".job_facts_open.is_first IS 'Whether job_facts was empty when the run began to store facts';

-- The columns of the view that exist keep their places, because PostgreSQL replaces a view only then. New ones come at the end.
-- The fingerprint joins facts to the version of the posting that they were read from, and to no later version.
DO $view$
DECLARE
    columns text;
BEGIN
    SELECT string_agg(format('%s.%I', w.source, w.name), ', ' ORDER BY a.attnum, w.place) INTO columns
      FROM (SELECT 's' AS source, name, place FROM unnest(ARRAY[:{'staging'}]) WITH ORDINALITY AS s (name, place)
            UNION ALL
            SELECT 'f', name, 1000 + place
              FROM unnest(ARRAY['experience_min', 'experience_max', 'level', 'work_mode', 'employment_type', 'languages',
                                'skills_normalized', 'posting_key', 'first_seen_job_id']) WITH ORDINALITY AS f (name, place)) w
      LEFT JOIN pg_attribute a ON a.attrelid = to_regclass($name$:"staging".jobs$name$) AND a.attname = w.name AND a.attnum > 0;
    EXECUTE format($create$
        CREATE OR REPLACE VIEW :"staging".jobs AS
        SELECT %s
          FROM :"staging".staging_jobs s
          LEFT JOIN :"staging".job_facts f ON f.job_id = s.job_id AND f.source_hash = s.source_hash$create$, columns);
END
$view$;
COMMENT ON VIEW :"staging".jobs IS 'staging_jobs with the facts of each posting. A posting without facts has NULL: see jobinsight run --fill job_facts';
