-- Who coordinates looks at a rescan that came before it takes a page's place. Functions of 011 and 036 stand here whole, with
-- what is new.

-- NULL: the upload itself, or one of its versions. upload_id goes on saying whose page it is.
ALTER TABLE public.page_requests ADD COLUMN file_id uuid
    CONSTRAINT fk_page_requests_file_id REFERENCES public.upload_requests ON DELETE CASCADE;
CREATE INDEX ix_page_requests_file ON public.page_requests (file_id) WHERE file_id IS NOT NULL;
COMMENT ON INDEX public.ix_page_requests_file IS 'the cascade from upload_requests';

-- The upload for which the student sent this file, as long as the rescan is asked for and the file stands in no page's place.
CREATE FUNCTION api._rescan_of(p_file uuid) RETURNS uuid
    LANGUAGE sql STABLE
AS $$
    SELECT r.upload_id
    FROM public.upload_requests q
    JOIN public.rescan_requests r ON r.upload_id = q.resource_id AND r.closed_at IS NULL
    JOIN public.exam_instances x ON x.exam_instance_id = r.exam_instance_id AND x.student_user_id = q.user_id
    WHERE q.request_id = p_file AND q.kind = 'rescan' AND q.arrived_at >= r.asked_at
      AND NOT EXISTS (SELECT 1 FROM public.page_versions v WHERE v.request_id = q.request_id)
    LIMIT 1
$$;

-- Whose page an id is: an upload's own, a version's, or a rescan's that came; NULL for none.
CREATE FUNCTION api._page_of(p_page uuid) RETURNS uuid
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(api._upload_of(p_page), api._rescan_of(p_page))
$$;

-- As in 036, also of rescans that came, by the number of their file.
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
            JOIN public.answer_sheet_uploads u ON u.upload_id = api._page_of(i.id)
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
        INSERT INTO public.page_requests AS r (user_id, upload_id, version_id, file_id)
        SELECT v_me, api._page_of(m), CASE WHEN api._upload_of(m) <> m THEN m END,
               CASE WHEN api._upload_of(m) IS NULL THEN m END
        FROM unnest(v_mine) m
        WHERE NOT EXISTS (SELECT 1 FROM api._page_answer(v_me, m) a WHERE a.waiting OR a.usable)
        RETURNING coalesce(r.version_id, r.file_id, r.upload_id) AS page_id
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

-- As in 011, also of a rescan that came.
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
    WHERE r.upload_id = api._page_of(p_upload) AND r.user_id = p_user
      AND coalesce(r.version_id, r.file_id, r.upload_id) = p_upload
    ORDER BY r.requested_at DESC LIMIT 1
$$;

-- As in 036, also of a rescan that came.
CREATE OR REPLACE FUNCTION api.pending_page_requests(p_limit int)
    RETURNS TABLE (request_id uuid, upload_id uuid, s3_bucket text, s3_key text)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT r.request_id, coalesce(r.version_id, r.file_id, r.upload_id),
           coalesce(q.s3_bucket, v.s3_bucket, u.s3_bucket::text), coalesce(q.s3_key, v.s3_key, u.s3_key)
    FROM public.page_requests r
    JOIN public.answer_sheet_uploads u ON u.upload_id = r.upload_id
    LEFT JOIN public.evaluations e ON e.exam_instance_id = u.exam_instance_id
    JOIN public.staff_logins l ON l.user_id = r.user_id AND l.revoked_at IS NULL AND l.locked_at IS NULL
    LEFT JOIN public.page_versions v ON v.version_id = r.version_id
    LEFT JOIN public.upload_requests q ON q.request_id = r.file_id
    WHERE r.signed_at IS NULL AND r.requested_at > now() - interval '5 minutes'
      AND (
          api._coordinates(r.user_id)
          OR r.file_id IS NULL AND (e.teacher_user_id = r.user_id OR api._marks_second(r.user_id, e.evaluation_id))
          AND api._hold_reason(e.evaluation_id) IS NULL AND NOT EXISTS (
              SELECT 1 FROM public.page_exclusions x WHERE x.upload_id = r.upload_id AND x.ended_at IS NULL
          )
      )
    ORDER BY r.requested_at
    LIMIT least(p_limit, 1000)
    FOR UPDATE OF r SKIP LOCKED
$$;

-- As in 011, also of a rescan that came.
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
        WHERE r.user_id = v_me AND coalesce(r.version_id, r.file_id, r.upload_id) = ANY (p_uploads)
          AND r.problem IS NULL AND r.expires_at > now() AND r.signed_at < now() - interval '10 seconds';
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$$;

-- How long a rescan that came is and what its sum is, so that what is fetched can be compared: no row for any other file.
CREATE FUNCTION api.rescan_file(p_file uuid) RETURNS TABLE (upload_id uuid, mime_type text, bytes bigint, sha256 text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._coordinating();
    RETURN QUERY
        SELECT q.resource_id, q.mime_type::text, q.bytes::bigint, q.sha256::text FROM public.upload_requests q
        WHERE q.request_id = p_file AND api._rescan_of(p_file) IS NOT NULL;
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.rescan_file(uuid) TO mv_coordinator;
