-- The hours that a subscription has used are the sum of its consultations of the month that runs, whenever they are asked
-- for. As a counter they went wrong: an hour entered before 01:00 of the billing day was counted and then cleared, another
-- billing day left the sum of the old month, and one that was opened again lost what the month had.

-- The sum of the month that holds p_day (api._billing_day of a moment). A consultation has a day alone, and counts in the
-- month of that day; which month runs turns at 01:00, as with exams.
CREATE FUNCTION api._hours_used(p_subscription uuid, p_billing_day int, p_day date) RETURNS numeric
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(sum(c.hours), 0)
    FROM (SELECT api._month_began(p_day, p_billing_day) AS first) m
    JOIN public.consultations c ON c.subscription_id = p_subscription
     AND c.held_on >= m.first AND c.held_on < (m.first + interval '1 month')::date
$$;

-- The subscriptions with more hours in the month that runs than they give. No month is longer than 31 days.
CREATE FUNCTION api._over_hours(p_day date) RETURNS SETOF uuid
    LANGUAGE sql STABLE ROWS 100
AS $$
    SELECT s.subscription_id
    FROM (
        SELECT c.subscription_id FROM public.consultations c
        WHERE c.held_on > p_day - 31 GROUP BY c.subscription_id
    ) c
    JOIN public.subscriptions s ON s.subscription_id = c.subscription_id
    WHERE s.teacher_hours_limit IS NOT NULL
      AND api._hours_used(s.subscription_id, s.billing_day_of_month, p_day) > s.teacher_hours_limit
$$;

DROP INDEX public.ix_subscriptions_hours_over;
CREATE INDEX ix_consultations_day ON public.consultations (held_on, subscription_id);
COMMENT ON INDEX public.ix_consultations_day IS 'api._over_hours: who was consulted with in the last month';

-- The column stays for others who read it (the web platform). It says the sum as of the last change of the subscription or
-- of its consultations, whatever is written into it; begin_months, which clears it, writes so the sum of the new month.
CREATE FUNCTION api._keep_hours_used() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    IF NEW.teacher_hours_used < 0 THEN
        RETURN NEW;  -- for the check, which refuses it
    END IF;
    NEW.teacher_hours_used := 0;
    -- Most have none, and months begin by the ten thousand.
    IF EXISTS (SELECT 1 FROM public.consultations c WHERE c.subscription_id = NEW.subscription_id) THEN
        NEW.teacher_hours_used := api._hours_used(
            NEW.subscription_id, NEW.billing_day_of_month, api._billing_day(now())
        );
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER tr_subscriptions_hours BEFORE INSERT OR UPDATE OF
    teacher_hours_used, billing_day_of_month, status, last_counter_reset_date ON public.subscriptions
    FOR EACH ROW EXECUTE FUNCTION api._keep_hours_used();

CREATE FUNCTION api._count_hours() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    UPDATE public.subscriptions s SET teacher_hours_used = 0  -- what it is says the trigger
        WHERE s.subscription_id IN (OLD.subscription_id, NEW.subscription_id)
          AND s.teacher_hours_used IS DISTINCT FROM api._hours_used(
              s.subscription_id, s.billing_day_of_month, api._billing_day(now())
          );
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_consultations_hours AFTER INSERT OR DELETE OR UPDATE OF subscription_id, held_on, hours
    ON public.consultations FOR EACH ROW EXECUTE FUNCTION api._count_hours();

-- As in 048; the hours are not counted here any more.
CREATE OR REPLACE FUNCTION api.put_consultations(
    p_subscription uuid, p_seen timestamptz, p_put jsonb, p_gone uuid[], p_reason text
) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_subscription public.subscriptions;
    v_day date := api._billing_day(now());
    v_month date;
    v_one record;
    v_new uuid;
    v_lines text;
    v_touched uuid[] := coalesce(p_gone, '{}');
    v_rule text;
