-- While nobody coordinates, what is for who coordinates is told to nobody, and flags and scripts that were handed back wait for
-- nobody: admins are told, who can have somebody coordinate.

-- Nobody who coordinates can sign in. Staff are few: their logins first, and never all users.
CREATE FUNCTION api._nobody_coordinates() RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT NOT EXISTS (
        SELECT 1 FROM public.staff_logins l JOIN public.users u ON u.user_id = l.user_id
        WHERE l.locked_at IS NULL AND u.is_coordinator AND u.is_active
    )
$$;

-- Each admin once a day, while something waits.
CREATE FUNCTION api._tell_nobody() RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    v_admin uuid;
BEGIN
    IF api._nobody_coordinates() THEN
        FOR v_admin IN SELECT u.user_id FROM public.users u WHERE u.role = 'admin' AND u.is_active ORDER BY u.user_id LOOP
            PERFORM api._tell(v_admin, 'staff.nobody_coordinates', '{}', current_date::text);
        END LOOP;
    END IF;
END
$$;

CREATE FUNCTION api._need_coordinator() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._tell_nobody();
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_evaluation_flags_nobody AFTER INSERT ON public.evaluation_flags
    FOR EACH STATEMENT EXECUTE FUNCTION api._need_coordinator();
CREATE TRIGGER tr_evaluation_holds_nobody AFTER INSERT ON public.evaluation_holds
    FOR EACH STATEMENT EXECUTE FUNCTION api._need_coordinator();
CREATE TRIGGER tr_users_nobody AFTER UPDATE OF is_active, is_coordinator, role ON public.users
    FOR EACH ROW WHEN (OLD.is_coordinator AND OLD.is_active AND NOT (NEW.is_coordinator AND NEW.is_active))
    EXECUTE FUNCTION api._need_coordinator();
CREATE TRIGGER tr_staff_logins_nobody AFTER UPDATE OF locked_at ON public.staff_logins
    FOR EACH ROW WHEN (OLD.locked_at IS NULL AND NEW.locked_at IS NOT NULL) EXECUTE FUNCTION api._need_coordinator();

-- As in 017, and admins learn that there is nobody to tell.
CREATE OR REPLACE FUNCTION api._tell_coordinators(p_kind text, p_data jsonb, p_key text DEFAULT NULL) RETURNS int
    LANGUAGE plpgsql
AS $$
DECLARE
    v_user uuid;
    v_told int := 0;
BEGIN
    PERFORM api._tell_nobody();
    FOR v_user IN SELECT u.user_id FROM public.users u WHERE u.is_coordinator AND u.is_active ORDER BY u.user_id LOOP
        v_told := v_told + api._tell(v_user, p_kind, p_data, p_key)::int;
    END LOOP;
    RETURN v_told;
END
$$;

-- As in 027, and the same.
CREATE OR REPLACE FUNCTION api._tell_all(
    p_kind text, p_teachers uuid[], p_keys text[], p_data jsonb[], p_now timestamptz, p_coordinators boolean DEFAULT true
) RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    v_told uuid[];
    v_many uuid[];
BEGIN
    IF coalesce(api._setting('notifications_enabled'), 'true') = 'false' OR coalesce(cardinality(p_keys), 0) = 0 THEN
        RETURN;
    END IF;
    IF p_coordinators THEN
        PERFORM api._tell_nobody();
    END IF;
    WITH counted AS (
        SELECT u.user_id,
               CASE WHEN u.is_coordinator AND p_coordinators THEN cardinality(p_keys) ELSE t.number END AS number
        FROM public.users u
        LEFT JOIN (SELECT x.teacher, count(*) AS number FROM unnest(p_teachers) x (teacher) GROUP BY 1) t
            ON t.teacher = u.user_id
        WHERE u.is_active AND u.role IN ('teacher', 'admin')
          AND (u.is_coordinator AND p_coordinators OR t.teacher IS NOT NULL)
    ), judged AS (
        SELECT c.user_id, c.number + (
            SELECT count(*) FROM public.notices n
            WHERE n.user_id = c.user_id AND n.kind = p_kind AND n.created_at > p_now - interval '1 hour'
        ) > 10 AS many
        FROM counted c
    )
    SELECT array_agg(j.user_id), coalesce(array_agg(j.user_id) FILTER (WHERE j.many), '{}')
        INTO v_told, v_many FROM judged j;
    INSERT INTO public.notices (user_id, kind, key, data, created_at)
        SELECT u.user_id, p_kind, t.key, t.data, p_now
        FROM public.users u
        JOIN unnest(p_teachers, p_keys, p_data) t (teacher, key, data)
            ON u.is_coordinator AND p_coordinators OR t.teacher = u.user_id
        WHERE u.user_id = ANY (v_told) AND u.user_id <> ALL (v_many)
        ORDER BY u.user_id, t.key
        ON CONFLICT (user_id, kind, key) WHERE key IS NOT NULL DO NOTHING;
    -- read or not, it is news again; a mail is not sent again within the hour
    INSERT INTO public.notices AS n (user_id, kind, key, data, created_at)
        SELECT u.user_id, p_kind || '_many', floor(extract(epoch FROM p_now) / 3600)::text,
               jsonb_build_object('count', count(*), 'due_at', min((t.data ->> 'due_at')::timestamptz)), p_now
        FROM public.users u
        JOIN unnest(p_teachers, p_data) t (teacher, data) ON u.is_coordinator AND p_coordinators OR t.teacher = u.user_id
        WHERE u.user_id = ANY (v_many)
        GROUP BY u.user_id ORDER BY u.user_id
        ON CONFLICT (user_id, kind, key) WHERE key IS NOT NULL DO UPDATE SET
            data = jsonb_build_object(
                'count', (n.data ->> 'count')::int + (EXCLUDED.data ->> 'count')::int,
                'due_at', least((n.data ->> 'due_at')::timestamptz, (EXCLUDED.data ->> 'due_at')::timestamptz)
            ),
            created_at = EXCLUDED.created_at, read_at = NULL;
    PERFORM pg_notify(r.channel, '') FROM public.notice_readers r WHERE r.user_id = ANY (v_told);
END
$$;

REVOKE EXECUTE ON FUNCTION api._nobody_coordinates(), api._tell_nobody(), api._need_coordinator() FROM PUBLIC;
