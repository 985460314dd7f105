-- Pictures of questions: staff ask for them by the place that the question names, the worker looks at each once and signs
-- addresses as it does for pages; and pictures that staff put into the store are kept by what is in them.

-- A picture as the worker found it. Where it lies is said by s3_key or by url; where problem is said, by neither.
CREATE TABLE public.question_pictures (
    picture_id uuid CONSTRAINT pk_question_pictures PRIMARY KEY,
    place text NOT NULL,
    asked_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    checked_at timestamptz,
    s3_bucket text,
    s3_key text,
    url text,
    sha256 char(64),
    bytes bigint,
    mime_type text,
    width int,
    height int,
    problem text,
    CONSTRAINT ck_question_pictures_place CHECK (picture_id = md5(place)::uuid AND char_length(place) BETWEEN 1 AND 1000),
    CONSTRAINT ck_question_pictures_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_question_pictures_bytes CHECK (bytes > 0)
);
CREATE INDEX ix_question_pictures_open ON public.question_pictures (asked_at) WHERE checked_at IS NULL;
COMMENT ON INDEX public.ix_question_pictures_open IS 'pictures that the worker has not looked at';
CREATE INDEX ix_question_pictures_key ON public.question_pictures (s3_key) WHERE s3_key IS NOT NULL;
COMMENT ON INDEX public.ix_question_pictures_key IS 'api.request_upload: a picture that is in the store already';
REVOKE ALL ON TABLE public.question_pictures FROM PUBLIC;
-- On, and without a policy: what is in it is told by the functions.
ALTER TABLE public.question_pictures ENABLE ROW LEVEL SECURITY;
CREATE TRIGGER tr_question_pictures_truncate BEFORE TRUNCATE ON public.question_pictures
    FOR EACH STATEMENT EXECUTE FUNCTION api._refuse_truncate();
ALTER TABLE public.question_pictures ENABLE ALWAYS TRIGGER tr_question_pictures_truncate;

-- One row for a person and a picture: the address that is hers.
CREATE TABLE public.picture_requests (
    user_id uuid NOT NULL CONSTRAINT fk_picture_requests_user_id REFERENCES public.users ON DELETE RESTRICT,
    picture_id uuid NOT NULL
        CONSTRAINT fk_picture_requests_picture_id REFERENCES public.question_pictures ON DELETE RESTRICT,
    requested_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    address text,
    expires_at timestamptz,
    signed_at timestamptz,
    CONSTRAINT pk_picture_requests PRIMARY KEY (user_id, picture_id)
);
CREATE INDEX ix_picture_requests_open ON public.picture_requests (requested_at) WHERE signed_at IS NULL;
COMMENT ON INDEX public.ix_picture_requests_open IS 'requests that wait for an address';
REVOKE ALL ON TABLE public.picture_requests FROM PUBLIC;
ALTER TABLE public.picture_requests ENABLE ROW LEVEL SECURITY;
CREATE TRIGGER tr_picture_requests_truncate BEFORE TRUNCATE ON public.picture_requests
    FOR EACH STATEMENT EXECUTE FUNCTION api._refuse_truncate();
ALTER TABLE public.picture_requests ENABLE ALWAYS TRIGGER tr_picture_requests_truncate;

