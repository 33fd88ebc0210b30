-- Writes the state of a phase. If the state has changed, also writes the transition.
--   $1 the run   $2 attempt   $3 position in the pipeline   $4 phase   $5 state   $6 why   $7 results
WITH put AS (
    INSERT INTO :"staging".etl_phases AS p (run_id, attempt, seq, phase, state, why, results)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (run_id, attempt, seq) DO UPDATE
       SET (state, why, results, changed_at) = (EXCLUDED.state, EXCLUDED.why, EXCLUDED.results, clock_timestamp())
     WHERE p.state <> EXCLUDED.state
    RETURNING 1
)
INSERT INTO :"staging".etl_events (run_id, attempt, event, phase, detail)
SELECT $1, $2, 'phase ' || $5::text, $4, $6 FROM put WHERE $5::text <> 'pending'
