-- Lists the rows of a batch that were sent to staging and are not there, because a trigger dropped them. It runs only if the
-- staging table has triggers of others.
--   $1 the keys of the rows that are rejected
--   :is_range   as in insert_raw_to_staging.sql
SELECT d.n
\if :is_range
  FROM etl_derived d JOIN :"range" r ON r.job_id = d.job_id
\else
  FROM etl_derived d JOIN :"raw" r ON r.job_id = d.job_id
\endif
  LEFT JOIN :"staging".staging_jobs s ON s.job_id = r.job_id AND s.source_hash = :fingerprint
 WHERE d.job_id <> ALL($1::text[]) AND s.job_id IS NULL
\if :is_range
   AND r.ctid >= '(:first_block,0)' AND r.ctid < '(:end_block,0)' AND d.row_version = r.xmin::text::bigint
\else
   AND d.row_version = :fingerprint
\endif
