-- What the database keeps by itself on this path: who had a script, when it came in, and what may never change.

-- The web platform knows nothing of assignment_version: a new teacher always gets a new one.
CREATE FUNCTION api._fence_assignment() RETURNS trigger
    LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
    IF NEW.assignment_version = OLD.assignment_version THEN
        NEW.assignment_version := OLD.assignment_version + 1;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER tr_evaluations_fence BEFORE UPDATE OF teacher_user_id ON public.evaluations
    FOR EACH ROW WHEN (OLD.teacher_user_id IS DISTINCT FROM NEW.teacher_user_id)
    EXECUTE FUNCTION api._fence_assignment();

CREATE FUNCTION api._record_assignment() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    INSERT INTO public.evaluation_assignments (
        evaluation_id, assignment_version, teacher_user_id, assigned_by, assigned_at
    ) VALUES (
        NEW.evaluation_id, NEW.assignment_version, NEW.teacher_user_id, api.me(),
        CASE TG_OP WHEN 'INSERT' THEN NEW.assigned_at ELSE now() END
    )
    ON CONFLICT DO NOTHING;
    IF TG_OP = 'INSERT' THEN
        -- The SLA starts when the sheets were complete; assigning late or again never moves it.
        INSERT INTO public.evaluation_clock (exam_instance_id, received_at)
        SELECT NEW.exam_instance_id, coalesce(max(u.uploaded_at), NEW.assigned_at)
        FROM public.answer_sheet_uploads u WHERE u.exam_instance_id = NEW.exam_instance_id
        ON CONFLICT DO NOTHING;
    ELSIF NEW.teacher_user_id <> OLD.teacher_user_id THEN
        -- A new teacher starts clean; the former work stands in applied_operations.
        DELETE FROM public.mark_registers r WHERE r.evaluation_id = NEW.evaluation_id;
        DELETE FROM public.annotation_registers r WHERE r.evaluation_id = NEW.evaluation_id;
        DELETE FROM public.page_registers r WHERE r.evaluation_id = NEW.evaluation_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_evaluations_assignment AFTER INSERT OR UPDATE OF teacher_user_id, assignment_version
    ON public.evaluations FOR EACH ROW EXECUTE FUNCTION api._record_assignment();

CREATE TRIGGER tr_applied_operations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.applied_operations
    FOR EACH STATEMENT EXECUTE FUNCTION public.mv_refuse_change();
ALTER TABLE public.applied_operations ENABLE ALWAYS TRIGGER tr_applied_operations_append_only;

-- Final is final, whoever writes: the rows a mark stands in cannot change once its evaluation is completed.
CREATE FUNCTION api._refuse_final() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_evaluations uuid[] := ARRAY[CASE WHEN TG_OP <> 'INSERT' THEN OLD.evaluation_id END,
                                  CASE WHEN TG_OP <> 'DELETE' THEN NEW.evaluation_id END];
BEGIN
    IF EXISTS (
        SELECT 1 FROM public.evaluations e WHERE e.evaluation_id = ANY (v_evaluations) AND e.status = 'completed'
    ) THEN
        RAISE EXCEPTION 'the marks of a completed evaluation are final'
            USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER tr_question_marks_final BEFORE INSERT OR UPDATE OR DELETE ON public.question_marks
    FOR EACH ROW EXECUTE FUNCTION api._refuse_final();
CREATE TRIGGER tr_mark_registers_final BEFORE INSERT OR UPDATE OR DELETE ON public.mark_registers
    FOR EACH ROW EXECUTE FUNCTION api._refuse_final();
CREATE TRIGGER tr_annotation_registers_final BEFORE INSERT OR UPDATE OR DELETE ON public.annotation_registers
    FOR EACH ROW EXECUTE FUNCTION api._refuse_final();
CREATE TRIGGER tr_page_registers_final BEFORE INSERT OR UPDATE OR DELETE ON public.page_registers
    FOR EACH ROW EXECUTE FUNCTION api._refuse_final();

CREATE FUNCTION api._refuse_final_evaluation() RETURNS trigger
    LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
    RAISE EXCEPTION 'a completed evaluation is final'
        USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
END
$$;
CREATE TRIGGER tr_evaluations_final BEFORE UPDATE ON public.evaluations
    FOR EACH ROW WHEN (
        OLD.status = 'completed'
        AND (OLD.status, OLD.teacher_user_id, OLD.exam_instance_id, OLD.assignment_version, OLD.started_at,
             OLD.completed_at, OLD.total_manual_marks, OLD.annotation_data)
            IS DISTINCT FROM
            (NEW.status, NEW.teacher_user_id, NEW.exam_instance_id, NEW.assignment_version, NEW.started_at,
             NEW.completed_at, NEW.total_manual_marks, NEW.annotation_data)
    ) EXECUTE FUNCTION api._refuse_final_evaluation();
CREATE TRIGGER tr_evaluations_final_delete BEFORE DELETE ON public.evaluations
    FOR EACH ROW WHEN (OLD.status = 'completed') EXECUTE FUNCTION api._refuse_final_evaluation();
