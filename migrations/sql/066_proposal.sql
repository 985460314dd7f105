-- Whoever teaches can write a change of any active question, hand it in, follow it and take it back; an admin decides.
-- Several can be written of one question at once, one by each teacher: a row each, hers alone until it is handed in.

-- change: by column and with "scheme", as api.put_question takes it. base: what stood in those columns when she last looked
-- at them, base_version the version of then: what is otherwise now was changed meanwhile, and nothing is written over that
-- before she has looked again. before, left_at: as the question was when the change was approved, and its updated_at after,
-- so that the approval can be taken back as long as nobody has touched the question.
CREATE TABLE public.question_changes (
    question_id uuid NOT NULL
        CONSTRAINT fk_question_changes_question_id REFERENCES public.questions ON DELETE CASCADE,
    made_by uuid NOT NULL CONSTRAINT fk_question_changes_made_by REFERENCES public.users ON DELETE RESTRICT,
    state text NOT NULL,
    change jsonb NOT NULL,
    base jsonb NOT NULL,
    base_version integer NOT NULL,
    written_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    submitted_at timestamptz,
    decided_by uuid CONSTRAINT fk_question_changes_decided_by REFERENCES public.users ON DELETE RESTRICT,
    decided_at timestamptz,
    before jsonb,
    left_at timestamptz,
    CONSTRAINT pk_question_changes PRIMARY KEY (question_id, made_by),
    CONSTRAINT ck_question_changes_state CHECK (state IN ('written', 'waiting', 'rejected', 'approved')),
    CONSTRAINT ck_question_changes_change CHECK (jsonb_typeof(change) = 'object' AND jsonb_typeof(base) = 'object'),
    CONSTRAINT ck_question_changes_base_version CHECK (base_version > 0),
    CONSTRAINT ck_question_changes_submitted CHECK (state <> 'waiting' OR submitted_at IS NOT NULL),
    CONSTRAINT ck_question_changes_decided CHECK (
        (decided_by IS NULL) = (decided_at IS NULL) AND (state NOT IN ('rejected', 'approved') OR decided_by IS NOT NULL)
    )
);
CREATE INDEX ix_question_changes_made_by ON public.question_changes (made_by);
COMMENT ON INDEX public.ix_question_changes_made_by IS 'api.own_questions: the questions of which she wrote a change';
CREATE INDEX ix_question_changes_open ON public.question_changes (state) WHERE state IN ('waiting', 'rejected');
COMMENT ON INDEX public.ix_question_changes_open IS 'api.find_questions: changes that wait for an admin, or were rejected';
CREATE TRIGGER tr_question_changes_truncate BEFORE TRUNCATE ON public.question_changes
    FOR EACH STATEMENT EXECUTE FUNCTION api._refuse_truncate();
ALTER TABLE public.question_changes ENABLE ALWAYS TRIGGER tr_question_changes_truncate;
REVOKE ALL ON TABLE public.question_changes FROM PUBLIC;
ALTER TABLE public.question_changes ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON public.question_changes TO mv_admin;
CREATE POLICY admin_reads ON public.question_changes FOR SELECT TO mv_admin USING ((SELECT api.me()) IS NOT NULL);

-- about: whose change of another's question it is about; NULL: the question, or a change by who wrote it. version: which one
-- a change became by its approval, so that who wrote it is named with it.
ALTER TABLE public.question_remarks
    ADD COLUMN about uuid CONSTRAINT fk_question_remarks_about REFERENCES public.users ON DELETE RESTRICT,
    ADD COLUMN version integer CONSTRAINT ck_question_remarks_version CHECK (
        version IS NULL OR version > 1 AND kind = 'approved'
    );

-- What waited beside questions goes over. question_reviews is about drafts from now on; a program before this revision counts
-- what waits there, so the columns stay, and are empty.
INSERT INTO public.question_changes (
    question_id, made_by, state, change, base, base_version, submitted_at, decided_by, decided_at, before, left_at
)
    SELECT r.question_id, q.created_by, r.state, r.change, api._before_change(q, r.change), q.version, r.submitted_at,
           r.decided_by, r.decided_at, r.before, r.left_at
    FROM public.question_reviews r JOIN public.questions q ON q.question_id = r.question_id
    WHERE r.change IS NOT NULL AND q.created_by IS NOT NULL;
DELETE FROM public.question_reviews r WHERE r.change IS NOT NULL;

-- Reading ---------------------------------------------------------------------------------------------------------

