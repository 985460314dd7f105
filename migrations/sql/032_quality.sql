-- Scripts that are marked a second time: chosen, given, read, marked, declined, taken back.

-- By how much two markings of a question may differ. For whoever may read what came of it, the teacher concerned too.
CREATE FUNCTION api.sample_tolerances() RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._caller();
    RETURN jsonb_build_object(
        'short', coalesce(api._setting('sample_tolerance'), '"0.5"'),
        'long', coalesce(api._setting('sample_tolerance_long'), '"1"')
    );
END
$$;

-- Chosen ----------------------------------------------------------------------------------------------------------------

-- What the worker decides by.
CREATE FUNCTION api.sample_rule() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT jsonb_build_object(
        'first', coalesce(api._setting('sample_first'), '0'), 'percent', coalesce(api._setting('sample_percent'), '0'),
        'key', k.key
    )
    FROM api._sample_key k
$$;

-- Completed scripts of which nothing is decided, and the how-manieth of her completed ones each is; beyond the hundredth it
-- makes no difference. One that is committed late may have let later ones count too low, which takes one more, never one less.
CREATE FUNCTION api.scripts_to_sample(p_limit int)
    RETURNS TABLE (evaluation_id uuid, place int)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT e.evaluation_id, 1 + (
        SELECT count(*)::int FROM (
            SELECT FROM public.evaluations o
            WHERE o.teacher_user_id = e.teacher_user_id AND o.status = 'completed'
              AND (o.completed_at, o.evaluation_id) < (e.completed_at, e.evaluation_id)
            LIMIT 100
        ) b
    )
    FROM api._scripts_to_sample q
    JOIN public.evaluations e ON e.evaluation_id = q.evaluation_id
    WHERE e.status = 'completed'
    ORDER BY q.completed_at, q.evaluation_id LIMIT greatest(least(p_limit, 1000), 0)
$$;

-- True when it was not chosen before. The script is locked by the caller, and completed.
CREATE FUNCTION api._choose(p_evaluation uuid, p_why text, p_reason text, p_me uuid) RETURNS boolean
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO public.script_samples (evaluation_id, teacher_user_id, why, reason, chosen_by)
        SELECT e.evaluation_id, e.teacher_user_id, p_why, p_reason, p_me
        FROM public.evaluations e WHERE e.evaluation_id = p_evaluation
        ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO public.sample_marks (
        evaluation_id, question_number, teacher_user_id, question_id, question_type, marks_possible, first_marks
    )
        SELECT m.evaluation_id, m.question_number, e.teacher_user_id, m.question_id, m.question_type, m.marks_possible,
               m.marks_awarded
        FROM public.question_marks m JOIN public.evaluations e ON e.evaluation_id = m.evaluation_id
        WHERE m.evaluation_id = p_evaluation;
    PERFORM api._audit('sample.chosen', p_me, 'evaluation', p_evaluation, jsonb_strip_nulls(jsonb_build_object(
        'why', p_why, 'reason', p_reason
    )));
    RETURN true;
END
$$;

