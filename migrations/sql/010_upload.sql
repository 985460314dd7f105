-- Files that staff put into the store: asked for with size and checksums, signed by the worker for her alone, and looked
-- at by the worker once they are there. As with pages, nobody but the worker holds a key.

-- The id is the client's, so that a question whose answer was lost can be asked again. put_at: she says it is there;
-- arrived_at: the worker has seen that it is what was asked for.
CREATE TABLE public.upload_requests (
    request_id uuid CONSTRAINT pk_upload_requests PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT fk_upload_requests_user_id REFERENCES public.users ON DELETE RESTRICT,
    kind text NOT NULL,
    resource_id uuid NOT NULL,
    sha256 char(64) NOT NULL,
    md5 char(32) NOT NULL,
    bytes bigint NOT NULL,
    mime_type text NOT NULL,
    s3_key text NOT NULL,
    s3_bucket text,
    requested_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    asked_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    address text,
    expires_at timestamptz,
    signed_at timestamptz,
    put_at timestamptz,
    arrived_at timestamptz,
    problem text,
    CONSTRAINT uq_upload_requests_s3_key UNIQUE (s3_key),
    CONSTRAINT ck_upload_requests_kind CHECK (kind IN ('question_image', 'rescan', 'annotated_pdf')),
    CONSTRAINT ck_upload_requests_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_upload_requests_md5 CHECK (md5 ~ '^[0-9a-f]{32}$'),
    CONSTRAINT ck_upload_requests_bytes CHECK (bytes > 0)
);
CREATE INDEX ix_upload_requests_user ON public.upload_requests (user_id, requested_at);
COMMENT ON INDEX public.ix_upload_requests_user IS 'how much a person asked for in the last hour and day';
CREATE INDEX ix_upload_requests_open ON public.upload_requests (asked_at) WHERE signed_at IS NULL;
COMMENT ON INDEX public.ix_upload_requests_open IS 'requests that wait for an address';
CREATE INDEX ix_upload_requests_put ON public.upload_requests (put_at) WHERE put_at IS NOT NULL AND arrived_at IS NULL;
COMMENT ON INDEX public.ix_upload_requests_put IS 'files that are said to be there and were not looked at';
CREATE INDEX ix_upload_requests_resource ON public.upload_requests (resource_id) WHERE arrived_at IS NOT NULL;
COMMENT ON INDEX public.ix_upload_requests_resource IS 'files that were put for a question, a sheet or an evaluation';
REVOKE ALL ON TABLE public.upload_requests FROM PUBLIC;
-- On, and without a policy: what is in it is told by the functions, to the one who asked.
ALTER TABLE public.upload_requests ENABLE ROW LEVEL SECURITY;
CREATE TRIGGER tr_upload_requests_truncate BEFORE TRUNCATE ON public.upload_requests
    FOR EACH STATEMENT EXECUTE FUNCTION api._refuse_truncate();
ALTER TABLE public.upload_requests ENABLE ALWAYS TRIGGER tr_upload_requests_truncate;

