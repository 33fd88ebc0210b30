-- Publishes a batch that was planned while staging and rejects were empty: all of its rows are new. Where one is not
-- after all, PostgreSQL refuses the key, and insert_raw_to_staging.sql publishes the batch instead.
--   parameters as in ready_rows.sql
WITH src AS (
    INSERT INTO :"staging".staging_jobs
           (job_id, title, title_clean, job_url, company_name, company_name_standardized, company_url,
            salary, salary_min, salary_max, salary_type, salary_period, skills, location, location_codes,
            location_detail, location_pairs, deadline, verified_employer, last_update,
            logo_url, posted_time, crawled_at, due_date, time_remaining,
            source_hash, warnings, rule_set, run_id, processed_at)
    :ready_rows
    -- Nothing but what is counted: wide rows would be kept aside.
    RETURNING warnings
)
SELECT (SELECT count(*) FROM src),
       (:count_warnings)
