-- Computers: a row for each person's file on a computer. The program names it at every contact. An admin can revoke it: the
-- program there sends what is pending, and then wipes pages, mirror and keys. That is a request to the program; what
-- protects the disk from anybody else is its encryption, and what shuts out a person is her account.

CREATE TABLE public.computers (
    user_id uuid NOT NULL CONSTRAINT fk_computers_user_id REFERENCES public.users ON DELETE RESTRICT,
    computer_id uuid NOT NULL,
    name text NOT NULL,
    program text NOT NULL,
    first_seen_at timestamptz DEFAULT now() NOT NULL,
    last_seen_at timestamptz DEFAULT now() NOT NULL,
    revoked_at timestamptz,
    revoked_by uuid CONSTRAINT fk_computers_revoked_by REFERENCES public.users ON DELETE RESTRICT,
    reason text,
    wiped_at timestamptz,
    left_behind integer,
    CONSTRAINT pk_computers PRIMARY KEY (user_id, computer_id),
    CONSTRAINT ck_computers_name CHECK (length(name) <= 100 AND length(program) <= 100),
    CONSTRAINT ck_computers_revoked CHECK ((revoked_at IS NULL) = (reason IS NULL)),
    CONSTRAINT ck_computers_wiped CHECK ((wiped_at IS NULL) = (left_behind IS NULL) AND left_behind >= 0)
);
CREATE TRIGGER tr_computers_truncate BEFORE TRUNCATE ON public.computers
    FOR EACH STATEMENT EXECUTE FUNCTION api._refuse_truncate();
ALTER TABLE public.computers ENABLE ALWAYS TRIGGER tr_computers_truncate;
REVOKE ALL ON TABLE public.computers FROM PUBLIC;
ALTER TABLE public.computers ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON public.computers TO mv_admin;
CREATE POLICY admin_reads ON public.computers FOR SELECT TO mv_admin USING ((SELECT api.me()) IS NOT NULL);

-- Here I am, and may I stay? Asked together with hello, so by whoever hello answers. Of a hundred computers of one person
-- the one that was away longest is forgotten; a revoked one never.
CREATE FUNCTION api.meet_computer(p_computer uuid, p_name text, p_program text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_caller record;
    v_name text := left(coalesce(p_name, ''), 100);
    v_program text := left(coalesce(p_program, ''), 100);
    v_known public.computers;
BEGIN
    SELECT * INTO v_caller FROM api._newcomer(p_closed_too => true);
    IF p_computer IS NULL THEN
        RAISE EXCEPTION 'a computer is needed' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO v_known FROM public.computers c WHERE c.user_id = v_caller.user_id AND c.computer_id = p_computer;
    IF NOT FOUND THEN
        DELETE FROM public.computers c WHERE c.user_id = v_caller.user_id AND c.computer_id IN (
            SELECT o.computer_id FROM public.computers o WHERE o.user_id = v_caller.user_id AND o.revoked_at IS NULL
            ORDER BY o.last_seen_at DESC, o.computer_id OFFSET 99
        );
        INSERT INTO public.computers (user_id, computer_id, name, program)
            VALUES (v_caller.user_id, p_computer, v_name, v_program) ON CONFLICT DO NOTHING;
        IF FOUND THEN
            PERFORM api._audit('computer.met', v_caller.user_id, 'computer', p_computer,
                jsonb_build_object('name', v_name, 'program', v_program));
        END IF;
    ELSIF v_known.last_seen_at < now() - interval '10 minutes' OR (v_known.name, v_known.program) <> (v_name, v_program)
    THEN
        -- not at every contact, which is once a minute for everybody
        UPDATE public.computers c SET last_seen_at = now(), name = v_name, program = v_program
            WHERE c.user_id = v_caller.user_id AND c.computer_id = p_computer;
    END IF;
    RETURN jsonb_build_object('revoked', v_known.revoked_at IS NOT NULL, 'revoked_at', v_known.revoked_at);
END
$$;

-- A revoked computer has done what it was told. p_left: operations that the server did not take; they stay there, sealed.
CREATE FUNCTION api.computer_wiped(p_computer uuid, p_left int) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_caller record;
BEGIN
    SELECT * INTO v_caller FROM api._newcomer(p_closed_too => true);
    UPDATE public.computers c SET wiped_at = now(), left_behind = greatest(coalesce(p_left, 0), 0)
        WHERE c.user_id = v_caller.user_id AND c.computer_id = p_computer AND c.revoked_at IS NOT NULL
          AND (c.wiped_at IS NULL OR c.left_behind <> greatest(coalesce(p_left, 0), 0));
    IF FOUND THEN
        PERFORM api._audit('computer.wiped', v_caller.user_id, 'computer', p_computer,
            jsonb_build_object('left_behind', greatest(coalesce(p_left, 0), 0)));
    END IF;
END
$$;

-- All computers, or one person's, the one that was here last first.
CREATE FUNCTION api.computers(p_user uuid DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._admin();
    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'user_id', c.user_id, 'email', u.email, 'computer_id', c.computer_id, 'name', c.name,
            'program', c.program, 'first_seen_at', c.first_seen_at, 'last_seen_at', c.last_seen_at,
            'revoked_at', c.revoked_at, 'reason', c.reason, 'wiped_at', c.wiped_at, 'left_behind', c.left_behind
        ) ORDER BY c.last_seen_at DESC, c.computer_id, c.user_id), '[]')
        FROM public.computers c JOIN public.users u ON u.user_id = c.user_id
        WHERE p_user IS NULL OR c.user_id = p_user
    );
