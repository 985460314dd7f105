-- The queue of the worker's jobs: Procrastinate's tables in a schema of their own, which only mv_worker uses, and the way by
-- which our own functions put a job into it within the transaction that makes the job necessary.

-- Each function finds its tables whatever the caller's search path is: it is called by triggers, and by api._defer.
DO $$
DECLARE
    v_function regprocedure;
BEGIN
    FOR v_function IN
        SELECT p.oid FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'procrastinate'::regnamespace
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = procrastinate, pg_temp', v_function);
    END LOOP;
END
$$;

-- How each job of the worker's schedule went last. Jobs that were done are deleted at once, so this is what is left of them.
CREATE TABLE procrastinate.runs (
    job text CONSTRAINT pk_runs PRIMARY KEY,
    started_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    ended_at timestamptz,
    succeeded_at timestamptz,
    problem text,
    failures int DEFAULT 0 NOT NULL,
    CONSTRAINT ck_runs_failures CHECK (failures >= 0)
);
COMMENT ON TABLE procrastinate.runs IS
    'The last run of each job; ended_at is NULL while it runs, problem is the kind of its error, failures counts those in a row.';

DO $$
DECLARE
    v_table regclass;
BEGIN
    FOR v_table IN
        SELECT c.oid FROM pg_catalog.pg_class c
        WHERE c.relnamespace = 'procrastinate'::regnamespace AND c.relkind = 'r'
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', v_table);
        EXECUTE format('CREATE POLICY worker_works ON %s TO mv_worker USING (true) WITH CHECK (true)', v_table);
    END LOOP;
END
$$;
REVOKE ALL ON SCHEMA procrastinate FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA procrastinate FROM PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA procrastinate FROM PUBLIC;
GRANT USAGE ON SCHEMA procrastinate TO mv_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA procrastinate TO mv_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA procrastinate TO mv_worker;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA procrastinate TO mv_worker;

-- Puts a job into the queue when the caller's transaction commits; nothing when one with that queueing lock waits already.
-- A worker must not take the one that waits before this transaction is over, for it would not see what the job is for: it
-- is locked until then, a worker passes over what is locked, and is woken at the end. Two that put in the first job with
-- one lock wait for one another, so this should be among the last things that a transaction does.
CREATE FUNCTION api._defer(p_task text, p_args jsonb DEFAULT '{}', p_queueing_lock text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_lock text := coalesce(p_queueing_lock, CASE WHEN p_args = '{}' THEN p_task END);
    v_job bigint;
BEGIN
    IF p_task IS NULL OR p_args IS NULL OR jsonb_typeof(p_args) <> 'object' THEN
        RAISE EXCEPTION 'a job needs a name and an object of arguments' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    LOOP
        SELECT j.id INTO v_job FROM procrastinate.procrastinate_jobs j
        WHERE j.queueing_lock = v_lock AND j.status = 'todo' FOR SHARE;
        IF FOUND THEN
            PERFORM pg_catalog.pg_notify(
                'procrastinate_any_queue_v1', json_build_object('type', 'job_inserted', 'job_id', v_job)::text
            );
            RETURN;
        END IF;
        INSERT INTO procrastinate.procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args)
        VALUES ('default', p_task, 10, CASE WHEN p_args = '{}' THEN p_task ELSE v_lock END, v_lock, p_args)
        ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING;
        IF FOUND THEN
            RETURN;
        END IF;
    END LOOP;
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
