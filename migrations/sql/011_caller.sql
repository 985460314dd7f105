-- As in 009, and like every other function only for who is somebody: an admin who is locked, or has still to change her
-- first password, is told nothing. The worker is nobody and may ask.
CREATE OR REPLACE FUNCTION api.audit_state()
    RETURNS TABLE (unsealed bigint, unsealed_since timestamptz, sealed bigint, seal text, sealed_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    IF session_user NOT IN ('mv_worker', current_user) THEN
        PERFORM api._caller();
    END IF;
    RETURN QUERY
        WITH newest AS (
            SELECT s.log_seq, s.seal, s.sealed_at FROM public.audit_seals s ORDER BY s.log_seq DESC LIMIT 1
        ), rest AS (
            SELECT count(*) AS unsealed, min(l.created_at) AS since FROM public.audit_logs l
            WHERE l.log_seq > coalesce((SELECT n.log_seq FROM newest n), 0)
        )
        SELECT r.unsealed, r.since, coalesce(n.log_seq, 0), encode(n.seal, 'hex'), n.sealed_at
        FROM rest r LEFT JOIN newest n ON true;
END
$$;

-- As in 008; who has still to change the first password is told so, as by every other function.
CREATE OR REPLACE FUNCTION api._coordinating(p_admins_too boolean DEFAULT false) RETURNS uuid
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_me uuid;
BEGIN
    PERFORM api._caller();
    SELECT u.user_id INTO v_me FROM public.users u
        WHERE u.user_id = api.me() AND (u.is_coordinator OR p_admins_too AND u.role = 'admin');
    IF v_me IS NULL THEN
        RAISE EXCEPTION 'only who coordinates may do this' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN v_me;
END
$$;