-- The change of a question that is an admin's to look at: the oldest that waits, one that was rejected, or what who wrote
-- the question is writing.
CREATE FUNCTION api._change_shown(p_question public.questions) RETURNS SETOF public.question_changes
    LANGUAGE sql STABLE
AS $$
    SELECT c.* FROM public.question_changes c
    WHERE c.question_id = p_question.question_id
      AND (c.state IN ('waiting', 'rejected') OR c.state = 'written' AND c.made_by = p_question.created_by)
    ORDER BY c.state = 'waiting' DESC, c.state = 'rejected' DESC, c.submitted_at, c.made_by LIMIT 1
$$;

-- The columns of a change that somebody has changed otherwise since she looked at them.
CREATE FUNCTION api._moved(p_question public.questions, p_change public.question_changes) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(jsonb_agg(n.key ORDER BY n.key), '[]')
    FROM jsonb_each(api._before_change(p_question, p_change.change)) n
    WHERE n.value IS DISTINCT FROM p_change.base -> n.key AND n.value IS DISTINCT FROM p_change.change -> n.key
$$;

-- As in 050, and of one person's change only where p_me is given: where it stands, what is to change and what stands there
-- now, what was changed meanwhile, and what was said of it.
DROP FUNCTION api._review_of(public.questions);
CREATE FUNCTION api._review_of(p_question public.questions, p_me uuid DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_change public.question_changes;
    v_open boolean;
    v_own boolean := p_me IS NULL OR p_me IS NOT DISTINCT FROM p_question.created_by;
BEGIN
    IF p_me IS NULL THEN
        SELECT * INTO v_change FROM api._change_shown(p_question);
    ELSE
        SELECT * INTO v_change FROM public.question_changes c
            WHERE c.question_id = p_question.question_id AND c.made_by = p_me;
    END IF;
    v_open := coalesce(v_change.state <> 'approved', false);
    RETURN jsonb_build_object(
        'state', CASE WHEN v_open OR NOT v_own THEN v_change.state ELSE (
            SELECT r.state FROM public.question_reviews r WHERE r.question_id = p_question.question_id
        ) END,
        'change', CASE WHEN v_open THEN v_change.change END,
        'before', CASE WHEN v_open THEN api._before_change(p_question, v_change.change) END,
        'base_version', CASE WHEN v_open THEN v_change.base_version END,
        'moved', CASE WHEN v_open THEN api._moved(p_question, v_change) ELSE '[]' END,
        'own', v_own,
        'author', (
            SELECT u.first_name || ' ' || u.last_name FROM public.users u WHERE u.user_id = p_question.created_by
        ),
        'proposer', CASE WHEN v_open AND v_change.made_by IS DISTINCT FROM p_question.created_by THEN (
            SELECT u.first_name || ' ' || u.last_name FROM public.users u WHERE u.user_id = v_change.made_by
        ) END,
        'required', NOT v_own OR coalesce(api._setting('question_approval_required'), 'true') <> 'false',
        'remarks', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'at', m.made_at, 'by', u.first_name || ' ' || u.last_name, 'kind', m.kind, 'words', m.words
            ) ORDER BY m.made_at, m.remark_id), '[]')
            FROM public.question_remarks m JOIN public.users u ON u.user_id = m.made_by
            WHERE m.question_id = p_question.question_id
              AND (p_me IS NULL OR m.about IS NOT DISTINCT FROM CASE WHEN v_own THEN NULL ELSE p_me END)
        )
    );
END
$$;

