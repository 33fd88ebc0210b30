-- Writes the states of all phases. If a state has changed, also writes the transition. One statement is one commit.
--   $1 the run   $2 attempt   $3 the results of the phases as a JSON array, in the order of the pipeline
WITH put AS (
    INSERT INTO :"staging".etl_phases AS p (run_id, attempt, seq, phase, state, why, results)
    SELECT $1, $2, r.place - 1, r.result ->> 'name', r.result ->> 'status', r.result ->> 'why', r.result
      FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY AS r (result, place)
    ON CONFLICT (run_id, attempt, seq) DO UPDATE
       SET (state, why, results, changed_at) = (EXCLUDED.state, EXCLUDED.why, EXCLUDED.results, clock_timestamp())
     WHERE p.state <> EXCLUDED.state
    RETURNING p.seq, p.phase, p.state, p.why
)
INSERT INTO :"staging".etl_events (run_id, attempt, event, phase, detail)
SELECT $1, $2, 'phase ' || state, phase, why FROM put WHERE state <> 'pending' ORDER BY seq
