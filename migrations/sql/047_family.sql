-- Accounts of students and parents in the office: closed, opened again, and found under another address. They have no
-- login here; the web platform lets nobody in whose account is closed.

-- As api._family_member, and nobody who was made anonymous: she has no account any more.
CREATE FUNCTION api._account_holder(p_user uuid, p_seen timestamptz, OUT person public.users, OUT refusal jsonb)
    LANGUAGE plpgsql
AS $$
DECLARE
    v_found record;
BEGIN
    SELECT * INTO v_found FROM api._family_member(p_user, p_seen, ARRAY['student', 'parent']);
    person := v_found.person;
    refusal := v_found.refusal;
    IF refusal IS NULL AND person.email LIKE '%@anonymous.invalid' THEN
        refusal := api._refused('anonymous');
    END IF;
END
$$;

CREATE FUNCTION api.put_account(p_user uuid, p_seen timestamptz, p_open boolean, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_found record;
BEGIN
    SELECT * INTO v_found FROM api._account_holder(p_user, p_seen);
    IF v_found.refusal IS NOT NULL THEN
        RETURN v_found.refusal;
    ELSIF p_open IS NULL OR (v_found.person).is_active = p_open THEN
        RETURN api._refused('so_already');
    END IF;
    UPDATE public.users u SET is_active = p_open WHERE u.user_id = p_user;
    PERFORM api._audit(
        CASE WHEN p_open THEN 'user.reactivated' ELSE 'user.deactivated' END, v_me, 'user', p_user,
        jsonb_build_object('reason', v_reason)
    );
    RETURN jsonb_build_object('done', true, 'updated_at', (
        SELECT u.updated_at FROM public.users u WHERE u.user_id = p_user
    ));
END
$$;

-- The same checks as where somebody is entered. Another address is to be confirmed anew; the log holds neither.
CREATE FUNCTION api.put_address(p_user uuid, p_seen timestamptz, p_email text, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_found record;
    v_email text;
    v_rule text;
BEGIN
    SELECT * INTO v_found FROM api._account_holder(p_user, p_seen);
    IF v_found.refusal IS NOT NULL THEN
        RETURN v_found.refusal;
    END IF;
    v_email := api._checked_email(p_email, p_user);
    IF v_email LIKE '%@anonymous.invalid' THEN
        RETURN api._refused('malformed');
    END IF;
    BEGIN
        UPDATE public.users u
            SET email = v_email, email_verified = u.email_verified AND lower(u.email) = lower(v_email)
            WHERE u.user_id = p_user;
    EXCEPTION WHEN unique_violation THEN
        GET STACKED DIAGNOSTICS v_rule = CONSTRAINT_NAME;
        RETURN api._refused('rule', jsonb_build_object('rule', v_rule));
    END;
    PERFORM api._audit('user.email_changed', v_me, 'user', p_user, jsonb_build_object('reason', v_reason));
    RETURN jsonb_build_object('done', true, 'updated_at', (
        SELECT u.updated_at FROM public.users u WHERE u.user_id = p_user
    ));
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.put_account(uuid, timestamptz, boolean, text), api.put_address(uuid, timestamptz, text, text)
    TO mv_admin;
