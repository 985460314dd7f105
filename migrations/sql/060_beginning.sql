-- With what words of a person begin: one or two letters, in the order in which people are listed. Trigrams know such words,
-- too, but thousands have them, and to sort those, or to go through all people until a page is full, took 0.15 s and more.

CREATE TABLE api._beginnings (
    user_id uuid,
    beginning text,
    role public.mv_user_role NOT NULL,
    last_name varchar(100) NOT NULL,
    first_name varchar(100) NOT NULL,
    CONSTRAINT pk_beginnings PRIMARY KEY (user_id, beginning)
);
CREATE INDEX ix_beginnings_order ON api._beginnings (role, beginning, last_name, first_name, user_id);
COMMENT ON INDEX api.ix_beginnings_order IS 'api.people: those of one role by one or two letters, in the order of their names';
REVOKE ALL ON TABLE api._beginnings FROM PUBLIC;
ALTER TABLE api._beginnings ENABLE ROW LEVEL SECURITY;

-- Of the words that api._words_condition looks at.
CREATE FUNCTION api._keep_beginnings() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM api._beginnings b WHERE b.user_id = OLD.user_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO api._beginnings (user_id, beginning, role, last_name, first_name)
            SELECT DISTINCT NEW.user_id, left(w, n), NEW.role, NEW.last_name, NEW.first_name
            FROM regexp_split_to_table(
                lower(NEW.first_name || ' ' || NEW.last_name || ' ' || NEW.email || ' ' || coalesce(NEW.phone, '') || ' '
                    || coalesce(NEW.school_name, '')), ' '
            ) w
            CROSS JOIN generate_series(1, least(2, length(w))) n;
    END IF;
    RETURN NULL;
END
$$;

INSERT INTO api._beginnings (user_id, beginning, role, last_name, first_name)
    SELECT DISTINCT u.user_id, left(w, n), u.role, u.last_name, u.first_name
    FROM public.users u
    CROSS JOIN LATERAL regexp_split_to_table(
        lower(u.first_name || ' ' || u.last_name || ' ' || u.email || ' ' || coalesce(u.phone, '') || ' '
            || coalesce(u.school_name, '')), ' '
    ) w
    CROSS JOIN generate_series(1, least(2, length(w))) n;
ANALYZE api._beginnings;
CREATE TRIGGER tr_users_beginnings AFTER INSERT OR DELETE ON public.users
    FOR EACH ROW EXECUTE FUNCTION api._keep_beginnings();
CREATE TRIGGER tr_users_beginnings_changed AFTER UPDATE OF role, first_name, last_name, email, phone, school_name
    ON public.users FOR EACH ROW WHEN (
        (OLD.role, OLD.first_name, OLD.last_name, OLD.email, OLD.phone, OLD.school_name) IS DISTINCT FROM
        (NEW.role, NEW.first_name, NEW.last_name, NEW.email, NEW.phone, NEW.school_name)
    ) EXECUTE FUNCTION api._keep_beginnings();

-- As in 039, and by one or two letters from that list.
CREATE OR REPLACE FUNCTION api._people_query(p_roles text[], p_words text, p_choices jsonb, p_after uuid, p_limit int)
    RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_query text;
    v_last public.users;
    v_letters text;
    v_from text := 'u';
BEGIN
    -- One or two letters that stand for themselves begin words of thousands: those come in their order from a list.
    SELECT w INTO v_letters FROM regexp_split_to_table(lower(btrim(coalesce(p_words, ''))), '\s+') w
        WHERE w <> '' ORDER BY length(w) DESC LIMIT 1;
    IF length(v_letters) < 3 AND cardinality(p_roles) = 1 THEN
        v_from := 'b';
        v_query := format(
            'SELECT u.* FROM api._beginnings b JOIN public.users u ON u.user_id = b.user_id
                WHERE b.role = %L::public.mv_user_role AND b.beginning = %L', p_roles[1], v_letters
        );
    ELSE
        v_query := 'SELECT u.* FROM public.users u WHERE ' || CASE cardinality(p_roles)
            WHEN 1 THEN format('u.role = %L::public.mv_user_role', p_roles[1])
            ELSE format('u.role = ANY (%L::public.mv_user_role[])', p_roles)
        END;
    END IF;
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
            ' AND (%1$s.last_name, %1$s.first_name, %1$s.user_id) > (%2$L, %3$L, %4$L::uuid)',
            v_from, v_last.last_name, v_last.first_name, v_last.user_id
        );
    END IF;
    RETURN v_query || format(
        ' ORDER BY %1$s.last_name, %1$s.first_name, %1$s.user_id LIMIT %2$s', v_from, p_limit
    );
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
