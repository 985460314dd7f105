-- What admins write of people, plans, subscriptions, holidays, templates and settings. By a function and not by grants:
-- the caller names the updated_at that she saw, gives a reason, and the slower of two is told who was faster.

-- Holidays had no moment of their last change.
ALTER TABLE public.holidays ADD COLUMN updated_at timestamptz DEFAULT now() NOT NULL;
CREATE TRIGGER tr_holidays_updated_at BEFORE INSERT OR UPDATE ON public.holidays
    FOR EACH ROW EXECUTE FUNCTION public.mv_keep_updated_at();

-- The one list of what may be written. Never here: password_hash, e-mail, role and what opens or closes an account (the
-- functions for people do that), keys, moments, what was paid, and what decides how old exams are read. additions may be
-- said when a row is made and stay then; NULL where none is made here.
CREATE FUNCTION api._writable(p_kind text)
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
               'exams_limit_per_month', 'teacher_hours_used', 'teacher_hours_limit', 'billing_day_of_month'], NULL),
        ('holiday', 'holidays', 'holiday_id', 'uuid', NULL,
         ARRAY['holiday_date', 'holiday_name', 'holiday_type', 'is_working_day'], ARRAY[]::text[]),
        ('template', 'exam_templates', 'template_id', 'uuid', NULL,
         ARRAY['template_name', 'config', 'specific_unit', 'is_active'], ARRAY['class', 'exam_type']),
        ('setting', 'system_config', 'config_key', 'text', NULL, ARRAY['config_value'], NULL)
    ) w (kind, relation, key_column, key_type, roles, columns, additions)
    WHERE w.kind = p_kind
$$;

-- The audit's name of a kind of thing.
CREATE FUNCTION api._resource_of(p_kind text) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN p_kind IN ('student', 'staff') THEN 'user' ELSE p_kind END
$$;

-- An entry that takes the difference along, also of what no uuid names.
CREATE FUNCTION api._audit_record(p_event text, p_me uuid, p_resource_type text, p_key text, p_data jsonb) RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    v_difference jsonb;
BEGIN
    IF api._uuid(p_key) IS NULL THEN
        DELETE FROM api._changes c
            WHERE c.written_in = pg_catalog.pg_current_xact_id() AND c.resource_type = p_resource_type
              AND c.resource_key = p_key
            RETURNING api._difference(c) INTO v_difference;
    END IF;
    PERFORM api._audit(p_event, p_me, p_resource_type, api._uuid(p_key), coalesce(v_difference, '{}') || p_data);
END
$$;

-- For whoever was slower: who changed it last, as the log says.
CREATE FUNCTION api._faster(p_resource_type text, p_key text, p_updated_at timestamptz) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT api._refused('changed', jsonb_build_object('updated_at', p_updated_at) || coalesce((
        SELECT jsonb_build_object('by', u.first_name || ' ' || u.last_name, 'at', l.created_at)
        FROM public.audit_logs l JOIN public.users u ON u.user_id = l.actor_user_id
        WHERE l.resource_type = p_resource_type AND l.event_data ?| ARRAY['changes', 'reason'] AND (
            l.resource_id = api._uuid(p_key) OR api._uuid(p_key) IS NULL AND l.event_data ->> 'key' = p_key
        )
        ORDER BY l.created_at DESC LIMIT 1
    ), '{}'))
$$;

