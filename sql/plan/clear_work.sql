-- Empties the work tables, and sets more memory and more parallel workers for the transaction that plans. Its hash tables have
-- millions of keys. Its results are small, so passing them from worker to worker costs almost nothing. No other run uses these
-- tables, because this run has the run lock. The plan finds unfinished work of earlier runs again by comparing rows.
SET LOCAL work_mem = '128MB';
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
TRUNCATE :"staging".etl_work;
DELETE FROM :"staging".etl_salaries;
DELETE FROM :"staging".etl_deadlines
