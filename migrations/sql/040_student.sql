-- Students and parents in the office: entered, joined to one another, told what is known of them, and made anonymous.
-- They have no login here. The web platform writes them, too, and gives them their passwords.

CREATE FUNCTION api.enrol(p_role text, p_values jsonb, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_user uuid;
    v_rule text;
BEGIN
    IF p_role IS NULL OR p_role NOT IN ('student', 'parent') OR jsonb_typeof(p_values) IS DISTINCT FROM 'object'
        OR pg_column_size(p_values) > 20000
    THEN
        RETURN api._refused('malformed');
    ELSIF EXISTS (
        SELECT 1 FROM jsonb_object_keys(p_values) k
        WHERE k NOT IN ('email', 'first_name', 'last_name', 'phone', 'student_class', 'school_name')
    ) THEN
        RETURN api._refused('not_writable');
    END IF;
    BEGIN
        INSERT INTO public.users (
            email, password_hash, role, first_name, last_name, phone, student_class, school_name
        ) VALUES (
            api._checked_email(p_values ->> 'email', NULL), '!', p_role::public.mv_user_role,
            api._checked_name(p_values ->> 'first_name', 'first name'),
            api._checked_name(p_values ->> 'last_name', 'last name'), p_values ->> 'phone',
            p_values ->> 'student_class', p_values ->> 'school_name'
        ) RETURNING user_id INTO v_user;
    EXCEPTION
        WHEN integrity_constraint_violation THEN
            GET STACKED DIAGNOSTICS v_rule = CONSTRAINT_NAME;
            RETURN api._refused('rule', jsonb_build_object('rule', v_rule));
        WHEN string_data_right_truncation THEN
            RETURN api._refused('malformed');
    END;
    PERFORM api._audit('user.created', v_me, 'user', v_user, jsonb_build_object('reason', v_reason, 'role', p_role));
    RETURN jsonb_build_object('done', true, 'user_id', v_user, 'updated_at', (
        SELECT u.updated_at FROM public.users u WHERE u.user_id = v_user
    ));
END
$$;

-- Who is a student's or parent's, to be changed; NULL and an answer in p_refusal where that cannot be.
CREATE FUNCTION api._family_member(
    p_user uuid, p_seen timestamptz, p_roles text[], OUT person public.users, OUT refusal jsonb
)
    LANGUAGE plpgsql
AS $$
BEGIN
    SELECT * INTO person FROM public.users u
        WHERE u.user_id = p_user AND u.role::text = ANY (p_roles) FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        refusal := api._refused('unknown');
    ELSIF person.updated_at IS DISTINCT FROM p_seen THEN
        refusal := api._faster('user', p_user::text, person.updated_at);
    END IF;
END
$$;

-- All parents of a student: [{"email", "relationship", "is_primary"}]. Who is no more among them is joined no more.
-- "no_parent" names an address that is no parent's.
CREATE FUNCTION api.put_parents(p_student uuid, p_seen timestamptz, p_parents jsonb, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_found record;
    v_unknown text;
BEGIN
    IF jsonb_typeof(p_parents) IS DISTINCT FROM 'array' OR jsonb_array_length(p_parents) > 10 OR EXISTS (
        SELECT 1 FROM jsonb_array_elements(p_parents) p
        WHERE jsonb_typeof(p) <> 'object' OR jsonb_typeof(p -> 'email') IS DISTINCT FROM 'string'
           OR coalesce(p ->> 'relationship', '') NOT IN ('father', 'mother', 'guardian', 'other')
           OR jsonb_typeof(p -> 'is_primary') IS DISTINCT FROM 'boolean'
    ) OR (SELECT count(*) FROM jsonb_array_elements(p_parents) p WHERE (p ->> 'is_primary')::boolean) > 1
      OR (SELECT count(*) - count(DISTINCT lower(btrim(p ->> 'email'))) FROM jsonb_array_elements(p_parents) p) > 0
    THEN
        RETURN api._refused('malformed');
    END IF;
    SELECT * INTO v_found FROM api._family_member(p_student, p_seen, ARRAY['student']);
    IF v_found.refusal IS NOT NULL THEN
        RETURN v_found.refusal;
    END IF;
    SELECT min(p ->> 'email') INTO v_unknown FROM jsonb_array_elements(p_parents) p
        WHERE NOT EXISTS (
            SELECT 1 FROM public.users u WHERE lower(u.email) = lower(btrim(p ->> 'email')) AND u.role = 'parent'
        );
    IF v_unknown IS NOT NULL THEN
        RETURN api._refused('no_parent', jsonb_build_object('email', v_unknown));
    END IF;
    DELETE FROM public.parent_student_mappings m
        WHERE m.student_user_id = p_student AND m.parent_user_id NOT IN (
            SELECT u.user_id FROM jsonb_array_elements(p_parents) p
            JOIN public.users u ON lower(u.email) = lower(btrim(p ->> 'email'))
        );
    INSERT INTO public.parent_student_mappings (parent_user_id, student_user_id, relationship, is_primary)
        SELECT u.user_id, p_student, (p ->> 'relationship')::public.mv_relationship_type, (p ->> 'is_primary')::boolean
        FROM jsonb_array_elements(p_parents) p
        JOIN public.users u ON lower(u.email) = lower(btrim(p ->> 'email'))
        ON CONFLICT (parent_user_id, student_user_id) DO UPDATE
            SET relationship = EXCLUDED.relationship, is_primary = EXCLUDED.is_primary;
    -- whoever has the student open learns of it as of everything else
    UPDATE public.users u SET updated_at = clock_timestamp() WHERE u.user_id = p_student;
    PERFORM api._audit('user.parents_changed', v_me, 'user', p_student, jsonb_build_object(
        'reason', v_reason, 'hidden', '["parents"]'::jsonb
    ));
    RETURN jsonb_build_object('done', true, 'updated_at', (
        SELECT u.updated_at FROM public.users u WHERE u.user_id = p_student
    ));
END
$$;

-- What says who somebody is goes, for good; what she achieved stays, and is nobody's. Nothing of it is in the audit log:
-- api._hidden kept it out from the beginning. Her answer sheets are pictures and stay.
CREATE FUNCTION api.anonymise(p_user uuid, p_seen timestamptz, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_found record;
BEGIN
    SELECT * INTO v_found FROM api._family_member(p_user, p_seen, ARRAY['student', 'parent']);
    IF v_found.refusal IS NOT NULL THEN
        RETURN v_found.refusal;
    END IF;
    DELETE FROM public.parent_student_mappings m WHERE p_user IN (m.student_user_id, m.parent_user_id);
    UPDATE public.subscriptions s SET status = 'cancelled'
        WHERE s.student_user_id = p_user AND s.status IN ('active', 'pending');
    UPDATE public.users u SET
        email = p_user || '@anonymous.invalid', password_hash = '!', first_name = '–', last_name = '–', phone = NULL,
        student_photo_url = NULL, school_name = NULL, email_verified = false, is_active = false
        WHERE u.user_id = p_user;
    PERFORM api._audit('user.anonymised', v_me, 'user', p_user, jsonb_build_object('reason', v_reason));
    RETURN jsonb_build_object('done', true, 'updated_at', (
        SELECT u.updated_at FROM public.users u WHERE u.user_id = p_user
    ));
END
$$;

-- Everything that is known of one student, and nothing of anybody else: no teacher, no parent, no other student. What is
-- not evaluated yet is told without a result, and the papers are the school's: they tell what is right.
CREATE FUNCTION api.student_data(p_student uuid, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_data jsonb;
BEGIN
    SELECT jsonb_build_object(
        'schema', 1,
        'person', to_jsonb(u) - 'password_hash' - 'is_coordinator',
        'parents', (
            SELECT coalesce(jsonb_agg(m.relationship ORDER BY m.created_at), '[]')
            FROM public.parent_student_mappings m WHERE m.student_user_id = u.user_id
        ),
        'subscriptions', (
            SELECT coalesce(jsonb_agg(to_jsonb(s) - 'student_user_id' ORDER BY s.start_date, s.created_at), '[]')
            FROM public.subscriptions s WHERE s.student_user_id = u.user_id
        ),
        'exams', (
            SELECT coalesce(jsonb_agg(to_jsonb(x) - 'student_user_id' - 'exam_snapshot' || jsonb_build_object(
                'answers', (
                    SELECT coalesce(jsonb_agg(
                        to_jsonb(a) - 'exam_instance_id' - CASE x.status
                            WHEN 'evaluated' THEN '{}' ELSE '{is_correct, marks_awarded}'::text[]
                        END ORDER BY a.question_number
                    ), '[]')
                    FROM public.student_mcq_answers a WHERE a.exam_instance_id = x.exam_instance_id
                ),
                'unanswered', (
                    SELECT coalesce(jsonb_agg(n.question_number ORDER BY n.question_number), '[]')
                    FROM public.unanswered_questions n WHERE n.exam_instance_id = x.exam_instance_id
                ),
                'pages', (
                    SELECT coalesce(jsonb_agg(
                        to_jsonb(p) - 'exam_instance_id' - 'student_user_id' - 's3_bucket' ORDER BY p.page_number
                    ), '[]')
                    FROM public.answer_sheet_uploads p WHERE p.exam_instance_id = x.exam_instance_id
                ),
                'marking', (
                    SELECT jsonb_build_object(
                        'completed_at', e.completed_at, 'total_manual_marks', e.total_manual_marks,
                        'marks', (
                            SELECT coalesce(jsonb_agg(
                                to_jsonb(k) - 'evaluation_id' - 'exam_instance_id' ORDER BY k.question_number
                            ), '[]')
                            FROM public.question_marks k WHERE k.evaluation_id = e.evaluation_id
                        ),
                        'comments', (
                            SELECT coalesce(jsonb_agg(jsonb_build_object(
                                'page_number', g -> 'page_number', 'question_number', i -> 'question_number',
                                'text', i -> 'text'
                            )), '[]')
                            FROM jsonb_array_elements(api._elements(e.annotation_data -> 'pages')) g
                            CROSS JOIN jsonb_array_elements(api._elements(g -> 'annotations')) i
                            WHERE i ->> 'type' = 'text'
                        )
                    )
                    FROM public.evaluations e
                    WHERE e.exam_instance_id = x.exam_instance_id AND e.status = 'completed'
                )
            ) ORDER BY x.created_at), '[]')
            FROM public.exam_instances x WHERE x.student_user_id = u.user_id
        )
    ) INTO v_data
    FROM public.users u WHERE u.user_id = p_student AND u.role = 'student';
    IF v_data IS NULL THEN
        RETURN api._refused('unknown');
    END IF;
    PERFORM api._audit('user.exported', v_me, 'user', p_student, jsonb_build_object('reason', v_reason));
    RETURN jsonb_build_object('done', true, 'data', v_data);
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.enrol(text, jsonb, text), api.put_parents(uuid, timestamptz, jsonb, text),
    api.anonymise(uuid, timestamptz, text), api.student_data(uuid, text) TO mv_admin;
