-- Members of staff, for admins: created, given a new password, locked, closed, renamed, and back. Nobody does any of it
-- to her own account, and one active admin always stays. Every change says why.

-- The admin who calls, or NULL for the owner, whose first admin nobody else could create. current_user is the owner
-- here, because everything that asks runs with the owner's rights.
CREATE FUNCTION api._admin() RETURNS uuid
    LANGUAGE plpgsql
AS $$
DECLARE
    v_caller record;
BEGIN
    IF session_user = current_user THEN
        RETURN NULL;
    END IF;
    SELECT * INTO v_caller FROM api._caller();
    IF v_caller.role <> 'admin' THEN
        RAISE EXCEPTION 'only an admin may do this' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN v_caller.user_id;
END
$$;

-- Whose turn it is: one change of people at a time. A row that nobody but these functions touches: rows and tables that
-- others write could be held by whoever is to be locked, for as long as she likes.
CREATE TABLE api._people_turn (
    only_one boolean DEFAULT true CONSTRAINT pk_people_turn PRIMARY KEY,
    changes bigint DEFAULT 0 NOT NULL,
    CONSTRAINT ck_people_turn_only_one CHECK (only_one)
);
INSERT INTO api._people_turn DEFAULT VALUES;
REVOKE ALL ON TABLE api._people_turn FROM PUBLIC;
ALTER TABLE api._people_turn ENABLE ROW LEVEL SECURITY;

-- Who locks another while being locked herself is refused, and never are both gone. The row is changed, not only locked,
-- so that who comes second with an old snapshot fails. Signing in and marking do not wait for it.
CREATE FUNCTION api._begin_people_change(p_reason text) RETURNS uuid
    LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM api._admin();
    UPDATE api._people_turn t SET changes = t.changes + 1;
    IF p_reason IS NULL OR btrim(p_reason) = '' OR length(p_reason) > 500 THEN
        RAISE EXCEPTION 'a reason is needed, of at most 500 characters' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN api._admin();  -- once more: she may have been locked while she waited
END
$$;

-- The member of staff to be changed. Her row is not locked: api._begin_people_change lets nobody else change her.
CREATE FUNCTION api._other_person(p_user uuid, p_me uuid) RETURNS public.users
    LANGUAGE plpgsql
AS $$
DECLARE
    v_user public.users;
BEGIN
    IF p_user = p_me THEN
        RAISE EXCEPTION 'nobody does this to her own account; another admin must'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO v_user FROM public.users u
        WHERE u.user_id = p_user AND u.role IN ('teacher', 'admin');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such member of staff' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN v_user;
END
$$;

CREATE FUNCTION api._login_of(p_user uuid) RETURNS public.staff_logins
    LANGUAGE plpgsql
AS $$
DECLARE
    v_login public.staff_logins;
BEGIN
    SELECT * INTO v_login FROM public.staff_logins l WHERE l.user_id = p_user;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this person has no login' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN v_login;
END
$$;

CREATE FUNCTION api._keep_an_admin(p_but uuid) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM 1 FROM public.users u
        JOIN public.staff_logins l ON l.user_id = u.user_id
        WHERE u.role = 'admin' AND u.is_active AND l.revoked_at IS NULL AND l.locked_at IS NULL
          AND u.user_id <> p_but;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this is the last active admin' USING ERRCODE = 'invalid_parameter_value';
    END IF;
END
$$;

-- Roles belong to the whole server. To take one over that another database uses would hand that over as well.
CREATE FUNCTION api._refuse_foreign_role(p_login name) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    IF session_user <> current_user
        AND EXISTS (SELECT 1 FROM pg_catalog.pg_roles r WHERE r.rolname = p_login)
    THEN
        RAISE EXCEPTION 'this server has a login for that e-mail address already; the owner must hand it over'
            USING ERRCODE = 'object_in_use';
    END IF;
END
$$;

