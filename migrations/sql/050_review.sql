-- How a question of a teacher's gets into the bank: she writes it, hands it in, an admin takes it in or says what is wrong,
-- and both can say more about it. A change of an active question waits beside it, and the question stays as it is.

-- Row security shows teachers active questions only, so everything here reaches them through functions, their own alone.
-- change: what a question that is in the bank already is to become, by column and with "scheme", as api.put_question takes
-- it; NULL where the question itself is the draft. before: what stood in those columns when it was approved. left_at: the
-- question's updated_at then, so that an approval can be taken back as long as nobody has touched the question.
CREATE TABLE public.question_reviews (
    question_id uuid CONSTRAINT pk_question_reviews PRIMARY KEY
        CONSTRAINT fk_question_reviews_question_id REFERENCES public.questions ON DELETE CASCADE,
    state text NOT NULL,
    change jsonb,
    submitted_by uuid CONSTRAINT fk_question_reviews_submitted_by REFERENCES public.users ON DELETE RESTRICT,
    submitted_at timestamptz,
    decided_by uuid CONSTRAINT fk_question_reviews_decided_by REFERENCES public.users ON DELETE RESTRICT,
    decided_at timestamptz,
    before jsonb,
    left_at timestamptz,
    CONSTRAINT ck_question_reviews_state CHECK (state IN ('written', 'waiting', 'rejected', 'approved')),
    CONSTRAINT ck_question_reviews_submitted CHECK (
        (submitted_by IS NULL) = (submitted_at IS NULL) AND (state <> 'waiting' OR submitted_by IS NOT NULL)
    ),
    CONSTRAINT ck_question_reviews_decided CHECK (
        (decided_by IS NULL) = (decided_at IS NULL) AND (state NOT IN ('rejected', 'approved') OR decided_by IS NOT NULL)
    )
);
CREATE INDEX ix_question_reviews_open ON public.question_reviews (state) WHERE state IN ('waiting', 'rejected');
COMMENT ON INDEX public.ix_question_reviews_open IS 'api._bank_statement: what waits for an admin, or for its writer';

-- Who said what of a question, and when; nothing is changed or taken away but with its draft.
CREATE TABLE public.question_remarks (
    remark_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_question_remarks PRIMARY KEY,
    question_id uuid NOT NULL
        CONSTRAINT fk_question_remarks_question_id REFERENCES public.questions ON DELETE CASCADE,
    made_by uuid NOT NULL CONSTRAINT fk_question_remarks_made_by REFERENCES public.users ON DELETE RESTRICT,
    made_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    kind text NOT NULL,
    words text NOT NULL,
    CONSTRAINT ck_question_remarks_kind CHECK (
        kind IN ('submitted', 'taken_back', 'remarked', 'approved', 'rejected', 'undone')
    ),
    CONSTRAINT ck_question_remarks_words CHECK (
        length(words) <= 2000 AND (kind NOT IN ('remarked', 'rejected') OR words <> '')
    )
);
CREATE INDEX ix_question_remarks_question ON public.question_remarks (question_id, made_at);
COMMENT ON INDEX public.ix_question_remarks_question IS 'api._review_of: what was said of a question, in order';

DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['question_reviews', 'question_remarks'] LOOP
        EXECUTE format(
            'CREATE TRIGGER tr_%1$s_truncate BEFORE TRUNCATE ON public.%1$I
                FOR EACH STATEMENT EXECUTE FUNCTION api._refuse_truncate()', v_table
        );
        EXECUTE format('ALTER TABLE public.%1$I ENABLE ALWAYS TRIGGER tr_%1$s_truncate', v_table);
        EXECUTE format('REVOKE ALL ON TABLE public.%I FROM PUBLIC', v_table);
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', v_table);
        EXECUTE format('GRANT SELECT ON public.%I TO mv_admin', v_table);
        EXECUTE format(
            'CREATE POLICY admin_reads ON public.%I FOR SELECT TO mv_admin USING ((SELECT api.me()) IS NOT NULL)', v_table
        );
    END LOOP;
END
$$;

-- Reading ---------------------------------------------------------------------------------------------------------

