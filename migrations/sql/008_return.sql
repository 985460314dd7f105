-- Questions of a completed script returned to its teacher: first everything is copied, then it is opened again.

-- Opened again only from what was copied in this very transaction: by its number, and by its moment, because numbers
-- begin anew in a restored cluster. Nothing that a client can set.
CREATE OR REPLACE FUNCTION api._refuse_final_evaluation() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.evaluation_id = OLD.evaluation_id AND NEW.status = 'in_progress'
        AND NEW.teacher_user_id = OLD.teacher_user_id AND NEW.exam_instance_id = OLD.exam_instance_id AND EXISTS (
            SELECT 1 FROM public.evaluation_versions v
            WHERE v.evaluation_id = OLD.evaluation_id AND v.copied_at = now()
              AND v.written_in = pg_current_xact_id()::text::bigint
        )
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a completed evaluation is final'
        USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
END
$$;

CREATE FUNCTION api._copy_evaluation(p_evaluation uuid, p_me uuid, p_reason text) RETURNS int
    LANGUAGE sql
AS $$
    INSERT INTO public.evaluation_versions (
        evaluation_id, version_number, reason, copied_by, written_in, evaluation, exam, marks, work
    )
    SELECT e.evaluation_id, 1 + (
               SELECT count(*) FROM public.evaluation_versions v WHERE v.evaluation_id = e.evaluation_id
           ), p_reason, p_me, pg_current_xact_id()::text::bigint, to_jsonb(e),
           to_jsonb(x) - 'exam_snapshot' - 'student_user_id', coalesce((
               SELECT jsonb_agg(to_jsonb(m) ORDER BY m.question_number)
               FROM public.question_marks m WHERE m.evaluation_id = e.evaluation_id
           ), '[]'), jsonb_build_object(
               'marks', (
                   SELECT coalesce(jsonb_agg(to_jsonb(r)), '[]') FROM public.mark_registers r
                   WHERE r.evaluation_id = e.evaluation_id
               ), 'annotations', (
                   SELECT coalesce(jsonb_agg(to_jsonb(r)), '[]') FROM public.annotation_registers r
                   WHERE r.evaluation_id = e.evaluation_id
               ), 'pages', (
                   SELECT coalesce(jsonb_agg(to_jsonb(r)), '[]') FROM public.page_registers r
                   WHERE r.evaluation_id = e.evaluation_id
               )
           )
    FROM public.evaluations e JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
    WHERE e.evaluation_id = p_evaluation
    RETURNING version_number
$$;

