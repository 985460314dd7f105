-- Consultations with a teacher: each stands for itself, entered by the office, put right and taken away. The hours that a
-- subscription has used are those of the month that runs; what is entered late counts in the month in which it was.

CREATE TABLE public.consultations (
    consultation_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_consultations PRIMARY KEY,
    subscription_id uuid NOT NULL
        CONSTRAINT fk_consultations_subscription_id REFERENCES public.subscriptions ON DELETE CASCADE,
    teacher_user_id uuid NOT NULL CONSTRAINT fk_consultations_teacher_user_id REFERENCES public.users ON DELETE RESTRICT,
    held_on date NOT NULL,
    hours numeric(5,2) NOT NULL,
    note text DEFAULT '' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT ck_consultations_hours CHECK (hours > 0 AND hours <= 24),
    CONSTRAINT ck_consultations_note CHECK (length(note) <= 500)
);
CREATE INDEX ix_consultations_held_on ON public.consultations (subscription_id, held_on);
COMMENT ON INDEX public.ix_consultations_held_on IS 'consultations of a subscription, and the hours of its month';
CREATE TRIGGER tr_consultations_updated_at BEFORE INSERT OR UPDATE ON public.consultations
    FOR EACH ROW EXECUTE FUNCTION public.mv_keep_updated_at();
CREATE TRIGGER tr_consultations_change AFTER INSERT OR UPDATE OR DELETE ON public.consultations
    FOR EACH ROW EXECUTE FUNCTION api._note_change('consultation', 'consultation_id', '', '');
CREATE TRIGGER tr_consultations_truncate BEFORE TRUNCATE ON public.consultations
    FOR EACH STATEMENT EXECUTE FUNCTION api._refuse_truncate();
ALTER TABLE public.consultations ENABLE ALWAYS TRIGGER tr_consultations_truncate;

REVOKE ALL ON TABLE public.consultations FROM PUBLIC;
ALTER TABLE public.consultations ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON public.consultations TO mv_coordinator, mv_admin;
CREATE POLICY coordinator_reads ON public.consultations FOR SELECT TO mv_coordinator
    USING ((SELECT api.me()) IS NOT NULL);
CREATE POLICY admin_reads ON public.consultations FOR SELECT TO mv_admin USING ((SELECT api.me()) IS NOT NULL);

CREATE INDEX ix_subscriptions_hours_over ON public.subscriptions (start_date DESC, subscription_id)
    WHERE teacher_hours_used > teacher_hours_limit;
COMMENT ON INDEX public.ix_subscriptions_hours_over IS 'api.subscriptions: the few with more hours than they give';

-- A note may say what is nobody's business, and stays out of the log.
CREATE OR REPLACE FUNCTION api._hidden(p_table name, p_column text, p_row jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT p_column ~ '(password|secret|verifier|token)' OR CASE p_table
        WHEN 'users' THEN p_row ->> 'role' IN ('student', 'parent') AND p_column IN (
            'email', 'first_name', 'last_name', 'phone', 'student_photo_url', 'school_name'
        ) OR p_column = 'phone'
        WHEN 'subscriptions' THEN p_column = 'payment_gateway_ref'
        WHEN 'consultations' THEN p_column = 'note'
        ELSE false
    END
$$;

-- What the log says of some consultations, one a line: when, who, how long.
CREATE FUNCTION api._consultation_lines(p_consultations uuid[]) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT string_agg(format('%s  %s %s  %s h', c.held_on, u.first_name, u.last_name, c.hours::float8), E'\n'
                      ORDER BY c.held_on, c.consultation_id)
    FROM public.consultations c JOIN public.users u ON u.user_id = c.teacher_user_id
    WHERE c.consultation_id = ANY (p_consultations)
$$;

-- Writes what differs of a subscription's consultations, all of it or nothing. p_put: [{"consultation_id" (of one that
-- there is), "held_on", "teacher" (an address), "hours", "note"}]; p_gone: those that are taken away. "no_teacher" names
-- an address that is nobody's of the staff; "day" one on which the subscription did not run, or that is still to come.
CREATE FUNCTION api.put_consultations(
    p_subscription uuid, p_seen timestamptz, p_put jsonb, p_gone uuid[], p_reason text
) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_subscription public.subscriptions;
    v_day date := api._billing_day(now());
    v_month date;
    v_before numeric;
    v_one record;
    v_new uuid;
    v_lines text;
    v_touched uuid[] := coalesce(p_gone, '{}');
    v_rule text;