CREATE FUNCTION api._checked_name(p_name text, p_what text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    IF p_name IS NULL OR btrim(p_name) = '' OR length(btrim(p_name)) > 100 OR p_name ~ '[[:cntrl:]]' THEN
        RAISE EXCEPTION 'a % is needed, of at most 100 characters in one line', p_what
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN btrim(p_name);
END
$$;

CREATE FUNCTION api._checked_email(p_email text, p_of uuid) RETURNS text
    LANGUAGE plpgsql
AS $$
DECLARE
    v_email text := btrim(p_email);
BEGIN
    IF v_email IS NULL OR length(v_email) > 255 OR v_email !~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$' THEN
        RAISE EXCEPTION 'that is no e-mail address' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF EXISTS (
        SELECT 1 FROM public.users u WHERE lower(u.email) = lower(v_email) AND u.user_id IS DISTINCT FROM p_of
    ) THEN
        RAISE EXCEPTION 'somebody has that e-mail address already' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN v_email;
END
$$;

CREATE FUNCTION api._checked_role(p_role text) RETURNS public.mv_user_role
    LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    IF p_role IS NULL OR p_role NOT IN ('teacher', 'admin') THEN
        RAISE EXCEPTION 'a member of staff is a teacher or an admin' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN p_role::public.mv_user_role;
END
$$;

-- The groups of what a person is now.
CREATE FUNCTION api._put_groups(p_login name, p_role public.mv_user_role, p_coordinator boolean) RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    v_group text;
    v_member boolean;
    v_wanted boolean;
BEGIN
    FOREACH v_group IN ARRAY ARRAY['mv_teacher', 'mv_coordinator', 'mv_admin'] LOOP
        v_wanted := v_group = 'mv_' || p_role OR p_coordinator AND v_group = 'mv_coordinator';
        v_member := EXISTS (
            SELECT 1 FROM pg_catalog.pg_auth_members m
            JOIN pg_catalog.pg_roles g ON g.oid = m.roleid JOIN pg_catalog.pg_roles p ON p.oid = m.member
            WHERE g.rolname = v_group AND p.rolname = p_login
        );
        IF v_wanted AND NOT v_member THEN
            EXECUTE format('GRANT %I TO %I', v_group, p_login);
        ELSIF v_member AND NOT v_wanted THEN
            EXECUTE format('REVOKE %I FROM %I', v_group, p_login);
            -- From PostgreSQL 16 on a membership that another role granted stays, and REVOKE only warns.
            IF EXISTS (
                SELECT 1 FROM pg_catalog.pg_auth_members m
                JOIN pg_catalog.pg_roles g ON g.oid = m.roleid JOIN pg_catalog.pg_roles p ON p.oid = m.member
                WHERE g.rolname = v_group AND p.rolname = p_login
            ) THEN
                RAISE EXCEPTION 'somebody else made this person a member of %, so it cannot be taken away', v_group
                    USING ERRCODE = 'object_in_use',
                          HINT = format('As superuser: REVOKE %I FROM %I, with GRANTED BY', v_group, p_login);
            END IF;
        END IF;
    END LOOP;
END
$$;

-- Hangs up for a login in all databases; returns how many. Whoever may end a session has the login's own rights: the
-- owner, who made the login, takes them for this moment. That is CREATEROLE's right up to PostgreSQL 15 and that of the
-- role's maker from 16 on. Where it fails the open sessions stay, and see nothing any more (api.me).
CREATE FUNCTION api._end_sessions(p_login name) RETURNS int
    LANGUAGE plpgsql
AS $$
DECLARE
    v_ended int;
BEGIN
    EXECUTE format('GRANT %I TO CURRENT_USER', p_login)
        || CASE WHEN current_setting('server_version_num')::int >= 160000 THEN ' WITH INHERIT TRUE, SET FALSE' ELSE '' END;
    SELECT count(*) FILTER (WHERE pg_catalog.pg_terminate_backend(a.pid, 1000)) INTO v_ended
        FROM pg_catalog.pg_stat_activity a
        WHERE a.usename = p_login AND a.pid <> pg_catalog.pg_backend_pid();
    EXECUTE format('REVOKE %I FROM CURRENT_USER', p_login)
        || CASE WHEN current_setting('server_version_num')::int >= 160000 THEN ' GRANTED BY CURRENT_USER' ELSE '' END;
    RETURN v_ended;
EXCEPTION WHEN insufficient_privilege THEN
    RETURN 0;
END
$$;

-- Locks her rows, whatever she does against it: a transaction of hers that does not end holds them, and with them her
-- own locking. After a moment her sessions end. p_login_only leaves the row in users alone, which
-- colleagues hold, too, while they give her scripts. Returns how many sessions ended.
CREATE FUNCTION api._free_person(p_user uuid, p_login_only boolean) RETURNS int
    LANGUAGE plpgsql
AS $$
DECLARE
    v_login name := (SELECT l.login_name FROM public.staff_logins l WHERE l.user_id = p_user);
    v_ended int := 0;
BEGIN
    FOR v_try IN 1..250 LOOP
        PERFORM 1 FROM public.staff_logins l WHERE l.user_id = p_user FOR NO KEY UPDATE SKIP LOCKED;
        IF FOUND OR v_login IS NULL THEN
            IF NOT p_login_only THEN
                PERFORM 1 FROM public.users u WHERE u.user_id = p_user FOR NO KEY UPDATE SKIP LOCKED;
            END IF;
            IF FOUND OR p_login_only THEN
                RETURN v_ended;
            END IF;
        END IF;
        IF v_try > 10 AND v_login IS NOT NULL THEN
            v_ended := v_ended + api._end_sessions(v_login);
        END IF;
        PERFORM pg_catalog.pg_sleep(0.02);
    END LOOP;
    RAISE EXCEPTION 'somebody holds this person''s account' USING ERRCODE = 'lock_not_available';
END
$$;

CREATE FUNCTION api.create_person(
    p_role text, p_is_coordinator boolean, p_email text, p_first_name text, p_last_name text, p_verifier text,
    p_reason text
) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._begin_people_change(p_reason);
    v_role public.mv_user_role := api._checked_role(p_role);
    v_coordinator boolean := coalesce(p_is_coordinator, false);
    v_email text := api._checked_email(p_email, NULL);
    v_login name := api._login_name(v_email);
    v_user uuid;
BEGIN
    PERFORM api._check_verifier(p_verifier);
    PERFORM api._refuse_foreign_role(v_login);
    INSERT INTO public.users (email, password_hash, role, first_name, last_name, is_coordinator)
        VALUES (
            v_email, '!', v_role, api._checked_name(p_first_name, 'first name'),
            api._checked_name(p_last_name, 'last name'), v_coordinator
        ) RETURNING user_id INTO v_user;
    PERFORM api._put_login_role(v_login, p_verifier, v_role, v_coordinator);
    INSERT INTO public.staff_logins (login_name, user_id, must_change_password) VALUES (v_login, v_user, true);
    PERFORM api._keep_digest(v_user, p_verifier);
    PERFORM api._audit('user.created', v_me, 'user', v_user, jsonb_build_object(
        'reason', btrim(p_reason), 'login_name', v_login, 'role', v_role, 'is_coordinator', v_coordinator
    ));
    RETURN v_user;
END
$$;

-- Also of who is locked: the lock stays. Open sessions end, because whoever had the old password may be in one. Who has no
-- login yet, being the web platform's until now, gets one; after a restore without roles it is made anew.
CREATE FUNCTION api.reset_password(p_user uuid, p_verifier text, p_reason text) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._begin_people_change(p_reason);
    v_user public.users := api._other_person(p_user, v_me);
    v_login public.staff_logins;
    v_ended int;
BEGIN
    PERFORM api._check_verifier(p_verifier);
    IF v_user.is_active AND NOT EXISTS (SELECT 1 FROM public.staff_logins l WHERE l.user_id = p_user) THEN
        PERFORM api._refuse_foreign_role(api._login_name(v_user.email));
        INSERT INTO public.staff_logins (login_name, user_id, must_change_password)
            VALUES (api._login_name(v_user.email), p_user, true);
    END IF;
    v_login := api._login_of(p_user);
    IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles r WHERE r.rolname = v_login.login_name) THEN
        PERFORM api._put_login_role(v_login.login_name, p_verifier, v_user.role, v_user.is_coordinator);
    END IF;
    v_ended := api._free_person(p_user, p_login_only => true);
    EXECUTE format('ALTER ROLE %I PASSWORD %L', v_login.login_name, p_verifier);
    IF v_login.locked_at IS NOT NULL THEN
        EXECUTE format('ALTER ROLE %I NOLOGIN', v_login.login_name);
    END IF;
    UPDATE public.staff_logins l SET must_change_password = true WHERE l.user_id = p_user;
    PERFORM api._keep_digest(p_user, p_verifier);
    v_ended := v_ended + api._end_sessions(v_login.login_name);
    PERFORM api._audit('user.password_reset', v_me, 'user', p_user,
        jsonb_build_object('reason', btrim(p_reason), 'sessions_ended', v_ended));
    RETURN v_ended;
