-- What was about uploads and is about pages as they are now: the functions of 003, 004 and 010 stand here whole, with what
-- is new in them. A version's id may stand wherever an upload's did.

-- As in 003, and of the version that a page has now; what is out is left out.
CREATE OR REPLACE FUNCTION api._script_pages(p_exam uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'upload_id', s.page_id, 'page_number', s.page_number, 'mime_type', s.mime_type, 'bytes', s.bytes,
        'questions_on_page', s.questions_on_page, 'sha256', s.sha256, 'checked', s.checked, 'pages', s.pages,
        'problem', s.problem, 'version_number', s.version_number
    ) ORDER BY s.page_number), '[]')
    FROM api._sheets(p_exam) s WHERE NOT s.is_out
$$;

-- As in 004, where it was called _script_work, without what is on pages that are out.
CREATE OR REPLACE FUNCTION api._script_registers(p_evaluation uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object(
        'marks', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'question_number', r.question_number, 'alternative', r.alternative, 'state', r.state,
                'marks', api._decimal(r.marks), 'comment', r.comment, 'version', r.version
            ) ORDER BY r.question_number, r.alternative), '[]')
            FROM public.mark_registers r WHERE r.evaluation_id = p_evaluation
        ),
        'annotations', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'annotation_id', r.annotation_id, 'page_number', r.page_number, 'pdf_page', r.pdf_page,
                'body', r.body, 'version', r.version
            ) ORDER BY r.placed_seq), '[]')
            FROM public.annotation_registers r
            WHERE r.evaluation_id = p_evaluation AND NOT r.deleted
              AND r.page_number <> ALL ((SELECT api._pages_out(p_evaluation))::int[])
        ),
        'seen', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'page_number', r.page_number, 'pdf_page', r.pdf_page, 'seconds', trim_scale(r.seen_seconds),
                'largest_share', trim_scale(r.largest_share), 'question_numbers', to_jsonb(r.question_numbers)
            ) ORDER BY r.page_number, r.pdf_page), '[]')
            FROM public.page_registers r
            WHERE r.evaluation_id = p_evaluation
              AND r.page_number <> ALL ((SELECT api._pages_out(p_evaluation))::int[])
        ),
        'flags', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'flag_id', f.flag_id, 'page_number', f.page_number, 'pdf_page', f.pdf_page, 'x', f.x, 'y', f.y,
                'reason', f.reason, 'comment', f.comment, 'answered', f.answered_at IS NOT NULL, 'answer', f.answer
            ) ORDER BY f.raised_at, f.flag_id), '[]')
            FROM public.evaluation_flags f WHERE f.evaluation_id = p_evaluation AND f.withdrawn_at IS NULL
        )
    )
$$;

-- As in 003; stamps on a page that is out earn nothing, as on her screen.
CREATE OR REPLACE FUNCTION api._effective_marks(p_evaluation uuid)
    RETURNS TABLE (
        question_number integer, alternative text, question_id uuid, question_type public.mv_question_type,
        unit text, possible numeric, marks numeric, not_attempted boolean, comment text, kept boolean
    )
    LANGUAGE sql STABLE
AS $$
    WITH option AS (
        SELECT e.exam_instance_id, o.*
        FROM public.evaluations e
        JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
        CROSS JOIN LATERAL api._options(x.exam_snapshot) o
        WHERE e.evaluation_id = p_evaluation
    ), stamped AS (
        SELECT r.body ->> 'question_number' AS question_number, coalesce(r.body ->> 'alternative', '') AS alternative,
               sum((r.body ->> 'marks')::numeric) AS marks
        FROM public.annotation_registers r
        WHERE r.evaluation_id = p_evaluation AND NOT r.deleted AND r.body ->> 'marks' IS NOT NULL
          AND r.page_number <> ALL ((SELECT api._pages_out(p_evaluation))::int[])
        GROUP BY 1, 2
    ), given AS (
        SELECT o.*, coalesce(r.comment, '') AS comment, r.marks AS typed, s.marks AS stamped,
               coalesce(
                   r.state, CASE WHEN u.declared_unanswered THEN 'not_attempted' ELSE 'follows_stamps' END
               ) AS state
        FROM option o
        LEFT JOIN public.mark_registers r ON r.evaluation_id = p_evaluation
            AND r.question_number = o.question_number AND r.alternative = o.alternative
        LEFT JOIN public.unanswered_questions u ON u.exam_instance_id = o.exam_instance_id
            AND u.question_number = o.question_number
        LEFT JOIN stamped s ON s.question_number = o.question_number::text AND s.alternative = o.alternative
    ), effective AS (
        SELECT g.*, g.state = 'not_attempted' AS not_attempted,
               CASE g.state WHEN 'marked' THEN g.typed WHEN 'not_attempted' THEN 0 ELSE g.stamped END AS marks
        FROM given g
    )
    SELECT f.question_number, f.alternative, f.question_id, f.question_type, f.unit, f.possible, f.marks,
           f.not_attempted, f.comment,
           f.marks IS NOT NULL AND 1 = row_number() OVER (
               PARTITION BY f.question_number
               ORDER BY f.marks DESC NULLS LAST, f.not_attempted, f.alternative COLLATE "C"
           )
    FROM effective f
