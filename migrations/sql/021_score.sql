-- Choices of exams that came in without a score, and exams that cannot be scored: they hold up no other.

-- As in 016, but of a paper in an odd form, too: it holds neither kind.
CREATE OR REPLACE FUNCTION api._has_kind(p_snapshot jsonb, p_choices boolean) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN p_choices
        THEN jsonb_path_exists(p_snapshot, '$.questions[*] ? (@.question_type == "MCQ")')
        ELSE jsonb_path_exists(p_snapshot, '$.questions[*] ? (@.question_type != "MCQ")')
    END
$$;

-- Whether the worker failed with an exam within a day: a paper never changes, so that trying again at once is idle.
CREATE FUNCTION api._is_stuck(p_exam uuid) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (
        SELECT 1 FROM public.audit_logs a
        WHERE a.resource_type = 'exam' AND a.resource_id = p_exam AND a.event_type = 'exam.stuck'
          AND a.created_at > now() - interval '1 day'
    )
$$;

-- No score, or none of what the answers earned.
CREATE FUNCTION api._is_unscored(p_exam uuid, p_score numeric, p_snapshot jsonb) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT p_score IS NULL OR p_score = 0 AND EXISTS (
        SELECT 1 FROM public.student_mcq_answers a
        WHERE a.exam_instance_id = p_exam AND a.marks_awarded > 0 AND jsonb_path_exists(
            p_snapshot, '$.questions[*] ? (@.question_type == "MCQ" && @.question_number == $number)',
            jsonb_build_object('number', a.question_number)
        )
    )
$$;

-- As in 016, but an exam whose paper or answers cannot be scored is written down (exam.stuck) and left as it is.
CREATE OR REPLACE FUNCTION api.submit_overdue_exams(p_limit int, p_now timestamptz DEFAULT now()) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_grace interval := coalesce((api._setting('exam_grace_period_minutes'))::text::int, 0) * interval '1 minute';
    v_exam record;
    v_count int := 0;
BEGIN
    IF api._setting('exam_auto_submit_enabled') IS DISTINCT FROM 'true' THEN
        RETURN 0;
    END IF;
    FOR v_exam IN
        SELECT x.exam_instance_id, x.exam_snapshot, x.duration_minutes,
               x.started_at + x.duration_minutes * interval '1 minute' AS ends
        FROM public.exam_instances x
        WHERE x.status = 'in_progress' AND x.started_at + x.duration_minutes * interval '1 minute' + v_grace < p_now
          AND NOT api._is_stuck(x.exam_instance_id)
        ORDER BY 4, x.exam_instance_id
        LIMIT greatest(least(p_limit, 1000), 0)
        FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        BEGIN
            UPDATE public.exam_instances x SET
                status = CASE WHEN api._has_kind(v_exam.exam_snapshot, true) THEN 'submitted_mcq'
                              ELSE 'pending_upload' END::public.mv_exam_status,
                submitted_at = v_exam.ends, time_taken_minutes = v_exam.duration_minutes
                WHERE x.exam_instance_id = v_exam.exam_instance_id;
            PERFORM api._audit('exam.time_up', NULL, 'exam', v_exam.exam_instance_id, jsonb_build_object(
                'ended_at', v_exam.ends
            ));
            IF api._has_kind(v_exam.exam_snapshot, false) THEN
                UPDATE public.exam_instances x SET status = 'pending_upload'
                    WHERE x.exam_instance_id = v_exam.exam_instance_id AND x.status = 'submitted_mcq';
            END IF;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
            PERFORM api._audit('exam.stuck', NULL, 'exam', v_exam.exam_instance_id, jsonb_build_object(
                'sqlstate', SQLSTATE
            ));
        END;
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$$;

-- Scores the choices of exams that came in submitted, or were submitted before choices were scored here. Answers how
-- many were looked at; what cannot be scored is written down.
CREATE FUNCTION api.score_submitted_exams(p_limit int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_exam record;
    v_score numeric;
    v_count int := 0;
BEGIN
    FOR v_exam IN
        SELECT x.exam_instance_id, x.exam_snapshot FROM public.exam_instances x
        WHERE x.status IN ('submitted_mcq', 'pending_upload', 'uploaded', 'pending_evaluation')
          AND api._is_unscored(x.exam_instance_id, x.mcq_score, x.exam_snapshot)
          AND NOT api._is_stuck(x.exam_instance_id)
        ORDER BY x.exam_instance_id
        LIMIT greatest(least(p_limit, 1000), 0)
        FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        BEGIN
            v_score := api._score_choices(v_exam.exam_instance_id, v_exam.exam_snapshot);
            UPDATE public.exam_instances x SET mcq_score = v_score, total_score = v_score + coalesce(x.manual_score, 0)
                WHERE x.exam_instance_id = v_exam.exam_instance_id;
            PERFORM api._audit('exam.scored', NULL, 'exam', v_exam.exam_instance_id, jsonb_build_object(
                'mcq_score', api._decimal(v_score)
            ));
        EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
            PERFORM api._audit('exam.stuck', NULL, 'exam', v_exam.exam_instance_id, jsonb_build_object(
                'sqlstate', SQLSTATE
            ));
        END;
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$$;

-- As in 016, but never before the choices are scored, and written down.
CREATE OR REPLACE FUNCTION api.finish_choice_exams(p_limit int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_exam record;
    v_total numeric;
    v_count int := 0;
BEGIN
    FOR v_exam IN
        SELECT x.exam_instance_id FROM public.exam_instances x
        WHERE x.status = 'submitted_mcq' AND NOT api._is_unscored(x.exam_instance_id, x.mcq_score, x.exam_snapshot)
          AND api._has_kind(x.exam_snapshot, true) AND NOT api._has_kind(x.exam_snapshot, false)
          AND NOT api._is_stuck(x.exam_instance_id)
        ORDER BY x.submitted_at, x.exam_instance_id
        LIMIT greatest(least(p_limit, 1000), 0)
        FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        BEGIN
            UPDATE public.exam_instances x SET
                status = 'evaluated', total_score = x.mcq_score,
                percentage = round(100 * x.mcq_score / nullif(x.total_marks, 0), 2)
                WHERE x.exam_instance_id = v_exam.exam_instance_id
                RETURNING x.total_score INTO v_total;
            PERFORM api._audit('exam.evaluated', NULL, 'exam', v_exam.exam_instance_id, jsonb_build_object(
                'total_score', api._decimal(v_total)
            ));
        EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
            PERFORM api._audit('exam.stuck', NULL, 'exam', v_exam.exam_instance_id, jsonb_build_object(
                'sqlstate', SQLSTATE
            ));
        END;
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$$;

REVOKE EXECUTE ON FUNCTION api._is_stuck(uuid), api._is_unscored(uuid, numeric, jsonb), api.score_submitted_exams(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.score_submitted_exams(int) TO mv_worker;
