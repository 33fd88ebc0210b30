-- Empties the work tables, and gives the transaction that plans more memory and more processes. Its hash tables have
-- millions of keys, and its results are small, so that handing them from process to process costs nothing. This run has
-- the run lock, so nobody else uses these tables. Work that an earlier run left is found again by comparing.
SET LOCAL work_mem = '128MB';
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
TRUNCATE :"staging".etl_work;
DELETE FROM :"staging".etl_salaries;
DELETE FROM :"staging".etl_deadlines
