-- Pages: a teacher asks for addresses of her scripts' pages, the worker signs them for her alone; and the worker's
-- check of what was uploaded.

-- Called again to see whether the worker has answered. A call that asks for something new is audited once.
CREATE FUNCTION api.request_pages(p_uploads uuid[])
    RETURNS TABLE (upload_id uuid, address text, expires_at timestamptz, problem text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_mine uuid[];
    v_foreign uuid[];
    v_new uuid[];
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    IF cardinality(p_uploads) > 500 THEN
        RAISE EXCEPTION 'at most 500 pages at once' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    v_mine := ARRAY(
        SELECT u.upload_id FROM public.answer_sheet_uploads u
        JOIN public.evaluations e ON e.exam_instance_id = u.exam_instance_id
        WHERE u.upload_id = ANY (p_uploads) AND e.teacher_user_id = v_me
    );
    v_foreign := ARRAY(SELECT DISTINCT p FROM unnest(p_uploads) p WHERE p IS NOT NULL AND p <> ALL (v_mine));
    DELETE FROM public.page_requests r WHERE r.user_id = v_me AND r.requested_at < now() - interval '1 day';
    WITH wanted AS (
        INSERT INTO public.page_requests AS r (user_id, upload_id)
        SELECT v_me, m FROM unnest(v_mine) m
        WHERE NOT EXISTS (SELECT 1 FROM api._page_answer(v_me, m) a WHERE a.waiting OR a.usable)
        RETURNING r.upload_id
    )
    SELECT coalesce(array_agg(w.upload_id), '{}') INTO v_new FROM wanted w;
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
        SELECT f, NULL, NULL, 'This page belongs to no script of yours.' FROM unnest(v_foreign) f;
END
$$;

-- A person's latest request of a page. An address is usable while a minute is left to fetch it; a problem for a
-- minute, and then it is tried again; a request that nobody answered in five minutes is made anew.
CREATE FUNCTION api._page_answer(p_user uuid, p_upload uuid)
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
    WHERE r.upload_id = p_upload AND r.user_id = p_user
    ORDER BY r.requested_at DESC LIMIT 1
$$;

-- The rows stay locked until the worker's transaction ends, so that several workers share the work.
CREATE FUNCTION api.pending_page_requests(p_limit int)
    RETURNS TABLE (request_id uuid, upload_id uuid, s3_bucket text, s3_key text)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT r.request_id, r.upload_id, u.s3_bucket::text, u.s3_key
    FROM public.page_requests r
    JOIN public.answer_sheet_uploads u ON u.upload_id = r.upload_id
    WHERE r.signed_at IS NULL AND r.requested_at > now() - interval '5 minutes'
    ORDER BY r.requested_at
    LIMIT least(p_limit, 1000)
    FOR UPDATE OF r SKIP LOCKED
$$;

CREATE FUNCTION api.answer_page_request(
    p_request uuid, p_address text, p_expires timestamptz, p_problem text DEFAULT NULL
) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    IF (p_problem IS NULL) <> (p_address IS NOT NULL AND p_expires IS NOT NULL) THEN
        RAISE EXCEPTION 'an address with its end, or a problem' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    UPDATE public.page_requests r
        SET address = p_address, expires_at = p_expires, problem = p_problem, signed_at = clock_timestamp()
        WHERE r.request_id = p_request AND r.signed_at IS NULL;
    RETURN FOUND;
END
$$;

CREATE FUNCTION api.uploads_to_check(p_limit int)
    RETURNS TABLE (upload_id uuid, s3_bucket text, s3_key text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT u.upload_id, u.s3_bucket::text, u.s3_key
    FROM public.answer_sheet_uploads u
    WHERE NOT EXISTS (SELECT 1 FROM public.page_files f WHERE f.upload_id = u.upload_id)
    ORDER BY u.uploaded_at
    LIMIT least(p_limit, 1000)
$$;

CREATE FUNCTION api.store_page_file(
    p_upload uuid, p_sha256 text, p_bytes bigint, p_pages jsonb, p_problem text DEFAULT NULL
) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
    INSERT INTO public.page_files (upload_id, sha256, bytes, pages, problem)
    VALUES (p_upload, p_sha256, p_bytes, coalesce(p_pages, '[]'), p_problem)
    ON CONFLICT (upload_id) DO UPDATE SET
        sha256 = EXCLUDED.sha256, bytes = EXCLUDED.bytes, pages = EXCLUDED.pages, problem = EXCLUDED.problem,
        checked_at = now()
$$;
