-- Scripts get a teacher by themselves. Which one is decided in domain/assignment.py; here stands what it has to know, and
-- that what it decided still holds when it is written.

-- What a teacher takes on. No row: all classes, and as many scripts as there are.
CREATE TABLE public.teacher_limits (
    user_id uuid CONSTRAINT pk_teacher_limits PRIMARY KEY
        CONSTRAINT fk_teacher_limits_user_id REFERENCES public.users ON DELETE RESTRICT,
    daily_limit integer,
    classes text[],
    CONSTRAINT ck_teacher_limits_daily CHECK (daily_limit >= 0),
    CONSTRAINT ck_teacher_limits_classes CHECK (classes <@ ARRAY['X', 'XII'])
);

-- Students whose scripts a teacher may not mark, beside her own children.
CREATE TABLE public.teacher_conflicts (
    user_id uuid NOT NULL CONSTRAINT fk_teacher_conflicts_user_id REFERENCES public.users ON DELETE RESTRICT,
    student_user_id uuid NOT NULL
        CONSTRAINT fk_teacher_conflicts_student_user_id REFERENCES public.users ON DELETE CASCADE,
    CONSTRAINT pk_teacher_conflicts PRIMARY KEY (user_id, student_user_id)
);
CREATE INDEX ix_teacher_conflicts_student ON public.teacher_conflicts (student_user_id);
COMMENT ON INDEX public.ix_teacher_conflicts_student IS 'the cascade from users';

CREATE INDEX ix_evaluation_assignments_day ON public.evaluation_assignments (assigned_at, teacher_user_id);
COMMENT ON INDEX public.ix_evaluation_assignments_day IS 'api.markers: how many scripts each teacher was given today';

DO $$
DECLARE
    v_table text;
    v_role text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['teacher_limits', 'teacher_conflicts'] LOOP
        EXECUTE format(
            'CREATE TRIGGER tr_%1$s_truncate BEFORE TRUNCATE ON public.%1$I
                FOR EACH STATEMENT EXECUTE FUNCTION api._refuse_truncate()', v_table
        );
        EXECUTE format('ALTER TABLE public.%1$I ENABLE ALWAYS TRIGGER tr_%1$s_truncate', v_table);
        EXECUTE format('REVOKE ALL ON TABLE public.%I FROM PUBLIC', v_table);
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', v_table);
        FOREACH v_role IN ARRAY ARRAY['coordinator', 'admin'] LOOP
            EXECUTE format('GRANT SELECT ON public.%1$I TO mv_%2$s', v_table, v_role);
            EXECUTE format(
                'CREATE POLICY %2$s_reads ON public.%1$I FOR SELECT TO mv_%2$s USING ((SELECT api.me()) IS NOT NULL)',
                v_table, v_role
            );
        END LOOP;
    END LOOP;
END
$$;

-- When the SLA starts is fixed by the step that makes a script complete, whatever is replaced later; and the worker is put
-- to work.
CREATE FUNCTION api._note_uploaded() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    INSERT INTO public.evaluation_clock (exam_instance_id, received_at)
        SELECT NEW.exam_instance_id, coalesce(max(u.uploaded_at), now())
        FROM public.answer_sheet_uploads u WHERE u.exam_instance_id = NEW.exam_instance_id
        ON CONFLICT DO NOTHING;
    PERFORM api._defer('script.assign');
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_exam_instances_uploaded AFTER UPDATE OF status ON public.exam_instances
    FOR EACH ROW WHEN (OLD.status = 'pending_upload' AND NEW.status = 'uploaded')
    EXECUTE FUNCTION api._note_uploaded();

