-- Subscriptions in the office: found in a list, and begun. They are changed by api.put_record.

CREATE INDEX ix_subscriptions_start ON public.subscriptions (start_date DESC, subscription_id);
COMMENT ON INDEX public.ix_subscriptions_start IS 'api.subscriptions: the newest first, piece by piece';

-- As api._people_query, for subscriptions of students of whom these words are known.
CREATE FUNCTION api._subscriptions_query(p_words text, p_choices jsonb, p_after uuid, p_limit int) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_query text := 'SELECT s.* FROM public.subscriptions s JOIN public.users u ON u.user_id = s.student_user_id WHERE true';
    v_last public.subscriptions;
BEGIN
    v_query := v_query || api._words_condition(p_words);
    v_query := v_query
        || CASE WHEN p_choices ->> 'status' IS NULL THEN '' ELSE format(' AND s.status = %L::public.mv_subscription_status', p_choices ->> 'status') END
        || CASE WHEN p_choices ->> 'plan' IS NULL THEN '' ELSE format(' AND s.plan_type = %L::public.mv_plan_type', p_choices ->> 'plan') END;
    IF p_after IS NOT NULL THEN
        SELECT * INTO v_last FROM public.subscriptions s WHERE s.subscription_id = p_after;
        v_query := v_query || format(
            ' AND s.start_date <= %1$L::date AND (s.start_date < %1$L::date OR s.subscription_id > %2$L::uuid)',
            v_last.start_date, v_last.subscription_id
        );
    END IF;
    RETURN v_query || format(' ORDER BY s.start_date DESC, s.subscription_id LIMIT %s', p_limit);
END
$$;

-- A piece of the list, the newest first. p_choices: status, plan.
CREATE FUNCTION api.subscriptions(p_words text, p_choices jsonb, p_after uuid, p_limit int)
    RETURNS TABLE (
        subscription_id uuid, student text, email text, plan text, start_date date, end_date date, status text,
        exams_used int, exams_limit int, hours_used numeric, hours_limit numeric
    )
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._admin();
    IF jsonb_typeof(p_choices) IS DISTINCT FROM 'object' OR length(p_words) > 200
        OR p_limit IS NULL OR p_limit NOT BETWEEN 1 AND 1000
        OR coalesce(p_choices ->> 'status', 'active') NOT IN ('active', 'expired', 'cancelled', 'pending')
        OR coalesce(p_choices ->> 'plan', 'basic') NOT IN ('basic', 'premium_mcq', 'premium', 'centum')
    THEN
        RAISE EXCEPTION 'that is no list of subscriptions' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN QUERY EXECUTE 'SELECT s.subscription_id, u.first_name || '' '' || u.last_name, u.email::text,
            p.display_name::text, s.start_date, s.end_date, s.status::text, s.exams_used_this_month,
            s.exams_limit_per_month, s.teacher_hours_used, s.teacher_hours_limit
        FROM (' || api._subscriptions_query(p_words, p_choices, p_after, p_limit) || ') s
        JOIN public.users u ON u.user_id = s.student_user_id
        JOIN public.subscription_plans p ON p.plan_type = s.plan_type
        ORDER BY s.start_date DESC, s.subscription_id';
END
$$;

-- Begins a subscription for the student with that address, with the limits that the plan has now. "overlap" tells the
-- other one: {"plan", "start_date", "end_date"}.
CREATE FUNCTION api.start_subscription(p_email text, p_values jsonb, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_student uuid;
    v_new public.subscriptions;
    v_other jsonb;
    v_rule text;
BEGIN
    IF jsonb_typeof(p_values) IS DISTINCT FROM 'object' OR pg_column_size(p_values) > 20000 THEN
        RETURN api._refused('malformed');
    ELSIF EXISTS (
        SELECT 1 FROM jsonb_object_keys(p_values) k WHERE k NOT IN (
            'plan_type', 'start_date', 'end_date', 'billing_cycle', 'billing_day_of_month', 'amount_paid_paise'
        )
    ) THEN
        RETURN api._refused('not_writable');
    END IF;
    -- Held, so that she is not made anonymous meanwhile.
    SELECT u.user_id INTO v_student FROM public.users u
        WHERE lower(u.email) = lower(btrim(p_email)) AND u.role = 'student' AND u.is_active FOR SHARE;
    IF NOT FOUND THEN
        RETURN api._refused('no_student');
    END IF;
    BEGIN
        v_new := jsonb_populate_record(NULL::public.subscriptions, p_values);
        IF v_new.amount_paid_paise < 0 OR NOT EXISTS (
            SELECT 1 FROM public.subscription_plans p WHERE p.plan_type = v_new.plan_type AND p.is_active
        ) THEN
            RETURN api._refused('malformed');
        END IF;
        INSERT INTO public.subscriptions (
            student_user_id, plan_type, start_date, end_date, billing_cycle, billing_day_of_month, amount_paid_paise,
            exams_limit_per_month, teacher_hours_limit
        )
            SELECT v_student, v_new.plan_type, v_new.start_date, v_new.end_date, v_new.billing_cycle,
                   v_new.billing_day_of_month, v_new.amount_paid_paise, p.exams_per_month, p.teacher_hours_per_month
            FROM public.subscription_plans p WHERE p.plan_type = v_new.plan_type
            RETURNING * INTO v_new;
    EXCEPTION
        WHEN exclusion_violation THEN
            SELECT jsonb_build_object('plan', p.display_name, 'start_date', s.start_date, 'end_date', s.end_date)
                INTO v_other
                FROM public.subscriptions s JOIN public.subscription_plans p ON p.plan_type = s.plan_type
                WHERE s.student_user_id = v_student AND s.status = 'active'
                  AND daterange(s.start_date, s.end_date, '[]') && daterange(
                      (p_values ->> 'start_date')::date, (p_values ->> 'end_date')::date, '[]'
                  )
                ORDER BY s.start_date LIMIT 1;
            RETURN api._refused('overlap', v_other);
        WHEN integrity_constraint_violation THEN
            GET STACKED DIAGNOSTICS v_rule = CONSTRAINT_NAME;
            RETURN api._refused('rule', jsonb_build_object('rule', v_rule));
        WHEN data_exception OR cannot_coerce THEN
            RETURN api._refused('malformed');
    END;
    PERFORM api._audit(
        'subscription.created', v_me, 'subscription', v_new.subscription_id, jsonb_build_object('reason', v_reason)
    );
    RETURN jsonb_build_object('done', true, 'subscription_id', v_new.subscription_id, 'updated_at', v_new.updated_at);
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.subscriptions(text, jsonb, uuid, int), api.start_subscription(text, jsonb, text) TO mv_admin;
