-- Who is asking: the login of the connection, never a setting or an argument.
-- Functions that run with the owner's rights, and triggers, empty the search path. Internal ones (_…) run inside them
-- and inherit that; set again at every call it would cost more than most of them do. All names are written in full.

CREATE FUNCTION api.me() RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = ''
AS $$
    SELECT l.user_id
    FROM public.staff_logins l
    JOIN public.users u ON u.user_id = l.user_id
    WHERE l.login_name = session_user AND l.revoked_at IS NULL AND u.is_active
$$;
COMMENT ON FUNCTION api.me() IS 'The signed-in person; NULL for everybody who is not active staff';

-- The caller with what functions need to know. A closed account may send pending work for 14 days.
CREATE FUNCTION api._caller(p_closed_too boolean DEFAULT false)
    RETURNS TABLE (user_id uuid, role public.mv_user_role, active boolean)
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN QUERY
        SELECT u.user_id, u.role, u.is_active AND l.revoked_at IS NULL
        FROM public.staff_logins l
        JOIN public.users u ON u.user_id = l.user_id
        WHERE l.login_name = session_user
          AND (
              u.is_active AND l.revoked_at IS NULL
              OR p_closed_too AND coalesce(l.revoked_at, now()) > now() - interval '14 days'
          );
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this login belongs to no active member of staff' USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$;

CREATE FUNCTION api._audit(
    p_event text, p_actor uuid, p_resource_type text, p_resource uuid, p_data jsonb DEFAULT '{}'
) RETURNS void
    LANGUAGE sql
AS $$
    INSERT INTO public.audit_logs (
        event_type, actor_user_id, actor_role, actor_ip, resource_type, resource_id, event_data, created_at
    )
    SELECT p_event, p_actor, (SELECT u.role FROM public.users u WHERE u.user_id = p_actor), inet_client_addr(),
           p_resource_type, p_resource, p_data || jsonb_build_object('login', session_user), clock_timestamp()
$$;