-- One that the caller wrote, in whatever state, or an active one, or one of which she wrote a change: its columns, "scheme"
-- and "review"; NULL of any other. updated_at is what a change of hers has to name.
CREATE OR REPLACE FUNCTION api.own_question(p_question uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    RETURN (
        SELECT to_jsonb(q) || jsonb_build_object(
            'scheme', s.scheme, 'review', api._review_of(q, v_me), 'updated_at', greatest(q.updated_at, h.written_at)
        )
        FROM public.questions q
        LEFT JOIN public.question_schemes s ON s.question_id = q.question_id AND s.version = q.version
        LEFT JOIN public.question_changes h ON h.question_id = q.question_id AND h.made_by = v_me
        WHERE q.question_id = p_question AND (
            q.created_by = v_me OR q.status = 'active' OR q.status = 'archived' AND h.made_by IS NOT NULL
        )
    );
END
$$;

-- As in 061; changes of questions stand beside them. Of one person (p_owner): what she wrote, and what she wrote changes of,
-- what she touched last first; with the choice "whose": "bank" whatever is active.
CREATE OR REPLACE FUNCTION api._bank_statement(
    p_words text, p_choices jsonb, p_after_at timestamptz, p_after uuid, p_limit int, p_owner uuid DEFAULT NULL
) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_query tsquery := api._search_query(p_words);
    v_where text := '';
    v_from text := 'public.questions q';
    v_state text;
    v_moment text := 'q.updated_at';
    v_name text;
    v_value text;
    v_reviewed boolean := coalesce(p_choices ->> 'status' IN ('waiting', 'rejected'), false);
BEGIN
    IF p_owner IS NULL THEN
        v_state := 'coalesce((SELECT c.state FROM api._change_shown(q) c), r.state)';
    ELSE
        v_from := v_from || format(
            ' LEFT JOIN public.question_changes h ON h.question_id = q.question_id AND h.made_by = %L', p_owner
        );
        v_state := format(
            'CASE WHEN h.state <> ''approved'' OR q.created_by IS DISTINCT FROM %L THEN h.state ELSE r.state END', p_owner
        );
        IF coalesce(p_choices ->> 'whose' = 'bank', false) AND NOT v_reviewed THEN
            v_where := ' AND q.status = ''active''';
        ELSE
            v_moment := 'greatest(q.updated_at, h.written_at)';
            v_where := format(
                ' AND q.question_id IN (
                    SELECT o.question_id FROM public.questions o WHERE o.created_by = %1$L
                    UNION ALL SELECT o.question_id FROM public.question_changes o WHERE o.made_by = %1$L
                ) AND (q.created_by = %1$L OR q.status <> ''draft'')', p_owner
            );
        END IF;
    END IF;
    IF v_reviewed AND p_owner IS NULL THEN
        -- First what waits, which is little, then each by its key: the order of the list would lead through all of the
        -- bank until so many are found.
        v_from := format(
            '(
                SELECT w.question_id FROM public.question_reviews w WHERE w.state = %1$L
                UNION SELECT w.question_id FROM public.question_changes w WHERE w.state = %1$L OFFSET 0
            ) d
            CROSS JOIN LATERAL (SELECT b.* FROM public.questions b WHERE b.question_id = d.question_id OFFSET 0) q',
            p_choices ->> 'status'
        );
    END IF;
    v_from := v_from || ' LEFT JOIN public.question_reviews r ON r.question_id = q.question_id';
    FOR v_name, v_value IN SELECT c.key, c.value FROM jsonb_each_text(p_choices) c LOOP
        IF v_name = 'whose' AND p_owner IS NOT NULL AND v_value = 'bank' THEN
            CONTINUE;
        ELSIF v_name NOT IN ('class', 'unit', 'question_type', 'marks', 'difficulty', 'status', 'cbse_year') THEN
            RAISE EXCEPTION 'this cannot be looked for' USING ERRCODE = 'invalid_parameter_value';
        ELSIF v_name = 'status' AND v_reviewed THEN
            v_where := v_where || format(' AND %s = %L', v_state, v_value);
        ELSE
            v_where := v_where || format(' AND q.%I = %L', v_name, v_value);
        END IF;
    END LOOP;
    IF v_query IS NOT NULL THEN
        v_where := v_where || format(' AND s.document @@ %L::pg_catalog.tsquery', v_query);
    END IF;
    IF p_after IS NOT NULL THEN
        v_where := v_where || format(' AND (%s, q.question_id) < (%L, %L)', v_moment, p_after_at, p_after);
    END IF;
    RETURN format(
        'SELECT q.question_id, q.class::text, q.unit::text, q.question_type::text, q.marks, q.difficulty::text,
                q.status::text, q.cbse_year, q.version, %s, left(q.question_text, 300), %s
            FROM %s %s
            WHERE true%s ORDER BY %s DESC, q.question_id DESC LIMIT %s',
        v_moment, v_state, v_from,
        CASE WHEN v_query IS NOT NULL THEN 'JOIN public.question_search s ON s.question_id = q.question_id' ELSE '' END,
        v_where, v_moment, p_limit
    );
END
$$;

-- Writing ---------------------------------------------------------------------------------------------------------

DROP FUNCTION api._remark(uuid, uuid, text, text);
CREATE FUNCTION api._remark(
    p_question uuid, p_me uuid, p_kind text, p_words text, p_about uuid DEFAULT NULL, p_version int DEFAULT NULL
) RETURNS void
    LANGUAGE sql
AS $$
    INSERT INTO public.question_remarks (question_id, made_by, kind, words, about, version)
        VALUES (p_question, p_me, p_kind, coalesce(p_words, ''), p_about, p_version)