BEGIN
    IF jsonb_typeof(p_put) IS DISTINCT FROM 'array' OR pg_column_size(p_put) > 500000 OR cardinality(p_gone) > 1000 THEN
        RETURN api._refused('malformed');
    END IF;
    SELECT * INTO v_subscription FROM public.subscriptions s WHERE s.subscription_id = p_subscription FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    ELSIF v_subscription.updated_at IS DISTINCT FROM p_seen THEN
        RETURN api._faster('subscription', p_subscription::text, v_subscription.updated_at);
    END IF;
    v_month := api._month_began(v_day, v_subscription.billing_day_of_month);
    BEGIN
        SELECT v_touched || coalesce(array_agg((x ->> 'consultation_id')::uuid), '{}') INTO v_touched
            FROM jsonb_array_elements(p_put) x WHERE x ->> 'consultation_id' IS NOT NULL;
        IF EXISTS (
            SELECT 1 FROM unnest(v_touched) t WHERE NOT EXISTS (
                SELECT 1 FROM public.consultations c
                WHERE c.consultation_id = t AND c.subscription_id = p_subscription
            )
        ) THEN
            RETURN api._refused('unknown');
        END IF;
        v_lines := api._consultation_lines(v_touched);
        DELETE FROM public.consultations c WHERE c.consultation_id = ANY (coalesce(p_gone, '{}'));
        FOR v_one IN
            SELECT (x ->> 'consultation_id')::uuid AS consultation_id, (x ->> 'held_on')::date AS held_on,
                   (x ->> 'hours')::numeric AS hours, coalesce(x ->> 'note', '') AS note, x ->> 'teacher' AS email,
                   u.user_id AS teacher
            FROM jsonb_array_elements(p_put) x
            LEFT JOIN public.users u ON lower(u.email) = lower(btrim(x ->> 'teacher')) AND u.role IN ('teacher', 'admin')
        LOOP
            IF v_one.teacher IS NULL THEN
                RAISE EXCEPTION USING ERRCODE = 'MV001', MESSAGE = api._refused(
                    'no_teacher', jsonb_build_object('email', v_one.email)
                )::text;
            ELSIF v_one.held_on IS NULL OR v_one.held_on > api._today()
                OR v_one.held_on NOT BETWEEN v_subscription.start_date AND v_subscription.end_date
            THEN
                RAISE EXCEPTION USING ERRCODE = 'MV001', MESSAGE = api._refused(
                    'day', jsonb_build_object('day', v_one.held_on)
                )::text;
            ELSIF v_one.consultation_id IS NULL THEN
                INSERT INTO public.consultations (subscription_id, teacher_user_id, held_on, hours, note)
                    VALUES (p_subscription, v_one.teacher, v_one.held_on, v_one.hours, v_one.note)
                    RETURNING consultation_id INTO v_new;
                v_touched := v_touched || v_new;
            ELSE
                UPDATE public.consultations c
                    SET teacher_user_id = v_one.teacher, held_on = v_one.held_on, hours = v_one.hours, note = v_one.note
                    WHERE c.consultation_id = v_one.consultation_id;
            END IF;
        END LOOP;
        -- A month that nobody has begun yet begins here, as it does with an exam.
        UPDATE public.subscriptions s SET
            exams_used_this_month = CASE WHEN b.begins THEN 0 ELSE s.exams_used_this_month END,
            last_counter_reset_date = CASE WHEN b.begins THEN v_day ELSE s.last_counter_reset_date END,
            teacher_hours_used = 0  -- what it is says the trigger
            FROM (
                SELECT v_subscription.status = 'active' AND v_day BETWEEN v_subscription.start_date AND v_subscription.end_date
                       AND coalesce(v_subscription.last_counter_reset_date, v_subscription.start_date) < v_month
            ) b (begins)
            WHERE s.subscription_id = p_subscription;
    EXCEPTION
        WHEN SQLSTATE 'MV001' THEN
            RETURN SQLERRM::jsonb;
        WHEN integrity_constraint_violation THEN
            GET STACKED DIAGNOSTICS v_rule = CONSTRAINT_NAME;
            RETURN api._refused('rule', jsonb_build_object('rule', v_rule));
        WHEN data_exception OR cannot_coerce THEN
            RETURN api._refused('malformed');
    END;
    -- One entry for the whole of it, which stands in the history of the subscription.
    DELETE FROM api._changes c
        WHERE c.written_in = pg_catalog.pg_current_xact_id() AND c.resource_type = 'consultation';
    INSERT INTO api._changes AS c (resource_type, resource_key, resource_id, act, named, changes, hidden)
        VALUES ('subscription', p_subscription::text, p_subscription, 'changed', NULL, jsonb_build_object(
            'consultations', jsonb_build_object('old', v_lines, 'new', api._consultation_lines(v_touched))
        ), '{}')
        ON CONFLICT (written_in, resource_type, resource_key) DO UPDATE SET changes = c.changes || EXCLUDED.changes;
    PERFORM api._audit('subscription.consulted', v_me, 'subscription', p_subscription, jsonb_build_object(
        'reason', v_reason
    ));
    RETURN jsonb_build_object('done', true, 'updated_at', (
        SELECT s.updated_at FROM public.subscriptions s WHERE s.subscription_id = p_subscription
    ));
