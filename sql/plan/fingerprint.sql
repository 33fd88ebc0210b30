-- The fingerprint of a raw row `r`, over its published columns. Stands as `fingerprint`, behind a colon, wherever it is needed.
-- It hashes values, not their text, so that no setting of a session changes it; a row of another hash is another row.
hash_record_extended(ROW(r.title, r.job_url, r.company_name, r.company_url, r.salary, r.skills, r.location,
    r.location_detail, r.deadline, r.verified_employer, r.last_update, r.logo_url, r.posted_time, r.crawled_at), 0)