$$;

-- Whose change remarks are about: NULL where it is one of the question's writer, as in question_remarks.about.
CREATE FUNCTION api._about(p_question uuid, p_maker uuid) RETURNS uuid
    LANGUAGE sql STABLE
AS $$
    SELECT nullif(p_maker, q.created_by) FROM public.questions q WHERE q.question_id = p_question
$$;

-- NULL when the question is the caller's to write of, and as she saw it; then it is locked. Her own is, an active one, and
-- one of which she wrote a change; any other looks like what is not there.
CREATE OR REPLACE FUNCTION api._fault_of_own(p_me uuid, p_question uuid, p_seen timestamptz) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_question public.questions;
    v_written timestamptz;
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM public.questions q WHERE q.question_id = p_question AND (
            q.created_by = p_me OR q.status = 'active' OR q.status = 'archived' AND EXISTS (
                SELECT 1 FROM public.question_changes c WHERE c.question_id = p_question AND c.made_by = p_me
            )
        )
    ) THEN
        RETURN api._refused('unknown');
    END IF;
    SELECT * INTO v_question FROM public.questions q WHERE q.question_id = p_question FOR UPDATE;
    SELECT c.written_at INTO v_written FROM public.question_changes c
        WHERE c.question_id = p_question AND c.made_by = p_me;
    IF greatest(v_question.updated_at, v_written) IS DISTINCT FROM p_seen THEN
        RETURN api._faster('question', p_question::text, v_question.updated_at);
    END IF;
    RETURN NULL;
END
$$;

-- What she is answered who wrote of a question: the moment that her next change names. Where an admin looks at her change
-- (p_touch), he has to look again.
CREATE FUNCTION api._own_written(p_me uuid, p_question uuid, p_touch boolean) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
BEGIN
    IF p_touch THEN
        PERFORM api._touch_question(p_question);
    END IF;
    RETURN (
        SELECT jsonb_build_object(
            'done', true, 'updated_at', greatest(q.updated_at, c.written_at), 'version', q.version
        )
        FROM public.questions q
        LEFT JOIN public.question_changes c ON c.question_id = q.question_id AND c.made_by = p_me
        WHERE q.question_id = p_question
    );
END
$$;