-- As api.waiting_scripts, with the student, and from when the clock runs.
CREATE FUNCTION api.scripts_to_assign(p_limit int)
    RETURNS TABLE (
        exam_instance_id uuid, student_user_id uuid, class text, exam_type text, received_at timestamptz, sla_hours int
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT x.exam_instance_id, x.student_user_id, x.class::text, x.exam_type::text, r.received_at, p.sla_hours
    FROM public.exam_instances x
    CROSS JOIN LATERAL (
        SELECT coalesce(
            (SELECT k.received_at FROM public.evaluation_clock k WHERE k.exam_instance_id = x.exam_instance_id),
            (SELECT max(u.uploaded_at) FROM public.answer_sheet_uploads u WHERE u.exam_instance_id = x.exam_instance_id)
        ) AS received_at
    ) r
    LEFT JOIN LATERAL (
        SELECT s.plan_type FROM public.subscriptions s
        WHERE s.student_user_id = x.student_user_id AND s.status <> 'pending'
          AND r.received_at::date BETWEEN s.start_date AND s.end_date
        ORDER BY s.status = 'active' DESC, s.start_date DESC LIMIT 1
    ) s ON true
    LEFT JOIN public.subscription_plans p ON p.plan_type = s.plan_type
    WHERE x.status = 'uploaded' AND r.received_at IS NOT NULL
      AND EXISTS (SELECT 1 FROM public.answer_sheet_uploads u WHERE u.exam_instance_id = x.exam_instance_id)
      AND NOT EXISTS (SELECT 1 FROM public.evaluations e WHERE e.exam_instance_id = x.exam_instance_id)
    ORDER BY r.received_at, x.exam_instance_id LIMIT greatest(least(p_limit, 20000), 0)
$$;

-- Whose scripts a teacher may not have: on her list, or her own children's.
CREATE FUNCTION api._barred(p_teacher uuid) RETURNS TABLE (student_user_id uuid)
    LANGUAGE sql STABLE
AS $$
    SELECT c.student_user_id FROM public.teacher_conflicts c WHERE c.user_id = p_teacher
    UNION
    SELECT m.student_user_id FROM public.parent_student_mappings m WHERE m.parent_user_id = p_teacher
$$;

-- The moment at which the school's day began that holds p_now.
CREATE FUNCTION api._day_began(p_now timestamptz) RETURNS timestamptz
    LANGUAGE sql STABLE
AS $$
    SELECT date_trunc('day', p_now AT TIME ZONE z.zone) AT TIME ZONE z.zone
    FROM (SELECT coalesce(api._setting('sla_working_hours') ->> 'timezone', 'Asia/Kolkata') AS zone) z
$$;

-- Active teachers whose login works, and what each may be given.
CREATE FUNCTION api.markers(p_now timestamptz DEFAULT now())
    RETURNS TABLE (user_id uuid, daily_limit int, classes text[], given_today int, barred uuid[])
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
    WITH today AS MATERIALIZED (
        SELECT a.teacher_user_id, count(*)::int AS given FROM public.evaluation_assignments a
        WHERE a.assigned_at >= api._day_began(p_now) GROUP BY 1
    )
    SELECT u.user_id, m.daily_limit, m.classes, coalesce(t.given, 0),
           ARRAY(SELECT b.student_user_id FROM api._barred(u.user_id) b ORDER BY 1)
    FROM public.users u
    JOIN public.staff_logins l ON l.user_id = u.user_id AND l.revoked_at IS NULL AND l.locked_at IS NULL
    LEFT JOIN public.teacher_limits m ON m.user_id = u.user_id
    LEFT JOIN today t ON t.teacher_user_id = u.user_id
    WHERE u.role = 'teacher' AND u.is_active
    ORDER BY u.user_id
$$;

-- Why this teacher may not have this script now; NULL when she may.
CREATE FUNCTION api._fault_of_marker(p_teacher uuid, p_exam public.exam_instances, p_now timestamptz) RETURNS text
    LANGUAGE plpgsql
AS $$
DECLARE
    v_limit public.teacher_limits;
BEGIN
    IF NOT api._is_teaching(p_teacher) THEN
        RETURN 'no_teacher';
    ELSIF EXISTS (
        SELECT 1 FROM public.teacher_absences a CROSS JOIN (
            SELECT (p_now AT TIME ZONE coalesce(api._setting('sla_working_hours') ->> 'timezone', 'Asia/Kolkata'))::date
        ) d (today)
        WHERE a.user_id = p_teacher AND a.first_day <= d.today AND a.return_day > d.today
    ) THEN
        RETURN 'away';
    ELSIF EXISTS (SELECT 1 FROM api._barred(p_teacher) b WHERE b.student_user_id = p_exam.student_user_id) THEN
        RETURN 'conflict';
    END IF;
    SELECT * INTO v_limit FROM public.teacher_limits m WHERE m.user_id = p_teacher;
    IF NOT FOUND THEN
        RETURN NULL;
    ELSIF v_limit.classes IS NOT NULL AND p_exam.class <> ALL (v_limit.classes) THEN
        RETURN 'class';
    ELSIF v_limit.daily_limit <= (
        SELECT count(*) FROM public.evaluation_assignments a
        WHERE a.teacher_user_id = p_teacher AND a.assigned_at >= api._day_began(p_now)
    ) THEN
        RETURN 'limit';
    END IF;
    RETURN NULL;
END
$$;

-- Writes down what was decided: [{"exam", "teacher", "sla_hours", "deadline", "reason", "why": {…}}], at most 500, each
-- looked at again, because others work at the same time. Answers [{"exam", "evaluation"} or {"exam", "refused"}].
-- What somebody else holds at this moment is left to her.
CREATE FUNCTION api.assign_scripts(p_scripts jsonb, p_now timestamptz DEFAULT now()) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_script record;
    v_exam public.exam_instances;
    v_fault text;
    v_evaluation uuid;
    v_answers jsonb[] := '{}';
BEGIN
    IF jsonb_typeof(p_scripts) IS DISTINCT FROM 'array' OR jsonb_array_length(p_scripts) > 500
       OR p_now IS NULL OR NOT isfinite(p_now)
    THEN
        RAISE EXCEPTION 'a list of at most 500 scripts is needed' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- In one order for everybody; held to the end, so that two workers at once do not both fill the last place of a day.
    PERFORM 1 FROM public.teacher_limits m
        WHERE m.user_id IN (SELECT (s ->> 'teacher')::uuid FROM jsonb_array_elements(p_scripts) s)
        ORDER BY m.user_id FOR NO KEY UPDATE;
    FOR v_script IN
        SELECT s.exam, s.teacher, s.sla_hours, s.deadline, api._checked_reason(s.reason) AS reason,
               coalesce(s.why, '{}') AS why
        FROM jsonb_to_recordset(p_scripts)
            AS s (exam uuid, teacher uuid, sla_hours int, deadline timestamptz, reason text, why jsonb)
    LOOP
        v_evaluation := NULL;
        SELECT * INTO v_exam FROM public.exam_instances x
            WHERE x.exam_instance_id = v_script.exam FOR NO KEY UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
            v_fault := 'busy';
        ELSIF v_exam.status <> 'uploaded'
            OR EXISTS (SELECT 1 FROM public.evaluations e WHERE e.exam_instance_id = v_script.exam)
        THEN
            v_fault := 'changed';
        ELSE
            v_fault := api._fault_of_marker(v_script.teacher, v_exam, p_now);
        END IF;
        IF v_fault IS NULL THEN
            INSERT INTO public.evaluations (
                exam_instance_id, teacher_user_id, assigned_at, sla_hours_allocated, sla_deadline
            ) VALUES (v_script.exam, v_script.teacher, p_now, v_script.sla_hours, v_script.deadline)
                RETURNING evaluation_id INTO v_evaluation;
            UPDATE public.evaluation_assignments a SET reason = v_script.reason WHERE a.evaluation_id = v_evaluation;
            UPDATE public.exam_instances x SET status = 'pending_evaluation' WHERE x.exam_instance_id = v_script.exam;
            PERFORM api._audit('evaluation.assigned', NULL, 'evaluation', v_evaluation, v_script.why || jsonb_build_object(
                'teacher', v_script.teacher, 'reason', v_script.reason
            ));
            PERFORM api._tell(v_script.teacher, 'script.assigned', jsonb_build_object(
                'evaluation_id', v_evaluation, 'script', api._script_code(v_script.exam), 'due_at', v_script.deadline
            ), v_evaluation || ' 1');
        END IF;
        v_answers := v_answers || jsonb_strip_nulls(jsonb_build_object(
            'exam', v_script.exam, 'evaluation', v_evaluation, 'refused', v_fault
        ));
    END LOOP;
    RETURN to_jsonb(v_answers);
END
$$;

-- Scripts that nobody can be given stay where they are; who coordinates is told, of each script once, of so many a round.
CREATE FUNCTION api.tell_unassigned(p_scripts jsonb, p_limit int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_script record;
    v_count int := 0;
BEGIN
    FOR v_script IN
        SELECT s.exam, s.deadline, s.obstacle
        FROM jsonb_to_recordset(p_scripts) AS s (exam uuid, deadline timestamptz, obstacle text)
        WHERE EXISTS (
            SELECT 1 FROM public.exam_instances x WHERE x.exam_instance_id = s.exam AND x.status = 'uploaded'
        )
        ORDER BY s.deadline, s.exam
    LOOP
        EXIT WHEN v_count >= p_limit;
        IF api._tell_coordinators('script.unassigned', jsonb_build_object(
            'exam_instance_id', v_script.exam, 'script', api._script_code(v_script.exam), 'due_at', v_script.deadline,
            'obstacle', v_script.obstacle
        ), v_script.exam::text) > 0 THEN
            v_count := v_count + 1;
        END IF;
    END LOOP;
    RETURN v_count;
END
$$;

-- What a teacher takes on, whole: how many scripts a day and which classes (NULL: all), and whose scripts she may not mark.
CREATE FUNCTION api.set_teacher_limits(p_teacher uuid, p_daily_limit int, p_classes text[], p_students uuid[])
    RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_students uuid[] := coalesce(p_students, '{}');
BEGIN
    IF NOT api._is_teaching(p_teacher) THEN
        RETURN api._refused('no_teacher');
    ELSIF p_daily_limit < 0 OR NOT p_classes <@ ARRAY['X', 'XII'] OR cardinality(v_students) > 1000 OR EXISTS (
        SELECT 1 FROM unnest(v_students) s
        WHERE NOT EXISTS (SELECT 1 FROM public.users u WHERE u.user_id = s AND u.role = 'student')
    ) THEN
        RETURN api._refused('malformed');
    END IF;
    INSERT INTO public.teacher_limits (user_id, daily_limit, classes) VALUES (p_teacher, p_daily_limit, p_classes)
        ON CONFLICT (user_id) DO UPDATE SET daily_limit = EXCLUDED.daily_limit, classes = EXCLUDED.classes;
    DELETE FROM public.teacher_conflicts c WHERE c.user_id = p_teacher AND c.student_user_id <> ALL (v_students);
    INSERT INTO public.teacher_conflicts (user_id, student_user_id)
        SELECT DISTINCT p_teacher, s FROM unnest(v_students) s ON CONFLICT DO NOTHING;
    PERFORM api._audit('user.limits_changed', v_me, 'user', p_teacher, jsonb_build_object(
        'daily_limit', p_daily_limit, 'classes', to_jsonb(p_classes), 'students', to_jsonb(v_students)
    ));
    RETURN '{"done": true}';
END
$$;

REVOKE EXECUTE ON FUNCTION api._note_uploaded(), api.scripts_to_assign(int), api._barred(uuid),
    api._day_began(timestamptz), api.markers(timestamptz),
    api._fault_of_marker(uuid, public.exam_instances, timestamptz), api.assign_scripts(jsonb, timestamptz),
    api.tell_unassigned(jsonb, int), api.set_teacher_limits(uuid, int, text[], uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.scripts_to_assign(int), api.markers(timestamptz), api.assign_scripts(jsonb, timestamptz),
    api.tell_unassigned(jsonb, int) TO mv_worker;
GRANT EXECUTE ON FUNCTION api.set_teacher_limits(uuid, int, text[], uuid[]) TO mv_admin;
