-- As in 039.
CREATE OR REPLACE FUNCTION api._people_query(p_roles text[], p_words text, p_choices jsonb, p_after uuid, p_limit int)
    RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_query text;
    v_last public.users;
BEGIN
    v_query := 'SELECT u.* FROM public.users u WHERE ' || CASE cardinality(p_roles)
        WHEN 1 THEN format('u.role = %L::public.mv_user_role', p_roles[1])
        ELSE format('u.role = ANY (%L::public.mv_user_role[])', p_roles)
    END;
    v_query := v_query || api._words_condition(p_words);
    v_query := v_query
        || CASE WHEN p_choices ->> 'role' IS NULL THEN '' ELSE format(' AND u.role = %L::public.mv_user_role', p_choices ->> 'role') END
        || CASE WHEN p_choices ->> 'class' IS NULL THEN '' ELSE format(' AND u.student_class = %L', p_choices ->> 'class') END
        || CASE p_choices ->> 'coordinator' WHEN 'yes' THEN ' AND u.is_coordinator' WHEN 'no' THEN
            ' AND NOT u.is_coordinator' ELSE '' END
        || CASE p_choices ->> 'state'
            WHEN 'closed' THEN ' AND NOT u.is_active'
            WHEN 'open' THEN ' AND u.is_active'
            WHEN 'locked' THEN ' AND u.is_active AND EXISTS (
                SELECT 1 FROM public.staff_logins l WHERE l.user_id = u.user_id AND l.locked_at IS NOT NULL)'
            WHEN 'first password' THEN ' AND u.is_active AND EXISTS (
                SELECT 1 FROM public.staff_logins l
                WHERE l.user_id = u.user_id AND l.locked_at IS NULL AND l.must_change_password)'
            WHEN 'no login' THEN ' AND u.is_active AND NOT EXISTS (
                SELECT 1 FROM public.staff_logins l WHERE l.user_id = u.user_id)'
            WHEN 'active' THEN ' AND u.is_active AND EXISTS (
                SELECT 1 FROM public.staff_logins l
                WHERE l.user_id = u.user_id AND l.locked_at IS NULL AND NOT l.must_change_password)'
            ELSE '' END;
    IF p_after IS NOT NULL THEN
        SELECT * INTO v_last FROM public.users u WHERE u.user_id = p_after;
        v_query := v_query || format(
            ' AND (u.last_name, u.first_name, u.user_id) > (%L, %L, %L::uuid)',
            v_last.last_name, v_last.first_name, v_last.user_id
        );
    END IF;
    RETURN v_query || format(' ORDER BY u.last_name, u.first_name, u.user_id LIMIT %s', p_limit);
END
$$;

DROP TRIGGER tr_users_beginnings ON public.users;
DROP TRIGGER tr_users_beginnings_changed ON public.users;
DROP FUNCTION api._keep_beginnings();
DROP TABLE api._beginnings;
