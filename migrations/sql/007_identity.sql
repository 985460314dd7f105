-- A first password is changed before anything else, and who is locked is nobody: both stand beside the login, so that
-- row security and every function ask the same place (api.me, api._caller).

ALTER TABLE public.staff_logins
    ADD COLUMN must_change_password boolean DEFAULT false NOT NULL,
    ADD COLUMN locked_at timestamptz;

-- The digest of the verifier that holds, to know when "another" one is the same; nobody reads it.
CREATE TABLE api._verifiers (
    user_id uuid CONSTRAINT pk_verifiers PRIMARY KEY,
    digest bytea NOT NULL
);
REVOKE ALL ON TABLE api._verifiers FROM PUBLIC;
ALTER TABLE api._verifiers ENABLE ROW LEVEL SECURITY;

-- As in 003, and NULL for who is locked or has still to change the first password.
CREATE OR REPLACE FUNCTION api.me() RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = ''
AS $$
    SELECT l.user_id
    FROM public.staff_logins l
    JOIN public.users u ON u.user_id = l.user_id
    WHERE l.login_name = session_user AND l.revoked_at IS NULL AND l.locked_at IS NULL AND u.is_active
      AND NOT l.must_change_password
$$;

-- The caller, also one whose first password has still to be changed: for hello, sign_in and change_password only.
CREATE FUNCTION api._newcomer(p_closed_too boolean DEFAULT false)
    RETURNS TABLE (user_id uuid, role public.mv_user_role, active boolean, must_change boolean)
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN QUERY
        SELECT u.user_id, u.role, u.is_active AND l.revoked_at IS NULL, l.must_change_password
        FROM public.staff_logins l
        JOIN public.users u ON u.user_id = l.user_id
        WHERE l.login_name = session_user AND l.locked_at IS NULL
          AND (
              u.is_active AND l.revoked_at IS NULL
              OR p_closed_too AND coalesce(l.revoked_at, now()) > now() - interval '14 days'
          );
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this login belongs to no active member of staff' USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$;

-- Of a closed account nothing but pending work is taken, so that one need not change its password first.
CREATE OR REPLACE FUNCTION api._caller(p_closed_too boolean DEFAULT false)
    RETURNS TABLE (user_id uuid, role public.mv_user_role, active boolean)
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_person record;
BEGIN
    SELECT * INTO v_person FROM api._newcomer(p_closed_too);
    IF v_person.must_change AND v_person.active THEN
        RAISE EXCEPTION 'the first password must be changed before anything else'
            USING ERRCODE = 'insufficient_privilege', HINT = 'api.change_password';
    END IF;
    RETURN QUERY SELECT v_person.user_id, v_person.role, v_person.active;
END
$$;

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

-- Answers also who has still to change her password: the answer says so.
CREATE OR REPLACE FUNCTION api.sign_in(p_program text, p_operation_schema int) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_caller record;
BEGIN
    SELECT * INTO v_caller FROM api._newcomer();
    UPDATE public.users u SET last_login_at = clock_timestamp() WHERE u.user_id = v_caller.user_id;
    PERFORM api._audit(
        'user.login', v_caller.user_id, 'user', v_caller.user_id,
        jsonb_build_object('program', left(p_program, 100), 'operation_schema', p_operation_schema)
    );
    RETURN api.hello(p_program, p_operation_schema);
END
$$;

-- Fewer iterations than PostgreSQL itself uses are refused: they would make guessing cheap.
CREATE FUNCTION api._check_verifier(p_verifier text) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    IF p_verifier IS NULL
        OR p_verifier !~ '^SCRAM-SHA-256\$[1-9][0-9]{3,6}:[A-Za-z0-9+/]+=*\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$'
        OR length(p_verifier) > 300 OR substring(p_verifier FROM '\$([0-9]+):')::int < 4096
    THEN
        RAISE EXCEPTION 'a SCRAM-SHA-256 verifier is needed, never a password'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
END
$$;

CREATE FUNCTION api._keep_digest(p_user uuid, p_verifier text) RETURNS void
    LANGUAGE sql
AS $$
    INSERT INTO api._verifiers (user_id, digest) VALUES (p_user, sha256(convert_to(p_verifier, 'UTF8')))
        ON CONFLICT (user_id) DO UPDATE SET digest = EXCLUDED.digest
$$;

-- As in 006, for one's own first password too; the very same verifier is none of one's own. That the password behind
-- another verifier differs is the program's to see: the server knows no password.
CREATE OR REPLACE FUNCTION api.change_password(p_verifier text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_first boolean;
BEGIN
    SELECT c.user_id, c.must_change INTO v_me, v_first FROM api._newcomer() c;
    PERFORM api._check_verifier(p_verifier);
    -- One change of hers at a time; a reset meanwhile is not undone by a change that was begun before.
    PERFORM 1 FROM public.staff_logins l WHERE l.user_id = v_me FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM api._verifiers v
        WHERE v.user_id = v_me AND v.digest = sha256(convert_to(p_verifier, 'UTF8'))
    ) THEN
        RAISE EXCEPTION 'that is the old password' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    EXECUTE format('ALTER ROLE %I PASSWORD %L', session_user, p_verifier);
    PERFORM api._keep_digest(v_me, p_verifier);
    UPDATE public.staff_logins l SET must_change_password = false WHERE l.user_id = v_me AND l.must_change_password;
    PERFORM api._audit('user.password_changed', v_me, 'user', v_me,
        CASE WHEN v_first THEN '{"first": true}'::jsonb ELSE '{}' END);
END
$$;

-- As in 003, and the owner's alone: an admin gives a login, or another password, by api.reset_password, which wants a reason
-- and ends sessions. A locked account is unlocked first.
CREATE OR REPLACE FUNCTION api.provision_login(p_user uuid, p_verifier text) RETURNS name
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_user public.users;
    v_login name;
    v_known public.staff_logins;
BEGIN
    PERFORM api._admin();
    UPDATE api._people_turn t SET changes = t.changes + 1;
    PERFORM api._check_verifier(p_verifier);
    IF session_user <> current_user THEN
        RAISE EXCEPTION 'a login is given with a reason: reset her password' USING ERRCODE = 'object_in_use';
    END IF;
    SELECT * INTO v_user FROM public.users u WHERE u.user_id = p_user;
    IF NOT FOUND OR v_user.role NOT IN ('teacher', 'admin') OR NOT v_user.is_active THEN
        RAISE EXCEPTION 'only an active teacher or admin gets a login' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    v_login := api._login_name(v_user.email);
    SELECT * INTO v_known FROM public.staff_logins l WHERE l.user_id = p_user;
    IF v_known.login_name <> v_login THEN
        RAISE EXCEPTION 'this person has a login for another e-mail address' USING ERRCODE = 'object_in_use';
    END IF;
    IF v_known.locked_at IS NOT NULL THEN
        RAISE EXCEPTION 'this account is locked' USING ERRCODE = 'object_in_use';
    END IF;
    PERFORM api._put_login_role(v_login, p_verifier, v_user.role, v_user.is_coordinator);
    INSERT INTO public.staff_logins AS l (login_name, user_id, must_change_password)
        VALUES (v_login, p_user, false)
        ON CONFLICT (login_name) DO UPDATE
            SET revoked_at = NULL, must_change_password = EXCLUDED.must_change_password;
    PERFORM api._keep_digest(p_user, p_verifier);
    PERFORM api._audit(
        'user.login_provisioned', NULL, 'user', p_user, jsonb_build_object('login_name', v_login)
    );
    RETURN v_login;
END
$$;
