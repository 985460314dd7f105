-- What is open to whoever marks a script a second time, while she does; and the shapes of the new settings. Functions of 011
-- stand here whole, with what is new.

-- As in 011, also of what she marks a second time now.
CREATE OR REPLACE FUNCTION api.request_pages(p_uploads uuid[])
    RETURNS TABLE (upload_id uuid, address text, expires_at timestamptz, problem text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_mine uuid[];
    v_out uuid[];
    v_foreign uuid[];
    v_new uuid[];
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    IF cardinality(p_uploads) > 500 THEN
        RAISE EXCEPTION 'at most 500 pages at once' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    v_mine := ARRAY(
        SELECT DISTINCT i.id
        FROM unnest(p_uploads) i (id)
        JOIN public.answer_sheet_uploads u ON u.upload_id = api._upload_of(i.id)
        JOIN public.evaluations e ON e.exam_instance_id = u.exam_instance_id
        WHERE e.teacher_user_id = v_me AND api._hold_reason(e.evaluation_id) IS NULL
           OR api._marks_second(v_me, e.evaluation_id)
    );
    v_out := ARRAY(
        SELECT m FROM unnest(v_mine) m
        WHERE EXISTS (
            SELECT 1 FROM public.page_exclusions x WHERE x.upload_id = api._upload_of(m) AND x.ended_at IS NULL
        )
    );
    v_foreign := ARRAY(SELECT DISTINCT p FROM unnest(p_uploads) p WHERE p IS NOT NULL AND p <> ALL (v_mine));
    v_mine := ARRAY(SELECT m FROM unnest(v_mine) m WHERE m <> ALL (v_out));
    DELETE FROM public.page_requests r WHERE r.user_id = v_me AND r.requested_at < now() - interval '1 day';
    WITH wanted AS (
        INSERT INTO public.page_requests AS r (user_id, upload_id, version_id)
        SELECT v_me, api._upload_of(m), nullif(m, api._upload_of(m)) FROM unnest(v_mine) m
        WHERE NOT EXISTS (SELECT 1 FROM api._page_answer(v_me, m) a WHERE a.waiting OR a.usable)
        RETURNING coalesce(r.version_id, r.upload_id) AS page_id
    )
    SELECT coalesce(array_agg(w.page_id), '{}') INTO v_new FROM wanted w;
    IF cardinality(v_new) > 0 THEN
        PERFORM pg_notify('mv_page_requests', '');
        PERFORM api._audit('page.requested', v_me, 'page', NULL, jsonb_build_object('uploads', to_jsonb(v_new)));
    END IF;
    IF cardinality(v_foreign) > 0 THEN
        PERFORM api._audit(
            'security.page_refused', v_me, 'page', NULL, jsonb_build_object('uploads', to_jsonb(v_foreign))
        );
    END IF;
    RETURN QUERY
        SELECT m, CASE WHEN a.usable THEN a.address END, CASE WHEN a.usable THEN a.expires_at END,
               CASE WHEN a.usable THEN a.problem END
        FROM unnest(v_mine) m LEFT JOIN LATERAL api._page_answer(v_me, m) a ON true
        UNION ALL
        SELECT o, NULL, NULL, 'This page was taken out of the script.' FROM unnest(v_out) o
        UNION ALL
        SELECT f, NULL, NULL, 'This page belongs to no script of yours.' FROM unnest(v_foreign) f;
END
$$;

-- As in 011, also for whoever marks a second time, as long as she does.
CREATE OR REPLACE FUNCTION api.pending_page_requests(p_limit int)
    RETURNS TABLE (request_id uuid, upload_id uuid, s3_bucket text, s3_key text)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT r.request_id, coalesce(r.version_id, r.upload_id), coalesce(v.s3_bucket, u.s3_bucket::text),
           coalesce(v.s3_key, u.s3_key)
    FROM public.page_requests r
    JOIN public.answer_sheet_uploads u ON u.upload_id = r.upload_id
    JOIN public.evaluations e ON e.exam_instance_id = u.exam_instance_id
        AND (e.teacher_user_id = r.user_id OR api._marks_second(r.user_id, e.evaluation_id))
    JOIN public.staff_logins l ON l.user_id = r.user_id AND l.revoked_at IS NULL AND l.locked_at IS NULL
    LEFT JOIN public.page_versions v ON v.version_id = r.version_id
    WHERE r.signed_at IS NULL AND r.requested_at > now() - interval '5 minutes'
      AND api._hold_reason(e.evaluation_id) IS NULL AND NOT EXISTS (
          SELECT 1 FROM public.page_exclusions x WHERE x.upload_id = r.upload_id AND x.ended_at IS NULL
      )
    ORDER BY r.requested_at
    LIMIT least(p_limit, 1000)
    FOR UPDATE OF r SKIP LOCKED
$$;

-- As in 011, with the settings of samples.
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
    END IF;
    RETURN NULL;
EXCEPTION WHEN data_exception THEN
    RETURN 'malformed';
END
$$;
