-- The smallest version of the program that may still connect. Of an older one the server takes what was done, as far as
-- it understands the operations; its person is told what an admin wrote, and before it holds from when on it will.

ALTER TABLE public.system_config DISABLE TRIGGER tr_system_config_change;
INSERT INTO public.system_config (config_key, config_value, description) VALUES
    ('minimum_program', '{"version": "", "from": "", "message": {"en": "", "hi": ""}}',
     'The smallest version of the program that may connect: version, from, message')
ON CONFLICT DO NOTHING;
ALTER TABLE public.system_config ENABLE TRIGGER tr_system_config_change;

-- The numbers of a version, four of them: 1.10 is newer than 1.9, 1.4 is 1.4.0, and what stands behind them does not
-- count. What is no version is older than any.
CREATE FUNCTION api._version_numbers(p_version text) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT (ARRAY(
        SELECT left(n, 9)::bigint
        FROM unnest(string_to_array(coalesce(substring(left(p_version, 100) FROM '^[0-9]+(?:[.][0-9]+)*'), '0'), '.')) n
    ) || '{0,0,0,0}'::bigint[])[1:4]
$$;

-- NULL for a program that is new enough.
CREATE FUNCTION api._outdated(p_program text) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object(
        'version', s.least ->> 'version', 'from', s.least ->> 'from', 'message', s.least -> 'message',
        'refused', (s.least ->> 'from')::date <= api._today()
    )
    FROM (SELECT api._setting('minimum_program')) s (least)
    WHERE s.least ->> 'version' <> ''
      AND api._version_numbers(p_program) < api._version_numbers(s.least ->> 'version')
$$;

-- As in 007, with what a program that is too old is to hear.
CREATE OR REPLACE FUNCTION api.hello(p_program text, p_operation_schema int) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_caller record;
    v_beacon record;
BEGIN
    SELECT * INTO v_caller FROM api._newcomer(p_closed_too => true);
    -- A beacon older than any journal that can still be sent proves nothing.
    DELETE FROM public.clock_beacons b
        WHERE b.user_id = v_caller.user_id AND b.issued_at < now() - interval '400 days';
    INSERT INTO public.clock_beacons (user_id) VALUES (v_caller.user_id)
        RETURNING beacon_id, issued_at INTO v_beacon;
    RETURN (
        SELECT jsonb_build_object(
            'user_id', u.user_id, 'first_name', u.first_name, 'last_name', u.last_name, 'email', u.email,
            'role', u.role, 'is_coordinator', u.is_coordinator, 'active', v_caller.active,
            'must_change_password', v_caller.must_change AND v_caller.active,
            'server_time', v_beacon.issued_at, 'beacon_id', v_beacon.beacon_id,
            'operation_schema', api._setting('operation_schema'), 'schema_version', api.schema_version(),
            'outdated', api._outdated(p_program),
            'settings', (
                SELECT jsonb_object_agg(c.config_key, c.config_value)
                FROM public.system_config c WHERE api.is_marking_setting(c.config_key)
            ),
            'working_hours', api._setting('sla_working_hours'),
            'holidays', (
                SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'date', h.holiday_date, 'name', h.holiday_name, 'is_working_day', h.is_working_day
                ) ORDER BY h.holiday_date, h.holiday_name), '[]')
                FROM public.holidays h
            )
        )
        FROM public.users u WHERE u.user_id = v_caller.user_id
    );
END
$$;

-- As in 032, with the smallest version of the program.
CREATE OR REPLACE FUNCTION api._setting_fault(p_key text, p_value jsonb) RETURNS text
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
            's3_signed_url_expiry_minutes', 'max_pages_per_script', 'max_page_megapixels', 'sample_first', 'sample_percent'
        ) THEN v_kind = 'number' AND p_value::text ~ '^-?[0-9]+$'
        WHEN p_key IN (
            'exam_auto_submit_enabled', 'notifications_enabled', 'question_approval_required', 'anonymous_marking'
        ) THEN v_kind = 'boolean'
        WHEN p_key IN ('notification_email_from', 'aws_s3_region') THEN v_kind = 'string'
        WHEN p_key IN ('sample_tolerance', 'sample_tolerance_long') THEN
            v_kind = 'string' AND p_value #>> '{}' ~ '^[0-9]{1,2}([.][05])?$'
        WHEN p_key = 'recovery_public_key' THEN v_kind IN ('string', 'null')
        WHEN p_key = 'minimum_program' THEN coalesce(
            v_kind = 'object' AND jsonb_typeof(p_value -> 'version') = 'string' AND jsonb_typeof(p_value -> 'from') = 'string'
            AND jsonb_typeof(p_value -> 'message') = 'object' AND jsonb_typeof(p_value -> 'message' -> 'en') = 'string'
            AND jsonb_typeof(coalesce(p_value -> 'message' -> 'hi', '""')) = 'string'
            AND length(p_value -> 'message' ->> 'en') <= 500
            AND length(coalesce(p_value -> 'message' ->> 'hi', '')) <= 500 AND (
                p_value ->> 'version' = ''
                OR p_value ->> 'version' ~ '^[0-9]{1,4}([.][0-9]{1,4}){1,3}$'
                AND p_value ->> 'from' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' AND p_value -> 'message' ->> 'en' ~ '[^[:space:]]'
            ), false
        )
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
    IF v_right AND p_key IN ('sample_first', 'sample_percent') THEN
        v_right := (p_value #>> '{}')::numeric BETWEEN 0 AND 100;
    END IF;
    IF v_right IS NULL AND p_value IS NOT NULL THEN
        RETURN 'unknown_setting';
    ELSIF NOT coalesce(v_right, false) THEN
        RETURN 'malformed';
    ELSIF p_key = 'sla_working_hours' THEN
        -- Deadlines and days are worked out in it: a zone that nobody knows would stop them all.
        PERFORM now() AT TIME ZONE (p_value ->> 'timezone');
    ELSIF p_key = 'minimum_program' AND p_value ->> 'version' <> '' THEN
        PERFORM (p_value ->> 'from')::date;
    END IF;
    RETURN NULL;
EXCEPTION WHEN data_exception THEN
    RETURN 'malformed';
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