BEGIN
    IF jsonb_typeof(p_put) IS DISTINCT FROM 'array' OR pg_column_size(p_put) > 500000 OR cardinality(p_gone) > 1000 THEN
        RETURN api._refused('malformed');
    END IF;
    SELECT * INTO v_subscription FROM public.subscriptions s WHERE s.subscription_id = p_subscription FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    ELSIF v_subscription.updated_at IS DISTINCT FROM p_seen THEN
        RETURN api._faster('subscription', p_subscription::text, v_subscription.updated_at);
    END IF;
    v_month := api._month_began(v_day, v_subscription.billing_day_of_month);
    v_before := (
        SELECT coalesce(sum(c.hours), 0) FROM public.consultations c
        WHERE c.subscription_id = p_subscription AND c.held_on >= v_month
    );
    BEGIN
        SELECT v_touched || coalesce(array_agg((x ->> 'consultation_id')::uuid), '{}') INTO v_touched
            FROM jsonb_array_elements(p_put) x WHERE x ->> 'consultation_id' IS NOT NULL;
        IF EXISTS (
            SELECT 1 FROM unnest(v_touched) t WHERE NOT EXISTS (
                SELECT 1 FROM public.consultations c
                WHERE c.consultation_id = t AND c.subscription_id = p_subscription
            )
        ) THEN
            RETURN api._refused('unknown');
        END IF;
        v_lines := api._consultation_lines(v_touched);
        DELETE FROM public.consultations c WHERE c.consultation_id = ANY (coalesce(p_gone, '{}'));
        FOR v_one IN
            SELECT (x ->> 'consultation_id')::uuid AS consultation_id, (x ->> 'held_on')::date AS held_on,
                   (x ->> 'hours')::numeric AS hours, coalesce(x ->> 'note', '') AS note, x ->> 'teacher' AS email,
                   u.user_id AS teacher
            FROM jsonb_array_elements(p_put) x
            LEFT JOIN public.users u ON lower(u.email) = lower(btrim(x ->> 'teacher')) AND u.role IN ('teacher', 'admin')
        LOOP
            IF v_one.teacher IS NULL THEN
                RAISE EXCEPTION USING ERRCODE = 'MV001', MESSAGE = api._refused(
                    'no_teacher', jsonb_build_object('email', v_one.email)
                )::text;
            ELSIF v_one.held_on IS NULL OR v_one.held_on > api._today()
                OR v_one.held_on NOT BETWEEN v_subscription.start_date AND v_subscription.end_date
            THEN
                RAISE EXCEPTION USING ERRCODE = 'MV001', MESSAGE = api._refused(
                    'day', jsonb_build_object('day', v_one.held_on)
                )::text;
            ELSIF v_one.consultation_id IS NULL THEN
                INSERT INTO public.consultations (subscription_id, teacher_user_id, held_on, hours, note)
                    VALUES (p_subscription, v_one.teacher, v_one.held_on, v_one.hours, v_one.note)
                    RETURNING consultation_id INTO v_new;
                v_touched := v_touched || v_new;
            ELSE
                UPDATE public.consultations c
                    SET teacher_user_id = v_one.teacher, held_on = v_one.held_on, hours = v_one.hours, note = v_one.note
                    WHERE c.consultation_id = v_one.consultation_id;
            END IF;
        END LOOP;
        -- A month that nobody has begun yet begins here, as it does with an exam.
        UPDATE public.subscriptions s SET
            exams_used_this_month = CASE WHEN b.begins THEN 0 ELSE s.exams_used_this_month END,
            last_counter_reset_date = CASE WHEN b.begins THEN v_day ELSE s.last_counter_reset_date END,
            teacher_hours_used = greatest(0, CASE WHEN b.begins THEN 0 ELSE s.teacher_hours_used END - v_before + (
                SELECT coalesce(sum(c.hours), 0) FROM public.consultations c
                WHERE c.subscription_id = p_subscription AND c.held_on >= v_month
            ))
            FROM (
                SELECT v_subscription.status = 'active' AND v_day BETWEEN v_subscription.start_date AND v_subscription.end_date
                       AND coalesce(v_subscription.last_counter_reset_date, v_subscription.start_date) < v_month
            ) b (begins)
            WHERE s.subscription_id = p_subscription;
    EXCEPTION
        WHEN SQLSTATE 'MV001' THEN
            RETURN SQLERRM::jsonb;
        WHEN integrity_constraint_violation THEN
            GET STACKED DIAGNOSTICS v_rule = CONSTRAINT_NAME;
            RETURN api._refused('rule', jsonb_build_object('rule', v_rule));
        WHEN data_exception OR cannot_coerce THEN
            RETURN api._refused('malformed');
    END;
    -- One entry for the whole of it, which stands in the history of the subscription.
    DELETE FROM api._changes c
        WHERE c.written_in = pg_catalog.pg_current_xact_id() AND c.resource_type = 'consultation';
    INSERT INTO api._changes AS c (resource_type, resource_key, resource_id, act, named, changes, hidden)
        VALUES ('subscription', p_subscription::text, p_subscription, 'changed', NULL, jsonb_build_object(
            'consultations', jsonb_build_object('old', v_lines, 'new', api._consultation_lines(v_touched))
        ), '{}')
        ON CONFLICT (written_in, resource_type, resource_key) DO UPDATE SET changes = c.changes || EXCLUDED.changes;
    PERFORM api._audit('subscription.consulted', v_me, 'subscription', p_subscription, jsonb_build_object(
        'reason', v_reason
    ));
    RETURN jsonb_build_object('done', true, 'updated_at', (
        SELECT s.updated_at FROM public.subscriptions s WHERE s.subscription_id = p_subscription
    ));