END
$$;

-- As in 048, but for what is more than the plan gives.
CREATE OR REPLACE FUNCTION api._subscriptions_query(p_words text, p_choices jsonb, p_after uuid, p_limit int) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_query text := 'SELECT s.* FROM public.subscriptions s JOIN public.users u ON u.user_id = s.student_user_id WHERE true';
    v_last public.subscriptions;
BEGIN
    v_query := v_query || api._words_condition(p_words);
    v_query := v_query
        || CASE WHEN p_choices ->> 'status' IS NULL THEN '' ELSE format(' AND s.status = %L::public.mv_subscription_status', p_choices ->> 'status') END
        || CASE WHEN p_choices ->> 'plan' IS NULL THEN '' ELSE format(' AND s.plan_type = %L::public.mv_plan_type', p_choices ->> 'plan') END
        || CASE p_choices ->> 'hours' WHEN 'over' THEN ' AND s.subscription_id IN (SELECT o FROM api._over_hours(api._billing_day(now())) o)' ELSE '' END;
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

-- As in 041, with the hours of the month that runs.
CREATE OR REPLACE FUNCTION api.subscriptions(p_words text, p_choices jsonb, p_after uuid, p_limit int)
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
            s.exams_limit_per_month,
            api._hours_used(s.subscription_id, s.billing_day_of_month, api._billing_day(now())),
            s.teacher_hours_limit
        FROM (' || api._subscriptions_query(p_words, p_choices, p_after, p_limit) || ') s
        JOIN public.users u ON u.user_id = s.student_user_id
        JOIN public.subscription_plans p ON p.plan_type = s.plan_type
        ORDER BY s.start_date DESC, s.subscription_id';
END
$$;

-- As in 067, with the hours of the month that runs.
CREATE OR REPLACE FUNCTION api.student_data(p_student uuid, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_data jsonb;
BEGIN
    SELECT jsonb_build_object(
        'schema', 1,
        'person', to_jsonb(u) - 'password_hash' - 'is_coordinator',
        'parents', (
            SELECT coalesce(jsonb_agg(m.relationship ORDER BY m.created_at), '[]')
            FROM public.parent_student_mappings m WHERE m.student_user_id = u.user_id
        ),
        'subscriptions', (
            SELECT coalesce(jsonb_agg(to_jsonb(s) - 'student_user_id' || jsonb_build_object('teacher_hours_used', api._hours_used(
                s.subscription_id, s.billing_day_of_month, api._billing_day(now())
            ), 'consultations', (
                SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'held_on', c.held_on, 'hours', c.hours, 'note', c.note
                ) ORDER BY c.held_on, c.created_at), '[]')
                FROM public.consultations c WHERE c.subscription_id = s.subscription_id
            )) ORDER BY s.start_date, s.created_at), '[]')
            FROM public.subscriptions s WHERE s.student_user_id = u.user_id
        ),
        'exams', (
            SELECT coalesce(jsonb_agg(to_jsonb(x) - 'student_user_id' - 'exam_snapshot' || jsonb_build_object(
                'answers', (
                    SELECT coalesce(jsonb_agg(
                        to_jsonb(a) - 'exam_instance_id' - CASE x.status
                            WHEN 'evaluated' THEN '{}' ELSE '{is_correct, marks_awarded}'::text[]
                        END ORDER BY a.question_number
                    ), '[]')
                    FROM public.student_mcq_answers a WHERE a.exam_instance_id = x.exam_instance_id
                ),
                'unanswered', (
                    SELECT coalesce(jsonb_agg(n.question_number ORDER BY n.question_number), '[]')
                    FROM public.unanswered_questions n WHERE n.exam_instance_id = x.exam_instance_id
                ),
                'pages', (
                    SELECT coalesce(jsonb_agg(
                        to_jsonb(p) - 'exam_instance_id' - 'student_user_id' - 's3_bucket' ORDER BY p.page_number
                    ), '[]')
                    FROM public.answer_sheet_uploads p WHERE p.exam_instance_id = x.exam_instance_id
                ),
                'marking', (
                    SELECT jsonb_build_object(
                        'completed_at', e.completed_at, 'total_manual_marks', e.total_manual_marks,
                        'marks', (
                            SELECT coalesce(jsonb_agg(
                                to_jsonb(k) - 'evaluation_id' - 'exam_instance_id' ORDER BY k.question_number
                            ), '[]')
                            FROM public.question_marks k WHERE k.evaluation_id = e.evaluation_id
                        ),
                        'comments', (
                            SELECT coalesce(jsonb_agg(jsonb_build_object(
                                'page_number', g -> 'page_number', 'question_number', i -> 'question_number',
                                'text', i -> 'text'
                            )), '[]')
                            FROM jsonb_array_elements(api._elements(e.annotation_data -> 'pages')) g
                            CROSS JOIN jsonb_array_elements(api._elements(g -> 'annotations')) i
                            WHERE i ->> 'type' = 'text'
                        )
                    )
                    FROM public.evaluations e
                    WHERE e.exam_instance_id = x.exam_instance_id AND e.status = 'completed'
                )
            ) ORDER BY x.created_at), '[]')
            FROM public.exam_instances x WHERE x.student_user_id = u.user_id
        ),
        'imports', api._imported_of(u.user_id)
    ) INTO v_data
    FROM public.users u WHERE u.user_id = p_student AND u.role = 'student';
    IF v_data IS NULL THEN
        RETURN api._refused('unknown');
    END IF;
    PERFORM api._audit('user.exported', v_me, 'user', p_student, jsonb_build_object('reason', v_reason));
    RETURN jsonb_build_object('done', true, 'data', v_data);