-- Her draft, or what a question that is in the bank shall become, whoever wrote it: that stands beside it until it is
-- approved. The columns that she writes she has looked at.
CREATE OR REPLACE FUNCTION api.put_own_question(p_question uuid, p_seen timestamptz, p_values jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_fault jsonb;
    v_question public.questions;
    v_change jsonb;
    v_state text;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    IF p_seen IS NULL THEN
        RETURN api.put_question(p_question, NULL, p_values);
    END IF;
    v_fault := api._fault_of_own(v_me, p_question, p_seen);
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    END IF;
    SELECT * INTO v_question FROM public.questions q WHERE q.question_id = p_question;
    IF v_question.status = 'draft' THEN
        RETURN api.put_question(p_question, p_seen, p_values);
    ELSIF v_question.status = 'archived' THEN
        RETURN api._refused('archived');
    ELSIF jsonb_typeof(p_values) IS DISTINCT FROM 'object' OR p_values = '{}'
        OR p_values ? 'scheme' AND jsonb_typeof(p_values -> 'scheme') <> 'object'
    THEN
        RETURN api._refused('malformed');
    END IF;
    SELECT c.change INTO v_change FROM public.question_changes c
        WHERE c.question_id = p_question AND c.made_by = v_me AND c.state <> 'approved';
    v_change := coalesce(v_change, '{}') || p_values;
    v_fault := CASE WHEN pg_column_size(v_change) > 200000 THEN api._refused('malformed')
                    ELSE api._fault_of_change(p_question, v_change) END;
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    END IF;
    INSERT INTO public.question_changes AS c (question_id, made_by, state, change, base, base_version)
        VALUES (p_question, v_me, 'written', v_change, api._before_change(v_question, v_change), v_question.version)
        ON CONFLICT (question_id, made_by) DO UPDATE SET
            change = EXCLUDED.change, written_at = EXCLUDED.written_at,
            state = CASE c.state WHEN 'approved' THEN 'written' ELSE c.state END,
            base = CASE c.state WHEN 'approved' THEN EXCLUDED.base
                ELSE c.base || api._before_change(v_question, p_values) END,
            base_version = CASE c.state WHEN 'approved' THEN EXCLUDED.base_version ELSE c.base_version END,
            before = NULL, left_at = NULL
        RETURNING c.state INTO v_state;
    PERFORM api._audit('question.change_written', v_me, 'question', p_question, jsonb_build_object(
        'columns', (SELECT jsonb_agg(k ORDER BY k) FROM jsonb_object_keys(p_values) k)
    ));
    RETURN api._own_written(v_me, p_question, v_state = 'waiting');
END
$$;

-- Her draft goes with its scheme; what a question shall become by her is dropped, and the question stays as it is.
CREATE OR REPLACE FUNCTION api.withdraw_own_question(p_question uuid, p_seen timestamptz) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_fault jsonb;
    v_state text;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    v_fault := api._fault_of_own(v_me, p_question, p_seen);
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    ELSIF EXISTS (SELECT 1 FROM public.questions q WHERE q.question_id = p_question AND q.status = 'draft') THEN
        RETURN api.withdraw_draft(p_question, p_seen);
    END IF;
    DELETE FROM public.question_changes c
        WHERE c.question_id = p_question AND c.made_by = v_me AND c.state <> 'approved' RETURNING c.state INTO v_state;
    IF NOT FOUND THEN
        RETURN api._refused('nothing_written');
    END IF;
    PERFORM api._audit('question.change_withdrawn', v_me, 'question', p_question);
    RETURN api._own_written(v_me, p_question, v_state = 'waiting');
END
$$;

-- Review ----------------------------------------------------------------------------------------------------------

-- Puts a draft, or a change that stands beside a question (p_maker's, or the one that is shown), into the bank. The question
-- is locked and as it was seen. Whose own it was stands in the log: nothing else forbids to approve one's own. "by": who is
-- to be told.
DROP FUNCTION api._approve_question(uuid, uuid, text);
CREATE FUNCTION api._approve_question(p_me uuid, p_question uuid, p_words text, p_maker uuid DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_question public.questions;
    v_change public.question_changes;
    v_before jsonb;
    v_moved jsonb;
    v_rule text;
    v_by uuid;
BEGIN
    SELECT * INTO v_question FROM public.questions q WHERE q.question_id = p_question;
    IF v_question.status = 'draft' THEN
        v_by := v_question.created_by;
        UPDATE public.questions q SET status = 'active' WHERE q.question_id = p_question RETURNING q.* INTO v_question;
        INSERT INTO public.question_reviews AS r (question_id, state, decided_by, decided_at, left_at)
            VALUES (p_question, 'approved', p_me, now(), v_question.updated_at)
            ON CONFLICT (question_id) DO UPDATE SET state = EXCLUDED.state, decided_by = EXCLUDED.decided_by,
                decided_at = EXCLUDED.decided_at, left_at = EXCLUDED.left_at;
    ELSE
        IF p_maker IS NULL THEN
            SELECT * INTO v_change FROM api._change_shown(v_question);
        ELSE
            SELECT * INTO v_change FROM public.question_changes c
                WHERE c.question_id = p_question AND c.made_by = p_maker;
        END IF;
        IF v_question.status <> 'active' OR NOT coalesce(v_change.state IN ('waiting', 'rejected'), false) THEN
            RETURN api._refused('not_waiting');
        END IF;
        v_moved := api._moved(v_question, v_change);
        IF v_moved <> '[]' THEN
            RETURN api._refused('moved', jsonb_build_object('columns', v_moved));
        END IF;
        v_by := v_change.made_by;
        v_before := api._before_change(v_question, v_change.change);
        BEGIN
            v_question := api._write_question(p_question, v_change.change);
        EXCEPTION
            WHEN integrity_constraint_violation THEN  -- somebody has changed the question otherwise since
                GET STACKED DIAGNOSTICS v_rule = CONSTRAINT_NAME;
                RETURN api._refused('rule', jsonb_build_object('rule', v_rule));
        END;
        UPDATE public.question_changes c SET
            state = 'approved', decided_by = p_me, decided_at = now(), before = v_before, left_at = v_question.updated_at
            WHERE c.question_id = p_question AND c.made_by = v_by;
    END IF;
    PERFORM api._remark(p_question, p_me, 'approved', p_words, nullif(v_by, v_question.created_by),
                        CASE WHEN v_change.made_by IS NOT NULL THEN v_question.version END);
    PERFORM api._audit('question.approved', p_me, 'question', p_question, jsonb_strip_nulls(jsonb_build_object(
        'reason', nullif(p_words, ''), 'own', CASE WHEN v_by = p_me THEN true END,
        'proposed_by', nullif(v_by, v_question.created_by)
    )));
    RETURN jsonb_build_object(
        'done', true, 'updated_at', v_question.updated_at, 'version', v_question.version, 'by', v_by
    );
END
$$;

-- Handed in: it waits for an admin. What is one's own is in the bank at once where the settings ask for no approval; a
-- change of another's question is an admin's to decide in any case. She has looked at all of it.
CREATE OR REPLACE FUNCTION api.submit_question(p_question uuid, p_seen timestamptz, p_words text DEFAULT '') RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_words text := api._checked_words(p_words);
    v_fault jsonb;
    v_admin uuid;
    v_question public.questions;
    v_state text;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    v_fault := api._fault_of_own(v_me, p_question, p_seen);
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    END IF;
    SELECT * INTO v_question FROM public.questions q WHERE q.question_id = p_question;
    IF v_question.status = 'draft' THEN
        SELECT r.state INTO v_state FROM public.question_reviews r WHERE r.question_id = p_question;
    ELSE
        SELECT c.state INTO v_state FROM public.question_changes c
            WHERE c.question_id = p_question AND c.made_by = v_me;
    END IF;
    IF coalesce(v_state = 'waiting', false) THEN
        RETURN api._refused('waits_already');
    ELSIF v_question.status = 'archived' OR v_question.status = 'active'
        AND NOT coalesce(v_state IN ('written', 'rejected'), false)
    THEN
        RETURN api._refused('nothing_written');
    ELSIF v_question.status = 'draft' THEN
        INSERT INTO public.question_reviews AS r (question_id, state, submitted_by, submitted_at)
            VALUES (p_question, 'waiting', v_me, now())
            ON CONFLICT (question_id) DO UPDATE SET
                state = EXCLUDED.state, submitted_by = EXCLUDED.submitted_by, submitted_at = EXCLUDED.submitted_at;
    ELSE
        UPDATE public.question_changes c SET
            state = 'waiting', submitted_at = clock_timestamp(), base = api._before_change(v_question, c.change),
            base_version = v_question.version
            WHERE c.question_id = p_question AND c.made_by = v_me;
    END IF;
    PERFORM api._remark(p_question, v_me, 'submitted', v_words, api._about(p_question, v_me));
    PERFORM api._audit('question.submitted', v_me, 'question', p_question,
                       jsonb_strip_nulls(jsonb_build_object('reason', nullif(v_words, ''))));
    IF api._setting('question_approval_required') = 'false' AND v_question.created_by IS NOT DISTINCT FROM v_me THEN
        RETURN api._approve_question(v_me, p_question, '', v_me) || '{"state": "approved"}';
    END IF;
    -- once a day is enough: the list shows the rest
    FOR v_admin IN SELECT u.user_id FROM public.users u WHERE u.role = 'admin' AND u.is_active ORDER BY u.user_id LOOP
        PERFORM api._tell(v_admin, 'question.waiting', '{}', current_date::text);
    END LOOP;
    RETURN api._own_written(v_me, p_question, true) || '{"state": "waiting"}';
END
$$;

CREATE OR REPLACE FUNCTION api.take_back_question(p_question uuid, p_seen timestamptz) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_fault jsonb;
    v_done boolean;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    v_fault := api._fault_of_own(v_me, p_question, p_seen);
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    END IF;
    UPDATE public.question_changes c SET state = 'written'
        WHERE c.question_id = p_question AND c.made_by = v_me AND c.state = 'waiting';
    v_done := FOUND;
    IF NOT v_done THEN
        UPDATE public.question_reviews r SET state = 'written'
            FROM public.questions q
            WHERE r.question_id = p_question AND r.state = 'waiting' AND q.question_id = p_question AND q.created_by = v_me;
        v_done := FOUND;
    END IF;
    IF NOT v_done THEN
        RETURN api._refused('not_waiting');
    END IF;
    PERFORM api._remark(p_question, v_me, 'taken_back', '', api._about(p_question, v_me));
    PERFORM api._audit('question.taken_back', v_me, 'question', p_question);
    RETURN api._own_written(v_me, p_question, true);
END
$$;

-- A word between who wrote a question, or a change of it, and who decides; the others who spoke of it are told.
CREATE OR REPLACE FUNCTION api.remark_question(p_question uuid, p_words text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_caller record;
    v_words text;
    v_other uuid;
    v_maker uuid;
    v_about uuid;
BEGIN
    SELECT * INTO v_caller FROM api._caller();
    v_words := api._checked_reason(p_words);
    IF v_caller.role = 'admin' THEN
        SELECT coalesce(s.made_by, q.created_by) INTO v_maker
            FROM public.questions q LEFT JOIN LATERAL api._change_shown(q) s ON true WHERE q.question_id = p_question;
    ELSE
        SELECT v_caller.user_id INTO v_maker FROM public.questions q
            WHERE q.question_id = p_question AND (q.created_by = v_caller.user_id OR EXISTS (
                SELECT 1 FROM public.question_changes c
                WHERE c.question_id = p_question AND c.made_by = v_caller.user_id
            ));
    END IF;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    END IF;
    v_about := api._about(p_question, v_maker);
    PERFORM api._remark(p_question, v_caller.user_id, 'remarked', v_words, v_about);
    PERFORM api._audit('question.remarked', v_caller.user_id, 'question', p_question,
                       jsonb_build_object('reason', v_words));
    FOR v_other IN
        SELECT v_maker WHERE v_maker IS NOT NULL
        UNION SELECT m.made_by FROM public.question_remarks m
            WHERE m.question_id = p_question AND m.about IS NOT DISTINCT FROM v_about
        EXCEPT SELECT v_caller.user_id
        ORDER BY 1
    LOOP
        PERFORM api._tell(v_other, 'question.remarked', jsonb_build_object('question_id', p_question));
    END LOOP;
    RETURN '{"done": true}';
END
$$;

-- What is wrong with it is said; its writer changes it and hands it in again.
CREATE OR REPLACE FUNCTION api.reject_question(p_question uuid, p_seen timestamptz, p_words text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_words text := api._checked_reason(p_words);
    v_fault jsonb := api._fault_of_question(v_me, true, p_question, p_seen);
    v_by uuid;
BEGIN
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    END IF;
    UPDATE public.question_reviews r SET state = 'rejected', decided_by = v_me, decided_at = now()
        FROM public.questions q
        WHERE r.question_id = p_question AND r.state = 'waiting' AND q.question_id = p_question
        RETURNING q.created_by INTO v_by;
    IF NOT FOUND THEN
        UPDATE public.question_changes c SET state = 'rejected', decided_by = v_me, decided_at = now()
            FROM public.questions q CROSS JOIN LATERAL api._change_shown(q) s
            WHERE q.question_id = p_question AND s.state = 'waiting'
              AND c.question_id = s.question_id AND c.made_by = s.made_by
            RETURNING c.made_by INTO v_by;
        IF NOT FOUND THEN
            RETURN api._refused('not_waiting');
        END IF;
    END IF;
    PERFORM api._remark(p_question, v_me, 'rejected', v_words, api._about(p_question, v_by));
    PERFORM api._audit('question.rejected', v_me, 'question', p_question, jsonb_strip_nulls(jsonb_build_object(
        'reason', v_words, 'proposed_by', api._about(p_question, v_by)
    )));
    PERFORM api._tell(v_by, 'question.rejected', jsonb_build_object('question_id', p_question))
        WHERE v_by IS NOT NULL AND v_by <> v_me;
    RETURN api._touch_question(p_question);
END
$$;

-- Each writer is told once how many questions, or changes, of hers were approved. p_done: as api._approve_question answered,
-- with "question_id".
DROP FUNCTION api._tell_approved(uuid, uuid[]);
CREATE FUNCTION api._tell_approved(p_me uuid, p_done jsonb) RETURNS void
    LANGUAGE sql
AS $$
    SELECT api._tell(
        w.maker, CASE WHEN w.count = 1 THEN 'question.approved' ELSE 'question.approved_many' END,
        jsonb_strip_nulls(jsonb_build_object(
            'question_id', CASE WHEN w.count = 1 THEN w.one END, 'count', nullif(w.count, 1)
        ))
    )
    FROM (
        SELECT (d ->> 'by')::uuid AS maker, count(*)::int AS count, min(d ->> 'question_id') AS one
        FROM jsonb_array_elements(p_done) d WHERE d ->> 'by' <> p_me::text GROUP BY 1 ORDER BY 1
    ) w
$$;

-- As in 050; a change of what was changed otherwise meanwhile stays, too.
CREATE OR REPLACE FUNCTION api.approve_questions(p_rows jsonb, p_words text DEFAULT '') RETURNS jsonb
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
    PERFORM api._tell_approved(v_me, v_done);
    RETURN jsonb_build_object('done', v_done, 'left', v_left);
EXCEPTION
    WHEN invalid_datetime_format OR datetime_field_overflow THEN
        RETURN api._refused('malformed');
END
$$;

-- Taken back by who approved them, as long as nobody has touched them since and no paper was made of them: a draft waits, or
-- is a draft, as before, and a question in the bank is written as it was, with a version of its own.
CREATE OR REPLACE FUNCTION api.undo_approvals(p_rows jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_row record;
    v_review public.question_reviews;
    v_change public.question_changes;
    v_is_draft boolean;
    v_question public.questions;
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
        v_is_draft := FOUND;
        SELECT * INTO v_change FROM public.question_changes c
            WHERE c.question_id = v_row.question_id AND c.state = 'approved' AND c.decided_by = v_me
              AND c.left_at = v_row.seen;
        IF v_fault IS NULL AND NOT v_is_draft AND NOT FOUND THEN
            v_fault := api._refused('not_waiting');
        ELSIF v_fault IS NULL AND v_is_draft AND EXISTS (
            SELECT 1 FROM public.exam_instances e
            WHERE e.created_at >= v_review.decided_at AND api._has_question(e.exam_snapshot, v_row.question_id)
        ) THEN
            v_fault := api._refused('used');
        ELSIF v_fault IS NULL AND v_is_draft AND EXISTS (
            SELECT 1 FROM public.question_changes c WHERE c.question_id = v_row.question_id
        ) THEN
            v_fault := api._refused('changed');  -- what somebody writes of it would have no question in the bank
        END IF;
        IF v_fault IS NOT NULL THEN
            v_left := v_left || (v_fault || jsonb_build_object('question_id', v_row.question_id));
            CONTINUE;
        ELSIF v_is_draft THEN
            UPDATE public.questions q SET status = 'draft' WHERE q.question_id = v_row.question_id;
            UPDATE public.question_reviews r SET
                state = CASE WHEN r.submitted_by IS NULL THEN 'written' ELSE 'waiting' END, decided_by = NULL,
                decided_at = NULL, left_at = NULL
                WHERE r.question_id = v_row.question_id;
            PERFORM api._remark(v_row.question_id, v_me, 'undone', '');
        ELSE
            v_question := api._write_question(v_row.question_id, v_change.before);
            UPDATE public.question_changes c SET
                state = CASE WHEN c.submitted_at IS NULL THEN 'written' ELSE 'waiting' END, decided_by = NULL,
                decided_at = NULL, base = c.before, base_version = v_question.version, before = NULL, left_at = NULL
                WHERE c.question_id = v_row.question_id AND c.made_by = v_change.made_by;
            PERFORM api._remark(v_row.question_id, v_me, 'undone', '', api._about(v_row.question_id, v_change.made_by));
        END IF;
        PERFORM api._audit('question.approval_undone', v_me, 'question', v_row.question_id);
        v_done := v_done || jsonb_build_object('question_id', v_row.question_id);
    END LOOP;
    RETURN jsonb_build_object('done', v_done, 'left', v_left);
EXCEPTION
    WHEN invalid_datetime_format OR datetime_field_overflow THEN
        RETURN api._refused('malformed');
END
$$;

-- As in 057; when a question is archived, every change that waits beside it is decided.
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
    v_maker uuid;
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
    UPDATE public.question_reviews r
        SET state = v_kind, decided_by = v_me, decided_at = now(), left_at = v_updated_at
        WHERE r.question_id = p_question AND v_before = 'draft';
    IF FOUND THEN
        PERFORM api._remark(p_question, v_me, v_kind, v_reason);
        PERFORM api._tell(q.created_by, 'question.' || v_kind, jsonb_build_object('question_id', p_question))
            FROM public.questions q WHERE q.question_id = p_question AND q.created_by <> v_me;
    ELSIF v_before = 'archived' THEN
        -- the draft that was archived is in the bank now
        UPDATE public.question_reviews r
            SET state = 'approved', decided_by = v_me, decided_at = now(), left_at = NULL
            WHERE r.question_id = p_question AND r.state = 'rejected';
    END IF;
    FOR v_maker IN
        UPDATE public.question_changes c SET state = 'rejected', decided_by = v_me, decided_at = now()
            WHERE c.question_id = p_question AND c.state = 'waiting' AND p_status = 'archived' RETURNING c.made_by
    LOOP
        PERFORM api._remark(p_question, v_me, 'rejected', v_reason, api._about(p_question, v_maker));
        PERFORM api._tell(v_maker, 'question.rejected', jsonb_build_object('question_id', p_question))
            WHERE v_maker <> v_me;
    END LOOP;
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
