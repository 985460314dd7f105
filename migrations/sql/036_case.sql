-- Who coordinates sees the pages of scripts with a case, and which students have answered a rescan; pins are looked at.
-- Functions of 008, 011 and 032 stand here whole, with what is new.

-- This person coordinates now.
CREATE FUNCTION api._coordinates(p_user uuid) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (SELECT 1 FROM public.users u WHERE u.user_id = p_user AND u.is_coordinator AND u.is_active)
$$;

-- Something of this exam's script is to be decided by who coordinates, who calls this: a flag, a hold, a rescan, kept work;
-- or it is completed, so that questions of it can be returned. A script that is being marked without any of these is
-- nobody's to look at but its teacher's.
CREATE FUNCTION api._has_case(p_exam uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_evaluation uuid;
    v_completed boolean;
BEGIN
    IF EXISTS (
        SELECT 1 FROM public.rescan_requests r WHERE r.exam_instance_id = p_exam AND r.closed_at IS NULL
    ) THEN
        RETURN true;
    END IF;
    SELECT e.evaluation_id, e.status = 'completed' INTO v_evaluation, v_completed
        FROM public.evaluations e WHERE e.exam_instance_id = p_exam;
    IF NOT FOUND THEN
        RETURN false;
    ELSIF v_completed OR EXISTS (
        SELECT 1 FROM public.evaluation_flags f
        WHERE f.evaluation_id = v_evaluation AND f.answered_at IS NULL AND f.withdrawn_at IS NULL
    ) OR EXISTS (
        SELECT 1 FROM public.evaluation_holds h WHERE h.evaluation_id = v_evaluation AND h.ended_at IS NULL
    ) THEN
        RETURN true;
    END IF;
    RETURN coalesce(api.kept_work(v_evaluation), '[]') <> '[]';
END
$$;

-- As in 032, also of scripts with a case for who coordinates.
CREATE OR REPLACE FUNCTION api.request_pages(p_uploads uuid[])
    RETURNS TABLE (upload_id uuid, address text, expires_at timestamptz, problem text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_mine uuid[];
    v_out uuid[];
    v_cases uuid[] := '{}';
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
    -- Who coordinates sees pages that are out, too: she decides whether they come in again.
    IF cardinality(v_foreign || v_out) > 0 AND api._coordinates(v_me) THEN
        WITH asked AS MATERIALIZED (
            SELECT i.id, u.exam_instance_id
            FROM unnest(v_foreign || v_out) i (id)
            JOIN public.answer_sheet_uploads u ON u.upload_id = api._upload_of(i.id)
        ), opened AS MATERIALIZED (
            SELECT d.exam_instance_id FROM (SELECT DISTINCT a.exam_instance_id FROM asked a) d
            WHERE api._has_case(d.exam_instance_id)
        )
        SELECT coalesce(array_agg(a.id), '{}') INTO v_cases
        FROM asked a JOIN opened o ON o.exam_instance_id = a.exam_instance_id;
        v_mine := v_mine || v_cases;
        v_out := ARRAY(SELECT o FROM unnest(v_out) o WHERE o <> ALL (v_cases));
        v_foreign := ARRAY(SELECT f FROM unnest(v_foreign) f WHERE f <> ALL (v_cases));
    END IF;
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
        PERFORM api._audit('page.requested', v_me, 'page', NULL, jsonb_strip_nulls(jsonb_build_object(
            'uploads', to_jsonb(v_new),
            'coordinating', (SELECT to_jsonb(array_agg(n)) FROM unnest(v_new) n WHERE n = ANY (v_cases))
        )));
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

-- As in 032, also for who coordinates: she asked within the last five minutes, when there was a case.
CREATE OR REPLACE FUNCTION api.pending_page_requests(p_limit int)
    RETURNS TABLE (request_id uuid, upload_id uuid, s3_bucket text, s3_key text)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT r.request_id, coalesce(r.version_id, r.upload_id), coalesce(v.s3_bucket, u.s3_bucket::text),
           coalesce(v.s3_key, u.s3_key)
    FROM public.page_requests r
    JOIN public.answer_sheet_uploads u ON u.upload_id = r.upload_id
    LEFT JOIN public.evaluations e ON e.exam_instance_id = u.exam_instance_id
    JOIN public.staff_logins l ON l.user_id = r.user_id AND l.revoked_at IS NULL AND l.locked_at IS NULL
    LEFT JOIN public.page_versions v ON v.version_id = r.version_id
    WHERE r.signed_at IS NULL AND r.requested_at > now() - interval '5 minutes'
      AND (
          api._coordinates(r.user_id)
          OR (e.teacher_user_id = r.user_id OR api._marks_second(r.user_id, e.evaluation_id))
          AND api._hold_reason(e.evaluation_id) IS NULL AND NOT EXISTS (
              SELECT 1 FROM public.page_exclusions x WHERE x.upload_id = r.upload_id AND x.ended_at IS NULL
          )
      )
    ORDER BY r.requested_at
    LIMIT least(p_limit, 1000)
    FOR UPDATE OF r SKIP LOCKED
$$;

-- Why this is no place on a page that the teacher sees, or NULL: {page_number, pdf_page, x, y} and nothing else; x and y are
-- parts of the page's width and height, and pdf_page is 0 of a picture.
CREATE FUNCTION api._pin_fault(p_evaluation uuid, p_pin jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_names text[] := ARRAY['page_number', 'pdf_page', 'x', 'y'];
    v_page bigint := api._whole(p_pin ->> 'page_number');
    v_part bigint := api._whole(p_pin ->> 'pdf_page');
BEGIN
    -- A number written with a hundred thousand digits is not counted.
    IF jsonb_typeof(p_pin) IS DISTINCT FROM 'object' OR length(p_pin::text) > 200 THEN
        RETURN 'malformed';
    ELSIF p_pin - v_names <> '{}' OR v_page IS NULL OR v_part IS NULL OR EXISTS (
        SELECT 1 FROM unnest(v_names) n WHERE jsonb_typeof(p_pin -> n) IS DISTINCT FROM 'number'
    ) THEN
        RETURN 'malformed';
    ELSIF NOT ((p_pin ->> 'x')::numeric BETWEEN 0 AND 1 AND (p_pin ->> 'y')::numeric BETWEEN 0 AND 1) THEN
        RETURN 'malformed';
    ELSIF NOT EXISTS (
        SELECT 1 FROM public.evaluations e CROSS JOIN LATERAL api._sheets(e.exam_instance_id) s
        WHERE e.evaluation_id = p_evaluation AND s.page_number = v_page AND NOT s.is_out
          AND v_part BETWEEN CASE WHEN s.mime_type = 'application/pdf' THEN 1 ELSE 0 END
              AND CASE WHEN s.mime_type = 'application/pdf' THEN jsonb_array_length(s.pages) ELSE 0 END
    ) THEN
        RETURN 'unknown_page';
    END IF;
    RETURN NULL;
END
$$;

-- As in 008, and what is wrong with a pin.
CREATE OR REPLACE FUNCTION api._returned_fault(p_evaluation uuid, p_questions jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_question jsonb;
    v_seen bigint[] := '{}';
    v_number bigint;
    v_fault text;
BEGIN
    IF jsonb_typeof(p_questions) IS DISTINCT FROM 'array' OR p_questions = '[]' OR pg_column_size(p_questions) > 100000
    THEN
        RETURN 'malformed';
    END IF;
    FOR v_question IN SELECT q FROM jsonb_array_elements(p_questions) q LOOP
        v_number := api._whole(v_question ->> 'question_number');
        IF v_number IS NULL OR v_number = ANY (v_seen) OR coalesce(btrim(v_question ->> 'reason', E' \t\r\n'), '') = ''
            OR length(v_question ->> 'reason') > 2000
        THEN
            RETURN 'malformed';
        ELSIF NOT EXISTS (
            SELECT 1 FROM public.question_marks m WHERE m.evaluation_id = p_evaluation AND m.question_number = v_number
        ) THEN
            RETURN 'unknown_question';
        ELSIF coalesce(v_question -> 'pin', 'null') <> 'null' THEN
            v_fault := api._pin_fault(p_evaluation, v_question -> 'pin');
            IF v_fault IS NOT NULL THEN
                RETURN v_fault;
            END IF;
        END IF;
        v_seen := v_seen || v_number;
    END LOOP;
    RETURN NULL;
END
$$;

-- The rescans that are asked for and that the student has put into the store since, as the worker found them: the latest
-- file of each, and how many came. No address of them: a file is fetched as a page once it stands in a page's place.
CREATE FUNCTION api.rescan_answers()
    RETURNS TABLE (rescan_id uuid, request_id uuid, arrived_at timestamptz, mime_type text, files int)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._coordinating(p_admins_too => true);
    RETURN QUERY
        SELECT r.rescan_id, a.request_id, a.arrived_at, a.mime_type::text, a.files::int
        FROM public.rescan_requests r
        JOIN public.exam_instances x ON x.exam_instance_id = r.exam_instance_id
        CROSS JOIN LATERAL (
            SELECT q.request_id, q.arrived_at, q.mime_type, count(*) OVER () AS files
            FROM public.upload_requests q
            WHERE q.resource_id = r.upload_id AND q.arrived_at IS NOT NULL AND q.arrived_at >= r.asked_at
              AND q.kind = 'rescan' AND q.user_id = x.student_user_id
              AND NOT EXISTS (SELECT 1 FROM public.page_versions v WHERE v.request_id = q.request_id)
            ORDER BY q.arrived_at DESC LIMIT 1
        ) a
        WHERE r.closed_at IS NULL;
END
$$;

-- As in 011, with what a page's file is compared with once it was fetched.
CREATE OR REPLACE FUNCTION api.script_sheets(p_exam uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._coordinating(p_admins_too => true);
    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'page_id', s.page_id, 'upload_id', s.upload_id, 'page_number', s.page_number,
            'version_number', s.version_number, 'mime_type', s.mime_type, 'checked', s.checked, 'problem', s.problem,
            'bytes', s.bytes, 'sha256', s.sha256,
            'versions', (
                SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'version_number', v.version_number, 'page_id', v.version_id, 'restores', v.restores,
                    'reason', v.reason, 'by', api._staff_name(v.replaced_by), 'at', v.replaced_at
                ) ORDER BY v.version_number), '[]')
                FROM public.page_versions v WHERE v.upload_id = s.upload_id
            ),
            'excluded', (
                SELECT jsonb_build_object('reason', x.reason, 'by', api._staff_name(x.excluded_by), 'at', x.excluded_at)
                FROM public.page_exclusions x WHERE x.upload_id = s.upload_id AND x.ended_at IS NULL
            ),
            'rescan', (
                SELECT jsonb_build_object(
                    'rescan_id', r.rescan_id, 'reason', r.reason, 'by', api._staff_name(r.asked_by), 'at', r.asked_at
                )
                FROM public.rescan_requests r WHERE r.upload_id = s.upload_id AND r.closed_at IS NULL
            ),
            'ink', (
                SELECT coalesce(jsonb_object_agg(i.annotation_id, i.placed_on), '{}')
                FROM (
                    -- by what her computer knew when she placed it, which may be less than the server did
                    SELECT r.annotation_id, 1 + (
                        SELECT count(*) FROM public.page_versions v
                        WHERE v.upload_id = s.upload_id
                          AND v.evaluation_version < least(coalesce(o.base_version, r.version), r.version)
                    ) AS placed_on
                    FROM public.evaluations e
                    JOIN public.annotation_registers r ON r.evaluation_id = e.evaluation_id
                    LEFT JOIN public.applied_operations o ON o.op_id = r.last_operation
                    WHERE e.exam_instance_id = p_exam AND r.page_number = s.page_number AND NOT r.deleted
                ) i
            )
        ) ORDER BY s.page_number), '[]')
        FROM api._sheets(p_exam) s
    );
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.rescan_answers() TO mv_coordinator, mv_admin;
GRANT EXECUTE ON FUNCTION api.request_pages(uuid[]), api.renew_pages(uuid[]) TO mv_coordinator;
