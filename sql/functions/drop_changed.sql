-- Drops the functions of an older version whose arguments or result have changed, because CREATE OR REPLACE refuses to change
-- them. An unchanged function stays, and so do the objects that depend on it. `wanted` lists the functions whose arguments or
-- result have changed in some version. A row without arguments is a function that this version does not have.
DO $etl_body$
DECLARE
    old record;
BEGIN
    FOR old IN
        WITH wanted (name, types, arguments, result) AS (
            VALUES
                ('normalize_salary', 'text, text, numeric, jsonb',
                 'salary_text text, rules text, usd_vnd_rate numeric, options jsonb',
                 'TABLE(salary_min numeric, salary_max numeric, salary_type character varying, '
                 'salary_period character varying, warning text, salary_monthly_min numeric, '
                 'salary_monthly_max numeric)'),
                ('normalize_salary', 'text, text, numeric', '', ''),
                ('normalize_salary', 'text', '', ''),
                ('salary_parts', 'text, text, numeric, jsonb',
                 'salary_text text, rules text, usd_vnd_rate numeric, options jsonb, OUT salary_min numeric, '
                 'OUT salary_max numeric, OUT salary_type character varying, '
                 'OUT salary_period character varying, OUT warning text, '
                 'OUT salary_monthly_min numeric, OUT salary_monthly_max numeric', 'record'),
                ('salary_parts', 'text, text, numeric', '', ''),
                ('salary_parts_standard', 'text, numeric', '', ''),
                ('salary_match', 'text', 'marked text', 'text[]'),
                ('salary_unit', 'text', '', ''),
                ('in_million_vnd', 'numeric, text, numeric', '', ''),
                ('salary_number', 'text, text', 'digits text, unit text', 'numeric'),
                ('plain_text', 'text', 'source text', 'text'),
                ('parse_deadline', 'text, timestamp with time zone, text',
                 'deadline text, crawled_at timestamp with time zone, rules text',
                 'TABLE(due_date timestamp with time zone, warning text)'),
                ('deadline_parts', 'text, text',
                 'deadline text, rules text, OUT days integer, OUT minutes integer, '
                 'OUT is_whole_day boolean, OUT end_of_day timestamp with time zone, OUT warning text', 'record'),
                ('deadline_parts_standard', 'text',
                 'deadline text, OUT days integer, OUT minutes integer, '
                 'OUT is_whole_day boolean, OUT end_of_day timestamp with time zone, OUT warning text', 'record'),
                ('due_after', 'integer, timestamp with time zone, text, timestamp with time zone', '', ''),
                ('time_remaining', 'timestamp with time zone, timestamp with time zone',
                 'due_date timestamp with time zone, as_of timestamp with time zone', 'text'),
                ('update_deadline', 'timestamp with time zone',
                 'IN as_of timestamp with time zone', 'procedure'),
                ('delete_rejected', 'text[], uuid', 'keys text[], run uuid',
                 'TABLE(key text, is_foreign boolean, is_kept boolean)'),
                ('update_deadline', '', '-', '')
        )
        SELECT p.oid::regprocedure AS signature,
               CASE WHEN p.prokind = 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS kind
          FROM pg_catalog.pg_proc p
          JOIN wanted w
            ON w.name = p.proname
           AND w.types = pg_catalog.oidvectortypes(p.proargtypes)
         WHERE p.pronamespace = pg_catalog.to_regnamespace($etl_name$:"staging"$etl_name$)
           AND (w.arguments, w.result) IS DISTINCT FROM
               (pg_catalog.pg_get_function_identity_arguments(p.oid),
                CASE WHEN p.prokind = 'p' THEN 'procedure'
                     ELSE pg_catalog.pg_get_function_result(p.oid) END)
    LOOP
        EXECUTE 'DROP ' || old.kind || ' ' || old.signature;
    END LOOP;
END
$etl_body$;
