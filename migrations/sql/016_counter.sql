-- The counters of subscriptions: a month begins on the billing day at 01:00 where the school works; an exam takes one.

-- The day that counts at a moment: it begins at 01:00.
CREATE FUNCTION api._billing_day(p_now timestamptz) RETURNS date
    LANGUAGE sql STABLE
AS $$
    SELECT ((p_now AT TIME ZONE coalesce(api._setting('sla_working_hours') ->> 'timezone', 'Asia/Kolkata'))
            - interval '1 hour')::date
$$;

-- When the month began that holds p_day. Billing days go to 28, so that every month has them.
CREATE FUNCTION api._month_began(p_day date, p_billing_day int) RETURNS date
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT (date_trunc('month', p_day::timestamp - (p_billing_day - 1) * interval '1 day')
            + (p_billing_day - 1) * interval '1 day')::date
$$;

-- Begins a new month of subscriptions whose billing day has come, once for each, also when nobody was there on the day
-- itself; answers how many.
CREATE FUNCTION api.begin_months(p_limit int, p_now timestamptz DEFAULT now()) RETURNS int
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
    WITH today AS MATERIALIZED (
        SELECT api._billing_day(p_now) AS day
    ), due AS (
        SELECT s.subscription_id, t.day FROM public.subscriptions s CROSS JOIN today t
        WHERE s.status = 'active' AND t.day BETWEEN s.start_date AND s.end_date
          AND coalesce(s.last_counter_reset_date, s.start_date) < api._month_began(t.day, s.billing_day_of_month)
        ORDER BY s.subscription_id LIMIT greatest(least(p_limit, 1000), 0)
        FOR NO KEY UPDATE OF s SKIP LOCKED
    ), done AS (
        UPDATE public.subscriptions s
        SET exams_used_this_month = 0, teacher_hours_used = 0, last_counter_reset_date = d.day
        FROM due d WHERE s.subscription_id = d.subscription_id RETURNING 1
    )
    SELECT count(*)::int FROM done
$$;

-- As in 011, but for the hour: for a worker that is one release behind.
CREATE OR REPLACE FUNCTION api.reset_counters(p_limit int) RETURNS int
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT api.begin_months(p_limit, now())
$$;

-- Subscriptions whose last day is over.
CREATE FUNCTION api.expire_subscriptions(p_limit int, p_now timestamptz DEFAULT now()) RETURNS int
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
    WITH due AS (
        SELECT s.subscription_id FROM public.subscriptions s
        WHERE s.status = 'active' AND s.end_date < (
            p_now AT TIME ZONE coalesce(api._setting('sla_working_hours') ->> 'timezone', 'Asia/Kolkata')
        )::date
        ORDER BY s.end_date, s.subscription_id LIMIT greatest(least(p_limit, 1000), 0)
        FOR NO KEY UPDATE SKIP LOCKED
    ), done AS (
        UPDATE public.subscriptions s SET status = 'expired'
        FROM due d WHERE s.subscription_id = d.subscription_id RETURNING 1
    )
    SELECT count(*)::int FROM done
$$;

-- One exam of this type for a student: {"done": true, "remaining": n}, or {"refused": why, …} and nothing is taken. The
-- row is locked, so that of two at once one takes the last. A month that nobody has begun yet begins here.
CREATE FUNCTION api.take_exam(p_student uuid, p_exam_type public.mv_exam_type, p_now timestamptz DEFAULT now())
    RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_day date := api._billing_day(p_now);
    v_today date := (p_now AT TIME ZONE coalesce(api._setting('sla_working_hours') ->> 'timezone', 'Asia/Kolkata'))::date;
    v_subscription record;
    v_begins boolean;
    v_used int;
BEGIN
    SELECT s.*, p.display_name, CASE p_exam_type
               WHEN 'board_exam' THEN p.allow_board_exam
               WHEN 'section_mcq' THEN p.allow_mcq_only
               WHEN 'unit_practice' THEN p.allow_unit_practice
               ELSE p.allow_section_practice END AS allowed
        INTO v_subscription
        FROM public.subscriptions s JOIN public.subscription_plans p ON p.plan_type = s.plan_type
        WHERE s.student_user_id = p_student AND s.status = 'active' AND v_today BETWEEN s.start_date AND s.end_date
        FOR NO KEY UPDATE OF s;
    IF NOT FOUND THEN
        RETURN api._refused('no_subscription');
    ELSIF NOT v_subscription.allowed THEN
        RETURN api._refused('not_in_plan', jsonb_build_object('plan', v_subscription.display_name));
    END IF;
    v_begins := coalesce(v_subscription.last_counter_reset_date, v_subscription.start_date)
                < api._month_began(v_day, v_subscription.billing_day_of_month);
    v_used := CASE WHEN v_begins THEN 0 ELSE v_subscription.exams_used_this_month END;
    IF v_used >= v_subscription.exams_limit_per_month THEN
        RETURN api._refused('limit_reached', jsonb_build_object(
            'limit', v_subscription.exams_limit_per_month,
            'begins', (api._month_began(v_day, v_subscription.billing_day_of_month) + interval '1 month')::date
        ));
    END IF;
    UPDATE public.subscriptions s SET
        exams_used_this_month = v_used + 1,
        teacher_hours_used = CASE WHEN v_begins THEN 0 ELSE s.teacher_hours_used END,
        last_counter_reset_date = CASE WHEN v_begins THEN v_day ELSE s.last_counter_reset_date END
        WHERE s.subscription_id = v_subscription.subscription_id;
    RETURN jsonb_build_object('done', true, 'remaining', v_subscription.exams_limit_per_month - v_used - 1);
END
$$;

REVOKE EXECUTE ON FUNCTION api._billing_day(timestamptz), api._month_began(date, int),
    api.begin_months(int, timestamptz), api.expire_subscriptions(int, timestamptz),
    api.take_exam(uuid, public.mv_exam_type, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.begin_months(int, timestamptz), api.expire_subscriptions(int, timestamptz),
    api.take_exam(uuid, public.mv_exam_type, timestamptz) TO mv_worker;
