-- The functions and the procedure of the staging schema. Each file below has one subject.
--
-- They need PostgreSQL 14 or later, and a database in UTF-8. The files run in one transaction and may run again at any time,
-- because every statement is CREATE OR REPLACE. A function is dropped first only if its arguments or its result changed.
--
-- No function depends on the locale of the database or on the time zone of the session. No text raises an error, because
-- numbers and dates are checked before they are cast. An EXCEPTION block would not do, because a function with one cannot run
-- in a parallel worker. Only delete_rejected has one: it writes, so it never runs in a parallel worker.
\ir functions/drop_changed.sql
\ir functions/text.sql
\ir functions/v1.sql
\ir functions/salary_words.sql
\ir functions/salary_amounts.sql
\ir functions/salary.sql
\ir functions/deadline.sql
\ir functions/time_remaining.sql
\ir functions/delete_rejected.sql
