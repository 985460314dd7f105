-- The steps an exam may take, whoever writes; its choices are scored when it is submitted; whose time is up is submitted.

-- The same table stands in domain/exam_status.py.
CREATE FUNCTION api._check_exam_step() RETURNS trigger
    LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
    IF (OLD.status::text, NEW.status::text) IN (
        ('created', 'in_progress'),
        ('in_progress', 'submitted_mcq'), ('in_progress', 'pending_upload'),
        ('submitted_mcq', 'evaluated'), ('submitted_mcq', 'pending_upload'),
        ('pending_upload', 'uploaded'),
        ('uploaded', 'pending_evaluation'),
        ('pending_evaluation', 'evaluated'), ('pending_evaluation', 'uploaded'),
        ('evaluated', 'pending_evaluation')
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'exam % cannot go from % to %', OLD.exam_instance_id, OLD.status, NEW.status
        USING ERRCODE = 'check_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, COLUMN = 'status',
              CONSTRAINT = TG_NAME;
END
$$;
-- Of new rows any state is taken: an exam of another system comes in as far as it got there.
CREATE TRIGGER tr_exam_instances_step BEFORE UPDATE OF status ON public.exam_instances
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION api._check_exam_step();

-- The ids of choices in one order, each once; NULL for what is no list.
CREATE FUNCTION api._choices(p_choices jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN jsonb_typeof(p_choices) = 'array' THEN (
        SELECT coalesce(array_agg(DISTINCT c ORDER BY c), '{}') FROM jsonb_array_elements_text(p_choices) c
    ) END
$$;

-- What the choices of a paper earn: all that is right and nothing else, or nothing. The paper as it was frozen decides,
-- not what the bank holds today. Answers are written down as judged; what was not answered earns nothing.
CREATE FUNCTION api._score_choices(p_exam uuid, p_snapshot jsonb) RETURNS numeric
    LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE public.student_mcq_answers a
        SET is_correct = j.is_correct, marks_awarded = j.awarded, marks_possible = j.possible
        FROM (
            SELECT b.answer_id, q.marks AS possible, r.is_correct, CASE WHEN r.is_correct THEN q.marks ELSE 0 END AS awarded
            FROM public.student_mcq_answers b
            JOIN LATERAL (
                SELECT (coalesce(o.option, e.question) ->> 'marks')::numeric AS marks,
                       api._choices(coalesce(o.option, e.question) -> 'correct') AS correct
                FROM jsonb_array_elements(p_snapshot -> 'questions') e (question)
                LEFT JOIN LATERAL (
                    SELECT x AS option FROM jsonb_array_elements(coalesce(nullif(e.question -> 'alternatives', 'null'), '[]')) x
                    WHERE x ->> 'question_id' = b.question_id::text LIMIT 1
                ) o ON true
                WHERE (e.question ->> 'question_number')::int = b.question_number
                  AND e.question ->> 'question_type' = 'MCQ'
                LIMIT 1
            ) q ON true
            CROSS JOIN LATERAL (
                SELECT coalesce(cardinality(q.correct) > 0 AND api._choices(b.selected_choices) = q.correct, false)
                    AS is_correct
            ) r
            WHERE b.exam_instance_id = p_exam
        ) j
        WHERE a.answer_id = j.answer_id
          AND (a.is_correct, a.marks_awarded, a.marks_possible) IS DISTINCT FROM (j.is_correct, j.awarded, j.possible);
    RETURN (
        SELECT coalesce(sum(a.marks_awarded), 0) FROM public.student_mcq_answers a
        WHERE a.exam_instance_id = p_exam AND EXISTS (
            SELECT 1 FROM jsonb_array_elements(p_snapshot -> 'questions') q
            WHERE (q ->> 'question_number')::int = a.question_number AND q ->> 'question_type' = 'MCQ'
        )
    );
END
$$;

CREATE FUNCTION api._score_exam() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    NEW.mcq_score := api._score_choices(NEW.exam_instance_id, NEW.exam_snapshot);
    NEW.total_score := NEW.mcq_score + coalesce(NEW.manual_score, 0);
    RETURN NEW;
END
$$;
CREATE TRIGGER tr_exam_instances_score BEFORE UPDATE OF status ON public.exam_instances
    FOR EACH ROW WHEN (OLD.status = 'in_progress' AND NEW.status IN ('submitted_mcq', 'pending_upload'))
    EXECUTE FUNCTION api._score_exam();

CREATE FUNCTION api._has_kind(p_snapshot jsonb, p_choices boolean) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT EXISTS (
        SELECT 1 FROM jsonb_array_elements(p_snapshot -> 'questions') q
        WHERE (q ->> 'question_type' = 'MCQ') = p_choices
    )
$$;

-- Exams whose time and grace are over, the longest first: submitted as of the end of their time, if the settings say so.
-- What holds no written question is evaluated at once, all else waits for its sheets. As many as p_limit means that more
-- may wait; a row that somebody holds is left for the next round.
CREATE FUNCTION api.submit_overdue_exams(p_limit int, p_now timestamptz DEFAULT now()) RETURNS int
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
        ORDER BY 4, x.exam_instance_id
        LIMIT greatest(least(p_limit, 1000), 0)
        FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        UPDATE public.exam_instances x SET
            status = CASE WHEN api._has_kind(v_exam.exam_snapshot, true) THEN 'submitted_mcq' ELSE 'pending_upload' END
                ::public.mv_exam_status,
            submitted_at = v_exam.ends, time_taken_minutes = v_exam.duration_minutes
            WHERE x.exam_instance_id = v_exam.exam_instance_id;
        PERFORM api._audit('exam.time_up', NULL, 'exam', v_exam.exam_instance_id, jsonb_build_object(
            'ended_at', v_exam.ends
        ));
        IF api._has_kind(v_exam.exam_snapshot, false) THEN
            UPDATE public.exam_instances x SET status = 'pending_upload'
                WHERE x.exam_instance_id = v_exam.exam_instance_id AND x.status = 'submitted_mcq';
        END IF;
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$$;

-- Submitted exams with nothing written in them have their result.
CREATE FUNCTION api.finish_choice_exams(p_limit int) RETURNS int
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
    WITH due AS (
        SELECT x.exam_instance_id FROM public.exam_instances x
        WHERE x.status = 'submitted_mcq' AND NOT api._has_kind(x.exam_snapshot, false)
        ORDER BY x.submitted_at, x.exam_instance_id
        LIMIT greatest(least(p_limit, 1000), 0)
        FOR NO KEY UPDATE SKIP LOCKED
    ), done AS (
        UPDATE public.exam_instances x SET
            status = 'evaluated', total_score = coalesce(x.mcq_score, 0),
            percentage = round(100 * coalesce(x.mcq_score, 0) / nullif(x.total_marks, 0), 2)
        FROM due d WHERE x.exam_instance_id = d.exam_instance_id RETURNING 1
    )
    SELECT count(*)::int FROM done
$$;

REVOKE EXECUTE ON FUNCTION api._check_exam_step(), api._choices(jsonb), api._score_choices(uuid, jsonb),
    api._score_exam(), api._has_kind(jsonb, boolean), api.submit_overdue_exams(int, timestamptz),
    api.finish_choice_exams(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.submit_overdue_exams(int, timestamptz), api.finish_choice_exams(int) TO mv_worker;
