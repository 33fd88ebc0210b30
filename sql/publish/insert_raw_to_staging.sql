-- Publishes a batch, each row written once and whole.
--   parameters as in ready_rows.sql
-- A row that is the same is not written, and keeps the warehouse's flag.
WITH src AS (
    :ready_rows
), put AS (
    INSERT INTO :"staging".staging_jobs AS s
           (job_id, title, title_clean, job_url, company_name, company_name_standardized, company_url,
            salary, salary_min, salary_max, salary_type, salary_period, skills, location, location_codes,
            location_detail, location_pairs, deadline, verified_employer, last_update,
            logo_url, posted_time, crawled_at, due_date, time_remaining,
            source_hash, warnings, rule_set, run_id, processed_at)
    SELECT * FROM src
    ON CONFLICT (job_id) DO UPDATE
       SET (title, title_clean, job_url, company_name, company_name_standardized, company_url,
            salary, salary_min, salary_max, salary_type, salary_period, skills, location, location_codes,
            location_detail, location_pairs, deadline, verified_employer, last_update,
            logo_url, posted_time, crawled_at, due_date, time_remaining,
            source_hash, warnings, rule_set, run_id, processed_at)
         = (EXCLUDED.title, EXCLUDED.title_clean, EXCLUDED.job_url, EXCLUDED.company_name, EXCLUDED.company_name_standardized, EXCLUDED.company_url,
            EXCLUDED.salary, EXCLUDED.salary_min, EXCLUDED.salary_max, EXCLUDED.salary_type, EXCLUDED.salary_period, EXCLUDED.skills, EXCLUDED.location, EXCLUDED.location_codes,
            EXCLUDED.location_detail, EXCLUDED.location_pairs, EXCLUDED.deadline, EXCLUDED.verified_employer, EXCLUDED.last_update,
            EXCLUDED.logo_url, EXCLUDED.posted_time, EXCLUDED.crawled_at, EXCLUDED.due_date, EXCLUDED.time_remaining,
            EXCLUDED.source_hash, EXCLUDED.warnings, EXCLUDED.rule_set, EXCLUDED.run_id, EXCLUDED.processed_at),
           -- Other rules that give the same make no row another for the warehouse.
           processed_to_dwh = s.processed_to_dwh
               AND (s.source_hash, s.title_clean, s.company_name_standardized, s.salary_min, s.salary_max, s.salary_type,
                    s.salary_period, s.location, s.location_codes, s.location_pairs, s.due_date, s.warnings)
                   IS NOT DISTINCT FROM
                   (EXCLUDED.source_hash, EXCLUDED.title_clean, EXCLUDED.company_name_standardized, EXCLUDED.salary_min, EXCLUDED.salary_max, EXCLUDED.salary_type,
                    EXCLUDED.salary_period, EXCLUDED.location, EXCLUDED.location_codes, EXCLUDED.location_pairs, EXCLUDED.due_date, EXCLUDED.warnings)
     WHERE (s.source_hash, s.rule_set, s.title_clean, s.company_name_standardized, s.salary_min, s.salary_max, s.salary_type,
            s.salary_period, s.location, s.location_codes, s.location_pairs, s.due_date, s.warnings)
        IS DISTINCT FROM
           (EXCLUDED.source_hash, EXCLUDED.rule_set, EXCLUDED.title_clean, EXCLUDED.company_name_standardized, EXCLUDED.salary_min, EXCLUDED.salary_max, EXCLUDED.salary_type,
            EXCLUDED.salary_period, EXCLUDED.location, EXCLUDED.location_codes, EXCLUDED.location_pairs, EXCLUDED.due_date, EXCLUDED.warnings)
    RETURNING (xmax = 0) AS inserted
), cleared AS (
    -- A row that was rejected before and is good now is here no more.
    DELETE FROM :"staging".etl_rejects j USING src WHERE j.job_id = src.job_id
)
SELECT (SELECT count(*) FROM src),
       (SELECT count(*) FROM put WHERE inserted),
       (SELECT count(*) FROM put WHERE NOT inserted),
       (:count_warnings)
