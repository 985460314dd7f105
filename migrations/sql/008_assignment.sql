-- Who marks a script: given out of the pool, moved, put back, withdrawn and released; its deadline; answers to flags.
-- Every function answers {"done": true, …} or {"refused": why, …}. Two people at once: each names the assignment version
-- that she saw, the row is locked, and the slower one is told who was faster.

-- Who coordinates, by her login; also on a login whose group was not taken away yet.
CREATE FUNCTION api._coordinating(p_admins_too boolean DEFAULT false) RETURNS uuid
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_me uuid;
BEGIN
    SELECT u.user_id INTO v_me FROM public.users u
        WHERE u.user_id = api.me() AND (u.is_coordinator OR p_admins_too AND u.role = 'admin');
    IF v_me IS NULL THEN
        RAISE EXCEPTION 'only who coordinates may do this' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN v_me;
END
$$;

CREATE FUNCTION api._checked_reason(p_reason text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    IF coalesce(btrim(p_reason, E' \t\r\n'), '') = '' OR length(p_reason) > 2000 THEN
        RAISE EXCEPTION 'a reason of at most 2000 characters is needed' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN btrim(p_reason, E' \t\r\n');
END
$$;

CREATE FUNCTION api._refused(p_why text, p_more jsonb DEFAULT '{}') RETURNS jsonb
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT jsonb_build_object('refused', p_why) || p_more
$$;

-- How a script stands now: for whoever was slower.
CREATE FUNCTION api._changed(p_evaluation uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT api._refused('changed', jsonb_build_object(
        'assignment_version', e.assignment_version, 'status', e.status, 'teacher', t.first_name || ' ' || t.last_name,
        'by', b.first_name || ' ' || b.last_name, 'at', a.assigned_at
    ))
    FROM public.evaluations e
    JOIN public.users t ON t.user_id = e.teacher_user_id
    LEFT JOIN public.evaluation_assignments a
        ON a.evaluation_id = e.evaluation_id AND a.assignment_version = e.assignment_version
    LEFT JOIN public.users b ON b.user_id = a.assigned_by
    WHERE e.evaluation_id = p_evaluation
$$;

CREATE FUNCTION api._held(p_evaluation uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT api._refused(h.kind, jsonb_build_object(
        'by', u.first_name || ' ' || u.last_name, 'at', h.held_since, 'reason', h.reason
    ))
    FROM public.evaluation_holds h JOIN public.users u ON u.user_id = h.held_by
    WHERE h.evaluation_id = p_evaluation AND h.ended_at IS NULL
$$;

-- Locks the script and answers why it may not be touched; NULL when it may.
CREATE FUNCTION api._fault_of_script(p_evaluation uuid, p_assignment_version int) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_evaluation public.evaluations;
BEGIN
    SELECT * INTO v_evaluation FROM public.evaluations e WHERE e.evaluation_id = p_evaluation FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    ELSIF v_evaluation.assignment_version IS DISTINCT FROM p_assignment_version THEN
        RETURN api._changed(p_evaluation);
    ELSIF v_evaluation.status = 'completed' THEN
        RETURN api._refused('completed', jsonb_build_object('at', v_evaluation.completed_at));
    END IF;
    RETURN NULL;
END
$$;

-- Locked, so that nobody is closed between the check and the assignment.
CREATE FUNCTION api._is_teaching(p_user uuid) RETURNS boolean
    LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM 1 FROM public.users u WHERE u.user_id = p_user AND u.role = 'teacher' AND u.is_active FOR SHARE;
    RETURN FOUND;
END
$$;

-- What speaks against a teacher without forbidding her.
CREATE FUNCTION api._warnings(p_teacher uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT CASE WHEN EXISTS (
        SELECT 1 FROM public.teacher_absences a
        WHERE a.user_id = p_teacher AND a.first_day <= api._today() AND a.return_day > api._today()
    ) THEN '["away"]'::jsonb ELSE '[]'::jsonb END
$$;

-- A script that nobody ever had: its exam stands at uploaded. The worker may do it, too; it has no user.
CREATE FUNCTION api.assign_script(p_exam uuid, p_teacher uuid, p_sla_hours int, p_deadline timestamptz, p_reason text)
    RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := CASE WHEN session_user <> 'mv_worker' THEN api._coordinating() END;
    v_reason text := api._checked_reason(p_reason);
    v_exam public.exam_instances;
    v_evaluation uuid;
BEGIN
    IF p_sla_hours IS NULL OR p_sla_hours NOT IN (24, 48) OR p_deadline IS NULL OR NOT isfinite(p_deadline)
       OR p_deadline > now() + interval '60 days'
    THEN
        RAISE EXCEPTION 'a script is due within 24 or 48 hours of work' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO v_exam FROM public.exam_instances x WHERE x.exam_instance_id = p_exam FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    END IF;
    SELECT e.evaluation_id INTO v_evaluation FROM public.evaluations e WHERE e.exam_instance_id = p_exam;
    IF FOUND THEN
        RETURN api._changed(v_evaluation);
    ELSIF v_exam.status <> 'uploaded' THEN
        RETURN api._refused('not_uploaded', jsonb_build_object('status', v_exam.status));
    ELSIF NOT api._is_teaching(p_teacher) THEN
        RETURN api._refused('no_teacher');
    END IF;
    INSERT INTO public.evaluations (exam_instance_id, teacher_user_id, sla_hours_allocated, sla_deadline)
        VALUES (p_exam, p_teacher, p_sla_hours, p_deadline) RETURNING evaluation_id INTO v_evaluation;
    UPDATE public.evaluation_assignments a SET reason = v_reason WHERE a.evaluation_id = v_evaluation;
    UPDATE public.exam_instances x SET status = 'pending_evaluation' WHERE x.exam_instance_id = p_exam;
    PERFORM api._audit('evaluation.assigned', v_me, 'evaluation', v_evaluation, jsonb_build_object(
        'teacher', p_teacher, 'reason', v_reason
    ));
    RETURN jsonb_build_object(
        'done', true, 'evaluation_id', v_evaluation, 'assignment_version', 1, 'warnings', api._warnings(p_teacher)
    );
END
$$;

-- To another teacher, or out of the pool to anybody. The deadline stays; work of the former one is kept.
CREATE FUNCTION api.move_script(p_evaluation uuid, p_assignment_version int, p_teacher uuid, p_reason text)
    RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_reason text := api._checked_reason(p_reason);
    v_fault jsonb := api._fault_of_script(p_evaluation, p_assignment_version);
    v_hold text := api._hold_reason(p_evaluation);
    v_before uuid;
BEGIN
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    ELSIF v_hold = 'withdrawn' THEN
        RETURN api._held(p_evaluation);
    ELSIF NOT api._is_teaching(p_teacher) THEN
        RETURN api._refused('no_teacher');
    END IF;
    SELECT e.teacher_user_id INTO v_before FROM public.evaluations e WHERE e.evaluation_id = p_evaluation;
    IF v_before = p_teacher AND v_hold IS NULL THEN
        RETURN api._refused('same_teacher');
    END IF;
    RETURN api._give(p_evaluation, p_teacher, v_reason) || api._told(
        'evaluation.moved', v_me, p_evaluation, jsonb_build_object(
            'from', v_before, 'to', p_teacher, 'reason', v_reason, 'from_pool', v_hold IS NOT NULL
        )
    ) || jsonb_build_object('warnings', api._warnings(p_teacher));
END
$$;

CREATE FUNCTION api._told(p_event text, p_actor uuid, p_evaluation uuid, p_data jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM api._audit(p_event, p_actor, 'evaluation', p_evaluation, p_data);
    RETURN '{"done": true}';
END
$$;

-- A new assignment, also of the same teacher; the trigger ends holds, and clears the registers for a new one.
CREATE FUNCTION api._give(p_evaluation uuid, p_teacher uuid, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_version int;
BEGIN
    UPDATE public.evaluations e SET
        teacher_user_id = p_teacher, assignment_version = e.assignment_version + 1,
        -- a new teacher has not begun
        status = CASE WHEN e.teacher_user_id = p_teacher THEN e.status ELSE 'assigned' END,
        started_at = CASE WHEN e.teacher_user_id = p_teacher THEN e.started_at END
        WHERE e.evaluation_id = p_evaluation RETURNING e.assignment_version INTO v_version;
    UPDATE public.evaluation_assignments a SET reason = p_reason
        WHERE a.evaluation_id = p_evaluation AND a.assignment_version = v_version;
    UPDATE public.exam_instances x SET status = 'pending_evaluation'
        FROM public.evaluations e
        WHERE e.evaluation_id = p_evaluation AND x.exam_instance_id = e.exam_instance_id AND x.status = 'uploaded';
    RETURN jsonb_build_object('assignment_version', v_version);
END
$$;

-- Into the pool: the teacher loses sight of it, what she marked stays until somebody else has it.
CREATE FUNCTION api.pool_script(p_evaluation uuid, p_assignment_version int, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
BEGIN
    RETURN api._hold(v_me, p_evaluation, p_assignment_version, 'handed_back', api._checked_reason(p_reason));
END
$$;

-- Out of marking altogether, until it is released.
CREATE FUNCTION api.withdraw_script(p_evaluation uuid, p_assignment_version int, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_answer jsonb;
BEGIN
    v_answer := api._hold(v_me, p_evaluation, p_assignment_version, 'withdrawn', api._checked_reason(p_reason));
    IF v_answer ? 'done' THEN
        UPDATE public.exam_instances x SET status = 'uploaded'
            FROM public.evaluations e
            WHERE e.evaluation_id = p_evaluation AND x.exam_instance_id = e.exam_instance_id
              AND x.status = 'pending_evaluation';
    END IF;
    RETURN v_answer;
END
$$;

CREATE FUNCTION api._hold(p_me uuid, p_evaluation uuid, p_assignment_version int, p_kind text, p_reason text)
    RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_fault jsonb := api._fault_of_script(p_evaluation, p_assignment_version);
BEGIN
    -- In a statement of its own: it must see what was committed while the script's lock was waited for.
    IF v_fault IS NULL THEN
        v_fault := api._held(p_evaluation);
    END IF;
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    END IF;
    INSERT INTO public.evaluation_holds (evaluation_id, assignment_version, kind, reason, held_by)
        VALUES (p_evaluation, p_assignment_version, p_kind, p_reason, p_me);
    RETURN api._told(
        CASE p_kind WHEN 'withdrawn' THEN 'evaluation.withdrawn' ELSE 'evaluation.pooled' END, p_me, p_evaluation,
        jsonb_build_object('reason', p_reason)
    );
END
$$;

-- The end of any hold: back to the teacher who had it, as she left it, in a new assignment.
CREATE FUNCTION api.release_script(p_evaluation uuid, p_assignment_version int, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_reason text := api._checked_reason(p_reason);
    v_fault jsonb := api._fault_of_script(p_evaluation, p_assignment_version);
    v_teacher uuid;
BEGIN
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    ELSIF api._hold_reason(p_evaluation) IS NULL THEN
        RETURN api._refused('not_held');
    END IF;
    SELECT e.teacher_user_id INTO v_teacher FROM public.evaluations e WHERE e.evaluation_id = p_evaluation;
    IF NOT api._is_teaching(v_teacher) THEN
        RETURN api._refused('no_teacher');
    END IF;
    RETURN api._give(p_evaluation, v_teacher, v_reason)
        || api._told('evaluation.released', v_me, p_evaluation, jsonb_build_object('reason', v_reason));
END
$$;

-- Later, never earlier, and from what the caller saw. A breach that was noticed stays one: an extension excuses it.
CREATE FUNCTION api.extend_deadline(p_evaluation uuid, p_seen timestamptz, p_deadline timestamptz, p_reason text)
    RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating(p_admins_too => true);
    v_reason text := api._checked_reason(p_reason);
    v_fault jsonb := api._fault_of_deadline(p_evaluation, p_seen);
BEGIN
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    ELSIF EXISTS (
        SELECT 1 FROM public.evaluations e WHERE e.evaluation_id = p_evaluation AND e.status = 'completed'
    ) THEN
        RETURN api._refused('completed');
    ELSIF p_deadline IS NULL OR NOT isfinite(p_deadline) OR p_deadline <= p_seen
        OR p_deadline > now() + interval '60 days'
    THEN
        RETURN api._refused('not_later');
    END IF;
    -- A breach that nobody had noticed yet is one: the flag does not depend on when the worker last looked.
    UPDATE public.evaluations e SET
        sla_deadline = p_deadline, sla_breached = e.sla_breached OR e.sla_deadline < now()
        WHERE e.evaluation_id = p_evaluation;
    RETURN api._note_deadline(v_me, p_evaluation, 'extended', p_seen, p_deadline, v_reason);
END
$$;

-- The deadline and the flag stay; that it is excused stands beside them.
CREATE FUNCTION api.excuse_deadline(p_evaluation uuid, p_seen timestamptz, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating(p_admins_too => true);
    v_reason text := api._checked_reason(p_reason);
    v_fault jsonb := api._fault_of_deadline(p_evaluation, p_seen);
BEGIN
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    ELSIF EXISTS (
        SELECT 1 FROM public.evaluations e
        WHERE e.evaluation_id = p_evaluation AND NOT e.sla_breached
          AND (e.status = 'completed' OR e.sla_deadline >= now())
    ) THEN
        RETURN api._refused('not_breached');
    ELSIF EXISTS (
        SELECT 1 FROM public.deadline_changes c
        WHERE c.evaluation_id = p_evaluation AND c.kind = 'excused' AND c.deadline_after = p_seen
    ) THEN
        RETURN api._refused('excused');
    END IF;
    RETURN api._note_deadline(v_me, p_evaluation, 'excused', p_seen, p_seen, v_reason);
END
$$;

CREATE FUNCTION api._fault_of_deadline(p_evaluation uuid, p_seen timestamptz) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_deadline timestamptz;
BEGIN
    SELECT e.sla_deadline INTO v_deadline FROM public.evaluations e
        WHERE e.evaluation_id = p_evaluation FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    ELSIF v_deadline IS DISTINCT FROM p_seen THEN
        RETURN coalesce((
            SELECT api._refused('changed', jsonb_build_object(
                'deadline', v_deadline, 'by', u.first_name || ' ' || u.last_name, 'at', c.changed_at
            ))
            FROM public.deadline_changes c JOIN public.users u ON u.user_id = c.changed_by
            WHERE c.evaluation_id = p_evaluation ORDER BY c.changed_at DESC LIMIT 1
        ), api._refused('changed', jsonb_build_object('deadline', v_deadline)));
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION api._note_deadline(
    p_me uuid, p_evaluation uuid, p_kind text, p_before timestamptz, p_after timestamptz, p_reason text
) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO public.deadline_changes (
        evaluation_id, kind, deadline_before, deadline_after, reason, changed_by, changed_at
    ) VALUES (p_evaluation, p_kind, p_before, p_after, p_reason, p_me, clock_timestamp());
    RETURN api._told('evaluation.deadline_' || p_kind, p_me, p_evaluation, jsonb_build_object(
        'before', p_before, 'after', p_after, 'reason', p_reason
    ));
END
$$;

-- Once; the version of the script goes up, so that the teacher's computer fetches the answer.
CREATE FUNCTION api.answer_flag(p_flag uuid, p_answer text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_answer text := api._checked_reason(p_answer);
    v_evaluation uuid;
    v_flag public.evaluation_flags;
BEGIN
    SELECT f.evaluation_id INTO v_evaluation FROM public.evaluation_flags f WHERE f.flag_id = p_flag;
    -- The order of locks that everybody keeps: the script first.
    PERFORM 1 FROM public.evaluations e WHERE e.evaluation_id = v_evaluation FOR NO KEY UPDATE;
    SELECT * INTO v_flag FROM public.evaluation_flags f WHERE f.flag_id = p_flag FOR UPDATE;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    ELSIF v_flag.withdrawn_at IS NOT NULL THEN
        RETURN api._refused('flag_withdrawn');
    ELSIF v_flag.answered_at IS NOT NULL THEN
        RETURN (
            SELECT api._refused('answered', jsonb_build_object(
                'by', u.first_name || ' ' || u.last_name, 'at', v_flag.answered_at
            ))
            FROM public.users u WHERE u.user_id = v_flag.answered_by
        );
    END IF;
    UPDATE public.evaluation_flags f SET answer = v_answer, answered_at = clock_timestamp(), answered_by = v_me
        WHERE f.flag_id = p_flag;
    UPDATE public.evaluations e SET version = e.version + 1 WHERE e.evaluation_id = v_evaluation;
    RETURN api._told('evaluation.flag_answered', v_me, v_evaluation, jsonb_build_object(
        'flag', p_flag, 'answer', v_answer
    ));
END
$$;
