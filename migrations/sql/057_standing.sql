-- As in 050. A draft that was archived and is made active after all was rejected no more; and a change that waits beside a
-- question is decided when the question is archived, or it would stand among what waits for ever.
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
    UPDATE public.question_reviews r
        SET state = v_kind, decided_by = v_me, decided_at = now(), left_at = v_updated_at
        WHERE r.question_id = p_question AND (v_before = 'draft' OR p_status = 'archived' AND r.state = 'waiting');
    IF FOUND THEN
        PERFORM api._remark(p_question, v_me, v_kind, v_reason);
        PERFORM api._tell(q.created_by, 'question.' || v_kind, jsonb_build_object('question_id', p_question))
            FROM public.questions q WHERE q.question_id = p_question AND q.created_by <> v_me;
    ELSIF v_before = 'archived' THEN
        -- the draft that was archived is in the bank now; of a change that was rejected that is still so
        UPDATE public.question_reviews r
            SET state = 'approved', decided_by = v_me, decided_at = now(), before = NULL, left_at = NULL
            WHERE r.question_id = p_question AND r.state = 'rejected' AND r.change IS NULL;
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
