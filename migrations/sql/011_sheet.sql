-- Sheets of a script: a student is asked for a better scan, a rescan takes a page's place, somebody else's page is taken
-- out, and put in again. Nothing is ever overwritten: every file a page ever had is kept, and ink stays in its register.

-- What takes the place of an upload, or of its version before; the upload itself is version 1. evaluation_version: how far
-- the script was then, so that of every annotation is known on which version it was last placed. Its id is the page's id
-- from then on, so that a computer fetches the file anew.
CREATE TABLE public.page_versions (
    version_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_page_versions PRIMARY KEY,
    upload_id uuid NOT NULL
        CONSTRAINT fk_page_versions_upload_id REFERENCES public.answer_sheet_uploads ON DELETE CASCADE,
    version_number integer NOT NULL,
    request_id uuid CONSTRAINT fk_page_versions_request_id REFERENCES public.upload_requests ON DELETE RESTRICT,
    restores integer,
    evaluation_version bigint DEFAULT 0 NOT NULL,
    s3_bucket text NOT NULL,
    s3_key text NOT NULL,
    mime_type text NOT NULL,
    bytes bigint,
    sha256 char(64),
    pages jsonb DEFAULT '[]' NOT NULL,
    problem text,
    checked_at timestamptz,
    reason text NOT NULL,
    replaced_by uuid NOT NULL CONSTRAINT fk_page_versions_replaced_by REFERENCES public.users ON DELETE RESTRICT,
    replaced_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT uq_page_versions_upload_id UNIQUE (upload_id, version_number),
    CONSTRAINT uq_page_versions_request_id UNIQUE (request_id),
    CONSTRAINT ck_page_versions_version_number CHECK (version_number > 1),
    CONSTRAINT ck_page_versions_source CHECK ((request_id IS NULL) = (restores IS NOT NULL)),
    CONSTRAINT ck_page_versions_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_page_versions_pages CHECK (jsonb_typeof(pages) = 'array'),
    CONSTRAINT ck_page_versions_reason CHECK (btrim(reason) <> '')
);
CREATE INDEX ix_page_versions_unchecked ON public.page_versions (replaced_at) WHERE checked_at IS NULL;
COMMENT ON INDEX public.ix_page_versions_unchecked IS 'rescans that the worker has not looked at';