-- Writes down what was decided: [{"evaluation", "why"}], "why" null for what is not looked at again. Each script once,
-- however many workers decide of it; what was returned meanwhile is decided when it is completed again. Answers
-- {"decided", "taken"}: how many.
CREATE FUNCTION api.choose_samples(p_scripts jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_script record;
    v_held uuid[];
    v_decided int := 0;
    v_taken int := 0;
BEGIN
    IF jsonb_typeof(p_scripts) IS DISTINCT FROM 'array' OR jsonb_array_length(p_scripts) > 1000 THEN
        RAISE EXCEPTION 'a list of at most 1000 scripts is needed' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT coalesce(array_agg(h.evaluation_id), '{}') INTO v_held FROM (
        SELECT e.evaluation_id FROM public.evaluations e
        WHERE e.evaluation_id IN (SELECT (s ->> 'evaluation')::uuid FROM jsonb_array_elements(p_scripts) s)
          AND e.status = 'completed'
        ORDER BY e.evaluation_id FOR NO KEY UPDATE SKIP LOCKED
    ) h;
    FOR v_script IN
        WITH decided AS (
            DELETE FROM api._scripts_to_sample q WHERE q.evaluation_id = ANY (v_held) RETURNING q.evaluation_id
        )
        SELECT d.evaluation_id, s.why FROM decided d
        JOIN jsonb_to_recordset(p_scripts) AS s (evaluation uuid, why text) ON s.evaluation = d.evaluation_id
        ORDER BY d.evaluation_id
    LOOP
        v_decided := v_decided + 1;
        IF v_script.why IS NOT NULL THEN
            v_taken := v_taken + api._choose(v_script.evaluation_id, v_script.why, NULL, NULL)::int;
        END IF;
    END LOOP;
    RETURN jsonb_build_object('decided', v_decided, 'taken', v_taken);
END
$$;

-- A coordinator wants a script to be looked at.
CREATE FUNCTION api.ask_sample(p_evaluation uuid, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_reason text := api._checked_reason(p_reason);
    v_status text;
BEGIN
    SELECT e.status INTO v_status FROM public.evaluations e WHERE e.evaluation_id = p_evaluation FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    ELSIF v_status <> 'completed' THEN
        RETURN api._refused('not_completed');
    ELSIF NOT api._choose(p_evaluation, 'asked', v_reason, v_me) THEN
        RETURN (
            SELECT api._refused('sampled', jsonb_strip_nulls(jsonb_build_object(
                'by', api._staff_name(s.chosen_by), 'at', s.chosen_at
            )))
            FROM public.script_samples s WHERE s.evaluation_id = p_evaluation
        );
    END IF;
    RETURN '{"done": true}';
END
$$;

-- Given ----------------------------------------------------------------------------------------------------------------

-- Why this teacher may not mark this sample; NULL when she may. Never who had the script herself, and never who coordinates:
-- she reads everybody's marks.
CREATE FUNCTION api._fault_of_second(p_teacher uuid, p_evaluation uuid) RETURNS text
    LANGUAGE plpgsql
AS $$
DECLARE
    v_exam record;
BEGIN
    SELECT x.student_user_id, x.class, e.teacher_user_id INTO v_exam
        FROM public.evaluations e JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
        WHERE e.evaluation_id = p_evaluation;
    RETURN CASE
        WHEN NOT api._is_teaching(p_teacher) THEN 'no_teacher'
        WHEN EXISTS (SELECT 1 FROM public.users u WHERE u.user_id = p_teacher AND u.is_coordinator) THEN 'sees_all'
        WHEN p_teacher = v_exam.teacher_user_id OR EXISTS (
            SELECT 1 FROM public.evaluation_assignments a
            WHERE a.evaluation_id = p_evaluation AND a.teacher_user_id = p_teacher
        ) THEN 'same_teacher'
        WHEN EXISTS (SELECT 1 FROM api._barred(p_teacher) b WHERE b.student_user_id = v_exam.student_user_id)
            THEN 'conflict'
        WHEN EXISTS (
            SELECT 1 FROM public.teacher_limits l WHERE l.user_id = p_teacher AND v_exam.class <> ALL (l.classes)
        ) THEN 'class'
    END;
END
$$;

CREATE FUNCTION api.give_sample(p_evaluation uuid, p_teacher uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_fault text;
    v_marking uuid;
BEGIN
    PERFORM 1 FROM public.script_samples s WHERE s.evaluation_id = p_evaluation FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    ELSIF EXISTS (
        SELECT 1 FROM public.second_markings m
        WHERE m.evaluation_id = p_evaluation AND (m.outcome IS NULL OR m.outcome = 'marked')
    ) THEN
        RETURN (
            SELECT api._refused(CASE WHEN m.outcome IS NULL THEN 'given' ELSE 'marked' END, jsonb_build_object(
                'by', api._staff_name(m.given_by), 'at', m.given_at, 'teacher', api._staff_name(m.teacher_user_id)
            ))
            FROM public.second_markings m
            WHERE m.evaluation_id = p_evaluation AND (m.outcome IS NULL OR m.outcome = 'marked')
        );
    END IF;
    v_fault := api._fault_of_second(p_teacher, p_evaluation);
    IF v_fault IS NOT NULL THEN
        RETURN api._refused(v_fault);
    END IF;
    INSERT INTO public.second_markings (evaluation_id, teacher_user_id, given_by) VALUES (p_evaluation, p_teacher, v_me)
        RETURNING marking_id INTO v_marking;
    PERFORM api._audit('sample.given', v_me, 'evaluation', p_evaluation, jsonb_build_object(
        'teacher', p_teacher, 'marking', v_marking
    ));
    PERFORM api._tell(p_teacher, 'sample.given', '{}', v_marking::text);
    RETURN jsonb_build_object('done', true, 'marking', v_marking, 'warnings', api._warnings(p_teacher));
END
$$;

-- Ends it, and the addresses of pages that she was given for it.
CREATE FUNCTION api._end_second(p_marking public.second_markings, p_me uuid, p_outcome text, p_words text) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE public.second_markings m SET
        outcome = p_outcome, ended_at = clock_timestamp(),
        reason = CASE WHEN p_outcome <> 'marked' THEN p_words END,
        comment = CASE WHEN p_outcome = 'marked' THEN nullif(p_words, '') END
        WHERE m.marking_id = p_marking.marking_id;
    DELETE FROM public.page_requests r
        USING public.answer_sheet_uploads u, public.evaluations e
        WHERE r.user_id = p_marking.teacher_user_id AND u.upload_id = r.upload_id
          AND e.exam_instance_id = u.exam_instance_id AND e.evaluation_id = p_marking.evaluation_id;
    PERFORM api._audit('sample.' || p_outcome, p_me, 'evaluation', p_marking.evaluation_id, jsonb_strip_nulls(
        jsonb_build_object(
            'teacher', p_marking.teacher_user_id, 'marking', p_marking.marking_id,
            'reason', CASE WHEN p_outcome <> 'marked' THEN p_words END
        )
    ));
END
$$;

CREATE FUNCTION api.take_sample_back(p_marking uuid, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_reason text := api._checked_reason(p_reason);
    v_marking public.second_markings;
BEGIN
    SELECT * INTO v_marking FROM public.second_markings m WHERE m.marking_id = p_marking FOR UPDATE;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    ELSIF v_marking.outcome IS NOT NULL THEN
        RETURN api._refused(v_marking.outcome);
    END IF;
    PERFORM api._end_second(v_marking, v_me, 'taken_back', v_reason);
    RETURN '{"done": true}';
END
$$;

-- Read and marked, by the second teacher -------------------------------------------------------------------------------

-- Whether somebody has a script to mark a second time now: given to her and not ended, not withdrawn, and still nothing
-- against her. The one rule of what she may see.
CREATE FUNCTION api._marks_second(p_user uuid, p_evaluation uuid) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (
        SELECT 1 FROM public.second_markings m
        JOIN public.users u ON u.user_id = m.teacher_user_id
        JOIN public.evaluations e ON e.evaluation_id = m.evaluation_id
        JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
        WHERE m.teacher_user_id = p_user AND m.evaluation_id = p_evaluation AND m.outcome IS NULL
          AND u.is_active AND u.role = 'teacher' AND NOT u.is_coordinator
          AND e.teacher_user_id <> p_user AND api._hold_reason(e.evaluation_id) IS NULL
          AND NOT EXISTS (SELECT 1 FROM api._barred(p_user) b WHERE b.student_user_id = x.student_user_id)
    )
$$;

-- What the caller has to mark a second time. Nothing in it names the script, its teacher or its student.
CREATE FUNCTION api.my_second_markings() RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'marking_id', m.marking_id, 'given_at', m.given_at, 'title', t.template_name, 'class', x.class,
            'exam_type', x.exam_type, 'questions', (
                SELECT count(*) FROM public.sample_marks s WHERE s.evaluation_id = m.evaluation_id
            )
        ) ORDER BY m.given_at, m.marking_id), '[]')
        FROM public.second_markings m
        JOIN public.evaluations e ON e.evaluation_id = m.evaluation_id
        JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
        JOIN public.exam_templates t ON t.template_id = x.template_id
        WHERE m.teacher_user_id = v_me AND m.outcome IS NULL AND api._marks_second(v_me, m.evaluation_id)
    );