-- NULL when p_questions names questions of the script, each once and with a reason; a pin is {page_number, pdf_page, x, y}.
CREATE FUNCTION api._returned_fault(p_evaluation uuid, p_questions jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_question jsonb;
    v_seen bigint[] := '{}';
    v_number bigint;
BEGIN
    IF jsonb_typeof(p_questions) IS DISTINCT FROM 'array' OR p_questions = '[]' OR pg_column_size(p_questions) > 100000
    THEN
        RETURN 'malformed';
    END IF;
    FOR v_question IN SELECT q FROM jsonb_array_elements(p_questions) q LOOP
        v_number := api._whole(v_question ->> 'question_number');
        IF v_number IS NULL OR v_number = ANY (v_seen) OR coalesce(btrim(v_question ->> 'reason', E' \t\r\n'), '') = ''
            OR length(v_question ->> 'reason') > 2000
            OR coalesce(jsonb_typeof(v_question -> 'pin'), 'null') NOT IN ('object', 'null')
        THEN
            RETURN 'malformed';
        ELSIF NOT EXISTS (
            SELECT 1 FROM public.question_marks m WHERE m.evaluation_id = p_evaluation AND m.question_number = v_number
        ) THEN
            RETURN 'unknown_question';
        END IF;
        v_seen := v_seen || v_number;
    END LOOP;
    RETURN NULL;
END
$$;

-- p_deadline: the plan's hours from now on, worked out by the caller; the first deadline's verdict stays in the copy
-- and in sla_breached.
CREATE FUNCTION api.return_questions(
    p_evaluation uuid, p_assignment_version int, p_questions jsonb, p_deadline timestamptz, p_reason text
) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating(p_admins_too => true);
    v_reason text := api._checked_reason(p_reason);
    v_before public.evaluations;
    v_fault text;
    v_copy int;
BEGIN
    SELECT * INTO v_before FROM public.evaluations e WHERE e.evaluation_id = p_evaluation FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    ELSIF v_before.assignment_version IS DISTINCT FROM p_assignment_version THEN
        RETURN api._changed(p_evaluation);
    ELSIF v_before.status <> 'completed' THEN
        RETURN api._refused('not_completed');
    ELSIF NOT api._is_teaching(v_before.teacher_user_id) THEN
        RETURN api._refused('no_teacher');
    ELSIF p_deadline IS NULL OR NOT p_deadline BETWEEN now() AND now() + interval '60 days' THEN
        RETURN api._refused('not_later');
    END IF;
    v_fault := api._returned_fault(p_evaluation, p_questions);
    IF v_fault IS NOT NULL THEN
        RETURN api._refused(v_fault);
    END IF;
    PERFORM 1 FROM public.exam_instances x WHERE x.exam_instance_id = v_before.exam_instance_id FOR NO KEY UPDATE;
    v_copy := api._copy_evaluation(p_evaluation, v_me, v_reason);
    UPDATE public.evaluations e SET
        status = 'in_progress', assignment_version = e.assignment_version + 1, version = e.version + 1,
        completed_at = NULL, total_manual_marks = NULL, annotation_data = NULL, submitted_claimed_at = NULL,
        submitted_estimated_at = NULL, submitted_quality = NULL, submitted_punctuality = NULL,
        sla_deadline = p_deadline
        WHERE e.evaluation_id = p_evaluation;
    UPDATE public.evaluation_assignments a SET reason = v_reason
        WHERE a.evaluation_id = p_evaluation AND a.assignment_version = p_assignment_version + 1;
    DELETE FROM public.question_marks m WHERE m.evaluation_id = p_evaluation;
    UPDATE public.exam_instances x SET
        status = 'pending_evaluation', manual_score = 0, total_score = x.mcq_score, percentage = NULL
        WHERE x.exam_instance_id = v_before.exam_instance_id;
    INSERT INTO public.evaluation_returns (
        evaluation_id, assignment_version, teacher_user_id, questions, reason, returned_by
    ) VALUES (
        p_evaluation, p_assignment_version + 1, v_before.teacher_user_id, p_questions, v_reason, v_me
    );
    IF p_deadline <> v_before.sla_deadline THEN
        INSERT INTO public.deadline_changes (
            evaluation_id, kind, deadline_before, deadline_after, reason, changed_by
        ) VALUES (p_evaluation, 'returned', v_before.sla_deadline, p_deadline, v_reason, v_me);
    END IF;
    RETURN api._told('evaluation.returned', v_me, p_evaluation, jsonb_build_object(
        'version_number', v_copy, 'reason', v_reason,
        'questions', (SELECT jsonb_agg(q -> 'question_number') FROM jsonb_array_elements(p_questions) q)
    )) || jsonb_build_object('assignment_version', p_assignment_version + 1, 'version_number', v_copy);
END
$$;

-- What may be changed in a script that was returned: NULL for all of one that was not, or that another teacher had since.
CREATE FUNCTION api._unlocked(p_evaluation uuid) RETURNS text[]
    LANGUAGE sql STABLE
AS $$
    SELECT ARRAY(SELECT api._whole(q ->> 'question_number')::text FROM jsonb_array_elements(r.questions) q)
    FROM public.evaluation_returns r
    WHERE r.evaluation_id = p_evaluation AND NOT EXISTS (
        SELECT 1 FROM public.evaluation_assignments a
        WHERE a.evaluation_id = r.evaluation_id AND a.assignment_version > r.assignment_version
          AND a.teacher_user_id <> r.teacher_user_id
    )
    ORDER BY r.assignment_version DESC LIMIT 1
$$;

-- What the teacher is told of that: the reason, and each question with its own; NULL when nothing is returned now.
CREATE FUNCTION api._returned(p_evaluation uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object('reason', r.reason, 'questions', r.questions)
    FROM public.evaluation_returns r JOIN public.evaluations e ON e.evaluation_id = r.evaluation_id
    WHERE r.evaluation_id = p_evaluation AND e.status <> 'completed' AND NOT EXISTS (
        SELECT 1 FROM public.evaluation_assignments a
        WHERE a.evaluation_id = r.evaluation_id AND a.assignment_version > r.assignment_version
          AND a.teacher_user_id <> r.teacher_user_id
    )
    ORDER BY r.assignment_version DESC LIMIT 1
$$;

-- api.pull_scripts asks for it by this name.
ALTER FUNCTION api._script_work(uuid) RENAME TO _script_registers;
CREATE FUNCTION api._script_work(p_evaluation uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT api._script_registers(p_evaluation) || jsonb_build_object('returned', api._returned(p_evaluation))
$$;

-- True for an operation on a question that was not returned; ink on no question is free.
CREATE FUNCTION api._touches_locked(p_op api._operation) RETURNS boolean
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_unlocked text[];
BEGIN
    IF p_op.kind NOT IN ('mark.set', 'mark.clear', 'annotation.put', 'annotation.delete') THEN
        RETURN false;
    END IF;
    v_unlocked := api._unlocked(p_op.evaluation_id);
    IF v_unlocked IS NULL THEN
        RETURN false;
    ELSIF p_op.kind IN ('mark.set', 'mark.clear') THEN
        RETURN NOT coalesce(api._whole(p_op.payload ->> 'question_number')::text = ANY (v_unlocked), true);
    END IF;
    RETURN EXISTS (
        SELECT 1 FROM public.annotation_registers r
        WHERE r.evaluation_id = p_op.evaluation_id AND NOT r.deleted
          AND r.body ->> 'question_number' <> ALL (v_unlocked)
          AND r.annotation_id IN (
              SELECT i::uuid FROM jsonb_array_elements_text(
                  CASE WHEN jsonb_typeof(p_op.payload -> 'annotation_ids') = 'array'
                       THEN p_op.payload -> 'annotation_ids' ELSE '[]' END
              ) i
              UNION ALL
              SELECT (a ->> 'id')::uuid FROM jsonb_array_elements(
                  CASE WHEN jsonb_typeof(p_op.payload -> 'annotations') = 'array'
                       THEN p_op.payload -> 'annotations' ELSE '[]' END
              ) a
          )
    ) OR EXISTS (
        SELECT 1 FROM jsonb_array_elements(
            CASE WHEN jsonb_typeof(p_op.payload -> 'annotations') = 'array'
                 THEN p_op.payload -> 'annotations' ELSE '[]' END
        ) a
        WHERE a ->> 'question_number' <> ALL (v_unlocked)
    );
END
$$;

-- As in 004, and closed to questions that were not returned.
CREATE OR REPLACE FUNCTION api._take_effect(p_op api._operation, p_paper jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_fault jsonb;
BEGIN
    IF pg_column_size(p_op.payload) > 1048576 THEN
        RETURN api._against('refused', 'too_large');
    ELSIF api._touches_locked(p_op) THEN
        RETURN api._against('refused', 'not_returned');
    END IF;
    v_fault := CASE p_op.kind
        WHEN 'evaluation.open' THEN api._open(p_op)
        WHEN 'mark.set' THEN api._set_mark(p_op, p_paper)
        WHEN 'mark.clear' THEN api._set_mark(p_op, p_paper)
        WHEN 'annotation.put' THEN api._put_annotations(p_op, p_paper)
        WHEN 'annotation.delete' THEN api._delete_annotations(p_op)
        WHEN 'page.seen' THEN api._see_page(p_op)
        WHEN 'page.tag' THEN api._tag_page(p_op, p_paper)
        WHEN 'flag.raise' THEN api._raise_flag(p_op)
        WHEN 'flag.withdraw' THEN api._withdraw_flag(p_op)
        WHEN 'evaluation.hand_back' THEN api._hand_back(p_op)
        WHEN 'evaluation.submit' THEN api._submit(p_op)
        ELSE api._against('refused', 'unknown_kind')
    END;
    RETURN coalesce(v_fault, api._against('applied', NULL));
EXCEPTION
    -- Lock, timeout and connection errors are not caught: the batch is sent again.
    WHEN data_exception OR integrity_constraint_violation OR cardinality_violation OR program_limit_exceeded THEN
        RETURN api._against('refused', 'malformed', jsonb_build_object('code', SQLSTATE, 'message', SQLERRM));
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.assign_script(uuid, uuid, int, timestamptz, text),
    api.move_script(uuid, int, uuid, text), api.pool_script(uuid, int, text), api.withdraw_script(uuid, int, text),
    api.release_script(uuid, int, text), api.answer_flag(uuid, text) TO mv_coordinator;
GRANT EXECUTE ON FUNCTION api.extend_deadline(uuid, timestamptz, timestamptz, text),
    api.excuse_deadline(uuid, timestamptz, text), api.return_questions(uuid, int, jsonb, timestamptz, text)
    TO mv_coordinator, mv_admin;
GRANT EXECUTE ON FUNCTION api.assign_script(uuid, uuid, int, timestamptz, text) TO mv_worker;
