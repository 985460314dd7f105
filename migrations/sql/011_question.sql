-- Questions: admins write, approve, activate and archive them; teachers write drafts of their own. Exams hold copies in
-- their snapshots, so no change here reaches an exam that exists.

-- Her own drafts; row security shows teachers active questions only, by one short rule.
CREATE FUNCTION api.own_drafts() RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    RETURN (
        SELECT coalesce(jsonb_agg(to_jsonb(q) || jsonb_build_object('scheme', s.scheme)
                                  ORDER BY q.created_at, q.question_id), '[]')
        FROM public.questions q
        LEFT JOIN public.question_schemes s ON s.question_id = q.question_id AND s.version = q.version
        WHERE q.created_by = v_me AND q.status = 'draft'
    );
END
$$;

-- NULL when the caller may write this question, as it was read and locked; teachers their own drafts only, and what is
-- another's looks like what is not there.
CREATE FUNCTION api._fault_of_question(p_me uuid, p_admin boolean, p_question uuid, p_seen timestamptz) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_question public.questions;
BEGIN
    SELECT * INTO v_question FROM public.questions q WHERE q.question_id = p_question FOR UPDATE;
    IF NOT FOUND OR NOT p_admin AND v_question.created_by IS DISTINCT FROM p_me THEN
        RETURN api._refused('unknown');
    ELSIF v_question.updated_at IS DISTINCT FROM p_seen THEN
        RETURN api._faster('question', p_question::text, v_question.updated_at);
    ELSIF NOT p_admin AND v_question.status <> 'draft' THEN
        RETURN api._refused('not_draft', jsonb_build_object('status', v_question.status));
    END IF;
    RETURN NULL;
END
$$;

-- p_seen NULL: a new draft under the caller's id. A question that was active gets a new version with each change, and
-- its scheme a row of its own, so that it stays known what an earlier exam was marked by. "scheme" stands in p_values.
CREATE FUNCTION api.put_question(p_question uuid, p_seen timestamptz, p_values jsonb, p_reason text DEFAULT NULL)
    RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_caller record;
    v_admin boolean;
    v_reason text;
    v_fault jsonb;
    v_rule text;
    v_columns text;
    v_values jsonb := p_values - 'scheme';
    v_after public.questions;
