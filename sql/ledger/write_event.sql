-- Writes a transition.
--   $1 the run   $2 attempt   $3 event   $4 phase or NULL   $5 batch or NULL   $6 detail or NULL
INSERT INTO :"staging".etl_events (run_id, attempt, event, phase, batch_no, detail) VALUES ($1, $2, $3, $4, $5, $6)
