-- Returns whether an open run began with an empty table, as in a first load.
SELECT coalesce(bool_or(is_first), false) FROM :"staging".job_facts_open
