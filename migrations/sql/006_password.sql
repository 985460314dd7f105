-- One's own password: the verifier is sent, never the password, and only for the login of this very connection.

CREATE FUNCTION api.change_password(p_verifier text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    -- as api.provision_login wants it, and never with fewer iterations than PostgreSQL itself uses
    IF p_verifier IS NULL
        OR p_verifier !~ '^SCRAM-SHA-256\$[1-9][0-9]{3,6}:[A-Za-z0-9+/]+=*\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$'
        OR substring(p_verifier FROM '\$([0-9]+):')::int < 4096
    THEN
        RAISE EXCEPTION 'a SCRAM-SHA-256 verifier is needed, never a password'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    EXECUTE format('ALTER ROLE %I PASSWORD %L', session_user, p_verifier);
    PERFORM api._audit('user.password_changed', v_me, 'user', v_me);
END
$$;

REVOKE EXECUTE ON FUNCTION api.change_password(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.change_password(text) TO mv_teacher, mv_coordinator, mv_admin;
