-- Finds the raw rows of a batch, as a part of copy_batch.sql and select_batch.sql. The rows are in etl_work, or they are a range
-- of blocks of the raw table.
--   :is_range   whether the batch is a range   :batch its number   :"range" the table of the range, which is the raw table or a
--   partition of it   :first_block, :end_block its blocks
\if :is_range
      FROM :"range" r
     WHERE r.ctid >= '(:first_block,0)' AND r.ctid < '(:end_block,0)'
\else
      FROM :"staging".etl_work w
      JOIN :"raw" r ON r.job_id = w.job_id
     WHERE w.batch_no = :batch
\endif