-- Why this person may not put such a file; NULL when she may. What is not hers looks like what is not there.
CREATE FUNCTION api._upload_fault(p_user uuid, p_kind text, p_resource uuid, p_bytes bigint, p_mime text) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_role public.mv_user_role;
    v_directs boolean := api._directs(p_user);
    v_limit bigint := coalesce((api._setting('max_upload_size_mb') #>> '{}')::numeric, 5) * 1048576;
BEGIN
    SELECT u.role INTO v_role FROM public.users u WHERE u.user_id = p_user;
    IF NOT (CASE p_kind
        WHEN 'question_image' THEN EXISTS (
            SELECT 1 FROM public.questions q WHERE q.question_id = p_resource
              AND (v_role = 'admin' OR v_role = 'teacher' AND q.created_by = p_user AND q.status = 'draft')
        )
        WHEN 'rescan' THEN v_directs AND EXISTS (
            SELECT 1 FROM public.answer_sheet_uploads s WHERE s.upload_id = p_resource
        )
        WHEN 'annotated_pdf' THEN EXISTS (
            SELECT 1 FROM public.evaluations e WHERE e.evaluation_id = p_resource AND e.status = 'completed'
              AND (v_directs OR e.teacher_user_id = p_user)
        )
        ELSE false
    END) THEN
        RETURN 'not_allowed';
    ELSIF NOT (CASE p_kind
        WHEN 'question_image' THEN p_mime IN ('image/png', 'image/jpeg')
        WHEN 'rescan' THEN coalesce(api._setting('allowed_upload_mimetypes') ? p_mime, false)
        ELSE p_mime = 'application/pdf'
    END) THEN
        RETURN 'wrong_type';
    -- a script with ink on all its pages is larger than any of them
    ELSIF p_bytes > v_limit * (CASE p_kind WHEN 'annotated_pdf' THEN 10 ELSE 1 END) THEN
        RETURN 'too_large';
    ELSIF (
        SELECT count(*) >= 200 FROM public.upload_requests r
        WHERE r.user_id = p_user AND r.requested_at > now() - interval '1 hour'
    ) OR (
        SELECT coalesce(sum(r.bytes), 0) + p_bytes > 1073741824 FROM public.upload_requests r
        WHERE r.user_id = p_user AND r.requested_at > now() - interval '1 day'
    ) THEN
        RETURN 'too_many';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION api._upload_answer(p_request public.upload_requests) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'state', CASE
            WHEN p_request.arrived_at IS NOT NULL THEN 'stored'
            WHEN p_request.problem IS NOT NULL THEN 'failed'
            WHEN p_request.put_at IS NOT NULL THEN 'checking'
            WHEN p_request.signed_at IS NULL THEN 'waiting'
            ELSE 'ready'
        END,
        'problem', p_request.problem
    ) || CASE WHEN p_request.put_at IS NULL AND p_request.signed_at IS NOT NULL THEN jsonb_build_object(
        'address', p_request.address, 'expires_at', p_request.expires_at
    ) ELSE '{}' END)
$$;

-- Called again to see whether the worker has answered, and for a new address when the old one has less than a minute
-- left or, with p_anew, when it did not work. One that is ten seconds old is not made anew.
CREATE FUNCTION api.request_upload(
    p_request uuid, p_kind text, p_resource uuid, p_sha256 text, p_md5 text, p_bytes bigint, p_mime text,
    p_anew boolean DEFAULT false
) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_known public.upload_requests;
    v_fault text;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    IF p_request IS NULL OR p_resource IS NULL OR coalesce(p_bytes, 0) < 1
        OR coalesce(p_sha256, '') !~ '^[0-9a-f]{64}$' OR coalesce(p_md5, '') !~ '^[0-9a-f]{32}$'
    THEN
        RAISE EXCEPTION 'a file is asked for with id, size, SHA-256 and MD5'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM 1 FROM public.staff_logins l WHERE l.user_id = v_me FOR NO KEY UPDATE;  -- one of hers at a time: the limits
    SELECT * INTO v_known FROM public.upload_requests r WHERE r.request_id = p_request FOR UPDATE;
    IF FOUND AND v_known.user_id = v_me
        AND (v_known.kind, v_known.resource_id, v_known.sha256, v_known.md5, v_known.bytes, v_known.mime_type)
            IS NOT DISTINCT FROM (p_kind, p_resource, p_sha256::bpchar, p_md5::bpchar, p_bytes, p_mime)
    THEN
        IF v_known.put_at IS NULL AND v_known.problem IS NULL AND (
            v_known.signed_at IS NULL AND v_known.asked_at < now() - interval '5 minutes'
            OR v_known.expires_at < now() + interval '60 seconds'
            OR p_anew AND v_known.signed_at < now() - interval '10 seconds'
        ) THEN
            -- what she may no longer do gets no new address either
            v_fault := api._upload_fault(v_me, p_kind, p_resource, 0, p_mime);
            IF v_fault IS NULL OR v_fault = 'too_many' THEN
                UPDATE public.upload_requests r
                    SET address = NULL, expires_at = NULL, signed_at = NULL, asked_at = clock_timestamp()
                    WHERE r.request_id = p_request RETURNING * INTO v_known;
                PERFORM pg_notify('mv_page_requests', '');
                RETURN api._upload_answer(v_known);
            END IF;
        ELSE
            RETURN api._upload_answer(v_known);
        END IF;
    ELSE
        v_fault := CASE WHEN FOUND THEN 'id_reused'
                        ELSE api._upload_fault(v_me, p_kind, p_resource, p_bytes, p_mime) END;
    END IF;
    IF v_fault IS NOT NULL THEN
        IF v_fault IN ('not_allowed', 'id_reused') THEN
            PERFORM api._audit('security.upload_refused', v_me, 'upload', p_resource, jsonb_build_object(
                'kind', left(p_kind, 50), 'reason', v_fault
            ));
        END IF;
        RETURN jsonb_build_object('state', 'refused', 'reason', v_fault);
    END IF;
    DELETE FROM public.upload_requests r
        WHERE r.user_id = v_me AND r.arrived_at IS NULL AND r.requested_at < now() - interval '2 days';
    INSERT INTO public.upload_requests (
        request_id, user_id, kind, resource_id, sha256, md5, bytes, mime_type, s3_key
    ) VALUES (
        p_request, v_me, p_kind, p_resource, p_sha256, p_md5, p_bytes, p_mime,
        -- nothing of the client's but ids: no key of hers is ever signed
        format('uploads/%s/%s/%s', p_kind, p_resource, p_request)
    ) RETURNING * INTO v_known;
    PERFORM pg_notify('mv_page_requests', '');
    PERFORM api._audit('upload.requested', v_me, 'upload', p_resource, jsonb_build_object(
        'request_id', p_request, 'kind', p_kind, 'bytes', p_bytes, 'sha256', p_sha256
    ));
    RETURN api._upload_answer(v_known);
