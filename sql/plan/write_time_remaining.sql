-- Writes the texts that refresh_time_remaining.sql found.
UPDATE :"staging".staging_jobs s SET time_remaining = f.time_remaining FROM etl_stale f WHERE s.job_id = f.job_id