CREATE TABLE public.page_exclusions (
    exclusion_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_page_exclusions PRIMARY KEY,
    upload_id uuid NOT NULL
        CONSTRAINT fk_page_exclusions_upload_id REFERENCES public.answer_sheet_uploads ON DELETE CASCADE,
    exam_instance_id uuid NOT NULL
        CONSTRAINT fk_page_exclusions_exam_instance_id REFERENCES public.exam_instances ON DELETE CASCADE,
    reason text NOT NULL,
    excluded_by uuid NOT NULL CONSTRAINT fk_page_exclusions_excluded_by REFERENCES public.users ON DELETE RESTRICT,
    excluded_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    ended_at timestamptz,
    ended_by uuid CONSTRAINT fk_page_exclusions_ended_by REFERENCES public.users ON DELETE RESTRICT,
    end_reason text,
    CONSTRAINT ck_page_exclusions_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT ck_page_exclusions_end CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE UNIQUE INDEX uq_page_exclusions_open ON public.page_exclusions (upload_id) WHERE ended_at IS NULL;
COMMENT ON INDEX public.uq_page_exclusions_open IS 'a page is taken out once at a time; whether it is out now';
CREATE INDEX ix_page_exclusions_exam ON public.page_exclusions (exam_instance_id);
COMMENT ON INDEX public.ix_page_exclusions_exam IS 'pages taken out of a script; the cascade from exam_instances';

-- What a student was asked for; the web platform reads it. reason is for her eyes.
CREATE TABLE public.rescan_requests (
    rescan_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_rescan_requests PRIMARY KEY,
    upload_id uuid NOT NULL
        CONSTRAINT fk_rescan_requests_upload_id REFERENCES public.answer_sheet_uploads ON DELETE CASCADE,
    exam_instance_id uuid NOT NULL
        CONSTRAINT fk_rescan_requests_exam_instance_id REFERENCES public.exam_instances ON DELETE CASCADE,
    flag_id uuid CONSTRAINT fk_rescan_requests_flag_id REFERENCES public.evaluation_flags ON DELETE SET NULL,
    reason text NOT NULL,
    asked_by uuid NOT NULL CONSTRAINT fk_rescan_requests_asked_by REFERENCES public.users ON DELETE RESTRICT,
    asked_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    closed_at timestamptz,
    outcome text,
    close_reason text,
    CONSTRAINT ck_rescan_requests_outcome CHECK (outcome IN ('replaced', 'cancelled')),
    CONSTRAINT ck_rescan_requests_closed CHECK (
        (closed_at IS NULL) = (outcome IS NULL) AND (closed_at IS NULL) = (close_reason IS NULL)
    ),
    CONSTRAINT ck_rescan_requests_reason CHECK (btrim(reason) <> '')
);
CREATE UNIQUE INDEX uq_rescan_requests_open ON public.rescan_requests (upload_id) WHERE closed_at IS NULL;
COMMENT ON INDEX public.uq_rescan_requests_open IS 'a page is asked for once at a time; what is asked for now';
CREATE INDEX ix_rescan_requests_exam ON public.rescan_requests (exam_instance_id);
COMMENT ON INDEX public.ix_rescan_requests_exam IS 'what was asked for of a script; the cascade from exam_instances';
CREATE INDEX ix_rescan_requests_flag ON public.rescan_requests (flag_id) WHERE flag_id IS NOT NULL;
COMMENT ON INDEX public.ix_rescan_requests_flag IS 'the check when a flag goes';

-- NULL: the upload itself. upload_id goes on saying whose page it is.
ALTER TABLE public.page_requests ADD COLUMN version_id uuid
    CONSTRAINT fk_page_requests_version_id REFERENCES public.page_versions ON DELETE CASCADE;
CREATE INDEX ix_page_requests_version ON public.page_requests (version_id) WHERE version_id IS NOT NULL;
COMMENT ON INDEX public.ix_page_requests_version IS 'the cascade from page_versions';

DO $$
DECLARE
    v_table text;
    v_role text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['page_versions', 'page_exclusions', 'rescan_requests'] LOOP
        EXECUTE format(
            'CREATE TRIGGER tr_%1$s_truncate BEFORE TRUNCATE ON public.%1$I
                FOR EACH STATEMENT EXECUTE FUNCTION api._refuse_truncate()', v_table
        );
        EXECUTE format('ALTER TABLE public.%1$I ENABLE ALWAYS TRIGGER tr_%1$s_truncate', v_table);
        EXECUTE format('REVOKE ALL ON TABLE public.%I FROM PUBLIC', v_table);
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', v_table);
        FOREACH v_role IN ARRAY ARRAY['coordinator', 'admin'] LOOP
            EXECUTE format('GRANT SELECT ON public.%1$I TO mv_%2$s', v_table, v_role);
            EXECUTE format(
                'CREATE POLICY %2$s_reads ON public.%1$I FOR SELECT TO mv_%2$s USING ((SELECT api.me()) IS NOT NULL)',
                v_table, v_role
            );
        END LOOP;
    END LOOP;
END
$$;
-- Not by way of the uploads, whose own policy asks here. Their files are read by way of the uploads.
-- Why a page is out is not for who marks: the words may name the student whose it is.
GRANT SELECT (exclusion_id, upload_id, exam_instance_id, excluded_at, ended_at) ON public.page_exclusions TO mv_teacher;
CREATE POLICY teacher_reads ON public.page_exclusions FOR SELECT TO mv_teacher USING (EXISTS (
    SELECT 1 FROM public.evaluations e
    WHERE e.exam_instance_id = page_exclusions.exam_instance_id AND e.teacher_user_id = (SELECT api.me())
));
ALTER POLICY teacher_reads ON public.answer_sheet_uploads USING (
    EXISTS (
        SELECT 1 FROM public.evaluations e
        WHERE e.exam_instance_id = answer_sheet_uploads.exam_instance_id AND e.teacher_user_id = (SELECT api.me())
    ) AND NOT EXISTS (
        SELECT 1 FROM public.page_exclusions x WHERE x.upload_id = answer_sheet_uploads.upload_id AND x.ended_at IS NULL
    )
);

-- As in 009 of the first files: another digest of what was looked at is for the log, the first one is not.
CREATE TRIGGER tr_page_versions_change AFTER UPDATE ON public.page_versions
    FOR EACH ROW WHEN (
        OLD.checked_at IS NOT NULL
        AND (OLD.upload_id, OLD.s3_bucket, OLD.s3_key, OLD.sha256, OLD.bytes, OLD.pages, OLD.problem) IS DISTINCT FROM
            (NEW.upload_id, NEW.s3_bucket, NEW.s3_key, NEW.sha256, NEW.bytes, NEW.pages, NEW.problem)
    ) EXECUTE FUNCTION api._note_change('upload', 'upload_id', '', 'version.');
CREATE TRIGGER tr_page_versions_gone AFTER DELETE ON public.page_versions
    FOR EACH ROW EXECUTE FUNCTION api._note_change('upload', 'upload_id', '', 'version.');

-- A script's pages as they are now, with those that are out. page_id is what a computer asks for.
CREATE FUNCTION api._sheets(p_exam uuid)
    RETURNS TABLE (
        page_id uuid, upload_id uuid, version_number int, page_number int, mime_type text, bytes bigint,
        questions_on_page jsonb, sha256 text, checked boolean, pages jsonb, problem text, is_out boolean
    )
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(v.version_id, u.upload_id), u.upload_id, coalesce(v.version_number, 1), u.page_number,
           coalesce(v.mime_type, u.mime_type),
           CASE WHEN v.version_id IS NULL THEN coalesce(f.bytes, u.file_size_bytes) ELSE v.bytes END,
           coalesce(u.questions_on_page, '[]'),
           CASE WHEN v.version_id IS NULL THEN f.sha256 ELSE v.sha256 END,
           CASE WHEN v.version_id IS NULL THEN f.upload_id ELSE v.version_id END IS NOT NULL
               AND (v.version_id IS NULL OR v.checked_at IS NOT NULL),
           coalesce(v.pages, f.pages, '[]'), CASE WHEN v.version_id IS NULL THEN f.problem ELSE v.problem END,
           EXISTS (SELECT 1 FROM public.page_exclusions x WHERE x.upload_id = u.upload_id AND x.ended_at IS NULL)
    FROM public.answer_sheet_uploads u
    LEFT JOIN public.page_files f ON f.upload_id = u.upload_id
    LEFT JOIN LATERAL (
        SELECT * FROM public.page_versions w WHERE w.upload_id = u.upload_id ORDER BY w.version_number DESC LIMIT 1
    ) v ON true
    WHERE u.exam_instance_id = p_exam
$$;

-- The numbers of the pages that are out. Ink on them counts for nothing while they are, and comes back with them.
CREATE FUNCTION api._pages_out(p_evaluation uuid) RETURNS int[]
    LANGUAGE sql STABLE
AS $$
    SELECT ARRAY(
        SELECT u.page_number
        FROM public.evaluations e
        JOIN public.page_exclusions x ON x.exam_instance_id = e.exam_instance_id AND x.ended_at IS NULL
        JOIN public.answer_sheet_uploads u ON u.upload_id = x.upload_id
        WHERE e.evaluation_id = p_evaluation
    )
$$;

-- Whose page an id is: an upload's own, or a version's; NULL for neither.
CREATE FUNCTION api._upload_of(p_page uuid) RETURNS uuid
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(
        (SELECT v.upload_id FROM public.page_versions v WHERE v.version_id = p_page),
        (SELECT u.upload_id FROM public.answer_sheet_uploads u WHERE u.upload_id = p_page)
    )
$$;

-- A page that somebody is about to change; fault says why she may not.
CREATE TYPE api._page AS (
    upload_id uuid, exam uuid, evaluation uuid, page_number int, version_number int, mime_type text, fault jsonb
);
REVOKE ALL ON TYPE api._page FROM PUBLIC;

-- Locks the script and its exam, and answers why this page may not be touched now; fault NULL when it may. p_out: it is
-- to be put in again, so it must be out.
CREATE FUNCTION api._lock_page(p_page uuid, p_out boolean) RETURNS api._page
    LANGUAGE plpgsql
AS $$
DECLARE
    v_page api._page;
    v_sheet record;
BEGIN
    SELECT u.upload_id, u.exam_instance_id, e.evaluation_id INTO v_page.upload_id, v_page.exam, v_page.evaluation
        FROM public.answer_sheet_uploads u
        LEFT JOIN public.evaluations e ON e.exam_instance_id = u.exam_instance_id
        WHERE u.upload_id = api._upload_of(p_page);
    IF NOT FOUND THEN
        v_page.fault := api._refused('unknown');
        RETURN v_page;
    END IF;
    -- Scripts before exams, as everybody locks them; then in statements of their own what was committed meanwhile.
    PERFORM 1 FROM public.evaluations e WHERE e.evaluation_id = v_page.evaluation FOR NO KEY UPDATE;
    PERFORM 1 FROM public.exam_instances x WHERE x.exam_instance_id = v_page.exam FOR NO KEY UPDATE;
    SELECT * INTO v_sheet FROM api._sheets(v_page.exam) s WHERE s.upload_id = v_page.upload_id;
    v_page.page_number := v_sheet.page_number;
    v_page.version_number := v_sheet.version_number;
    v_page.mime_type := v_sheet.mime_type;
    IF EXISTS (
        SELECT 1 FROM public.evaluations e WHERE e.evaluation_id = v_page.evaluation AND e.status = 'completed'
    ) THEN
        v_page.fault := api._refused('completed');
    ELSIF v_sheet.page_id IS DISTINCT FROM p_page THEN
        SELECT api._refused('changed', jsonb_build_object(
            'by', api._staff_name(v.replaced_by), 'at', v.replaced_at, 'page_id', v.version_id
        )) INTO v_page.fault FROM public.page_versions v WHERE v.version_id = v_sheet.page_id;
    ELSIF v_sheet.is_out AND NOT p_out THEN
        SELECT api._refused('excluded', jsonb_build_object(
            'by', api._staff_name(x.excluded_by), 'at', x.excluded_at, 'reason', x.reason
        )) INTO v_page.fault
        FROM public.page_exclusions x WHERE x.upload_id = v_page.upload_id AND x.ended_at IS NULL;
    ELSIF p_out AND NOT v_sheet.is_out THEN
        v_page.fault := api._refused('not_excluded');
    END IF;
    RETURN v_page;
END
$$;

-- In the log under the script, or under the exam while nobody has it; the script's version goes up, so that its
-- teacher's computer fetches it anew.
CREATE FUNCTION api._told_page(p_event text, p_me uuid, p_exam uuid, p_evaluation uuid, p_data jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE public.evaluations e SET version = e.version + 1 WHERE e.evaluation_id = p_evaluation;
    PERFORM api._audit(
        p_event, p_me, CASE WHEN p_evaluation IS NULL THEN 'exam' ELSE 'evaluation' END,
        coalesce(p_evaluation, p_exam), p_data
    );
    RETURN '{"done": true}';
END
$$;

-- The student is asked for better scans of pages of one script, all of them or none. With a flag this answers it.
CREATE FUNCTION api.ask_rescan(p_pages uuid[], p_flag uuid, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_reason text := api._checked_reason(p_reason);
    v_page uuid;
    v_found api._page;
    v_exam uuid;
    v_answer jsonb;
    v_rescans jsonb := '[]';
    v_numbers int[] := '{}';
    v_rescan uuid;
BEGIN
    IF coalesce(cardinality(p_pages), 0) NOT BETWEEN 1 AND 100 THEN
        RETURN api._refused('malformed');
    ELSIF (
        SELECT count(DISTINCT u.exam_instance_id) > 1 FROM unnest(p_pages) p
        JOIN public.answer_sheet_uploads u ON u.upload_id = api._upload_of(p)
    ) THEN
        RETURN api._refused('several_scripts');
    END IF;
    BEGIN
        FOR v_page IN SELECT DISTINCT p FROM unnest(p_pages) p ORDER BY p LOOP
            SELECT * INTO v_found FROM api._lock_page(v_page, false);
            v_answer := v_found.fault;
            IF v_answer IS NULL THEN
                SELECT api._refused('asked', jsonb_build_object('by', api._staff_name(r.asked_by), 'at', r.asked_at))
                    INTO v_answer FROM public.rescan_requests r
                    WHERE r.upload_id = v_found.upload_id AND r.closed_at IS NULL;
            END IF;
            IF v_answer IS NOT NULL THEN
                RAISE EXCEPTION 'not asked' USING ERRCODE = 'MV003';
            END IF;
            v_exam := v_found.exam;
            INSERT INTO public.rescan_requests (upload_id, exam_instance_id, flag_id, reason, asked_by)
                VALUES (v_found.upload_id, v_exam, p_flag, v_reason, v_me) RETURNING rescan_id INTO v_rescan;
            v_rescans := v_rescans || to_jsonb(v_rescan);
            v_numbers := v_numbers || v_found.page_number;
        END LOOP;
        IF p_flag IS NOT NULL THEN
            v_answer := CASE WHEN EXISTS (
                SELECT 1 FROM public.evaluation_flags f
                WHERE f.flag_id = p_flag AND f.evaluation_id = v_found.evaluation
            ) THEN api.answer_flag(p_flag, v_reason) ELSE api._refused('other_flag') END;
            IF NOT v_answer ? 'done' THEN
                RAISE EXCEPTION 'not answered' USING ERRCODE = 'MV003';
            END IF;
        END IF;
    EXCEPTION
        WHEN SQLSTATE 'MV003' THEN
            RETURN v_answer;
        WHEN foreign_key_violation THEN
            RETURN api._refused('other_flag');
    END;
    RETURN api._told_page('page.rescan_asked', v_me, v_exam, v_found.evaluation, jsonb_build_object(
        'pages', to_jsonb(v_numbers), 'flag', p_flag, 'reason', v_reason
    )) || jsonb_build_object('rescans', v_rescans);
END
$$;

CREATE FUNCTION api.cancel_rescan(p_rescan uuid, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_reason text := api._checked_reason(p_reason);
    v_rescan public.rescan_requests;
    v_evaluation uuid;
BEGIN
    SELECT * INTO v_rescan FROM public.rescan_requests r WHERE r.rescan_id = p_rescan;
    SELECT e.evaluation_id INTO v_evaluation
        FROM public.evaluations e WHERE e.exam_instance_id = v_rescan.exam_instance_id FOR NO KEY UPDATE;
    UPDATE public.rescan_requests r
        SET closed_at = clock_timestamp(), outcome = 'cancelled', close_reason = v_reason
        WHERE r.rescan_id = p_rescan AND r.closed_at IS NULL;
    IF NOT FOUND THEN
        RETURN api._refused(CASE WHEN v_rescan.rescan_id IS NULL THEN 'unknown' ELSE 'closed' END);
    END IF;
    RETURN api._told_page('page.rescan_cancelled', v_me, v_rescan.exam_instance_id, v_evaluation, jsonb_build_object(
        'rescan', p_rescan, 'reason', v_reason
    ));
END
$$;

-- The next version of a page, that ends what was asked for, and what was read of the version before.
CREATE FUNCTION api._replace_page(p_me uuid, p_found api._page, p_new public.page_versions, p_event text) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_version uuid;
BEGIN
    INSERT INTO public.page_versions (
        upload_id, version_number, request_id, restores, evaluation_version, s3_bucket, s3_key, mime_type, bytes,
        sha256, pages, problem, checked_at, reason, replaced_by
    ) VALUES (
        p_found.upload_id, p_found.version_number + 1, p_new.request_id, p_new.restores, coalesce((
            SELECT e.version FROM public.evaluations e WHERE e.evaluation_id = p_found.evaluation
        ), 0), p_new.s3_bucket, p_new.s3_key, p_new.mime_type, p_new.bytes, p_new.sha256, coalesce(p_new.pages, '[]'),
        p_new.problem, p_new.checked_at, p_new.reason, p_me
    ) RETURNING version_id INTO v_version;
    UPDATE public.rescan_requests r
        SET closed_at = clock_timestamp(), outcome = 'replaced', close_reason = p_new.reason
        WHERE r.upload_id = p_found.upload_id AND r.closed_at IS NULL;
    -- What she saw was another picture.
    UPDATE public.page_registers r SET seen_seconds = 0, largest_share = 0, version = e.version + 1
        FROM public.evaluations e
        WHERE e.evaluation_id = p_found.evaluation AND r.evaluation_id = e.evaluation_id
          AND r.page_number = p_found.page_number;
    RETURN api._told_page(p_event, p_me, p_found.exam, p_found.evaluation, jsonb_build_object(
        'page', p_found.page_number, 'upload', p_found.upload_id, 'version_number', p_found.version_number + 1,
        'reason', p_new.reason
    ) || jsonb_strip_nulls(jsonb_build_object('request', p_new.request_id, 'restores', p_new.restores)))
        || jsonb_build_object('page_id', v_version, 'version_number', p_found.version_number + 1);
END
$$;

-- p_page: the page that the caller saw; p_request: a rescan of it, put by api.request_upload and found sound.
CREATE FUNCTION api.replace_page(p_page uuid, p_request uuid, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_reason text := api._checked_reason(p_reason);
    v_found api._page;
    v_request public.upload_requests;
    v_new public.page_versions;
BEGIN
    SELECT * INTO v_found FROM api._lock_page(p_page, false);
    IF v_found.fault IS NOT NULL THEN
        RETURN v_found.fault;
    END IF;
    SELECT * INTO v_request FROM public.upload_requests r
        WHERE r.request_id = p_request AND r.kind = 'rescan' AND r.resource_id = v_found.upload_id
          AND r.arrived_at IS NOT NULL;
    IF NOT FOUND THEN
        RETURN api._refused('not_uploaded');
    ELSIF EXISTS (SELECT 1 FROM public.page_versions v WHERE v.request_id = p_request) THEN
        RETURN api._refused('used');
    -- ink lies on the pages of a PDF by their number, on a picture by none
    ELSIF (v_request.mime_type = 'application/pdf') <> (coalesce(v_found.mime_type, '') = 'application/pdf') THEN
        RETURN api._refused('other_kind');
    END IF;
    v_new.request_id := p_request;
    v_new.s3_bucket := v_request.s3_bucket;
    v_new.s3_key := v_request.s3_key;
    v_new.mime_type := v_request.mime_type;
    v_new.bytes := v_request.bytes;
    v_new.sha256 := v_request.sha256;
    v_new.reason := v_reason;
    RETURN api._replace_page(v_me, v_found, v_new, 'page.replaced');
END
$$;

-- An earlier version again, as a new one.
CREATE FUNCTION api.restore_page(p_page uuid, p_version_number int, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_reason text := api._checked_reason(p_reason);
    v_found api._page;
    v_new public.page_versions;
BEGIN
    SELECT * INTO v_found FROM api._lock_page(p_page, false);
    IF v_found.fault IS NOT NULL THEN
        RETURN v_found.fault;
    ELSIF p_version_number IS NULL OR p_version_number NOT BETWEEN 1 AND v_found.version_number - 1 THEN
        RETURN api._refused('no_version');
    ELSIF p_version_number = 1 THEN
        SELECT u.s3_bucket, u.s3_key, coalesce(u.mime_type, ''), coalesce(f.bytes, u.file_size_bytes), f.sha256,
               f.pages, f.problem, f.checked_at
            INTO v_new.s3_bucket, v_new.s3_key, v_new.mime_type, v_new.bytes, v_new.sha256, v_new.pages, v_new.problem,
                 v_new.checked_at
            FROM public.answer_sheet_uploads u LEFT JOIN public.page_files f ON f.upload_id = u.upload_id
            WHERE u.upload_id = v_found.upload_id;
    ELSE
        SELECT * INTO v_new FROM public.page_versions v
            WHERE v.upload_id = v_found.upload_id AND v.version_number = p_version_number;
    END IF;
    v_new.request_id := NULL;
    v_new.restores := p_version_number;
    v_new.reason := v_reason;
    RETURN api._replace_page(v_me, v_found, v_new, 'page.restored');
END
$$;

-- Out of the script: a page of somebody else. Who marks neither sees nor fetches it any more.
CREATE FUNCTION api.exclude_page(p_page uuid, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_reason text := api._checked_reason(p_reason);
    v_found api._page;
BEGIN
    SELECT * INTO v_found FROM api._lock_page(p_page, false);
    IF v_found.fault IS NOT NULL THEN
        RETURN v_found.fault;
    ELSIF NOT EXISTS (
        SELECT 1 FROM api._sheets(v_found.exam) s WHERE NOT s.is_out AND s.upload_id <> v_found.upload_id
    ) THEN
        RETURN api._refused('last_page');
    END IF;
    INSERT INTO public.page_exclusions (upload_id, exam_instance_id, reason, excluded_by)
        VALUES (v_found.upload_id, v_found.exam, v_reason, v_me);
    DELETE FROM public.page_requests r WHERE r.upload_id = v_found.upload_id;
    RETURN api._told_page('page.excluded', v_me, v_found.exam, v_found.evaluation, jsonb_build_object(
        'page', v_found.page_number, 'upload', v_found.upload_id, 'reason', v_reason
    ));
END
$$;

CREATE FUNCTION api.include_page(p_page uuid, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_reason text := api._checked_reason(p_reason);
    v_found api._page;
BEGIN
    SELECT * INTO v_found FROM api._lock_page(p_page, true);
    IF v_found.fault IS NOT NULL THEN
        RETURN v_found.fault;
    END IF;
    UPDATE public.page_exclusions x SET ended_at = clock_timestamp(), ended_by = v_me, end_reason = v_reason
        WHERE x.upload_id = v_found.upload_id AND x.ended_at IS NULL;
    RETURN api._told_page('page.included', v_me, v_found.exam, v_found.evaluation, jsonb_build_object(
        'page', v_found.page_number, 'upload', v_found.upload_id, 'reason', v_reason
    ));
END
$$;

-- A script's sheets with all their versions, what is out, what was asked for, and on which version ink was last placed.
CREATE FUNCTION api.script_sheets(p_exam uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._coordinating(p_admins_too => true);
    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'page_id', s.page_id, 'upload_id', s.upload_id, 'page_number', s.page_number,
            'version_number', s.version_number, 'mime_type', s.mime_type, 'checked', s.checked, 'problem', s.problem,
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