-- NULL when a setting may have that value: the same shapes as domain/setting.py.
CREATE FUNCTION api._setting_fault(p_key text, p_value jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_kind text := jsonb_typeof(p_value);
    v_texts boolean := v_kind = 'array' AND NOT EXISTS (
        SELECT 1 FROM jsonb_array_elements(CASE v_kind WHEN 'array' THEN p_value ELSE '[]' END) v
        WHERE jsonb_typeof(v) <> 'string'
    );
    v_right boolean;
BEGIN
    -- Which operations the server understands is no choice of an admin's.
    v_right := CASE
        WHEN p_key IN (
            'leaderboard_top_n', 'max_upload_size_mb', 'analytics_refresh_hour', 'analytics_retention_days',
            'exam_grace_period_minutes', 'session_timeout_minutes', 'max_login_attempts',
            's3_signed_url_expiry_minutes', 'max_pages_per_script', 'max_page_megapixels'
        ) THEN v_kind = 'number' AND p_value::text ~ '^-?[0-9]+$'
        WHEN p_key IN (
            'exam_auto_submit_enabled', 'notifications_enabled', 'question_approval_required', 'anonymous_marking'
        ) THEN v_kind = 'boolean'
        WHEN p_key IN ('notification_email_from', 'aws_s3_region') THEN v_kind = 'string'
        WHEN p_key = 'recovery_public_key' THEN v_kind IN ('string', 'null')
        WHEN p_key IN ('allowed_upload_mimetypes', 'cbse_units_class_x', 'cbse_units_class_xii') THEN v_texts
        WHEN p_key = 'evaluation_ui_stamps' THEN v_texts AND p_value <@ '["tick", "cross", "half", "circle", "star"]'
        WHEN p_key = 'sla_working_hours' THEN
            coalesce(v_kind = 'object' AND jsonb_typeof(p_value -> 'start') = 'string'
            AND jsonb_typeof(p_value -> 'end') = 'string' AND jsonb_typeof(p_value -> 'timezone') = 'string'
            AND jsonb_typeof(p_value -> 'weekly_off') = 'array' AND NOT EXISTS (
                SELECT 1 FROM jsonb_array_elements(api._elements(p_value -> 'weekly_off')) v
                WHERE jsonb_typeof(v) <> 'string'
            ) AND jsonb_typeof(coalesce(p_value -> 'basis', '""')) = 'string', false)
        ELSE NULL
    END;
    IF v_right AND p_key IN ('session_timeout_minutes', 's3_signed_url_expiry_minutes', 'max_login_attempts') THEN
        -- Without an end each of them would switch its protection off.
        v_right := (p_value #>> '{}')::numeric BETWEEN 1 AND CASE p_key WHEN 'max_login_attempts' THEN 100 ELSE 1440 END;
    END IF;
    IF v_right IS NULL AND p_value IS NOT NULL THEN
        RETURN 'unknown_setting';
    ELSIF NOT coalesce(v_right, false) THEN
        RETURN 'malformed';
    ELSIF p_key = 'sla_working_hours' THEN
        -- Deadlines and days are worked out in it: a zone that nobody knows would stop them all.
        PERFORM now() AT TIME ZONE (p_value ->> 'timezone');
    END IF;
    RETURN NULL;
EXCEPTION WHEN data_exception THEN
    RETURN 'malformed';
END
$$;

-- Makes a row (p_seen NULL, where such rows are made here), or changes it. p_values: {"column": value}; p_also: what is
-- written with it and is no choice of the caller's.
CREATE FUNCTION api._put_row(
    p_kind text, p_key text, p_seen timestamptz, p_values jsonb, p_made jsonb, p_also jsonb
) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_what record;
    v_where text;
    v_updated_at timestamptz;
    v_found int;
    v_values jsonb;
BEGIN
    SELECT * INTO v_what FROM api._writable(p_kind);
    v_where := format('t.%I = $1::%s', v_what.key_column, v_what.key_type) || CASE
        WHEN v_what.roles IS NULL THEN '' ELSE format(' AND t.role::text = ANY (%L::text[])', v_what.roles)
    END;
    EXECUTE format('SELECT t.updated_at FROM public.%I t WHERE %s FOR NO KEY UPDATE', v_what.relation, v_where)
        INTO v_updated_at USING p_key;
    GET DIAGNOSTICS v_found = ROW_COUNT;
    IF v_found = 0 AND (p_seen IS NOT NULL OR v_what.additions IS NULL) THEN
        RETURN api._refused('unknown');
    ELSIF v_found > 0 AND v_updated_at IS DISTINCT FROM p_seen THEN
        RETURN api._faster(api._resource_of(p_kind), p_key, v_updated_at);
    ELSIF EXISTS (
        SELECT 1 FROM jsonb_object_keys(p_values) k
        WHERE k <> ALL (v_what.columns || CASE WHEN v_found = 0 THEN v_what.additions ELSE '{}' END)
    ) THEN
        RETURN api._refused('not_writable');
    ELSIF v_found = 0 THEN
        v_values := p_values || p_made || p_also || jsonb_build_object(v_what.key_column, p_key);
        EXECUTE format(
            'INSERT INTO public.%1$I (%2$s) SELECT %2$s FROM jsonb_populate_record(NULL::public.%1$I, $1)',
            v_what.relation, (SELECT string_agg(format('%I', k), ', ') FROM jsonb_object_keys(v_values) k)
        ) USING v_values;
    ELSE
        v_values := p_values || p_also;
        EXECUTE format(
            'UPDATE public.%1$I t SET %2$s FROM jsonb_populate_record(NULL::public.%1$I, $2) r WHERE %3$s',
            v_what.relation, (SELECT string_agg(format('%1$I = r.%1$I', k), ', ') FROM jsonb_object_keys(v_values) k),
            v_where
        ) USING p_key, v_values;
    END IF;
    EXECUTE format('SELECT t.updated_at FROM public.%I t WHERE %s', v_what.relation, v_where)
        INTO v_updated_at USING p_key;
    RETURN jsonb_build_object('done', true, 'updated_at', v_updated_at);
END
$$;

-- The server's end of the time after which programs lock: an idle session of each login ends.
CREATE FUNCTION api._put_idle_timeouts(p_minutes text) RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    v_login name;
BEGIN
    FOR v_login IN
        SELECT l.login_name FROM public.staff_logins l JOIN pg_catalog.pg_roles r ON r.rolname = l.login_name
    LOOP
        EXECUTE format('ALTER ROLE %I SET idle_session_timeout = %L', v_login, p_minutes || 'min');
    END LOOP;
END
$$;

-- The answer is {"done": true, "updated_at"}, or {"refused": why, …}; "rule" names the constraint that stood against it.
CREATE FUNCTION api.put_record(p_kind text, p_key text, p_seen timestamptz, p_values jsonb, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_fault text;
    v_rule text;
    v_answer jsonb;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM api._writable(p_kind)) OR p_key IS NULL
        OR jsonb_typeof(p_values) IS DISTINCT FROM 'object' OR p_values = '{}' OR pg_column_size(p_values) > 200000
    THEN
        RETURN api._refused('malformed');
    ELSIF p_kind = 'setting' THEN
        v_fault := api._setting_fault(p_key, p_values -> 'config_value');
    ELSIF p_kind = 'template' AND p_values ? 'config' AND jsonb_typeof(p_values -> 'config') <> 'object' THEN
        v_fault := 'malformed';
    ELSIF p_kind = 'student' OR p_kind = 'staff' THEN
        -- A name of blanks names nobody.
        v_fault := (
            SELECT 'malformed' FROM jsonb_each_text(p_values) v (k, name)
            WHERE k IN ('first_name', 'last_name') AND coalesce(btrim(name, E' \t\r\n'), '') = '' LIMIT 1
        );
    END IF;
    IF v_fault IS NOT NULL THEN
        RETURN api._refused(v_fault);
    END IF;
    BEGIN
        v_answer := api._put_row(
            p_kind, p_key, p_seen, p_values,
            CASE p_kind WHEN 'template' THEN jsonb_build_object('created_by', v_me) ELSE '{}' END,
            CASE p_kind WHEN 'setting' THEN jsonb_build_object('updated_by', v_me) ELSE '{}' END
        );
    EXCEPTION
        WHEN integrity_constraint_violation THEN
            GET STACKED DIAGNOSTICS v_rule = CONSTRAINT_NAME;
            RETURN api._refused('rule', jsonb_build_object('rule', v_rule));
        WHEN data_exception OR cannot_coerce THEN
            RETURN api._refused('malformed');
    END;
    IF v_answer ? 'done' AND (p_kind, p_key) = ('setting', 'session_timeout_minutes') THEN
        PERFORM api._put_idle_timeouts(p_values ->> 'config_value');
    END IF;
    IF v_answer ? 'done' THEN
        PERFORM api._audit_record(
            api._resource_of(p_kind) || CASE WHEN p_seen IS NULL THEN '.created' ELSE '.changed' END, v_me,
            api._resource_of(p_kind), p_key, jsonb_build_object('reason', v_reason)
        );
    END IF;
    RETURN v_answer;
END
$$;

-- Of all these only holidays are ever deleted; templates, plans and questions become inactive.
CREATE FUNCTION api.delete_holiday(p_holiday uuid, p_seen timestamptz, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_updated_at timestamptz;
BEGIN
    SELECT h.updated_at INTO v_updated_at FROM public.holidays h WHERE h.holiday_id = p_holiday FOR UPDATE;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    ELSIF v_updated_at IS DISTINCT FROM p_seen THEN
        RETURN api._faster('holiday', p_holiday::text, v_updated_at);
    END IF;
    DELETE FROM public.holidays h WHERE h.holiday_id = p_holiday;
    PERFORM api._audit_record('holiday.deleted', v_me, 'holiday', p_holiday::text, jsonb_build_object(
        'reason', v_reason
    ));
    RETURN '{"done": true}';
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.put_record(text, text, timestamptz, jsonb, text),
    api.delete_holiday(uuid, timestamptz, text) TO mv_admin;
