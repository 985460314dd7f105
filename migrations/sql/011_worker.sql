-- What the worker needs to give scripts out by itself, and the counters of subscriptions. Coordinators see the lists too.

-- Sheets that came in and that nobody ever had, longest waiting first; sla_hours as the plan had it that day promises,
-- NULL where the student had none.
CREATE FUNCTION api.waiting_scripts(p_limit int)
    RETURNS TABLE (exam_instance_id uuid, class text, exam_type text, received_at timestamptz, sla_hours int)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    IF session_user <> 'mv_worker' THEN
        PERFORM api._coordinating();
    END IF;
    RETURN QUERY
        SELECT x.exam_instance_id, x.class::text, x.exam_type::text, r.received_at, p.sla_hours
        FROM public.exam_instances x
        CROSS JOIN LATERAL (
            SELECT max(u.uploaded_at) AS received_at FROM public.answer_sheet_uploads u
            WHERE u.exam_instance_id = x.exam_instance_id
        ) r
        LEFT JOIN LATERAL (
            SELECT s.plan_type FROM public.subscriptions s
            WHERE s.student_user_id = x.student_user_id AND s.status <> 'pending'
              AND r.received_at::date BETWEEN s.start_date AND s.end_date
            ORDER BY s.status = 'active' DESC, s.start_date DESC LIMIT 1
        ) s ON true
        LEFT JOIN public.subscription_plans p ON p.plan_type = s.plan_type
        WHERE x.status = 'uploaded' AND r.received_at IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM public.evaluations e WHERE e.exam_instance_id = x.exam_instance_id
        )
        ORDER BY r.received_at, x.exam_instance_id LIMIT greatest(least(p_limit, 1000), 0);
END
$$;

-- Active teachers with a login that works, those with the fewest open scripts first. Who is away today is named, too.
CREATE FUNCTION api.free_teachers()
    RETURNS TABLE (user_id uuid, open_scripts bigint, next_deadline timestamptz, away boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    IF session_user <> 'mv_worker' THEN
        PERFORM api._coordinating();
    END IF;
    RETURN QUERY
        SELECT u.user_id, o.open_scripts, o.next_deadline, api._warnings(u.user_id) ? 'away'
        FROM public.users u
        JOIN public.staff_logins l ON l.user_id = u.user_id AND l.revoked_at IS NULL AND l.locked_at IS NULL
        CROSS JOIN LATERAL (
            SELECT count(*) AS open_scripts, min(e.sla_deadline) AS next_deadline FROM public.evaluations e
            WHERE e.teacher_user_id = u.user_id AND e.status IN ('assigned', 'in_progress')
              AND api._hold_reason(e.evaluation_id) IS NULL
        ) o
        WHERE u.role = 'teacher' AND u.is_active
        ORDER BY 4, o.open_scripts, u.user_id;
END
$$;

-- Begins a new month of subscriptions whose billing day has come, once for each; answers how many.
CREATE FUNCTION api.reset_counters(p_limit int) RETURNS int
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
    WITH due AS (
        SELECT s.subscription_id FROM public.subscriptions s
        CROSS JOIN LATERAL (
            SELECT (date_trunc('month', api._today()::timestamp - (s.billing_day_of_month - 1) * interval '1 day')
                    + (s.billing_day_of_month - 1) * interval '1 day')::date AS begins
        ) m
        WHERE s.status = 'active' AND api._today() BETWEEN s.start_date AND s.end_date
          AND coalesce(s.last_counter_reset_date, s.start_date) < m.begins
        ORDER BY s.subscription_id LIMIT greatest(least(p_limit, 1000), 0)
        FOR NO KEY UPDATE OF s SKIP LOCKED
    ), done AS (
        UPDATE public.subscriptions s
        SET exams_used_this_month = 0, teacher_hours_used = 0, last_counter_reset_date = api._today()
        FROM due d WHERE s.subscription_id = d.subscription_id RETURNING 1
    )
    SELECT count(*)::int FROM done
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.waiting_scripts(int), api.free_teachers() TO mv_worker, mv_coordinator;
GRANT EXECUTE ON FUNCTION api.reset_counters(int) TO mv_worker;
