-- What 050 added, in the opposite order. What was said of questions, and what waited beside them, would be lost; drafts stay.

-- Approved (draft to active), archived, and activated again; nothing becomes a draft again.
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

DROP FUNCTION api.undo_approvals(jsonb);
DROP FUNCTION api.approve_questions(jsonb, text);
DROP FUNCTION api._tell_approved(uuid, uuid[]);
DROP FUNCTION api.reject_question(uuid, timestamptz, text);
DROP FUNCTION api.remark_question(uuid, text);
DROP FUNCTION api.take_back_question(uuid, timestamptz);
DROP FUNCTION api.submit_question(uuid, timestamptz, text);
DROP FUNCTION api._approve_question(uuid, uuid, text);
DROP FUNCTION api.withdraw_own_question(uuid, timestamptz);
DROP FUNCTION api.put_own_question(uuid, timestamptz, jsonb);
DROP FUNCTION api._fault_of_own(uuid, uuid, timestamptz);
DROP FUNCTION api._checked_words(text);
DROP FUNCTION api._remark(uuid, uuid, text, text);
DROP FUNCTION api._touch_question(uuid);
DROP FUNCTION api._fault_of_change(uuid, jsonb);
DROP FUNCTION api._write_question(uuid, jsonb);
DROP FUNCTION api.own_questions(text, jsonb, timestamptz, uuid, int);
DROP FUNCTION api.find_questions(text, jsonb, timestamptz, uuid, int);
DROP FUNCTION api._listed(text, jsonb, timestamptz, uuid, int, uuid);
DROP FUNCTION api._bank_statement(text, jsonb, timestamptz, uuid, int, uuid);
DROP FUNCTION api.own_question(uuid);
DROP FUNCTION api.question_review(uuid);
DROP FUNCTION api._review_of(public.questions);
DROP FUNCTION api._before_change(public.questions, jsonb);
DROP TABLE public.question_remarks;
DROP TABLE public.question_reviews;

-- As 042 had them.
-- The statement that lists the bank, what was changed last first, from the first question or behind (p_after_at, p_after).
-- p_choices: by column, what it is to be. Each is planned for what it asks: a rare year wants another index than a common
-- word.
CREATE FUNCTION api._bank_statement(
    p_words text, p_choices jsonb, p_after_at timestamptz, p_after uuid, p_limit int
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
        END IF;
        v_where := v_where || format(' AND q.%I = %L', v_name, v_value);
    END LOOP;
    IF v_query IS NOT NULL THEN
        v_where := v_where || format(' AND s.document @@ %L::pg_catalog.tsquery', v_query);
    END IF;
    IF p_after IS NOT NULL THEN
        v_where := v_where || format(' AND (q.updated_at, q.question_id) < (%L, %L)', p_after_at, p_after);
    END IF;
    RETURN format(
        'SELECT q.question_id, q.class::text, q.unit::text, q.question_type::text, q.marks, q.difficulty::text,
                q.status::text, q.cbse_year, q.version, q.updated_at, left(q.question_text, 300)
            FROM public.questions q %s WHERE true%s
            ORDER BY q.updated_at DESC, q.question_id DESC LIMIT %s',
        CASE WHEN v_query IS NOT NULL THEN 'JOIN public.question_search s ON s.question_id = q.question_id' ELSE '' END,
        v_where, p_limit
    );
END
$$;

CREATE FUNCTION api.find_questions(
    p_words text, p_choices jsonb, p_after_at timestamptz DEFAULT NULL, p_after uuid DEFAULT NULL, p_limit int DEFAULT 100
) RETURNS TABLE (
    question_id uuid, class text, unit text, question_type text, marks int, difficulty text, status text,
    cbse_year int, version int, updated_at timestamptz, opening text
)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._admin();
    IF jsonb_typeof(p_choices) IS DISTINCT FROM 'object' OR p_limit IS NULL OR p_limit NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'this cannot be looked for' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN QUERY EXECUTE api._bank_statement(p_words, p_choices, p_after_at, p_after, p_limit);
EXCEPTION
    WHEN invalid_text_representation OR numeric_value_out_of_range THEN
        RAISE EXCEPTION 'this cannot be looked for' USING ERRCODE = 'invalid_parameter_value';
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.find_questions(text, jsonb, timestamptz, uuid, int) TO mv_admin;
