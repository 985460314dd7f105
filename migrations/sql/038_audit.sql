-- The audit log is read by admins, from the newest entry on. Whoever looks for an event, with a person or without, finds a
-- page of it in the order in which it is shown; everything of a kind, or of a person, is a few dozen events side by side.

CREATE INDEX ix_audit_logs_event_time ON public.audit_logs (event_type, created_at DESC, log_seq DESC);
COMMENT ON INDEX public.ix_audit_logs_event_time IS 'the log by events, newest first, within days';
CREATE INDEX ix_audit_logs_actor_event ON public.audit_logs (actor_user_id, event_type, created_at DESC, log_seq DESC);
COMMENT ON INDEX public.ix_audit_logs_actor_event IS 'what a person did, by events, newest first, within days';

-- A script's code is what the exam's id leaves when it is divided by 24² · 32³ (api._script_code): 2^32, 2^64 and 2^96 leave
-- 10485760, 4194304 and 16777216. Only what PostgreSQL itself has stands in the index, so that whoever writes exams needs
-- no right to a function of ours.
CREATE INDEX ix_exam_instances_script ON public.exam_instances ((
    (('x' || substr(exam_instance_id::text, 1, 8))::bit(32)::bigint * 16777216
     + ('x' || substr(exam_instance_id::text, 10, 4) || substr(exam_instance_id::text, 15, 4))::bit(32)::bigint * 4194304
     + ('x' || substr(exam_instance_id::text, 20, 4) || substr(exam_instance_id::text, 25, 4))::bit(32)::bigint * 10485760
     + ('x' || substr(exam_instance_id::text, 29, 8))::bit(32)::bigint) % 18874368
));
COMMENT ON INDEX public.ix_exam_instances_script IS 'api.scripts_of_code: the exams of a script code';

-- The exams whose script code is made of this number (domain/evaluation.py: code_number). By a function, because no policy
-- lets a condition like this one be looked up in an index.
CREATE FUNCTION api.scripts_of_code(p_number bigint) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._admin();
    RETURN QUERY
        SELECT x.exam_instance_id FROM public.exam_instances x
        WHERE (
            ('x' || substr(x.exam_instance_id::text, 1, 8))::bit(32)::bigint * 16777216
            + ('x' || substr(x.exam_instance_id::text, 10, 4)
               || substr(x.exam_instance_id::text, 15, 4))::bit(32)::bigint * 4194304
            + ('x' || substr(x.exam_instance_id::text, 20, 4)
               || substr(x.exam_instance_id::text, 25, 4))::bit(32)::bigint * 10485760
            + ('x' || substr(x.exam_instance_id::text, 29, 8))::bit(32)::bigint
        ) % 18874368 = p_number
        LIMIT 100;
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.scripts_of_code(bigint) TO mv_admin;
