-- What 049 made; the hours that were counted stay.
-- As in 040.
CREATE OR REPLACE FUNCTION api.student_data(p_student uuid, p_reason text) RETURNS jsonb
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

CREATE OR REPLACE FUNCTION api.anonymise(p_user uuid, p_seen timestamptz, p_reason text) RETURNS jsonb
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

-- As in 041.
CREATE OR REPLACE FUNCTION api._subscriptions_query(p_words text, p_choices jsonb, p_after uuid, p_limit int) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_query text := 'SELECT s.* FROM public.subscriptions s JOIN public.users u ON u.user_id = s.student_user_id WHERE true';
    v_last public.subscriptions;
BEGIN
    v_query := v_query || api._words_condition(p_words);
    v_query := v_query
        || CASE WHEN p_choices ->> 'status' IS NULL THEN '' ELSE format(' AND s.status = %L::public.mv_subscription_status', p_choices ->> 'status') END
        || CASE WHEN p_choices ->> 'plan' IS NULL THEN '' ELSE format(' AND s.plan_type = %L::public.mv_plan_type', p_choices ->> 'plan') END;
    IF p_after IS NOT NULL THEN
        SELECT * INTO v_last FROM public.subscriptions s WHERE s.subscription_id = p_after;
        v_query := v_query || format(
            ' AND s.start_date <= %1$L::date AND (s.start_date < %1$L::date OR s.subscription_id > %2$L::uuid)',
            v_last.start_date, v_last.subscription_id
        );
    END IF;
    RETURN v_query || format(' ORDER BY s.start_date DESC, s.subscription_id LIMIT %s', p_limit);
END
$$;

-- As in 009.
CREATE OR REPLACE FUNCTION api._hidden(p_table name, p_column text, p_row jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT p_column ~ '(password|secret|verifier|token)' OR CASE p_table
        WHEN 'users' THEN p_row ->> 'role' IN ('student', 'parent') AND p_column IN (
            'email', 'first_name', 'last_name', 'phone', 'student_photo_url', 'school_name'
        ) OR p_column = 'phone'
        WHEN 'subscriptions' THEN p_column = 'payment_gateway_ref'
        ELSE false
    END
$$;

DROP FUNCTION api.put_consultations(uuid, timestamptz, jsonb, uuid[], text), api._consultation_lines(uuid[]);
DROP INDEX public.ix_subscriptions_hours_over;
DROP TABLE public.consultations;