-- What stands in the columns that a change names.
CREATE FUNCTION api._before_change(p_question public.questions, p_change jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(jsonb_object_agg(k, (to_jsonb(p_question) || jsonb_build_object('scheme', coalesce(s.scheme, '{}'))) -> k),
                    '{}')
    FROM jsonb_object_keys(p_change) k
    LEFT JOIN public.question_schemes s
        ON s.question_id = p_question.question_id AND s.version = p_question.version
$$;

-- The state, what is to change and what stands there now, who wrote it, and what was said, the oldest first.
CREATE FUNCTION api._review_of(p_question public.questions) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object(
        'state', (SELECT r.state FROM public.question_reviews r WHERE r.question_id = p_question.question_id),
        'change', (SELECT r.change FROM public.question_reviews r WHERE r.question_id = p_question.question_id),
        'before', (
            SELECT api._before_change(p_question, r.change) FROM public.question_reviews r
            WHERE r.question_id = p_question.question_id AND r.change IS NOT NULL
        ),
        'author', (
            SELECT u.first_name || ' ' || u.last_name FROM public.users u WHERE u.user_id = p_question.created_by
        ),
        'required', coalesce(api._setting('question_approval_required'), 'true') <> 'false',
        'remarks', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'at', m.made_at, 'by', u.first_name || ' ' || u.last_name, 'kind', m.kind, 'words', m.words
            ) ORDER BY m.made_at, m.remark_id), '[]')
            FROM public.question_remarks m JOIN public.users u ON u.user_id = m.made_by
            WHERE m.question_id = p_question.question_id
        )
    )
$$;