-- The places of all pictures in a paper, or in a question as a row (`domain.picture.places_of`).
CREATE FUNCTION api._places_of(p_paper jsonb) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT DISTINCT v #>> '{}'
    FROM unnest(ARRAY[
        '$.**.question_image_url', '$.**.diagram_image_url', '$.**.correct_answer_image_url',
        '$.**.explanation_image_url', '$.**.image'
    ]::jsonpath[]) p, jsonb_path_query(p_paper, p) v
    WHERE jsonb_typeof(v) = 'string' AND btrim(v #>> '{}') <> ''
$$;

-- Which of these places a person may see: who administers or coordinates all (where they lead is for the worker to say),
-- a teacher those of papers that she marks, of questions that papers are made of, and what she put into the store herself.
CREATE FUNCTION api._seen_places(p_user uuid, p_places text[], p_evaluations uuid[], p_questions uuid[]) RETURNS text[]
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    p_places := ARRAY(SELECT DISTINCT p FROM unnest(p_places) p WHERE char_length(p) BETWEEN 1 AND 1000);
    IF api._directs(p_user) THEN
        RETURN p_places;
    END IF;
    RETURN ARRAY(
        SELECT l.place
        FROM public.evaluations e
        JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
        CROSS JOIN LATERAL api._places_of(x.exam_snapshot) l (place)
        WHERE e.evaluation_id = ANY (p_evaluations) AND l.place = ANY (p_places)
          AND e.teacher_user_id = p_user AND api._hold_reason(e.evaluation_id) IS NULL
        UNION  -- who marks a script a second time knows it by that marking only
        SELECT l.place
        FROM public.second_markings m
        JOIN public.evaluations e ON e.evaluation_id = m.evaluation_id
        JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
        CROSS JOIN LATERAL api._places_of(x.exam_snapshot) l (place)
        WHERE m.marking_id = ANY (p_evaluations) AND m.teacher_user_id = p_user AND l.place = ANY (p_places)
          AND api._marks_second(p_user, e.evaluation_id)
        UNION
        SELECT l.place
        FROM public.questions q CROSS JOIN LATERAL api._places_of(to_jsonb(q)) l (place)
        WHERE q.question_id = ANY (p_questions) AND l.place = ANY (p_places)
          AND (q.status = 'active' OR q.created_by = p_user)
        UNION
        SELECT u.place
        FROM (
            SELECT 's3://' || r.s3_bucket || '/' || r.s3_key AS place FROM public.upload_requests r
            WHERE r.user_id = p_user AND r.kind = 'question_image' AND r.arrived_at IS NOT NULL
        ) u
        WHERE u.place = ANY (p_places)
    );
END
$$;

-- Called again to see whether the worker has answered. What could not be shown is looked at again after ten minutes; with
-- p_anew (the address did not work, or gave something else) at once, but not more often than every ten seconds.
CREATE FUNCTION api.request_pictures(
    p_places text[], p_evaluations uuid[] DEFAULT '{}', p_questions uuid[] DEFAULT '{}', p_anew boolean DEFAULT false
) RETURNS TABLE (place text, address text, bytes bigint, sha256 text, problem text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_seen text[];
    v_again interval := CASE WHEN p_anew THEN interval '10 seconds' ELSE interval '10 minutes' END;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    IF cardinality(p_places) > 500 OR cardinality(p_evaluations) > 100 OR cardinality(p_questions) > 100 THEN
        RAISE EXCEPTION 'at most 500 pictures of 100 papers at once' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    v_seen := api._seen_places(v_me, p_places, p_evaluations, p_questions);
    INSERT INTO public.question_pictures AS c (picture_id, place)
        SELECT md5(s)::uuid, s FROM unnest(v_seen) s ORDER BY s
        ON CONFLICT (picture_id) DO UPDATE SET checked_at = NULL, asked_at = clock_timestamp()
            WHERE c.checked_at < now() - v_again AND (p_anew OR c.problem IS NOT NULL);
    INSERT INTO public.picture_requests AS r (user_id, picture_id)
        SELECT v_me, md5(s)::uuid FROM unnest(v_seen) s ORDER BY s
        ON CONFLICT (user_id, picture_id) DO UPDATE
            SET requested_at = clock_timestamp(), address = NULL, expires_at = NULL, signed_at = NULL
            WHERE r.signed_at IS NULL AND r.requested_at < now() - interval '5 minutes'
               OR r.expires_at < now() + interval '60 seconds'
               OR p_anew AND r.signed_at < now() - interval '10 seconds';
    IF FOUND THEN
        PERFORM pg_notify('mv_page_requests', '');
    END IF;
    IF EXISTS (SELECT 1 FROM unnest(p_places) p WHERE p <> ALL (v_seen)) THEN
        PERFORM api._audit('security.picture_refused', v_me, 'picture', NULL, jsonb_build_object('places', to_jsonb(
            ARRAY(SELECT left(p, 200) FROM unnest(p_places) p WHERE p <> ALL (v_seen) LIMIT 20)
        )));
    END IF;
    RETURN QUERY
        SELECT p.p, CASE WHEN c.problem IS NULL AND c.checked_at IS NOT NULL THEN r.address END, c.bytes, c.sha256::text,
               CASE WHEN p.p <> ALL (v_seen) THEN 'This picture belongs to no question that you may see.'
                    WHEN c.checked_at IS NOT NULL THEN c.problem END
        FROM (SELECT DISTINCT q.p FROM unnest(p_places) q (p) WHERE q.p IS NOT NULL) p
        LEFT JOIN public.question_pictures c ON p.p = ANY (v_seen) AND c.picture_id = md5(p.p)::uuid
        LEFT JOIN public.picture_requests r ON r.picture_id = c.picture_id AND r.user_id = v_me
            AND r.expires_at > now() + interval '60 seconds';
END
$$;

-- For the worker: pictures that nobody has looked at. Locked until its transaction ends.
CREATE FUNCTION api.pictures_to_check(p_limit int) RETURNS TABLE (place text)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT c.place FROM public.question_pictures c
    WHERE c.checked_at IS NULL
    ORDER BY c.asked_at LIMIT least(p_limit, 1000)
    FOR UPDATE SKIP LOCKED
$$;

-- What the worker found; a second look replaces the first.
CREATE FUNCTION api.store_picture(
    p_place text, p_bucket text, p_key text, p_url text, p_sha256 text, p_bytes bigint, p_mime text, p_width int,
    p_height int, p_problem text DEFAULT NULL
) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
    INSERT INTO public.question_pictures AS c (
        picture_id, place, checked_at, s3_bucket, s3_key, url, sha256, bytes, mime_type, width, height, problem
    ) VALUES (
        md5(p_place)::uuid, p_place, clock_timestamp(), p_bucket, p_key, p_url, p_sha256, p_bytes, p_mime, p_width,
        p_height, left(p_problem, 500)
    ) ON CONFLICT (picture_id) DO UPDATE SET
        checked_at = EXCLUDED.checked_at, s3_bucket = EXCLUDED.s3_bucket, s3_key = EXCLUDED.s3_key, url = EXCLUDED.url,
        sha256 = EXCLUDED.sha256, bytes = EXCLUDED.bytes, mime_type = EXCLUDED.mime_type, width = EXCLUDED.width,
        height = EXCLUDED.height, problem = EXCLUDED.problem
$$;

-- Requests of pictures that can be shown, by people who still have a login.
CREATE FUNCTION api.pending_picture_requests(p_limit int)
    RETURNS TABLE (user_id uuid, picture_id uuid, s3_bucket text, s3_key text, url text)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT r.user_id, r.picture_id, c.s3_bucket, c.s3_key, c.url
    FROM public.picture_requests r
    JOIN public.question_pictures c ON c.picture_id = r.picture_id AND c.checked_at IS NOT NULL AND c.problem IS NULL
    JOIN public.staff_logins l ON l.user_id = r.user_id AND l.revoked_at IS NULL AND l.locked_at IS NULL
    WHERE r.signed_at IS NULL AND r.requested_at > now() - interval '5 minutes'
    ORDER BY r.requested_at
    LIMIT least(p_limit, 1000)
    FOR UPDATE OF r SKIP LOCKED
$$;

CREATE FUNCTION api.answer_picture_request(p_user uuid, p_picture uuid, p_address text, p_expires timestamptz)
    RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    IF p_address IS NULL OR p_expires IS NULL THEN
        RAISE EXCEPTION 'an address with its end' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    UPDATE public.picture_requests r SET address = p_address, expires_at = p_expires, signed_at = clock_timestamp()
        WHERE r.user_id = p_user AND r.picture_id = p_picture AND r.signed_at IS NULL;
    RETURN FOUND;
END
$$;

-- What staff write into a question names only pictures that the worker has looked at, and those that it had. The web
-- platform writes what it has.
CREATE FUNCTION api._check_pictures() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM public.staff_logins l WHERE l.login_name = session_user) AND EXISTS (
        SELECT 1 FROM api._places_of(to_jsonb(NEW)) n (place)
        WHERE NOT (TG_OP = 'UPDATE' AND n.place IN (SELECT api._places_of(to_jsonb(OLD))))
          AND NOT EXISTS (
              SELECT 1 FROM public.question_pictures c
              WHERE c.picture_id = md5(n.place)::uuid AND c.checked_at IS NOT NULL AND c.problem IS NULL
          )
    ) THEN
        RAISE EXCEPTION 'a picture that nobody has looked at'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_questions_pictures';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER tr_questions_pictures BEFORE INSERT OR UPDATE OF question_image_url, diagram_image_url, mcq_choices,
    correct_answer_image_url, explanation_image_url ON public.questions
    FOR EACH ROW EXECUTE FUNCTION api._check_pictures();

-- Pictures are kept by what is in them: the same one twice is one file, asked for as often as somebody has it.
ALTER TABLE public.upload_requests DROP CONSTRAINT uq_upload_requests_s3_key;
CREATE UNIQUE INDEX uq_upload_requests_s3_key ON public.upload_requests (s3_key) WHERE kind <> 'question_image';
COMMENT ON INDEX public.uq_upload_requests_s3_key IS 'no key is given twice, but to those who have the same picture';

-- The functions of 010 stand here whole, with what is new. A picture may be put there before its question is.
CREATE OR REPLACE FUNCTION api._upload_fault(p_user uuid, p_kind text, p_resource uuid, p_bytes bigint, p_mime text) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_role public.mv_user_role;
    v_directs boolean := api._directs(p_user);
    v_limit bigint := coalesce((api._setting('max_upload_size_mb') #>> '{}')::numeric, 5) * 1048576;
BEGIN
    SELECT u.role INTO v_role FROM public.users u WHERE u.user_id = p_user;
    IF NOT (CASE p_kind
        WHEN 'question_image' THEN v_role = 'admin' OR v_role = 'teacher' AND NOT EXISTS (
            SELECT 1 FROM public.questions q WHERE q.question_id = p_resource
              AND (q.created_by IS DISTINCT FROM p_user OR q.status <> 'draft')
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

CREATE OR REPLACE FUNCTION api._upload_answer(p_request public.upload_requests) RETURNS jsonb
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
        'problem', p_request.problem,
        'place', CASE WHEN p_request.arrived_at IS NOT NULL AND p_request.kind = 'question_image' THEN
            's3://' || p_request.s3_bucket || '/' || p_request.s3_key
        END
    ) || CASE WHEN p_request.put_at IS NULL AND p_request.signed_at IS NOT NULL THEN jsonb_build_object(
        'address', p_request.address, 'expires_at', p_request.expires_at
    ) ELSE '{}' END)
$$;

CREATE OR REPLACE FUNCTION api.request_upload(
    p_request uuid, p_kind text, p_resource uuid, p_sha256 text, p_md5 text, p_bytes bigint, p_mime text,
    p_anew boolean DEFAULT false
) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_known public.upload_requests;
    v_fault text;
    v_key text;
    v_bucket text;
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
    -- nothing of the client's but ids and the sum that is checked: no key of hers is ever signed
    v_key := CASE p_kind
        WHEN 'question_image' THEN
            format('uploads/question_image/%s.%s', p_sha256, CASE p_mime WHEN 'image/png' THEN 'png' ELSE 'jpg' END)
        ELSE format('uploads/%s/%s/%s', p_kind, p_resource, p_request)
    END;
    -- a picture that was put there before is there already
    SELECT c.s3_bucket INTO v_bucket FROM public.question_pictures c
        WHERE p_kind = 'question_image' AND c.s3_key = v_key AND c.sha256 = p_sha256 AND c.problem IS NULL
          AND c.picture_id = md5(format('s3://%s/%s', c.s3_bucket, v_key))::uuid;
    INSERT INTO public.upload_requests (
        request_id, user_id, kind, resource_id, sha256, md5, bytes, mime_type, s3_key, s3_bucket, signed_at, put_at,
        arrived_at
    ) VALUES (
        p_request, v_me, p_kind, p_resource, p_sha256, p_md5, p_bytes, p_mime, v_key, v_bucket,
        CASE WHEN v_bucket IS NOT NULL THEN clock_timestamp() END,
        CASE WHEN v_bucket IS NOT NULL THEN clock_timestamp() END,
        CASE WHEN v_bucket IS NOT NULL THEN clock_timestamp() END
    ) RETURNING * INTO v_known;
    PERFORM pg_notify('mv_page_requests', '');
    PERFORM api._audit('upload.requested', v_me, 'upload', p_resource, jsonb_build_object(
        'request_id', p_request, 'kind', p_kind, 'bytes', p_bytes, 'sha256', p_sha256
    ));
    RETURN api._upload_answer(v_known);
END
$$;

-- As in 010, with what the file is for.
DROP FUNCTION api.uploads_to_confirm(int);
CREATE FUNCTION api.uploads_to_confirm(p_limit int)
    RETURNS TABLE (request_id uuid, s3_bucket text, s3_key text, sha256 text, bytes bigint, kind text)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT r.request_id, r.s3_bucket, r.s3_key, r.sha256::text, r.bytes, r.kind
    FROM public.upload_requests r
    WHERE r.put_at IS NOT NULL AND r.arrived_at IS NULL AND r.problem IS NULL
    ORDER BY r.put_at
    LIMIT least(p_limit, 1000)
    FOR UPDATE SKIP LOCKED
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.request_pictures(text[], uuid[], uuid[], boolean)
    TO mv_teacher, mv_coordinator, mv_admin;
GRANT EXECUTE ON FUNCTION api.pictures_to_check(int),
    api.store_picture(text, text, text, text, text, bigint, text, int, int, text), api.pending_picture_requests(int),
    api.answer_picture_request(uuid, uuid, text, timestamptz), api.uploads_to_confirm(int) TO mv_worker;