END
$$;

CREATE FUNCTION api.revoke_computer(p_user uuid, p_computer uuid, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_known public.computers;
BEGIN
    SELECT * INTO v_known FROM public.computers c
        WHERE c.user_id = p_user AND c.computer_id = p_computer FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    ELSIF v_known.revoked_at IS NOT NULL THEN
        RETURN api._refused('revoked', jsonb_build_object('at', v_known.revoked_at));
    END IF;
    UPDATE public.computers c SET revoked_at = now(), revoked_by = v_me, reason = v_reason
        WHERE c.user_id = p_user AND c.computer_id = p_computer;
    PERFORM api._audit('computer.revoked', v_me, 'computer', p_computer,
        jsonb_build_object('user', p_user, 'name', v_known.name, 'reason', v_reason));
    RETURN '{"done": true}';
END
$$;

-- It was found again. What was wiped is not brought back by this; she may sign in there and begin anew.
CREATE FUNCTION api.restore_computer(p_user uuid, p_computer uuid, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
BEGIN
    UPDATE public.computers c
        SET revoked_at = NULL, revoked_by = NULL, reason = NULL, wiped_at = NULL, left_behind = NULL
        WHERE c.user_id = p_user AND c.computer_id = p_computer AND c.revoked_at IS NOT NULL;
    IF NOT FOUND THEN
        RETURN api._refused('not_revoked');
    END IF;
    PERFORM api._audit('computer.restored', v_me, 'computer', p_computer,
        jsonb_build_object('user', p_user, 'reason', v_reason));
    RETURN '{"done": true}';
END
$$;

-- Work that came in a file and not from its teacher's own login: nobody can prove that it is hers. So it is kept, whatever
-- the script's state, for a coordinator to compare and take; never applied. Each operation once: if the computer itself
-- comes back, it is told what was said here. p_file: the file's SHA-256, for the audit log.
CREATE FUNCTION api.import_operations(p_teacher uuid, p_file text, p_operations jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_stream public.streams;
    v_sent jsonb;
    v_op api._operation;
    v_before public.applied_operations;
    v_why text;
    v_kept int := 0;
    v_known int := 0;
    v_refused jsonb := '{}';
    v_scripts jsonb := '{}';
    v_script record;
BEGIN
    IF jsonb_typeof(p_operations) IS DISTINCT FROM 'array' OR jsonb_array_length(p_operations) > 50
        OR octet_length(p_operations::text) > 16777216 OR p_file IS NULL OR p_file !~ '^[0-9a-f]{64}$'
    THEN
        RAISE EXCEPTION 'the digest of a file and at most 50 operations are needed'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM public.evaluation_assignments a WHERE a.teacher_user_id = p_teacher) THEN
        RETURN api._refused('unknown');
    END IF;
    v_stream.stream_id := gen_random_uuid();
    v_stream.user_id := p_teacher;
    v_stream.last_seq := 0;
    -- as apply_operations locks them: what the teacher sends at this moment comes before or after, not between
    PERFORM 1 FROM public.evaluations e
        WHERE e.evaluation_id IN (
            SELECT a.evaluation_id FROM jsonb_array_elements(p_operations) o
            JOIN public.evaluation_assignments a ON a.evaluation_id = api._uuid(o ->> 'evaluation_id')
            WHERE a.teacher_user_id = p_teacher
        )
        ORDER BY e.evaluation_id FOR NO KEY UPDATE;
    FOR v_sent IN SELECT o FROM jsonb_array_elements(p_operations) WITH ORDINALITY x (o, n) ORDER BY n LOOP
        IF api._uuid(v_sent ->> 'op_id') IS NULL THEN
            RAISE EXCEPTION 'an operation has no id' USING ERRCODE = 'invalid_parameter_value';
        END IF;
        SELECT * INTO v_before FROM public.applied_operations a WHERE a.op_id = (v_sent ->> 'op_id')::uuid;
        IF FOUND AND api._same_operation(v_before, p_teacher, v_sent) THEN
            v_known := v_known + 1;
            CONTINUE;
        END IF;
        v_op := api._read_operation(v_stream, v_sent || jsonb_build_object('seq', v_stream.last_seq + 1));
        v_why := CASE
            WHEN v_before.op_id IS NOT NULL THEN 'op_id_reused'
            WHEN v_op.evaluation_id IS NULL OR v_op.assignment_version IS NULL OR v_op.base_version IS NULL
                OR v_op.kind IS NULL OR v_op.payload IS NULL OR coalesce(v_op.operation_schema, 0) < 1
                THEN 'malformed_envelope'
            WHEN v_op.operation_schema > (api._setting('operation_schema') ->> 'max')::int THEN 'unsupported_schema'
            WHEN pg_column_size(v_op.payload) > 1048576 THEN 'too_large'
            WHEN NOT EXISTS (
                SELECT 1 FROM public.evaluation_assignments a
                WHERE a.evaluation_id = v_op.evaluation_id AND a.assignment_version = v_op.assignment_version
                  AND a.teacher_user_id = p_teacher
            ) THEN 'never_assigned'
        END;
        IF v_why IS NOT NULL THEN
            v_refused := v_refused || jsonb_build_object(v_op.op_id::text, v_why);
            CONTINUE;
        END IF;
        IF v_kept = 0 THEN
            INSERT INTO public.streams (stream_id, user_id) VALUES (v_stream.stream_id, p_teacher);
        END IF;
        v_op.new_version := 0;
        PERFORM api._store_verdict(v_op, v_sent, api._against('kept', 'imported'));
        v_kept := v_kept + 1;
        v_stream.last_seq := v_op.seq;
        v_stream.last_estimate := v_op.estimated_at;
        v_scripts := v_scripts || jsonb_build_object(
            v_op.evaluation_id::text, coalesce((v_scripts ->> v_op.evaluation_id::text)::int, 0) + 1
        );
    END LOOP;
    UPDATE public.streams s SET last_seq = v_stream.last_seq, last_estimate = v_stream.last_estimate
        WHERE s.stream_id = v_stream.stream_id;
    FOR v_script IN SELECT * FROM jsonb_each(v_scripts) LOOP
        PERFORM api._audit('evaluation.work_imported', v_me, 'evaluation', v_script.key::uuid,
            jsonb_build_object('teacher', p_teacher, 'file', p_file, 'operations', v_script.value));
    END LOOP;
    IF v_refused <> '{}' THEN
        PERFORM api._audit('security.import_refused', v_me, 'user', p_teacher,
            jsonb_build_object('file', p_file, 'operations', v_refused));
    END IF;
    RETURN jsonb_build_object('kept', v_kept, 'known', v_known, 'refused', v_refused);
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.meet_computer(uuid, text, text), api.computer_wiped(uuid, int)
    TO mv_teacher, mv_coordinator, mv_admin;
GRANT EXECUTE ON FUNCTION api.computers(uuid), api.revoke_computer(uuid, uuid, text),
    api.restore_computer(uuid, uuid, text) TO mv_admin;
GRANT EXECUTE ON FUNCTION api.import_operations(uuid, text, jsonb) TO mv_coordinator;
