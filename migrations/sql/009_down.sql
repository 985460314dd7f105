-- Everything 009 made, in the opposite order. api._audit becomes that of 003 again before this.

DROP TRIGGER tr_evaluations_final ON public.evaluations;
CREATE TRIGGER tr_evaluations_final BEFORE UPDATE ON public.evaluations
    FOR EACH ROW WHEN (
        OLD.status = 'completed'
        AND (OLD.status, OLD.teacher_user_id, OLD.exam_instance_id, OLD.assignment_version, OLD.started_at,
             OLD.completed_at, OLD.total_manual_marks, OLD.annotation_data)
            IS DISTINCT FROM
            (NEW.status, NEW.teacher_user_id, NEW.exam_instance_id, NEW.assignment_version, NEW.started_at,
             NEW.completed_at, NEW.total_manual_marks, NEW.annotation_data)
    ) EXECUTE FUNCTION api._refuse_final_evaluation();
DROP FUNCTION api._refuse_gone_exam(), api._refuse_truncate() CASCADE;
DROP FUNCTION api._note_change() CASCADE;
DROP TRIGGER tr_changes_told ON api._changes;
DROP FUNCTION api._tell_change(), api._difference(api._changes), api._joined(jsonb, jsonb), api._told(text, jsonb),
    api._hidden(name, text, jsonb);
DROP TABLE api._changes;

DROP FUNCTION api.audit_state(), api.seal_audit(int), api._sealed_text(public.audit_logs);
DROP TABLE api._seal_mark, public.audit_seals;
DROP TRIGGER tr_audit_logs_number ON public.audit_logs;
DROP FUNCTION api._number_entry();
ALTER TABLE public.audit_logs DROP COLUMN log_seq;