-- An admin's, of any question; NULL where there is none.
CREATE FUNCTION api.question_review(p_question uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._admin();
    RETURN (SELECT api._review_of(q) FROM public.questions q WHERE q.question_id = p_question);
END
$$;

-- One that the caller wrote, in whatever state: its columns, "scheme" and "review"; NULL of anybody else's.
CREATE FUNCTION api.own_question(p_question uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    RETURN (
        SELECT to_jsonb(q) || jsonb_build_object('scheme', s.scheme, 'review', api._review_of(q))
        FROM public.questions q
        LEFT JOIN public.question_schemes s ON s.question_id = q.question_id AND s.version = q.version
        WHERE q.question_id = p_question AND q.created_by = v_me
    );
END
$$;

-- As in 042, and of one writer only where p_owner is given; of "status" also what waits and what was rejected can be
-- asked for. Each row says how its review stands.
DROP FUNCTION api.find_questions(text, jsonb, timestamptz, uuid, int);
DROP FUNCTION api._bank_statement(text, jsonb, timestamptz, uuid, int);
CREATE FUNCTION api._bank_statement(
    p_words text, p_choices jsonb, p_after_at timestamptz, p_after uuid, p_limit int, p_owner uuid DEFAULT NULL
) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_query tsquery := api._search_query(p_words);
    v_where text := '';
    v_name text;
    v_value text;
BEGIN
    FOR v_name, v_value IN SELECT c.key, c.value FROM jsonb_each_text(p_choices) c LOOP
        IF v_name NOT IN ('class', 'unit', 'question_type', 'marks', 'difficulty', 'status', 'cbse_year') THEN
            RAISE EXCEPTION 'this cannot be looked for' USING ERRCODE = 'invalid_parameter_value';
        ELSIF v_name = 'status' AND v_value IN ('waiting', 'rejected') THEN
            v_where := v_where || format(' AND r.state = %L', v_value);
        ELSE
            v_where := v_where || format(' AND q.%I = %L', v_name, v_value);
        END IF;
    END LOOP;
    IF p_owner IS NOT NULL THEN
        v_where := v_where || format(' AND q.created_by = %L', p_owner);
    END IF;
    IF v_query IS NOT NULL THEN
        v_where := v_where || format(' AND s.document @@ %L::pg_catalog.tsquery', v_query);
    END IF;
    IF p_after IS NOT NULL THEN
        v_where := v_where || format(' AND (q.updated_at, q.question_id) < (%L, %L)', p_after_at, p_after);
    END IF;
    RETURN format(
        'SELECT q.question_id, q.class::text, q.unit::text, q.question_type::text, q.marks, q.difficulty::text,
                q.status::text, q.cbse_year, q.version, q.updated_at, left(q.question_text, 300), r.state
            FROM public.questions q LEFT JOIN public.question_reviews r ON r.question_id = q.question_id %s
            WHERE true%s ORDER BY q.updated_at DESC, q.question_id DESC LIMIT %s',
        CASE WHEN v_query IS NOT NULL THEN 'JOIN public.question_search s ON s.question_id = q.question_id' ELSE '' END,
        v_where, p_limit
    );
END
$$;

CREATE FUNCTION api._listed(
    p_words text, p_choices jsonb, p_after_at timestamptz, p_after uuid, p_limit int, p_owner uuid
) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF jsonb_typeof(p_choices) IS DISTINCT FROM 'object' OR p_limit IS NULL OR p_limit NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'this cannot be looked for' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN api._bank_statement(p_words, p_choices, p_after_at, p_after, p_limit, p_owner);
END
$$;

CREATE FUNCTION api.find_questions(
    p_words text, p_choices jsonb, p_after_at timestamptz DEFAULT NULL, p_after uuid DEFAULT NULL, p_limit int DEFAULT 100
) RETURNS TABLE (
    question_id uuid, class text, unit text, question_type text, marks int, difficulty text, status text,
    cbse_year int, version int, updated_at timestamptz, opening text, review text
)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._admin();
    RETURN QUERY EXECUTE api._listed(p_words, p_choices, p_after_at, p_after, p_limit, NULL);
EXCEPTION
    WHEN invalid_text_representation OR numeric_value_out_of_range THEN
        RAISE EXCEPTION 'this cannot be looked for' USING ERRCODE = 'invalid_parameter_value';
END
$$;

CREATE FUNCTION api.own_questions(
    p_words text, p_choices jsonb, p_after_at timestamptz DEFAULT NULL, p_after uuid DEFAULT NULL, p_limit int DEFAULT 100
) RETURNS TABLE (
    question_id uuid, class text, unit text, question_type text, marks int, difficulty text, status text,
    cbse_year int, version int, updated_at timestamptz, opening text, review text
)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    RETURN QUERY EXECUTE api._listed(p_words, p_choices, p_after_at, p_after, p_limit, v_me);
EXCEPTION
    WHEN invalid_text_representation OR numeric_value_out_of_range THEN
        RAISE EXCEPTION 'this cannot be looked for' USING ERRCODE = 'invalid_parameter_value';
END
$$;

-- Writing ---------------------------------------------------------------------------------------------------------

-- Columns and "scheme" of a question that is locked; what is in the bank gets a new version. As api.put_question does it.
CREATE FUNCTION api._write_question(p_question uuid, p_values jsonb) RETURNS public.questions
    LANGUAGE plpgsql
AS $$
DECLARE
    v_values jsonb := p_values - 'scheme';
    v_columns text;
    v_after public.questions;
BEGIN
    SELECT string_agg(format('%1$I = r.%1$I', k), ', ') INTO v_columns FROM jsonb_object_keys(v_values) k;
    EXECUTE format(
        'UPDATE public.questions q SET version = q.version + (q.status <> ''draft'')::int%s
            FROM jsonb_populate_record(NULL::public.questions, $2) r WHERE q.question_id = $1 RETURNING q.*',
        coalesce(', ' || v_columns, '')
    ) INTO v_after USING p_question, v_values;
    INSERT INTO public.question_schemes AS s (question_id, version, scheme)
    SELECT p_question, v_after.version, coalesce(p_values -> 'scheme', (
        SELECT o.scheme FROM public.question_schemes o
        WHERE o.question_id = p_question ORDER BY o.version DESC LIMIT 1
    ))
    WHERE p_values ? 'scheme' OR EXISTS (SELECT 1 FROM public.question_schemes o WHERE o.question_id = p_question)
    ON CONFLICT (question_id, version) DO UPDATE SET scheme = EXCLUDED.scheme;
    RETURN v_after;
END
$$;

-- NULL when a question could be written so; it is tried, and taken back at once.
CREATE FUNCTION api._fault_of_change(p_question uuid, p_values jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_rule text;
BEGIN
    IF EXISTS (
        SELECT 1 FROM jsonb_object_keys(p_values) k WHERE k NOT IN (
            'class', 'unit', 'topic', 'question_type', 'marks', 'difficulty', 'question_text', 'question_image_url',
            'diagram_image_url', 'mcq_choices', 'mcq_correct_choices', 'correct_answer_text',
            'correct_answer_image_url', 'explanation', 'explanation_image_url', 'cbse_year', 'tags', 'scheme'
        )
    ) THEN
        RETURN api._refused('not_writable');
    END IF;
    BEGIN
        PERFORM api._write_question(p_question, p_values);
        RAISE EXCEPTION 'only tried' USING ERRCODE = 'MV001';
    EXCEPTION
        WHEN SQLSTATE 'MV001' THEN
            RETURN NULL;
        WHEN integrity_constraint_violation THEN
            GET STACKED DIAGNOSTICS v_rule = CONSTRAINT_NAME;
            RETURN api._refused('rule', jsonb_build_object('rule', v_rule));
        WHEN data_exception OR cannot_coerce THEN
            RETURN api._refused('malformed');
    END;
END
$$;

-- Who looks at the question has to look again: what waits beside it is otherwise.
CREATE FUNCTION api._touch_question(p_question uuid) RETURNS jsonb
    LANGUAGE sql
AS $$
    UPDATE public.questions q SET status = q.status WHERE q.question_id = p_question
    RETURNING jsonb_build_object('done', true, 'updated_at', q.updated_at, 'version', q.version)
$$;

CREATE FUNCTION api._remark(p_question uuid, p_me uuid, p_kind text, p_words text) RETURNS void
    LANGUAGE sql
AS $$
    INSERT INTO public.question_remarks (question_id, made_by, kind, words)
        VALUES (p_question, p_me, p_kind, coalesce(p_words, ''))
$$;

-- What somebody wrote along, or nothing.
CREATE FUNCTION api._checked_words(p_words text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    RETURN CASE WHEN btrim(coalesce(p_words, ''), E' \t\r\n') = '' THEN '' ELSE api._checked_reason(p_words) END;
END
$$;

-- NULL when the question is the caller's own and as she saw it; then it is locked. Another's looks like what is not there.
CREATE FUNCTION api._fault_of_own(p_me uuid, p_question uuid, p_seen timestamptz) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM public.questions q WHERE q.question_id = p_question AND q.created_by = p_me) THEN
        RETURN api._refused('unknown');
    END IF;
    RETURN api._fault_of_question(p_me, true, p_question, p_seen);
END
$$;

-- Her draft, or what a question of hers that is in the bank shall become: that waits beside it until it is approved.
CREATE FUNCTION api.put_own_question(p_question uuid, p_seen timestamptz, p_values jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_fault jsonb;
    v_status text;
    v_change jsonb;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    IF p_seen IS NULL THEN
        RETURN api.put_question(p_question, NULL, p_values);
    END IF;
    v_fault := api._fault_of_own(v_me, p_question, p_seen);
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    END IF;
    SELECT q.status::text INTO v_status FROM public.questions q WHERE q.question_id = p_question;
    IF v_status = 'draft' THEN
        RETURN api.put_question(p_question, p_seen, p_values);
    ELSIF v_status = 'archived' THEN
        RETURN api._refused('archived');
    ELSIF jsonb_typeof(p_values) IS DISTINCT FROM 'object' OR p_values = '{}'
        OR p_values ? 'scheme' AND jsonb_typeof(p_values -> 'scheme') <> 'object'
    THEN
        RETURN api._refused('malformed');
    END IF;
    SELECT r.change INTO v_change FROM public.question_reviews r
        WHERE r.question_id = p_question AND r.state <> 'approved';
    v_change := coalesce(v_change, '{}') || p_values;
    v_fault := CASE WHEN pg_column_size(v_change) > 200000 THEN api._refused('malformed')
                    ELSE api._fault_of_change(p_question, v_change) END;
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    END IF;
    INSERT INTO public.question_reviews AS r (question_id, state, change) VALUES (p_question, 'written', v_change)
        ON CONFLICT (question_id) DO UPDATE SET
            change = EXCLUDED.change, state = CASE r.state WHEN 'approved' THEN 'written' ELSE r.state END;
    PERFORM api._audit('question.change_written', v_me, 'question', p_question, jsonb_build_object(
        'columns', (SELECT jsonb_agg(k ORDER BY k) FROM jsonb_object_keys(p_values) k)
    ));
    RETURN api._touch_question(p_question);
END
$$;

-- Her draft goes with its scheme; what a question shall become is dropped, and the question stays as it is.
CREATE FUNCTION api.withdraw_own_question(p_question uuid, p_seen timestamptz) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_fault jsonb;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    v_fault := api._fault_of_own(v_me, p_question, p_seen);
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    ELSIF EXISTS (SELECT 1 FROM public.questions q WHERE q.question_id = p_question AND q.status = 'draft') THEN
        RETURN api.withdraw_draft(p_question, p_seen);
    END IF;
    DELETE FROM public.question_reviews r
        WHERE r.question_id = p_question AND r.change IS NOT NULL AND r.state <> 'approved';
    IF NOT FOUND THEN
        RETURN api._refused('nothing_written');
    END IF;
    PERFORM api._audit('question.change_withdrawn', v_me, 'question', p_question);
    RETURN api._touch_question(p_question);
END
$$;

-- Review ----------------------------------------------------------------------------------------------------------

-- Puts a draft, or what waits beside a question, into the bank. The question is locked and as it was seen. Whose own it
-- was stands in the log: nothing else forbids to approve one's own.
CREATE FUNCTION api._approve_question(p_me uuid, p_question uuid, p_words text) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_question public.questions;
    v_review public.question_reviews;
    v_before jsonb;
    v_rule text;
BEGIN
    SELECT * INTO v_question FROM public.questions q WHERE q.question_id = p_question;
    SELECT * INTO v_review FROM public.question_reviews r WHERE r.question_id = p_question;
    IF v_question.status = 'draft' THEN
        UPDATE public.questions q SET status = 'active' WHERE q.question_id = p_question RETURNING q.* INTO v_question;
    ELSIF v_review.state IN ('waiting', 'rejected') AND v_review.change IS NOT NULL THEN
        v_before := api._before_change(v_question, v_review.change);
        BEGIN
            v_question := api._write_question(p_question, v_review.change);
        EXCEPTION
            WHEN integrity_constraint_violation THEN  -- somebody has changed the question otherwise since
                GET STACKED DIAGNOSTICS v_rule = CONSTRAINT_NAME;
                RETURN api._refused('rule', jsonb_build_object('rule', v_rule));
        END;
    ELSE
        RETURN api._refused('not_waiting');
    END IF;
    INSERT INTO public.question_reviews AS r (question_id, state, decided_by, decided_at, before, left_at)
        VALUES (p_question, 'approved', p_me, now(), v_before, v_question.updated_at)
        ON CONFLICT (question_id) DO UPDATE SET state = EXCLUDED.state, decided_by = EXCLUDED.decided_by,
            decided_at = EXCLUDED.decided_at, before = EXCLUDED.before, left_at = EXCLUDED.left_at;
    PERFORM api._remark(p_question, p_me, 'approved', p_words);
    PERFORM api._audit('question.approved', p_me, 'question', p_question, jsonb_strip_nulls(jsonb_build_object(
        'reason', nullif(p_words, ''), 'own', CASE WHEN v_question.created_by = p_me THEN true END
    )));
    RETURN jsonb_build_object('done', true, 'updated_at', v_question.updated_at, 'version', v_question.version);
END
$$;

-- Handed in: it waits for an admin, or is in the bank at once where the settings ask for no approval.
CREATE FUNCTION api.submit_question(p_question uuid, p_seen timestamptz, p_words text DEFAULT '') RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_words text := api._checked_words(p_words);
    v_fault jsonb;
    v_admin uuid;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    v_fault := api._fault_of_own(v_me, p_question, p_seen);
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    ELSIF EXISTS (SELECT 1 FROM public.question_reviews r WHERE r.question_id = p_question AND r.state = 'waiting') THEN
        RETURN api._refused('waits_already');
    ELSIF NOT EXISTS (SELECT 1 FROM public.questions q WHERE q.question_id = p_question AND q.status = 'draft')
        AND NOT EXISTS (
            SELECT 1 FROM public.question_reviews r
            WHERE r.question_id = p_question AND r.change IS NOT NULL AND r.state IN ('written', 'rejected')
        )
    THEN
        RETURN api._refused('nothing_written');
    END IF;
    INSERT INTO public.question_reviews AS r (question_id, state, submitted_by, submitted_at)
        VALUES (p_question, 'waiting', v_me, now())
        ON CONFLICT (question_id) DO UPDATE SET
            state = EXCLUDED.state, submitted_by = EXCLUDED.submitted_by, submitted_at = EXCLUDED.submitted_at;
    PERFORM api._remark(p_question, v_me, 'submitted', v_words);
    PERFORM api._audit('question.submitted', v_me, 'question', p_question,
                       jsonb_strip_nulls(jsonb_build_object('reason', nullif(v_words, ''))));
    IF api._setting('question_approval_required') = 'false' THEN
        RETURN api._approve_question(v_me, p_question, '') || '{"state": "approved"}';
    END IF;
    -- once a day is enough: the list shows the rest
    FOR v_admin IN SELECT u.user_id FROM public.users u WHERE u.role = 'admin' AND u.is_active ORDER BY u.user_id LOOP
        PERFORM api._tell(v_admin, 'question.waiting', '{}', current_date::text);
    END LOOP;
    RETURN api._touch_question(p_question) || '{"state": "waiting"}';
END
$$;

CREATE FUNCTION api.take_back_question(p_question uuid, p_seen timestamptz) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_fault jsonb;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    v_fault := api._fault_of_own(v_me, p_question, p_seen);
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    END IF;
    UPDATE public.question_reviews r SET state = 'written' WHERE r.question_id = p_question AND r.state = 'waiting';
    IF NOT FOUND THEN
        RETURN api._refused('not_waiting');
    END IF;
    PERFORM api._remark(p_question, v_me, 'taken_back', '');
    PERFORM api._audit('question.taken_back', v_me, 'question', p_question);
    RETURN api._touch_question(p_question);
END
$$;

-- A word between who wrote a question and who decides; the others who spoke of it are told.
CREATE FUNCTION api.remark_question(p_question uuid, p_words text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_caller record;
    v_words text;
    v_other uuid;
BEGIN
    SELECT * INTO v_caller FROM api._caller();
    v_words := api._checked_reason(p_words);
    IF NOT EXISTS (SELECT 1 FROM public.questions q WHERE q.question_id = p_question AND (
        v_caller.role = 'admin' OR q.created_by = v_caller.user_id
    )) THEN
        RETURN api._refused('unknown');
    END IF;
    PERFORM api._remark(p_question, v_caller.user_id, 'remarked', v_words);
    PERFORM api._audit('question.remarked', v_caller.user_id, 'question', p_question,
                       jsonb_build_object('reason', v_words));
    FOR v_other IN
        SELECT q.created_by FROM public.questions q WHERE q.question_id = p_question AND q.created_by IS NOT NULL
        UNION SELECT m.made_by FROM public.question_remarks m WHERE m.question_id = p_question
        EXCEPT SELECT v_caller.user_id
        ORDER BY 1
    LOOP
        PERFORM api._tell(v_other, 'question.remarked', jsonb_build_object('question_id', p_question));
    END LOOP;
    RETURN '{"done": true}';
END
$$;

-- What is wrong with it is said; its writer changes it and hands it in again.
CREATE FUNCTION api.reject_question(p_question uuid, p_seen timestamptz, p_words text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_words text := api._checked_reason(p_words);
    v_fault jsonb := api._fault_of_question(v_me, true, p_question, p_seen);
BEGIN
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    END IF;
    UPDATE public.question_reviews r SET state = 'rejected', decided_by = v_me, decided_at = now()
        WHERE r.question_id = p_question AND r.state = 'waiting';
    IF NOT FOUND THEN
        RETURN api._refused('not_waiting');
    END IF;
    PERFORM api._remark(p_question, v_me, 'rejected', v_words);
    PERFORM api._audit('question.rejected', v_me, 'question', p_question, jsonb_build_object('reason', v_words));
    PERFORM api._tell(q.created_by, 'question.rejected', jsonb_build_object('question_id', p_question))
        FROM public.questions q WHERE q.question_id = p_question AND q.created_by <> v_me;
    RETURN api._touch_question(p_question);
END
$$;

-- Each writer is told once how many questions of hers were approved.
CREATE FUNCTION api._tell_approved(p_me uuid, p_questions uuid[]) RETURNS void
    LANGUAGE sql
AS $$
    SELECT api._tell(
        w.created_by, CASE WHEN w.count = 1 THEN 'question.approved' ELSE 'question.approved_many' END,
        jsonb_strip_nulls(jsonb_build_object(
            'question_id', CASE WHEN w.count = 1 THEN w.one END, 'count', nullif(w.count, 1)
        ))
    )
    FROM (
        SELECT q.created_by, count(*)::int AS count, min(q.question_id::text) AS one
        FROM public.questions q
        WHERE q.question_id = ANY (p_questions) AND q.created_by <> p_me GROUP BY q.created_by ORDER BY q.created_by
    ) w
$$;

-- [{"question_id", "seen"}]: what stands as it was seen and waits, or is a draft, is approved; the rest is answered with
-- its reason, and stays. In the order of the ids, so that two who approve at once do not wait for one another.
CREATE FUNCTION api.approve_questions(p_rows jsonb, p_words text DEFAULT '') RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_words text := api._checked_words(p_words);
    v_row record;
    v_answer jsonb;
    v_done jsonb := '[]';
    v_left jsonb := '[]';
BEGIN
    IF jsonb_typeof(p_rows) IS DISTINCT FROM 'array' OR jsonb_array_length(p_rows) > 500 THEN
        RETURN api._refused('malformed');
    END IF;
    FOR v_row IN
        SELECT DISTINCT ON (1) api._uuid(r ->> 'question_id') AS question_id, (r ->> 'seen')::timestamptz AS seen
        FROM jsonb_array_elements(p_rows) r ORDER BY 1
    LOOP
        v_answer := coalesce(
            api._fault_of_question(v_me, true, v_row.question_id, v_row.seen),
            api._approve_question(v_me, v_row.question_id, v_words)
        ) || jsonb_build_object('question_id', v_row.question_id);
        IF v_answer ? 'refused' THEN
            v_left := v_left || v_answer;
        ELSE
            v_done := v_done || v_answer;
        END IF;
    END LOOP;
    PERFORM api._tell_approved(v_me, ARRAY(SELECT (d ->> 'question_id')::uuid FROM jsonb_array_elements(v_done) d));
    RETURN jsonb_build_object('done', v_done, 'left', v_left);
EXCEPTION
    WHEN invalid_datetime_format OR datetime_field_overflow THEN
        RETURN api._refused('malformed');
END
$$;

-- Taken back by who approved them, as long as nobody has touched them since and no paper was made of them: a draft waits, or
-- is a draft, as before, and a question in the bank is written as it was, with a version of its own.
CREATE FUNCTION api.undo_approvals(p_rows jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_row record;
    v_review public.question_reviews;
    v_done jsonb := '[]';
    v_left jsonb := '[]';
    v_fault jsonb;
BEGIN
    IF jsonb_typeof(p_rows) IS DISTINCT FROM 'array' OR jsonb_array_length(p_rows) > 500 THEN
        RETURN api._refused('malformed');
    END IF;
    FOR v_row IN
        SELECT DISTINCT ON (1) api._uuid(r ->> 'question_id') AS question_id, (r ->> 'seen')::timestamptz AS seen
        FROM jsonb_array_elements(p_rows) r ORDER BY 1
    LOOP
        v_fault := api._fault_of_question(v_me, true, v_row.question_id, v_row.seen);
        SELECT * INTO v_review FROM public.question_reviews r
            WHERE r.question_id = v_row.question_id AND r.state = 'approved' AND r.decided_by = v_me
              AND r.left_at = v_row.seen;
        IF v_fault IS NULL AND NOT FOUND THEN
            v_fault := api._refused('not_waiting');
        ELSIF v_fault IS NULL AND v_review.before IS NULL AND EXISTS (
            SELECT 1 FROM public.exam_instances e
            WHERE e.created_at >= v_review.decided_at AND api._has_question(e.exam_snapshot, v_row.question_id)
        ) THEN
            v_fault := api._refused('used');
        END IF;
        IF v_fault IS NOT NULL THEN
            v_left := v_left || (v_fault || jsonb_build_object('question_id', v_row.question_id));
            CONTINUE;
        ELSIF v_review.before IS NULL THEN
            UPDATE public.questions q SET status = 'draft' WHERE q.question_id = v_row.question_id;
        ELSE
            PERFORM api._write_question(v_row.question_id, v_review.before);
        END IF;
        UPDATE public.question_reviews r SET
            state = CASE WHEN r.submitted_by IS NULL THEN 'written' ELSE 'waiting' END, decided_by = NULL,
            decided_at = NULL, before = NULL, left_at = NULL
            WHERE r.question_id = v_row.question_id;
        PERFORM api._remark(v_row.question_id, v_me, 'undone', '');
        PERFORM api._audit('question.approval_undone', v_me, 'question', v_row.question_id);
        v_done := v_done || jsonb_build_object('question_id', v_row.question_id);
    END LOOP;
    RETURN jsonb_build_object('done', v_done, 'left', v_left);
EXCEPTION
    WHEN invalid_datetime_format OR datetime_field_overflow THEN
        RETURN api._refused('malformed');
END
$$;

-- As in 011; what waited is decided with it, whichever way the admin's program has.
CREATE OR REPLACE FUNCTION api.set_question_status(p_question uuid, p_seen timestamptz, p_status text, p_reason text)
    RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_fault jsonb := api._fault_of_question(v_me, true, p_question, p_seen);
    v_before text;
    v_updated_at timestamptz;
    v_kind text := CASE p_status WHEN 'active' THEN 'approved' ELSE 'rejected' END;
BEGIN
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    END IF;
    SELECT q.status::text INTO v_before FROM public.questions q WHERE q.question_id = p_question;
    IF NOT coalesce((v_before, p_status) IN (
        ('draft', 'active'), ('draft', 'archived'), ('active', 'archived'), ('archived', 'active')
    ), false) THEN
        RETURN api._refused('no_such_step', jsonb_build_object('status', v_before));
    END IF;
    UPDATE public.questions q SET status = p_status::public.mv_question_status
        WHERE q.question_id = p_question RETURNING q.updated_at INTO v_updated_at;
    IF v_before = 'draft' THEN
        UPDATE public.question_reviews r
            SET state = v_kind, decided_by = v_me, decided_at = now(), left_at = v_updated_at
            WHERE r.question_id = p_question;
        IF FOUND THEN
            PERFORM api._remark(p_question, v_me, v_kind, v_reason);
            PERFORM api._tell(q.created_by, 'question.' || v_kind, jsonb_build_object('question_id', p_question))
                FROM public.questions q WHERE q.question_id = p_question AND q.created_by <> v_me;
        END IF;
    END IF;
    PERFORM api._audit(
        CASE WHEN v_before = 'draft' AND p_status = 'active' THEN 'question.approved'
             WHEN p_status = 'active' THEN 'question.activated' ELSE 'question.archived' END,
        v_me, 'question', p_question, jsonb_strip_nulls(jsonb_build_object('reason', v_reason, 'own', (
            SELECT true FROM public.questions q
            WHERE q.question_id = p_question AND q.created_by = v_me AND v_before = 'draft' AND p_status = 'active'
        )))
    );
    RETURN jsonb_build_object('done', true, 'updated_at', v_updated_at);
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.find_questions(text, jsonb, timestamptz, uuid, int), api.question_review(uuid),
    api.reject_question(uuid, timestamptz, text), api.approve_questions(jsonb, text), api.undo_approvals(jsonb)
    TO mv_admin;
GRANT EXECUTE ON FUNCTION api.own_questions(text, jsonb, timestamptz, uuid, int), api.own_question(uuid),
    api.put_own_question(uuid, timestamptz, jsonb), api.withdraw_own_question(uuid, timestamptz),
    api.submit_question(uuid, timestamptz, text), api.take_back_question(uuid, timestamptz) TO mv_teacher;
GRANT EXECUTE ON FUNCTION api.remark_question(uuid, text) TO mv_teacher, mv_admin;