END
$$;

-- The paper and the pages of one of them, as the student left them; NULL for what is not hers to mark now.
CREATE FUNCTION api.read_second_marking(p_marking uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    RETURN (
        SELECT jsonb_build_object(
            'marking_id', m.marking_id, 'given_at', m.given_at, 'title', t.template_name, 'class', x.class,
            'exam_type', x.exam_type, 'snapshot', x.exam_snapshot,
            'declared_unanswered', (
                SELECT coalesce(jsonb_agg(u.question_number ORDER BY u.question_number), '[]')
                FROM public.unanswered_questions u
                WHERE u.exam_instance_id = e.exam_instance_id AND u.declared_unanswered
            ),
            'pages', api._script_pages(e.exam_instance_id)
        )
        FROM public.second_markings m
        JOIN public.evaluations e ON e.evaluation_id = m.evaluation_id
        JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
        JOIN public.exam_templates t ON t.template_id = x.template_id
        WHERE m.marking_id = p_marking AND m.teacher_user_id = v_me AND m.outcome IS NULL
          AND api._marks_second(v_me, m.evaluation_id)
    );
END
$$;

-- What was sent, read and judged: one row for each element. Marks that are no number, or that the question cannot give, are NULL.
CREATE FUNCTION api._read_second(p_evaluation uuid, p_marks jsonb)
    RETURNS TABLE (question_number int, question_id uuid, marks numeric, comment text)
    LANGUAGE sql STABLE
AS $$
    SELECT s.number, o.question_id, CASE WHEN api._valid_marks(s.marks, o.possible) THEN s.marks END, s.comment
    FROM (
        SELECT CASE WHEN q ->> 'question_number' ~ '^[0-9]{1,4}$' THEN (q ->> 'question_number')::int END AS number,
               coalesce(q ->> 'alternative', '') AS alternative, coalesce(left(q ->> 'comment', 2000), '') AS comment,
               CASE WHEN q ->> 'marks' ~ '^[0-9]{1,3}([.][0-9]{1,2})?$' THEN (q ->> 'marks')::numeric END AS marks
        FROM jsonb_array_elements(p_marks) q
    ) s
    LEFT JOIN (
        SELECT p.* FROM public.evaluations e
        JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
        CROSS JOIN LATERAL api._options(x.exam_snapshot) p
        WHERE e.evaluation_id = p_evaluation
    ) o ON o.question_number = s.number AND o.alternative = s.alternative
$$;

-- All marks at once: [{"question_number", "alternative", "marks", "comment"}], each written question once, of an either/or
-- question the side that counts. Said again, the same is done already. Answers tell nothing but what was sent.
CREATE FUNCTION api.mark_second(p_marking uuid, p_marks jsonb, p_comment text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_marking public.second_markings;
    v_wrong jsonb;
    v_missing jsonb;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    IF jsonb_typeof(p_marks) IS DISTINCT FROM 'array' OR jsonb_array_length(p_marks) > 500 OR length(p_comment) > 2000
    THEN
        RAISE EXCEPTION 'a list of at most 500 marks is needed' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO v_marking FROM public.second_markings m
        WHERE m.marking_id = p_marking AND m.teacher_user_id = v_me FOR UPDATE;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    ELSIF v_marking.outcome = 'marked' AND NOT EXISTS (
        SELECT 1 FROM public.sample_marks s
        LEFT JOIN api._read_second(v_marking.evaluation_id, p_marks) r ON r.question_number = s.question_number
        WHERE s.evaluation_id = v_marking.evaluation_id
          AND (s.second_marks, s.second_question_id) IS DISTINCT FROM (r.marks, r.question_id)
    ) THEN
        RETURN '{"done": true, "already": true}';
    ELSIF v_marking.outcome IS NOT NULL OR NOT api._marks_second(v_me, v_marking.evaluation_id) THEN
        RETURN api._refused('closed');
    END IF;
    SELECT jsonb_agg(DISTINCT r.question_number) INTO v_wrong
        FROM (
            SELECT r.*, count(*) OVER (PARTITION BY r.question_number) AS times
            FROM api._read_second(v_marking.evaluation_id, p_marks) r
        ) r
        WHERE r.marks IS NULL OR r.question_id IS NULL OR r.times > 1 OR NOT EXISTS (
            SELECT 1 FROM public.sample_marks s
            WHERE s.evaluation_id = v_marking.evaluation_id AND s.question_number = r.question_number
        );
    SELECT jsonb_agg(s.question_number ORDER BY s.question_number) INTO v_missing
        FROM public.sample_marks s
        WHERE s.evaluation_id = v_marking.evaluation_id AND NOT EXISTS (
            SELECT 1 FROM api._read_second(v_marking.evaluation_id, p_marks) r
            WHERE r.question_number = s.question_number
        );
    IF v_wrong IS NOT NULL THEN
        RETURN api._refused('out_of_range', jsonb_build_object('questions', v_wrong));
    ELSIF v_missing IS NOT NULL THEN
        RETURN api._refused('incomplete', jsonb_build_object('questions', v_missing));
    END IF;
    UPDATE public.sample_marks s SET
        second_marks = r.marks, second_question_id = r.question_id, second_comment = nullif(r.comment, ''),
        marked_at = now()
        FROM api._read_second(v_marking.evaluation_id, p_marks) r
        WHERE s.evaluation_id = v_marking.evaluation_id AND s.question_number = r.question_number;
    PERFORM api._end_second(v_marking, v_me, 'marked', btrim(p_comment));
    RETURN '{"done": true}';
END
$$;

CREATE FUNCTION api.decline_second(p_marking uuid, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := (SELECT c.user_id FROM api._caller() c);  -- first: a stranger learns nothing of what is checked
    v_reason text := api._checked_reason(p_reason);
    v_marking public.second_markings;
BEGIN
    SELECT * INTO v_marking FROM public.second_markings m
        WHERE m.marking_id = p_marking AND m.teacher_user_id = v_me FOR UPDATE;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    ELSIF v_marking.outcome IS NOT NULL THEN
        RETURN api._refused('closed');
    END IF;
    PERFORM api._end_second(v_marking, v_me, 'declined', v_reason);
    PERFORM api._tell_coordinators('sample.declined', (
        SELECT jsonb_build_object(
            'evaluation_id', e.evaluation_id, 'script', api._script_code(e.exam_instance_id)
        )
        FROM public.evaluations e WHERE e.evaluation_id = v_marking.evaluation_id
    ), v_marking.marking_id::text);
    RETURN '{"done": true}';
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.sample_rule(), api.scripts_to_sample(int), api.choose_samples(jsonb) TO mv_worker;
GRANT EXECUTE ON FUNCTION api.ask_sample(uuid, text), api.give_sample(uuid, uuid), api.take_sample_back(uuid, text)
    TO mv_coordinator;
GRANT EXECUTE ON FUNCTION api.sample_tolerances() TO mv_teacher, mv_coordinator, mv_admin;
GRANT EXECUTE ON FUNCTION api.my_second_markings(), api.read_second_marking(uuid),
    api.mark_second(uuid, jsonb, text), api.decline_second(uuid, text) TO mv_teacher;