END
$$;

-- As in 011; the hours follow the consultations and are not written.
CREATE OR REPLACE FUNCTION api._writable(p_kind text)
    RETURNS TABLE (relation text, key_column text, key_type text, roles text[], columns text[], additions text[])
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT w.relation, w.key_column, w.key_type, w.roles, w.columns, w.additions FROM (VALUES
        ('student', 'users', 'user_id', 'uuid', ARRAY['student', 'parent'],
         ARRAY['first_name', 'last_name', 'phone', 'student_class', 'school_name'], NULL::text[]),
        ('staff', 'users', 'user_id', 'uuid', ARRAY['teacher', 'admin'],
         ARRAY['first_name', 'last_name', 'phone'], NULL),
        ('plan', 'subscription_plans', 'plan_type', 'public.mv_plan_type', NULL,
         ARRAY['display_name', 'description', 'exams_per_month', 'teacher_hours_per_month', 'allow_board_exam',
               'allow_section_practice', 'allow_unit_practice', 'allow_mcq_only', 'leaderboard_eligible', 'sla_hours',
               'monthly_price_paise', 'annual_price_paise', 'is_active'], NULL),
        ('subscription', 'subscriptions', 'subscription_id', 'uuid', NULL,
         ARRAY['plan_type', 'start_date', 'end_date', 'billing_cycle', 'status', 'exams_used_this_month',
               'exams_limit_per_month', 'teacher_hours_limit', 'billing_day_of_month'], NULL),
        ('holiday', 'holidays', 'holiday_id', 'uuid', NULL,
         ARRAY['holiday_date', 'holiday_name', 'holiday_type', 'is_working_day'], ARRAY[]::text[]),
        ('template', 'exam_templates', 'template_id', 'uuid', NULL,
         ARRAY['template_name', 'config', 'specific_unit', 'is_active'], ARRAY['class', 'exam_type']),
        ('setting', 'system_config', 'config_key', 'text', NULL, ARRAY['config_value'], NULL)
    ) w (kind, relation, key_column, key_type, roles, columns, additions)
    WHERE w.kind = p_kind
$$;

-- What drifted is put right, and the log keeps what stood there.
UPDATE public.subscriptions s SET teacher_hours_used = 0
    FROM (SELECT api._billing_day(now()) AS day) t
    WHERE s.teacher_hours_used IS DISTINCT FROM api._hours_used(s.subscription_id, s.billing_day_of_month, t.day);

REVOKE EXECUTE ON FUNCTION api._hours_used(uuid, int, date), api._over_hours(date), api._keep_hours_used(),
    api._count_hours() FROM PUBLIC;