BEGIN
    SELECT * INTO v_caller FROM api._caller();
    v_admin := v_caller.role = 'admin';
    IF v_admin OR p_reason IS NOT NULL THEN
        v_reason := api._checked_reason(p_reason);
    END IF;
    IF p_question IS NULL OR jsonb_typeof(p_values) IS DISTINCT FROM 'object' OR p_values = '{}'
        OR pg_column_size(p_values) > 200000 OR p_values ? 'scheme' AND jsonb_typeof(p_values -> 'scheme') <> 'object'
    THEN
        RETURN api._refused('malformed');
    ELSIF EXISTS (
        SELECT 1 FROM jsonb_object_keys(v_values) k WHERE k NOT IN (
            'class', 'unit', 'topic', 'question_type', 'marks', 'difficulty', 'question_text', 'question_image_url',
            'diagram_image_url', 'mcq_choices', 'mcq_correct_choices', 'correct_answer_text',
            'correct_answer_image_url', 'explanation', 'explanation_image_url', 'cbse_year', 'tags'
        )
    ) THEN
        RETURN api._refused('not_writable');
    ELSIF p_seen IS NOT NULL THEN
        v_fault := api._fault_of_question(v_caller.user_id, v_admin, p_question, p_seen);
    ELSIF EXISTS (SELECT 1 FROM public.questions q WHERE q.question_id = p_question AND (
        v_admin OR q.created_by = v_caller.user_id
    )) THEN
        v_fault := api._refused('changed');
    ELSIF EXISTS (SELECT 1 FROM public.questions q WHERE q.question_id = p_question) THEN
        v_fault := api._refused('unknown');
    END IF;
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    END IF;
    BEGIN
        IF p_seen IS NULL THEN
            v_values := v_values || jsonb_build_object('question_id', p_question, 'created_by', v_caller.user_id);
            SELECT string_agg(format('%I', k), ', ') INTO v_columns FROM jsonb_object_keys(v_values) k;
            EXECUTE format(
                'INSERT INTO public.questions (%1$s) SELECT %1$s
                    FROM jsonb_populate_record(NULL::public.questions, $1) RETURNING *', v_columns
            ) INTO v_after USING v_values;
        ELSE
            SELECT string_agg(format('%1$I = r.%1$I', k), ', ') INTO v_columns FROM jsonb_object_keys(v_values) k;
            EXECUTE format(
                'UPDATE public.questions q SET version = q.version + (q.status <> ''draft'')::int%s
                    FROM jsonb_populate_record(NULL::public.questions, $2) r WHERE q.question_id = $1 RETURNING q.*',
                coalesce(', ' || v_columns, '')
            ) INTO v_after USING p_question, v_values;
        END IF;
        -- Without a new scheme the last one goes on under the new version.
        INSERT INTO public.question_schemes AS s (question_id, version, scheme)
        SELECT p_question, v_after.version, coalesce(p_values -> 'scheme', (
            SELECT o.scheme FROM public.question_schemes o
            WHERE o.question_id = p_question ORDER BY o.version DESC LIMIT 1
        ))
        WHERE p_values ? 'scheme'
           OR EXISTS (SELECT 1 FROM public.question_schemes o WHERE o.question_id = p_question)
        ON CONFLICT (question_id, version) DO UPDATE SET scheme = EXCLUDED.scheme;
    EXCEPTION
        WHEN unique_violation THEN
            RETURN api._refused('changed');
        WHEN integrity_constraint_violation THEN
            GET STACKED DIAGNOSTICS v_rule = CONSTRAINT_NAME;
            RETURN api._refused('rule', jsonb_build_object('rule', v_rule));
        WHEN data_exception OR cannot_coerce THEN
            RETURN api._refused('malformed');
    END;
    PERFORM api._audit(
        CASE WHEN p_seen IS NULL THEN 'question.created' ELSE 'question.changed' END, v_caller.user_id, 'question',
        p_question, jsonb_strip_nulls(jsonb_build_object('reason', v_reason))
    );
    RETURN jsonb_build_object('done', true, 'updated_at', v_after.updated_at, 'version', v_after.version);
END
$$;

-- Approved (draft to active), archived, and activated again; nothing becomes a draft again.
CREATE FUNCTION api.set_question_status(p_question uuid, p_seen timestamptz, p_status text, p_reason text)
    RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_fault jsonb := api._fault_of_question(v_me, true, p_question, p_seen);
    v_before text;
    v_updated_at timestamptz;
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
    PERFORM api._audit(
        CASE WHEN v_before = 'draft' AND p_status = 'active' THEN 'question.approved'
             WHEN p_status = 'active' THEN 'question.activated' ELSE 'question.archived' END,
        v_me, 'question', p_question, jsonb_build_object('reason', v_reason)
    );
    RETURN jsonb_build_object('done', true, 'updated_at', v_updated_at);
END
$$;

-- A draft that its writer does not want any more goes with its scheme; the log keeps what it was.
CREATE FUNCTION api.withdraw_draft(p_question uuid, p_seen timestamptz) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_fault jsonb;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    v_fault := api._fault_of_question(v_me, false, p_question, p_seen);
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    END IF;
    DELETE FROM public.question_schemes s WHERE s.question_id = p_question;
    DELETE FROM public.questions q WHERE q.question_id = p_question;
    PERFORM api._audit('question.withdrawn', v_me, 'question', p_question);
    RETURN '{"done": true}';
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.own_drafts(), api.put_question(uuid, timestamptz, jsonb, text),
    api.withdraw_draft(uuid, timestamptz) TO mv_teacher, mv_admin;
GRANT EXECUTE ON FUNCTION api.set_question_status(uuid, timestamptz, text, text) TO mv_admin;
