-- People in lists that stay fluent whoever many there are, and everything about a member of staff written at once.

-- Words are looked for anywhere in what names a person. The blank before it lets a word of one or two letters be looked
-- for where words begin, which the trigrams know.
CREATE INDEX ix_users_words ON public.users USING gin ((
    ' ' || lower(first_name || ' ' || last_name || ' ' || email || ' ' || coalesce(phone, '') || ' '
        || coalesce(school_name, ''))
) public.gin_trgm_ops);
COMMENT ON INDEX public.ix_users_words IS 'api.people: people of whom these words are known';
CREATE INDEX ix_users_role_name ON public.users (role, last_name, first_name, user_id);
COMMENT ON INDEX public.ix_users_role_name IS 'api.people: those of one role in the order of their names, piece by piece';
CREATE INDEX ix_users_closed ON public.users (role, last_name, first_name, user_id) WHERE NOT is_active;
COMMENT ON INDEX public.ix_users_closed IS 'api.people: the few whose account is closed';

-- Of the person u each of these words is known.
CREATE FUNCTION api._words_condition(p_words text) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT coalesce(string_agg(DISTINCT format(
        $sql$ AND ' ' || lower(u.first_name || ' ' || u.last_name || ' ' || u.email || ' ' || coalesce(u.phone, '') || ' '
            || coalesce(u.school_name, '')) LIKE %L$sql$,
        CASE WHEN length(w) < 3 THEN '% ' ELSE '%' END
            || replace(replace(replace(w, '\', '\\'), '%', '\%'), '_', '\_') || '%'
    ), ''), '')
    FROM regexp_split_to_table(lower(btrim(coalesce(p_words, ''))), '\s+') w WHERE w <> ''
$$;

-- What is asked of public.users: as a text of its own, so that a test can look how it is carried out. By the owner's
-- rights, because row security lets no index be asked with LIKE. Values stand in it as literals: what is planned for
-- everything that could be looked for would be planned for nothing.
CREATE FUNCTION api._people_query(p_roles text[], p_words text, p_choices jsonb, p_after uuid, p_limit int)
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

-- A piece of a list, in the order of the names, behind the person p_after. p_words: each must be known of her. p_choices:
-- role, state, class, coordinator.
CREATE FUNCTION api.people(p_roles text[], p_words text, p_choices jsonb, p_after uuid, p_limit int)
    RETURNS TABLE (
        user_id uuid, email text, first_name text, last_name text, phone text, student_class text, school_name text,
        role text, is_coordinator boolean, is_active boolean, has_login boolean, locked_at timestamptz,
        must_change_password boolean, last_login_at timestamptz, open_scripts int, plan text
    )
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._admin();
    IF p_roles IS NULL OR cardinality(p_roles) NOT BETWEEN 1 AND 4 OR array_ndims(p_roles) <> 1
        OR NOT p_roles <@ ARRAY['student', 'parent', 'teacher', 'admin']
        OR jsonb_typeof(p_choices) IS DISTINCT FROM 'object' OR length(p_words) > 200
        OR p_limit IS NULL OR p_limit NOT BETWEEN 1 AND 1000
        OR coalesce(p_choices ->> 'role', 'admin') NOT IN ('student', 'parent', 'teacher', 'admin')
    THEN
        RAISE EXCEPTION 'that is no list of people' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN QUERY EXECUTE 'SELECT u.user_id, u.email::text, u.first_name::text, u.last_name::text, u.phone::text,
            u.student_class::text, u.school_name::text, u.role::text, u.is_coordinator, u.is_active,
            l.login_name IS NOT NULL, l.locked_at, coalesce(l.must_change_password, false), u.last_login_at,
            CASE u.role WHEN ''teacher'' THEN (
                SELECT count(*)::int FROM public.evaluations e
                WHERE e.teacher_user_id = u.user_id AND e.status IN (''assigned'', ''in_progress'')
            ) END,
            CASE u.role WHEN ''student'' THEN (
                SELECT max(p.display_name::text) FROM public.subscriptions s
                JOIN public.subscription_plans p ON p.plan_type = s.plan_type
                WHERE s.student_user_id = u.user_id AND s.status = ''active''
                  AND api._today() BETWEEN s.start_date AND s.end_date
            ) END
        FROM (' || api._people_query(p_roles, p_words, p_choices, p_after, p_limit) || ') u
        LEFT JOIN public.staff_logins l ON l.user_id = u.user_id
        ORDER BY u.last_name, u.first_name, u.user_id';
END
$$;

-- What a teacher takes on, with what differs for the history. Students' addresses stand in no log.
CREATE FUNCTION api._put_teacher_limits(p_me uuid, p_teacher uuid, p_values jsonb, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_before public.teacher_limits;
    v_after public.teacher_limits;
    v_students uuid[];
    v_unknown text;
    v_changes jsonb;
BEGIN
    SELECT * INTO v_before FROM public.teacher_limits l WHERE l.user_id = p_teacher;
    v_after := v_before;
    IF p_values ? 'daily_limit' THEN
        v_after.daily_limit := (p_values ->> 'daily_limit')::int;
    END IF;
    IF p_values ? 'classes' THEN
        v_after.classes := CASE jsonb_typeof(p_values -> 'classes')
            WHEN 'null' THEN NULL ELSE ARRAY(SELECT jsonb_array_elements_text(p_values -> 'classes') ORDER BY 1)
        END;
    END IF;
    IF NOT api._is_teaching(p_teacher) THEN
        RETURN api._refused('no_teacher');
    ELSIF v_after.daily_limit < 0 OR NOT v_after.classes <@ ARRAY['X', 'XII'] THEN
        RETURN api._refused('malformed');
    END IF;
    IF p_values ? 'conflicts' THEN
        IF jsonb_array_length(p_values -> 'conflicts') > 1000 THEN
            RETURN api._refused('malformed');
        END IF;
        SELECT array_agg(u.user_id), min(c.email) FILTER (WHERE u.user_id IS NULL) INTO v_students, v_unknown
            FROM jsonb_array_elements_text(p_values -> 'conflicts') c (email)
            LEFT JOIN public.users u ON lower(u.email) = lower(btrim(c.email)) AND u.role = 'student';
        IF v_unknown IS NOT NULL THEN
            RETURN api._refused('no_student', jsonb_build_object('email', v_unknown));
        END IF;
        DELETE FROM public.teacher_conflicts c
            WHERE c.user_id = p_teacher AND c.student_user_id <> ALL (coalesce(v_students, '{}'));
        INSERT INTO public.teacher_conflicts (user_id, student_user_id)
            SELECT DISTINCT p_teacher, s FROM unnest(v_students) s ON CONFLICT DO NOTHING;
    END IF;
    INSERT INTO public.teacher_limits (user_id, daily_limit, classes)
        VALUES (p_teacher, v_after.daily_limit, v_after.classes)
        ON CONFLICT (user_id) DO UPDATE SET daily_limit = EXCLUDED.daily_limit, classes = EXCLUDED.classes;
    SELECT coalesce(jsonb_object_agg(c.k, jsonb_build_object('old', c.before, 'new', c.after)), '{}') INTO v_changes
        FROM (VALUES
            ('daily_limit', to_jsonb(v_before.daily_limit), to_jsonb(v_after.daily_limit)),
            ('classes', to_jsonb(v_before.classes), to_jsonb(v_after.classes))
        ) c (k, before, after)
        WHERE c.before IS DISTINCT FROM c.after;
    PERFORM api._audit('user.limits_changed', p_me, 'user', p_teacher, jsonb_build_object(
        'reason', p_reason, 'changes', v_changes
    ) || CASE WHEN p_values ? 'conflicts' THEN
        jsonb_build_object('hidden', '["conflicts"]'::jsonb, 'students', to_jsonb(v_students))
    ELSE '{}' END);
    RETURN '{"done": true}';
END
$$;

-- Whatever differs of a member of staff, all of it or nothing: names and phone, e-mail, role and coordinator, and what a
-- teacher takes on. The answer is that of api.put_record; "no_student" names an address that is no student's.
CREATE FUNCTION api.put_staff(p_user uuid, p_seen timestamptz, p_values jsonb, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._begin_people_change(p_reason);
    v_user public.users;
    v_names jsonb;
    v_answer jsonb;
BEGIN
    IF p_user IS NULL OR p_seen IS NULL OR jsonb_typeof(p_values) IS DISTINCT FROM 'object' OR p_values = '{}'
        OR pg_column_size(p_values) > 200000 OR jsonb_typeof(coalesce(p_values -> 'conflicts', '[]')) <> 'array'
        OR jsonb_typeof(coalesce(p_values -> 'classes', 'null')) NOT IN ('array', 'null')
    THEN
        RETURN api._refused('malformed');
    ELSIF EXISTS (
        SELECT 1 FROM jsonb_object_keys(p_values) k WHERE k NOT IN (
            'first_name', 'last_name', 'phone', 'email', 'role', 'is_coordinator', 'daily_limit', 'classes', 'conflicts'
        )
    ) THEN
        RETURN api._refused('not_writable');
    END IF;
    SELECT * INTO v_user FROM public.users u
        WHERE u.user_id = p_user AND u.role IN ('teacher', 'admin') FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    ELSIF v_user.updated_at <> p_seen THEN
        RETURN api._faster('user', p_user::text, v_user.updated_at);
    END IF;
    BEGIN
        SELECT jsonb_object_agg(k, v) INTO v_names FROM jsonb_each(p_values) x (k, v)
            WHERE k IN ('first_name', 'last_name', 'phone');
        IF v_names IS NOT NULL THEN
            PERFORM api._checked_name(coalesce(v_names ->> 'first_name', 'x'), 'first name'),
                api._checked_name(coalesce(v_names ->> 'last_name', 'x'), 'last name');
            v_answer := api._put_row('staff', p_user::text, p_seen, v_names, '{}', '{}');
            IF v_answer ? 'refused' THEN
                RETURN v_answer;
            END IF;
            PERFORM api._audit_record('user.changed', v_me, 'user', p_user::text, jsonb_build_object(
                'reason', btrim(p_reason)
            ));
        END IF;
        IF p_values ? 'email' THEN
            PERFORM api.change_email(p_user, p_values ->> 'email', p_reason);
        END IF;
        IF p_values ?| ARRAY['role', 'is_coordinator'] THEN
            PERFORM api.change_role(
                p_user, coalesce(p_values ->> 'role', v_user.role::text),
                coalesce((p_values ->> 'is_coordinator')::boolean, v_user.is_coordinator), p_reason
            );
        END IF;
        IF p_values ?| ARRAY['daily_limit', 'classes', 'conflicts'] THEN
            v_answer := api._put_teacher_limits(v_me, p_user, p_values, btrim(p_reason));
            IF v_answer ? 'refused' THEN
                RAISE EXCEPTION USING ERRCODE = 'MV001', MESSAGE = v_answer::text;
            END IF;
            -- whoever has her open learns of it as of everything else
            UPDATE public.users u SET updated_at = clock_timestamp() WHERE u.user_id = p_user;
        END IF;
    EXCEPTION
        WHEN SQLSTATE 'MV001' THEN
            RETURN SQLERRM::jsonb;
        WHEN string_data_right_truncation OR invalid_text_representation OR numeric_value_out_of_range OR not_null_violation THEN
            RETURN api._refused('malformed');
    END;
    RETURN jsonb_build_object('done', true, 'updated_at', (
        SELECT u.updated_at FROM public.users u WHERE u.user_id = p_user
    ));
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.people(text[], text, jsonb, uuid, int), api.put_staff(uuid, timestamptz, jsonb, text)
    TO mv_admin;
