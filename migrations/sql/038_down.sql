DROP FUNCTION api.scripts_of_code(bigint);
DROP INDEX public.ix_exam_instances_script;
DROP INDEX public.ix_audit_logs_actor_event;
DROP INDEX public.ix_audit_logs_event_time;