-- The one list of settings that marking needs; the teachers' policy on system_config asks it too.
CREATE FUNCTION api.is_marking_setting(p_key text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = ''
AS $$
    SELECT p_key IN (
        'sla_working_hours', 'max_upload_size_mb', 'allowed_upload_mimetypes', 'evaluation_ui_stamps',
        'session_timeout_minutes', 'max_login_attempts', 's3_signed_url_expiry_minutes', 'cbse_units_class_x',
        'cbse_units_class_xii', 'anonymous_marking', 'recovery_public_key', 'operation_schema',
        'max_pages_per_script', 'max_page_megapixels'
    )
$$;

CREATE FUNCTION api._setting(p_key text) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT c.config_value FROM public.system_config c WHERE c.config_key = p_key
$$;

CREATE FUNCTION api.schema_version() RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
    SELECT a.version_num FROM public.alembic_version a
$$;

CREATE FUNCTION api.hello(p_program text, p_operation_schema int) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_caller record;
    v_beacon record;
BEGIN
    SELECT * INTO v_caller FROM api._caller(p_closed_too => true);
    -- A beacon older than any journal that can still be sent proves nothing.
    DELETE FROM public.clock_beacons b
        WHERE b.user_id = v_caller.user_id AND b.issued_at < now() - interval '400 days';
    INSERT INTO public.clock_beacons (user_id) VALUES (v_caller.user_id)
        RETURNING beacon_id, issued_at INTO v_beacon;
    RETURN (
        SELECT jsonb_build_object(
            'user_id', u.user_id, 'first_name', u.first_name, 'last_name', u.last_name, 'email', u.email,
            'role', u.role, 'is_coordinator', u.is_coordinator, 'active', v_caller.active,
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

CREATE FUNCTION api.sign_in(p_program text, p_operation_schema int) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_caller record;
BEGIN
    SELECT * INTO v_caller FROM api._caller();
    UPDATE public.users u SET last_login_at = clock_timestamp() WHERE u.user_id = v_caller.user_id;
    PERFORM api._audit(
        'user.login', v_caller.user_id, 'user', v_caller.user_id,
        jsonb_build_object('program', left(p_program, 100), 'operation_schema', p_operation_schema)
    );
    RETURN api.hello(p_program, p_operation_schema);
END
$$;

-- The name says nothing of the person, and the program knows it without asking. lower() by the C collation changes
-- A to Z only, on every server alike.
CREATE FUNCTION api._login_name(p_email text) RETURNS name
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT ('mv_' || left(encode(sha256(convert_to(lower(btrim(p_email) COLLATE "C"), 'UTF8')), 'hex'), 32))::name
$$;

CREATE FUNCTION api.provision_login(p_user uuid, p_verifier text) RETURNS name
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_user public.users;
    v_login name;
BEGIN
    IF p_verifier !~ '^SCRAM-SHA-256\$[1-9][0-9]{3,6}:[A-Za-z0-9+/]+=*\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$' THEN
        RAISE EXCEPTION 'a SCRAM-SHA-256 verifier is needed, never a password'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO v_user FROM public.users u WHERE u.user_id = p_user FOR UPDATE;
    IF NOT FOUND OR v_user.role NOT IN ('teacher', 'admin') OR NOT v_user.is_active THEN
        RAISE EXCEPTION 'only an active teacher or admin gets a login' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    v_login := api._login_name(v_user.email);
    IF EXISTS (SELECT 1 FROM public.staff_logins l WHERE l.user_id = p_user AND l.login_name <> v_login) THEN
        RAISE EXCEPTION 'this person has a login for another e-mail address' USING ERRCODE = 'object_in_use';
    END IF;
    PERFORM api._put_login_role(v_login, p_verifier, v_user.role, v_user.is_coordinator);
    INSERT INTO public.staff_logins (login_name, user_id) VALUES (v_login, p_user)
        ON CONFLICT (login_name) DO UPDATE SET revoked_at = NULL;
    PERFORM api._audit(
        'user.login_provisioned', api.me(), 'user', p_user, jsonb_build_object('login_name', v_login)
    );
    RETURN v_login;
END
$$;

CREATE FUNCTION api._put_login_role(
    p_login name, p_verifier text, p_role public.mv_user_role, p_coordinator boolean
) RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    v_groups text[] := ARRAY['mv_' || p_role] || CASE WHEN p_coordinator THEN ARRAY['mv_coordinator'] END;
    v_group text;
    v_idle int := (api._setting('session_timeout_minutes') #>> '{}')::int;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles r WHERE r.rolname = p_login) THEN
        EXECUTE format('CREATE ROLE %I LOGIN NOCREATEDB NOCREATEROLE INHERIT CONNECTION LIMIT 10', p_login);
    END IF;
    EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L', p_login, p_verifier);
    EXECUTE format('ALTER ROLE %I SET statement_timeout = ''30s''', p_login);
    EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''60s''', p_login);
    EXECUTE format('ALTER ROLE %I SET idle_session_timeout = %L', p_login, coalesce(v_idle, 60) || 'min');
    FOREACH v_group IN ARRAY ARRAY['mv_teacher', 'mv_coordinator', 'mv_admin'] LOOP
        IF v_group = ANY (v_groups) THEN
            EXECUTE format('GRANT %I TO %I', v_group, p_login);
        ELSIF EXISTS (
            SELECT 1 FROM pg_catalog.pg_auth_members m
            WHERE m.roleid = v_group::regrole AND m.member = p_login::regrole
        ) THEN
            EXECUTE format('REVOKE %I FROM %I', v_group, p_login);
        END IF;
    END LOOP;
END
$$;

-- The moment an account is closed counts for the 14 days in which its pending work is still taken.
CREATE FUNCTION api._login_follows_user() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    UPDATE public.staff_logins l
        SET revoked_at = CASE WHEN NEW.is_active THEN NULL ELSE clock_timestamp() END
        WHERE l.user_id = NEW.user_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_users_login AFTER UPDATE OF is_active ON public.users
    FOR EACH ROW WHEN (OLD.is_active IS DISTINCT FROM NEW.is_active) EXECUTE FUNCTION api._login_follows_user();
