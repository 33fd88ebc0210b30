-- Functions and the procedure of the staging schema. Each file below holds one subject.
--
-- PostgreSQL 14 or later, a database in UTF-8. The files run in one transaction and may run again at any time: everything
-- is CREATE OR REPLACE, and a function is dropped first only where its arguments or its result changed.
--
-- No function depends on the locale of the database or on the time zone of the session. No text raises an error: numbers
-- and dates are checked before they are cast, because a function with an EXCEPTION block cannot run in a parallel worker.
\ir functions/drop_changed.sql
\ir functions/text.sql
\ir functions/v1.sql
\ir functions/salary.sql
\ir functions/deadline.sql
\ir functions/time_remaining.sql