END
$$;

-- She says that the file is there; the answer says what the worker has found. Called again to see.
CREATE FUNCTION api.finish_upload(p_request uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_known public.upload_requests;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    SELECT * INTO v_known FROM public.upload_requests r WHERE r.request_id = p_request AND r.user_id = v_me;
    IF NOT FOUND THEN
        RETURN jsonb_build_object('state', 'refused', 'reason', 'unknown');
    END IF;
    -- once only: while the worker looks at the file it holds the row
    IF v_known.put_at IS NULL AND v_known.problem IS NULL AND v_known.s3_bucket IS NOT NULL THEN
        UPDATE public.upload_requests r SET put_at = clock_timestamp()
            WHERE r.request_id = p_request RETURNING * INTO v_known;
    END IF;
    PERFORM pg_notify('mv_page_requests', '');
    RETURN api._upload_answer(v_known);
END
$$;

-- For the worker, as with pages: the rows stay locked until its transaction ends.
CREATE FUNCTION api.pending_upload_requests(p_limit int)
    RETURNS TABLE (request_id uuid, s3_key text, sha256 text, md5 text, bytes bigint, mime_type text)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT r.request_id, r.s3_key, r.sha256::text, r.md5::text, r.bytes, r.mime_type
    FROM public.upload_requests r
    WHERE r.signed_at IS NULL AND r.asked_at > now() - interval '5 minutes'
    ORDER BY r.asked_at
    LIMIT least(p_limit, 1000)
    FOR UPDATE SKIP LOCKED
$$;

CREATE FUNCTION api.answer_upload_request(
    p_request uuid, p_bucket text, p_address text, p_expires timestamptz
) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    IF p_bucket IS NULL OR p_address IS NULL OR p_expires IS NULL THEN
        RAISE EXCEPTION 'an address with its bucket and its end' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    UPDATE public.upload_requests r
        SET s3_bucket = p_bucket, address = p_address, expires_at = p_expires, signed_at = clock_timestamp()
        WHERE r.request_id = p_request AND r.signed_at IS NULL;
    RETURN FOUND;
END
$$;

CREATE FUNCTION api.uploads_to_confirm(p_limit int)
    RETURNS TABLE (request_id uuid, s3_bucket text, s3_key text, sha256 text, bytes bigint)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT r.request_id, r.s3_bucket, r.s3_key, r.sha256::text, r.bytes
    FROM public.upload_requests r
    WHERE r.put_at IS NOT NULL AND r.arrived_at IS NULL AND r.problem IS NULL
    ORDER BY r.put_at
    LIMIT least(p_limit, 1000)
    FOR UPDATE SKIP LOCKED
$$;

CREATE FUNCTION api.confirm_upload(p_request uuid, p_problem text DEFAULT NULL) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_known public.upload_requests;
BEGIN
    UPDATE public.upload_requests r
        SET arrived_at = CASE WHEN p_problem IS NULL THEN clock_timestamp() END, problem = left(p_problem, 500)
        WHERE r.request_id = p_request AND r.put_at IS NOT NULL AND r.arrived_at IS NULL AND r.problem IS NULL
        RETURNING * INTO v_known;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM api._audit(
        CASE WHEN p_problem IS NULL THEN 'upload.stored' ELSE 'upload.failed' END, v_known.user_id, 'upload',
        v_known.resource_id, jsonb_strip_nulls(jsonb_build_object(
            'request_id', p_request, 'kind', v_known.kind, 'sha256', v_known.sha256, 'problem', p_problem
        ))
    );
    RETURN true;
END
$$;

-- An address that was signed before her script went to somebody else is hers to read no more, and none is signed after.
ALTER POLICY teacher_reads ON public.page_requests USING (
    user_id = (SELECT api.me()) AND EXISTS (
        SELECT 1 FROM public.answer_sheet_uploads u
        JOIN public.evaluations e ON e.exam_instance_id = u.exam_instance_id
        WHERE u.upload_id = page_requests.upload_id AND e.teacher_user_id = (SELECT api.me())
    )
);

-- As in 003, for those who may still have the page: not who was locked or closed meanwhile, or lost the script.
CREATE OR REPLACE FUNCTION api.pending_page_requests(p_limit int)
    RETURNS TABLE (request_id uuid, upload_id uuid, s3_bucket text, s3_key text)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT r.request_id, r.upload_id, u.s3_bucket::text, u.s3_key
    FROM public.page_requests r
    JOIN public.answer_sheet_uploads u ON u.upload_id = r.upload_id
    JOIN public.evaluations e ON e.exam_instance_id = u.exam_instance_id AND e.teacher_user_id = r.user_id
    JOIN public.staff_logins l ON l.user_id = r.user_id AND l.revoked_at IS NULL AND l.locked_at IS NULL
    WHERE r.signed_at IS NULL AND r.requested_at > now() - interval '5 minutes'
      AND api._hold_reason(e.evaluation_id) IS NULL
    ORDER BY r.requested_at
    LIMIT least(p_limit, 1000)
    FOR UPDATE OF r SKIP LOCKED
$$;

-- For pages whose address did not work though it should: the store has moved, or has another key now. One that is ten
-- seconds old is not made anew. Asking for the page afterwards gets a new one.
CREATE FUNCTION api.renew_pages(p_uploads uuid[]) RETURNS int
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
        WHERE r.user_id = v_me AND r.upload_id = ANY (p_uploads) AND r.problem IS NULL AND r.expires_at > now()
          AND r.signed_at < now() - interval '10 seconds';
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.request_upload(uuid, text, uuid, text, text, bigint, text, boolean),
    api.finish_upload(uuid) TO mv_teacher, mv_coordinator, mv_admin;
GRANT EXECUTE ON FUNCTION api.renew_pages(uuid[]) TO mv_teacher;
GRANT EXECUTE ON FUNCTION api.pending_upload_requests(int),
    api.answer_upload_request(uuid, text, text, timestamptz), api.uploads_to_confirm(int),
    api.confirm_upload(uuid, text) TO mv_worker;