END
$$;

-- As in 041, and those with more hours than they give. p_choices: status, plan, hours.
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
        || CASE WHEN p_choices ->> 'plan' IS NULL THEN '' ELSE format(' AND s.plan_type = %L::public.mv_plan_type', p_choices ->> 'plan') END
        || CASE p_choices ->> 'hours' WHEN 'over' THEN ' AND s.teacher_hours_used > s.teacher_hours_limit' ELSE '' END;
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

-- As in 040, with consultations; of whom they were is nobody else's business.
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
            SELECT coalesce(jsonb_agg(to_jsonb(s) - 'student_user_id' || jsonb_build_object('consultations', (
                SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'held_on', c.held_on, 'hours', c.hours, 'note', c.note
                ) ORDER BY c.held_on, c.created_at), '[]')
                FROM public.consultations c WHERE c.subscription_id = s.subscription_id
            )) ORDER BY s.start_date, s.created_at), '[]')
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

-- As in 040; what was noted of consultations goes, too.
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
    UPDATE public.consultations c SET note = ''
        FROM public.subscriptions s
        WHERE s.subscription_id = c.subscription_id AND s.student_user_id = p_user AND c.note <> '';
    DELETE FROM api._changes c
        WHERE c.written_in = pg_catalog.pg_current_xact_id() AND c.resource_type = 'consultation';
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

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.put_consultations(uuid, timestamptz, jsonb, uuid[], text) TO mv_admin;
