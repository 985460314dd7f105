-- Group roles carry the rights. Roles belong to the whole server: made where absent, never dropped.

DO $$
DECLARE
    v_role text;
    v_admin boolean;
BEGIN
    FOREACH v_role IN ARRAY ARRAY['mv_teacher', 'mv_coordinator', 'mv_admin', 'mv_worker'] LOOP
        BEGIN
            -- mv_worker gets its password from whoever installs the worker; until then nobody can use it.
            IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles r WHERE r.rolname = v_role) THEN
                EXECUTE format(
                    'CREATE ROLE %I %s', v_role, CASE v_role WHEN 'mv_worker' THEN 'LOGIN' ELSE 'NOLOGIN' END
                );
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database of this server was migrated at the same moment
        END;
        -- From PostgreSQL 16 on, CREATEROLE alone no longer lets one grant a role that somebody else made.
        IF current_setting('server_version_num')::int >= 160000 AND v_role <> 'mv_worker' THEN
            v_admin := pg_catalog.pg_has_role(current_user, v_role, 'MEMBER WITH ADMIN OPTION');
            IF NOT v_admin THEN
                RAISE EXCEPTION 'role % was made by somebody else, so % cannot give it to people', v_role, current_user
                    USING ERRCODE = 'insufficient_privilege',
                          HINT = format('As superuser: GRANT %I TO %I WITH ADMIN OPTION', v_role, current_user);
            END IF;
        END IF;
    END LOOP;
END
$$;

CREATE SCHEMA api;
COMMENT ON SCHEMA api IS 'What people and the worker may call. Functions whose name starts with _ are internal.';
REVOKE ALL ON SCHEMA api FROM PUBLIC;
GRANT USAGE ON SCHEMA api, public TO mv_teacher, mv_coordinator, mv_admin, mv_worker;

-- Rights on the database itself do not travel with CREATE DATABASE … TEMPLATE or a restore: then call it again.
CREATE FUNCTION api._harden_database() RETURNS boolean
    LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
    v_database name := current_database();
BEGIN
    IF EXISTS (
        SELECT 1 FROM pg_catalog.pg_namespace n
        WHERE n.nspname = 'public' AND pg_catalog.pg_has_role(current_user, n.nspowner, 'USAGE')
    ) THEN
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM pg_catalog.pg_database d
        WHERE d.datname = v_database AND pg_catalog.pg_has_role(current_user, d.datdba, 'USAGE')
    ) THEN
        RETURN false;  -- only the database's owner can take these
    END IF;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', v_database);
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO mv_teacher, mv_coordinator, mv_admin, mv_worker', v_database);
    RETURN true;
END
$$;
SELECT api._harden_database();