END
$$;

CREATE FUNCTION api.lock_person(p_user uuid, p_reason text) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._begin_people_change(p_reason);
    v_user public.users := api._other_person(p_user, v_me);
    v_login public.staff_logins := api._login_of(p_user);
    v_ended int;
BEGIN
    IF v_login.locked_at IS NOT NULL THEN
        RAISE EXCEPTION 'this account is locked already' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF v_user.role = 'admin' THEN
        PERFORM api._keep_an_admin(p_user);
    END IF;
    v_ended := api._free_person(p_user, p_login_only => true);
    EXECUTE format('ALTER ROLE %I NOLOGIN', v_login.login_name);
    UPDATE public.staff_logins l SET locked_at = clock_timestamp() WHERE l.user_id = p_user;
    v_ended := v_ended + api._end_sessions(v_login.login_name);
    PERFORM api._audit('user.locked', v_me, 'user', p_user,
        jsonb_build_object('reason', btrim(p_reason), 'sessions_ended', v_ended));
    RETURN v_ended;
END
$$;

CREATE FUNCTION api.unlock_person(p_user uuid, p_reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._begin_people_change(p_reason);
    v_user public.users := api._other_person(p_user, v_me);
    v_login public.staff_logins := api._login_of(p_user);
BEGIN
    IF v_login.locked_at IS NULL THEN
        RAISE EXCEPTION 'this account is not locked' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM api._free_person(p_user, p_login_only => true);
    EXECUTE format('ALTER ROLE %I LOGIN', v_login.login_name);
    UPDATE public.staff_logins l SET locked_at = NULL WHERE l.user_id = p_user;
    PERFORM api._audit('user.unlocked', v_me, 'user', p_user, jsonb_build_object('reason', btrim(p_reason)));
END
$$;

-- The login stays open for what is pending (tr_users_login notes the moment). Open sessions end all the same: a
-- transaction that began before with REPEATABLE READ would go on as if nothing had happened. Programs connect again.
CREATE FUNCTION api.deactivate_person(p_user uuid, p_reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._begin_people_change(p_reason);
    v_user public.users := api._other_person(p_user, v_me);
BEGIN
    IF NOT v_user.is_active THEN
        RAISE EXCEPTION 'this account is closed already' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF v_user.role = 'admin' THEN
        PERFORM api._keep_an_admin(p_user);
    END IF;
    PERFORM api._free_person(p_user, p_login_only => false);
    UPDATE public.users u SET is_active = false WHERE u.user_id = p_user;
    PERFORM api._end_sessions(l.login_name) FROM public.staff_logins l WHERE l.user_id = p_user;
    PERFORM api._audit('user.deactivated', v_me, 'user', p_user, jsonb_build_object('reason', btrim(p_reason)));
END
$$;

CREATE FUNCTION api.reactivate_person(p_user uuid, p_reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._begin_people_change(p_reason);
    v_user public.users := api._other_person(p_user, v_me);
BEGIN
    IF v_user.is_active THEN
        RAISE EXCEPTION 'this account is not closed' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM api._free_person(p_user, p_login_only => false);
    UPDATE public.users u SET is_active = true WHERE u.user_id = p_user;
    PERFORM api._audit('user.reactivated', v_me, 'user', p_user, jsonb_build_object('reason', btrim(p_reason)));
END
$$;

-- The login is renamed with it. Its verifier does not depend on the name, so the password stays; open sessions go on.
CREATE FUNCTION api.change_email(p_user uuid, p_email text, p_reason text) RETURNS name
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._begin_people_change(p_reason);
    v_user public.users := api._other_person(p_user, v_me);
    v_login public.staff_logins := api._login_of(p_user);
    v_email text := api._checked_email(p_email, p_user);
    v_name name := api._login_name(v_email);
BEGIN
    PERFORM api._free_person(p_user, p_login_only => false);
    IF v_name <> v_login.login_name THEN
        IF EXISTS (SELECT 1 FROM pg_catalog.pg_roles r WHERE r.rolname = v_name) THEN
            RAISE EXCEPTION 'this server has a login for that e-mail address already' USING ERRCODE = 'object_in_use';
        END IF;
        EXECUTE format('ALTER ROLE %I RENAME TO %I', v_login.login_name, v_name);
        UPDATE public.staff_logins l SET login_name = v_name WHERE l.user_id = p_user;
    END IF;
    UPDATE public.users u SET email = v_email WHERE u.user_id = p_user;
    PERFORM api._audit('user.email_changed', v_me, 'user', p_user, jsonb_build_object(
        'reason', btrim(p_reason), 'before', v_user.email, 'after', v_email
    ));
    RETURN v_name;
END
$$;

-- A teacher with open scripts cannot become an admin: nobody else could mark them then. Open sessions end, as above.
CREATE FUNCTION api.change_role(p_user uuid, p_role text, p_is_coordinator boolean, p_reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._begin_people_change(p_reason);
    v_user public.users := api._other_person(p_user, v_me);
    v_login public.staff_logins := api._login_of(p_user);
    v_role public.mv_user_role := api._checked_role(p_role);
    v_coordinator boolean := coalesce(p_is_coordinator, false);
    v_open int;
BEGIN
    IF v_user.role = 'admin' AND v_role <> 'admin' THEN
        PERFORM api._keep_an_admin(p_user);
    END IF;
    IF v_user.role = 'teacher' AND v_role <> 'teacher' THEN
        SELECT count(*) INTO v_open FROM public.evaluations e
            WHERE e.teacher_user_id = p_user AND e.status <> 'completed';
        IF v_open > 0 THEN
            RAISE EXCEPTION 'this teacher has % open scripts; they must be given to others first', v_open
                USING ERRCODE = 'object_in_use';
        END IF;
    END IF;
    PERFORM api._free_person(p_user, p_login_only => false);
    UPDATE public.users u SET role = v_role, is_coordinator = v_coordinator WHERE u.user_id = p_user;
    PERFORM api._put_groups(v_login.login_name, v_role, v_coordinator);
    PERFORM api._end_sessions(v_login.login_name);
    PERFORM api._audit('user.role_changed', v_me, 'user', p_user, jsonb_build_object(
        'reason', btrim(p_reason),
        'before', jsonb_build_object('role', v_user.role, 'is_coordinator', v_user.is_coordinator),
        'after', jsonb_build_object('role', v_role, 'is_coordinator', v_coordinator)
    ));
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    api.create_person(text, boolean, text, text, text, text, text), api.reset_password(uuid, text, text),
    api.lock_person(uuid, text), api.unlock_person(uuid, text), api.deactivate_person(uuid, text),
    api.reactivate_person(uuid, text), api.change_email(uuid, text, text), api.change_role(uuid, text, boolean, text)
    TO mv_admin;
