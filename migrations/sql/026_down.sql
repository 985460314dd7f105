DROP TRIGGER tr_audit_logs_stuck ON public.audit_logs;
DROP FUNCTION api._tell_stuck();