$$;

-- As in 003; a page that is out is in no document, and one that was replaced says which version it was.
CREATE OR REPLACE FUNCTION api._page_states(p_evaluation uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    WITH touched AS (
        SELECT r.page_number, r.pdf_page FROM public.page_registers r WHERE r.evaluation_id = p_evaluation
        UNION
        SELECT r.page_number, r.pdf_page FROM public.annotation_registers r
        WHERE r.evaluation_id = p_evaluation AND NOT r.deleted
    ), sheet AS MATERIALIZED (
        SELECT s.* FROM public.evaluations e CROSS JOIN LATERAL api._sheets(e.exam_instance_id) s
        WHERE e.evaluation_id = p_evaluation
    ), uploaded AS (
        SELECT s.page_number, p.pdf_page
        FROM sheet s
        CROSS JOIN LATERAL generate_series(
            CASE WHEN s.mime_type = 'application/pdf' THEN 1 ELSE 0 END,
            CASE WHEN s.mime_type = 'application/pdf' THEN jsonb_array_length(s.pages) ELSE 0 END
        ) p (pdf_page)
    ), page AS (
        SELECT t.page_number, t.pdf_page FROM touched t UNION SELECT u.page_number, u.pdf_page FROM uploaded u
    ), ink AS (
        SELECT r.page_number, r.pdf_page, jsonb_agg(r.body ORDER BY r.placed_seq) AS annotations
        FROM public.annotation_registers r WHERE r.evaluation_id = p_evaluation AND NOT r.deleted GROUP BY 1, 2
    )
    SELECT coalesce(jsonb_agg(
        jsonb_build_object(
            'page_number', p.page_number, 'rotation', 0, 'annotated_s3_key', NULL,
            'seen', jsonb_build_object(
                'seconds', trim_scale(coalesce(r.seen_seconds, 0)),
                'largest_share', trim_scale(coalesce(r.largest_share, 0))
            ),
            'annotations', coalesce(i.annotations, '[]')
        )
        || CASE WHEN p.pdf_page > 0 THEN jsonb_build_object('pdf_page', p.pdf_page) ELSE '{}' END
        || CASE WHEN s.version_number > 1
                THEN jsonb_build_object('version_number', s.version_number) ELSE '{}' END
        || CASE WHEN r.question_numbers IS NOT NULL
                THEN jsonb_build_object('question_numbers', to_jsonb(r.question_numbers)) ELSE '{}' END
        ORDER BY p.page_number, p.pdf_page
    ), '[]')
    FROM page p
    LEFT JOIN public.page_registers r ON r.evaluation_id = p_evaluation
        AND r.page_number = p.page_number AND r.pdf_page = p.pdf_page
    LEFT JOIN sheet s ON s.page_number = p.page_number
    LEFT JOIN ink i ON i.page_number = p.page_number AND i.pdf_page = p.pdf_page
    WHERE s.is_out IS NOT TRUE
$$;

-- As in 004; pages that are out are not counted.
CREATE OR REPLACE FUNCTION api.finished_scripts(p_search text, p_before timestamptz, p_before_id uuid, p_limit int) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_code text := upper(replace(btrim(coalesce(p_search, '')), '-', ''));
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    RETURN (
        SELECT coalesce(jsonb_agg(to_jsonb(f) ORDER BY f.completed_at DESC, f.evaluation_id DESC), '[]')
        FROM (
            SELECT e.evaluation_id, e.exam_instance_id, e.completed_at, e.sla_deadline,
                   e.sla_hours_allocated AS sla_hours, e.sla_breached,
                   coalesce(k.received_at, e.assigned_at) AS received_at, t.template_name AS title, x.class,
                   x.exam_type, x.total_marks,
                   (
                       SELECT count(*) FROM public.question_marks m WHERE m.evaluation_id = e.evaluation_id
                   ) AS written,
                   (
                       SELECT coalesce(sum(greatest(1, jsonb_array_length(s.pages))), 0)
                       FROM api._sheets(e.exam_instance_id) s WHERE NOT s.is_out
                   ) AS pages
            FROM public.evaluations e
            JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
            JOIN public.exam_templates t ON t.template_id = x.template_id
            LEFT JOIN public.evaluation_clock k ON k.exam_instance_id = e.exam_instance_id
            WHERE e.teacher_user_id = v_me AND e.status = 'completed' AND e.completed_at IS NOT NULL
              AND (p_before IS NULL OR (e.completed_at, e.evaluation_id) < (p_before, p_before_id))
              AND (v_code = '' OR strpos(replace(api._script_code(e.exam_instance_id), '-', ''), v_code) > 0)
            ORDER BY e.completed_at DESC, e.evaluation_id DESC
            LIMIT least(greatest(p_limit, 1), 200)
        ) f
    );
END
$$;

-- As in 004, also by the id of a version; a page that is out is told apart from one of somebody else's script.
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

-- As in 003, of the version that was asked for.
CREATE OR REPLACE FUNCTION api._page_answer(p_user uuid, p_upload uuid)
    RETURNS TABLE (address text, expires_at timestamptz, problem text, usable boolean, waiting boolean)
    LANGUAGE sql STABLE
AS $$
    SELECT r.address, r.expires_at, r.problem,
           coalesce(
               CASE WHEN r.problem IS NULL THEN r.expires_at > now() + interval '60 seconds'
                    ELSE r.signed_at > now() - interval '60 seconds' END,
               false
           ),
           r.signed_at IS NULL AND r.requested_at > now() - interval '5 minutes'
    FROM public.page_requests r
    WHERE r.upload_id = api._upload_of(p_upload) AND r.user_id = p_user
      AND coalesce(r.version_id, r.upload_id) = p_upload
    ORDER BY r.requested_at DESC LIMIT 1
$$;

-- As in 010, of the version that was asked for, and of no page that is out.
CREATE OR REPLACE FUNCTION api.pending_page_requests(p_limit int)
    RETURNS TABLE (request_id uuid, upload_id uuid, s3_bucket text, s3_key text)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT r.request_id, coalesce(r.version_id, r.upload_id), coalesce(v.s3_bucket, u.s3_bucket::text),
           coalesce(v.s3_key, u.s3_key)
    FROM public.page_requests r
    JOIN public.answer_sheet_uploads u ON u.upload_id = r.upload_id
    JOIN public.evaluations e ON e.exam_instance_id = u.exam_instance_id AND e.teacher_user_id = r.user_id
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

-- As in 003, rescans too: the student's files first, in the order in which they came.
CREATE OR REPLACE FUNCTION api.uploads_to_check(p_limit int)
    RETURNS TABLE (upload_id uuid, s3_bucket text, s3_key text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT w.id, w.s3_bucket, w.s3_key FROM (
        (
            SELECT u.upload_id AS id, u.s3_bucket::text AS s3_bucket, u.s3_key, u.uploaded_at AS since
            FROM public.answer_sheet_uploads u
            WHERE NOT EXISTS (SELECT 1 FROM public.page_files f WHERE f.upload_id = u.upload_id)
            ORDER BY u.uploaded_at LIMIT least(p_limit, 1000)
        ) UNION ALL (
            SELECT v.version_id, v.s3_bucket, v.s3_key, v.replaced_at FROM public.page_versions v
            WHERE v.checked_at IS NULL ORDER BY v.replaced_at LIMIT least(p_limit, 1000)
        )
    ) w
    ORDER BY w.since LIMIT least(p_limit, 1000)
$$;

-- As in 003; what is found in a rescan stands with its version.
CREATE OR REPLACE FUNCTION api.store_page_file(
    p_upload uuid, p_sha256 text, p_bytes bigint, p_pages jsonb, p_problem text DEFAULT NULL
) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    UPDATE public.page_versions v SET
        sha256 = p_sha256, bytes = p_bytes, pages = coalesce(p_pages, '[]'), problem = p_problem, checked_at = now()
        WHERE v.version_id = p_upload;
    IF FOUND THEN
        RETURN;
    END IF;
    INSERT INTO public.page_files (upload_id, sha256, bytes, pages, problem)
    VALUES (p_upload, p_sha256, p_bytes, coalesce(p_pages, '[]'), p_problem)
    ON CONFLICT (upload_id) DO UPDATE SET
        sha256 = EXCLUDED.sha256, bytes = EXCLUDED.bytes, pages = EXCLUDED.pages, problem = EXCLUDED.problem,
        checked_at = now();
END
$$;

-- As in 010.
CREATE OR REPLACE FUNCTION api.renew_pages(p_uploads uuid[]) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_count int;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    IF cardinality(p_uploads) > 500 THEN
        RAISE EXCEPTION 'at most 500 pages at once' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    UPDATE public.page_requests r SET expires_at = now()
        WHERE r.user_id = v_me AND coalesce(r.version_id, r.upload_id) = ANY (p_uploads) AND r.problem IS NULL AND r.expires_at > now()
          AND r.signed_at < now() - interval '10 seconds';
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.ask_rescan(uuid[], uuid, text), api.cancel_rescan(uuid, text),
    api.replace_page(uuid, uuid, text), api.restore_page(uuid, int, text), api.exclude_page(uuid, text),
    api.include_page(uuid, text) TO mv_coordinator;
GRANT EXECUTE ON FUNCTION api.script_sheets(uuid) TO mv_coordinator, mv_admin;
