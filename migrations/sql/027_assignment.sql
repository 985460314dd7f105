-- Scripts are given to teachers in a few statements, and a teacher who has just come makes nobody's script late.

-- As in 024; and of a kind that is the teachers' alone.
DROP FUNCTION api._tell_all(text, uuid[], text[], jsonb[], timestamptz);
CREATE FUNCTION api._tell_all(
    p_kind text, p_teachers uuid[], p_keys text[], p_data jsonb[], p_now timestamptz, p_coordinators boolean DEFAULT true
) RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    v_told uuid[];
    v_many uuid[];
BEGIN
    IF coalesce(api._setting('notifications_enabled'), 'true') = 'false' OR coalesce(cardinality(p_keys), 0) = 0 THEN
        RETURN;
    END IF;
    WITH counted AS (
        SELECT u.user_id,
               CASE WHEN u.is_coordinator AND p_coordinators THEN cardinality(p_keys) ELSE t.number END AS number
        FROM public.users u
        LEFT JOIN (SELECT x.teacher, count(*) AS number FROM unnest(p_teachers) x (teacher) GROUP BY 1) t
            ON t.teacher = u.user_id
        WHERE u.is_active AND u.role IN ('teacher', 'admin')
          AND (u.is_coordinator AND p_coordinators OR t.teacher IS NOT NULL)
    ), judged AS (
        SELECT c.user_id, c.number + (
            SELECT count(*) FROM public.notices n
            WHERE n.user_id = c.user_id AND n.kind = p_kind AND n.created_at > p_now - interval '1 hour'
        ) > 10 AS many
        FROM counted c
    )
    SELECT array_agg(j.user_id), coalesce(array_agg(j.user_id) FILTER (WHERE j.many), '{}')
        INTO v_told, v_many FROM judged j;
    INSERT INTO public.notices (user_id, kind, key, data, created_at)
        SELECT u.user_id, p_kind, t.key, t.data, p_now
        FROM public.users u
        JOIN unnest(p_teachers, p_keys, p_data) t (teacher, key, data)
            ON u.is_coordinator AND p_coordinators OR t.teacher = u.user_id
        WHERE u.user_id = ANY (v_told) AND u.user_id <> ALL (v_many)
        ORDER BY u.user_id, t.key
        ON CONFLICT (user_id, kind, key) WHERE key IS NOT NULL DO NOTHING;
    -- read or not, it is news again; a mail is not sent again within the hour
    INSERT INTO public.notices AS n (user_id, kind, key, data, created_at)
        SELECT u.user_id, p_kind || '_many', floor(extract(epoch FROM p_now) / 3600)::text,
               jsonb_build_object('count', count(*), 'due_at', min((t.data ->> 'due_at')::timestamptz)), p_now
        FROM public.users u
        JOIN unnest(p_teachers, p_data) t (teacher, data) ON u.is_coordinator AND p_coordinators OR t.teacher = u.user_id
        WHERE u.user_id = ANY (v_many)
        GROUP BY u.user_id ORDER BY u.user_id
        ON CONFLICT (user_id, kind, key) WHERE key IS NOT NULL DO UPDATE SET
            data = jsonb_build_object(
                'count', (n.data ->> 'count')::int + (EXCLUDED.data ->> 'count')::int,
                'due_at', least((n.data ->> 'due_at')::timestamptz, (EXCLUDED.data ->> 'due_at')::timestamptz)
            ),
            created_at = EXCLUDED.created_at, read_at = NULL;
    PERFORM pg_notify(r.channel, '') FROM public.notice_readers r WHERE r.user_id = ANY (v_told);
END
$$;

