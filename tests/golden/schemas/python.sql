-- The staging table as the Python pipeline created it, with the rows of one run.
CREATE SCHEMA jobinsight_staging;
CREATE TABLE jobinsight_staging.staging_jobs (
    job_id VARCHAR(20) PRIMARY KEY, title VARCHAR(255) NOT NULL, title_clean VARCHAR(255) NOT NULL, job_url TEXT,
    company_name VARCHAR(200), company_name_standardized VARCHAR(200), company_url TEXT, salary VARCHAR(100),
    salary_min NUMERIC, salary_max NUMERIC, salary_type VARCHAR(20), skills JSONB, location VARCHAR(200),
    location_detail TEXT, location_pairs JSONB, deadline VARCHAR(50), verified_employer BOOLEAN,
    last_update VARCHAR(100), logo_url TEXT, posted_time TIMESTAMP WITH TIME ZONE,
    crawled_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP, due_date TIMESTAMP WITH TIME ZONE,
    time_remaining TEXT);
CREATE INDEX idx_staging_jobs_location ON jobinsight_staging.staging_jobs (location);
CREATE FUNCTION jobinsight_staging.normalize_salary(salary_text text)
    RETURNS TABLE (salary_min numeric, salary_max numeric, salary_type varchar) LANGUAGE sql AS 'SELECT 0.0, 0.0, ''x''::varchar';
CREATE PROCEDURE jobinsight_staging.update_deadline() LANGUAGE sql AS 'SELECT 1';
INSERT INTO jobinsight_staging.staging_jobs (job_id, title, title_clean, location) VALUES
    ('1', 'Kế Toán Trưởng', 'Kế Toán Trưởng', 'Hà Nội'), ('2', '[Hà Nội] Lái Xe - Lương 20 Triệu', 'Hà Nội', 'Hà Nội'), ('4', ' ', '-', NULL);
