-- Whoever coordinates is told of open scripts whose teacher cannot mark them any more: her account was closed or locked, or
-- she is no teacher now. Whoever writes it: the office, the command line or the web platform.

-- p_kind: teacher.closed, teacher.locked, teacher.role_changed. What was sent back or withdrawn waits on the board already;
-- a second marking of hers waits as well.
CREATE FUNCTION api._tell_left(p_teacher uuid, p_kind text) RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    v_scripts int;
    v_due timestamptz;
    v_first uuid;
    v_seconds int;
BEGIN
    SELECT count(*), min(e.sla_deadline), (array_agg(e.evaluation_id ORDER BY e.sla_deadline, e.evaluation_id))[1]
        INTO v_scripts, v_due, v_first
        FROM public.evaluations e
        WHERE e.teacher_user_id = p_teacher AND e.status IN ('assigned', 'in_progress')
          AND NOT EXISTS (
              SELECT 1 FROM public.evaluation_holds h WHERE h.evaluation_id = e.evaluation_id AND h.ended_at IS NULL
          );
    SELECT count(*) INTO v_seconds FROM public.second_markings m
        WHERE m.teacher_user_id = p_teacher AND m.outcome IS NULL;
    IF v_scripts > 0 THEN
        PERFORM api._tell_coordinators(p_kind, jsonb_build_object(
            'evaluation_id', v_first, 'teacher_user_id', p_teacher, 'count', v_scripts, 'due_at', v_due
        ));
    END IF;
    IF v_seconds > 0 THEN
        PERFORM api._tell_coordinators('teacher.seconds_left', jsonb_build_object(
            'teacher_user_id', p_teacher, 'count', v_seconds
        ));
    END IF;
END
$$;

CREATE FUNCTION api._note_left() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    IF TG_TABLE_NAME = 'staff_logins' THEN
        PERFORM api._tell_left(NEW.user_id, 'teacher.locked');
    ELSE
        PERFORM api._tell_left(
            NEW.user_id, CASE WHEN NEW.is_active THEN 'teacher.role_changed' ELSE 'teacher.closed' END
        );
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_users_left AFTER UPDATE OF is_active, role ON public.users
    FOR EACH ROW WHEN (OLD.role = 'teacher' AND OLD.is_active AND (NOT NEW.is_active OR NEW.role <> 'teacher'))
    EXECUTE FUNCTION api._note_left();
CREATE TRIGGER tr_staff_logins_left AFTER UPDATE OF locked_at ON public.staff_logins
    FOR EACH ROW WHEN (OLD.locked_at IS NULL AND NEW.locked_at IS NOT NULL) EXECUTE FUNCTION api._note_left();

REVOKE EXECUTE ON FUNCTION api._tell_left(uuid, text), api._note_left() FROM PUBLIC;