-- As in 023, and of whoever was never given a script, since when she is there.
DROP FUNCTION api.markers(timestamptz);
CREATE FUNCTION api.markers(p_now timestamptz DEFAULT now())
    RETURNS TABLE (
        user_id uuid, daily_limit int, classes text[], given_today int, barred uuid[], newcomer_since timestamptz
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
    WITH today AS MATERIALIZED (
        SELECT a.teacher_user_id, count(*)::int AS given FROM public.evaluation_assignments a
        WHERE a.assigned_at >= api._day_began(p_now) GROUP BY 1
    )
    SELECT u.user_id, m.daily_limit, m.classes, coalesce(t.given, 0),
           ARRAY(SELECT b.student_user_id FROM api._barred(u.user_id) b ORDER BY 1),
           CASE WHEN NOT EXISTS (
               SELECT 1 FROM public.evaluation_assignments a WHERE a.teacher_user_id = u.user_id
           ) THEN u.created_at END
    FROM public.users u
    JOIN public.staff_logins l ON l.user_id = u.user_id AND l.revoked_at IS NULL AND l.locked_at IS NULL
    LEFT JOIN public.teacher_limits m ON m.user_id = u.user_id
    LEFT JOIN today t ON t.teacher_user_id = u.user_id
    WHERE u.role = 'teacher' AND u.is_active
    ORDER BY u.user_id
$$;

-- What was decided, each with why it cannot be written down now: {"exam", …, "refused"}, in the order given. Of a teacher's
-- day only as many as there is room for. p_held: the exams that the caller holds; all others are somebody else's.
CREATE FUNCTION api._judged_scripts(p_scripts jsonb, p_held uuid[], p_now timestamptz)
    RETURNS TABLE (
        place bigint, exam uuid, teacher uuid, sla_hours int, deadline timestamptz, reason text, why jsonb, refused text
    )
    LANGUAGE sql
AS $$
    WITH asked AS MATERIALIZED (
        SELECT s.*, row_number() OVER (PARTITION BY s.exam ORDER BY s.place) AS time
        FROM ROWS FROM (jsonb_to_recordset(p_scripts) AS (
            exam uuid, teacher uuid, sla_hours int, deadline timestamptz, reason text, why jsonb
        )) WITH ORDINALITY s (exam, teacher, sla_hours, deadline, reason, why, place)
    ), marker AS MATERIALIZED (
        SELECT t.teacher, m.daily_limit, m.classes, api._is_teaching(t.teacher) AS teaching, EXISTS (
            SELECT 1 FROM public.teacher_absences a CROSS JOIN (
                SELECT (p_now AT TIME ZONE coalesce(api._setting('sla_working_hours') ->> 'timezone', 'Asia/Kolkata'))::date
            ) d (today)
            WHERE a.user_id = t.teacher AND a.first_day <= d.today AND a.return_day > d.today
        ) AS away, (
            SELECT count(*) FROM public.evaluation_assignments a
            WHERE a.teacher_user_id = t.teacher AND a.assigned_at >= api._day_began(p_now)
        ) AS given
        FROM (SELECT DISTINCT a.teacher FROM asked a) t
        LEFT JOIN public.teacher_limits m ON m.user_id = t.teacher
    ), judged AS (
        SELECT a.*, m.daily_limit, m.given, CASE
            WHEN x.exam_instance_id IS NULL THEN 'busy'
            WHEN x.status <> 'uploaded' OR a.time > 1
                OR EXISTS (SELECT 1 FROM public.evaluations e WHERE e.exam_instance_id = a.exam) THEN 'changed'
            WHEN m.teaching IS NOT TRUE THEN 'no_teacher'
            WHEN m.away THEN 'away'
            WHEN EXISTS (
                SELECT 1 FROM api._barred(a.teacher) b WHERE b.student_user_id = x.student_user_id
            ) THEN 'conflict'
            WHEN x.class <> ALL (m.classes) THEN 'class'
        END AS fault
        FROM asked a
        LEFT JOIN marker m ON m.teacher = a.teacher
        LEFT JOIN public.exam_instances x ON x.exam_instance_id = a.exam AND a.exam = ANY (p_held)
    )
    SELECT j.place, j.exam, j.teacher, j.sla_hours, j.deadline, j.reason, j.why, coalesce(j.fault, CASE
        WHEN j.daily_limit < j.given + row_number() OVER (PARTITION BY j.teacher, j.fault IS NULL ORDER BY j.place)
            THEN 'limit'
    END)
    FROM judged j ORDER BY j.place
$$;

-- As in 023, all of them in a few statements.
CREATE OR REPLACE FUNCTION api.assign_scripts(p_scripts jsonb, p_now timestamptz DEFAULT now()) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_held uuid[];
    v_given record;
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
    SELECT coalesce(array_agg(h.exam_instance_id), '{}') INTO v_held FROM (
        SELECT x.exam_instance_id FROM public.exam_instances x
        WHERE x.exam_instance_id IN (SELECT (s ->> 'exam')::uuid FROM jsonb_array_elements(p_scripts) s)
        ORDER BY x.exam_instance_id FOR NO KEY UPDATE SKIP LOCKED
    ) h;
    WITH judged AS (
        SELECT j.*, CASE WHEN j.refused IS NULL THEN gen_random_uuid() END AS evaluation
        FROM api._judged_scripts(p_scripts, v_held, p_now) j
    ), explained AS (
        SELECT j.*, CASE WHEN j.refused IS NULL THEN api._checked_reason(j.reason) END AS told FROM judged j ORDER BY j.place
    )
    SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
               'exam', e.exam, 'evaluation', e.evaluation, 'refused', e.refused
           ))), '[]') AS answers,
           array_agg(e.evaluation) FILTER (WHERE e.refused IS NULL) AS evaluations,
           array_agg(e.exam) FILTER (WHERE e.refused IS NULL) AS exams,
           array_agg(e.teacher) FILTER (WHERE e.refused IS NULL) AS teachers,
           array_agg(e.sla_hours) FILTER (WHERE e.refused IS NULL) AS hours,
           array_agg(e.deadline) FILTER (WHERE e.refused IS NULL) AS deadlines,
           array_agg(e.told) FILTER (WHERE e.refused IS NULL) AS reasons,
           array_agg(e.evaluation || ' 1') FILTER (WHERE e.refused IS NULL) AS keys,
           array_agg(coalesce(e.why, '{}') || jsonb_build_object('teacher', e.teacher, 'reason', e.told))
               FILTER (WHERE e.refused IS NULL) AS audited,
           array_agg(jsonb_build_object(
               'evaluation_id', e.evaluation, 'script', api._script_code(e.exam), 'due_at', e.deadline
           )) FILTER (WHERE e.refused IS NULL) AS data
        INTO v_given FROM explained e;
    IF v_given.evaluations IS NULL THEN
        RETURN v_given.answers;
    END IF;
    INSERT INTO public.evaluations (
        evaluation_id, exam_instance_id, teacher_user_id, assigned_at, sla_hours_allocated, sla_deadline
    )
        SELECT g.evaluation, g.exam, g.teacher, p_now, g.hours, g.deadline
        FROM unnest(v_given.evaluations, v_given.exams, v_given.teachers, v_given.hours, v_given.deadlines)
            g (evaluation, exam, teacher, hours, deadline);
    UPDATE public.evaluation_assignments a SET reason = g.reason
        FROM unnest(v_given.evaluations, v_given.reasons) g (evaluation, reason) WHERE a.evaluation_id = g.evaluation;
    UPDATE public.exam_instances x SET status = 'pending_evaluation' WHERE x.exam_instance_id = ANY (v_given.exams);
    PERFORM api._audit_all('evaluation.assigned', 'evaluation', v_given.evaluations, v_given.audited);
    PERFORM api._tell_all('script.assigned', v_given.teachers, v_given.keys, v_given.data, p_now, false);
    RETURN v_given.answers;
END
$$;
DROP FUNCTION api._fault_of_marker(uuid, public.exam_instances, timestamptz);

REVOKE EXECUTE ON FUNCTION api._tell_all(text, uuid[], text[], jsonb[], timestamptz, boolean),
    api.markers(timestamptz), api._judged_scripts(jsonb, uuid[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.markers(timestamptz) TO mv_worker;
