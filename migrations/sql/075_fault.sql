-- What coordinators propose of a faulty question reaches admins: they are told, find it in the bank and beside the question,
-- and decide or decline; who proposed it is told that it was declined.

CREATE INDEX ix_question_proposals_question ON public.question_proposals (question_id);
COMMENT ON INDEX public.ix_question_proposals_question IS 'api._fault_of: what is proposed of a question, in all templates';

CREATE FUNCTION api._open_proposals() RETURNS SETOF public.question_proposals
    LANGUAGE sql STABLE
AS $$
    SELECT p.* FROM public.question_proposals p
    WHERE NOT EXISTS (SELECT 1 FROM public.question_decisions d WHERE d.proposal_id = p.proposal_id)
$$;

-- As in 054, and what is proposed of it and not decided yet.
CREATE OR REPLACE FUNCTION api._fault_of(p_question uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object(
        'seen', (SELECT count(*) FROM public.question_decisions d WHERE d.question_id = p_question),
        'holds', (
            SELECT coalesce(jsonb_object_agg(h.decision, h.templates), '{}') FROM (
                SELECT n.decision, count(*) AS templates FROM (
                    SELECT DISTINCT ON (d.template_id) d.decision FROM public.question_decisions d
                    WHERE d.question_id = p_question AND d.decision <> 'declined'
                    ORDER BY d.template_id, d.decision_number DESC
                ) n WHERE n.decision <> 'none' GROUP BY 1
            ) h
        ),
        'last', (
            SELECT jsonb_build_object(
                'rescoring_id', r.rescoring_id, 'adjustment', r.adjustment, 'through_version', r.through_version,
                'reason', r.reason, 'by', api._staff_name(r.decided_by), 'at', r.decided_at, 'exams', r.exams,
                'done', r.done, 'rescored', r.rescored, 'finished_at', r.finished_at
            )
            FROM public.question_rescorings r WHERE r.question_id = p_question
            ORDER BY r.decided_at DESC LIMIT 1
        ),
        'proposals', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'proposal_id', p.proposal_id, 'template', t.template_name, 'adjustment', p.adjustment,
                'reason', p.reason, 'by', api._staff_name(p.proposed_by), 'at', p.proposed_at
            ) ORDER BY p.proposed_at, p.proposal_id), '[]')
            FROM api._open_proposals() p JOIN public.exam_templates t ON t.template_id = p.template_id
            WHERE p.question_id = p_question
        )
    )
$$;

-- As in 066; of "status" also what is proposed as faulty can be asked for, by admins.
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
    v_faulty boolean := p_owner IS NULL AND coalesce(p_choices ->> 'status' = 'faulty', false);
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
    IF (v_reviewed OR v_faulty) AND p_owner IS NULL THEN
        -- First what waits, which is little, then each by its key: the order of the list would lead through all of the
        -- bank until so many are found.
        v_from := format(
            '(%s OFFSET 0) d
            CROSS JOIN LATERAL (SELECT b.* FROM public.questions b WHERE b.question_id = d.question_id OFFSET 0) q',
            CASE WHEN v_faulty THEN 'SELECT DISTINCT w.question_id FROM api._open_proposals() w' ELSE format(
                'SELECT w.question_id FROM public.question_reviews w WHERE w.state = %1$L
                UNION SELECT w.question_id FROM public.question_changes w WHERE w.state = %1$L', p_choices ->> 'status'
            ) END
        );
    END IF;
    v_from := v_from || ' LEFT JOIN public.question_reviews r ON r.question_id = q.question_id';
    FOR v_name, v_value IN SELECT c.key, c.value FROM jsonb_each_text(p_choices) c LOOP
        IF v_name = 'whose' AND p_owner IS NOT NULL AND v_value = 'bank' OR v_name = 'status' AND v_faulty THEN
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

-- As in 011, and admins are told.
CREATE OR REPLACE FUNCTION api.propose_adjustment(p_template uuid, p_question uuid, p_adjustment text, p_reason text)
    RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_reason text := api._checked_reason(p_reason);
    v_state record;
    v_exams int;
    v_proposal uuid;
    v_admin uuid;
BEGIN
    IF p_adjustment IS NULL OR p_adjustment NOT IN ('award', 'drop') THEN
        RETURN api._refused('malformed');
    END IF;
    PERFORM 1 FROM public.exam_templates t WHERE t.template_id = p_template FOR NO KEY UPDATE;
    v_exams := cardinality(api._exams_with(p_template, p_question));
    IF v_exams = 0 THEN
        RETURN api._refused('unknown');
    END IF;
    SELECT * INTO v_state FROM api._question_state(p_template, p_question);
    IF v_state.proposal_id IS NOT NULL THEN
        RETURN (
            SELECT api._refused('proposed', jsonb_build_object(
                'by', api._staff_name(p.proposed_by), 'at', p.proposed_at, 'adjustment', p.adjustment
            ))
            FROM public.question_proposals p WHERE p.proposal_id = v_state.proposal_id
        );
    ELSIF v_state.adjustment = p_adjustment THEN
        RETURN api._refused('same');
    END IF;
    INSERT INTO public.question_proposals (template_id, question_id, adjustment, reason, proposed_by)
        VALUES (p_template, p_question, p_adjustment, v_reason, v_me) RETURNING proposal_id INTO v_proposal;
    PERFORM api._audit('question.adjustment_proposed', v_me, 'question', p_question, jsonb_build_object(
        'template', p_template, 'proposal', v_proposal, 'adjustment', p_adjustment, 'reason', v_reason
    ));
    FOR v_admin IN SELECT u.user_id FROM public.users u WHERE u.role = 'admin' AND u.is_active ORDER BY u.user_id LOOP
        PERFORM api._tell(v_admin, 'question.fault_proposed', jsonb_build_object('question_id', p_question, 'count', v_exams),
                          v_proposal::text);
    END LOOP;
    RETURN jsonb_build_object('done', true, 'proposal_id', v_proposal, 'exams', v_exams);
END
$$;

-- As in 011, and who proposed it is told, with a script that has the question: its case says why.
CREATE OR REPLACE FUNCTION api.decline_adjustment(p_proposal uuid, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_proposal public.question_proposals;
    v_decided record;
BEGIN
    SELECT * INTO v_proposal FROM public.question_proposals p WHERE p.proposal_id = p_proposal;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    END IF;
    PERFORM 1 FROM public.exam_templates t WHERE t.template_id = v_proposal.template_id FOR NO KEY UPDATE;
    SELECT api._staff_name(d.decided_by) AS who, d.decided_at INTO v_decided
        FROM public.question_decisions d WHERE d.proposal_id = p_proposal;
    IF FOUND THEN
        RETURN api._refused('changed', jsonb_build_object('by', v_decided.who, 'at', v_decided.decided_at));
    END IF;
    PERFORM api._decide_question(
        v_me, v_proposal.template_id, v_proposal.question_id, 'declined', p_proposal, v_reason
    );
    PERFORM api._audit('question.adjustment_declined', v_me, 'question', v_proposal.question_id, jsonb_build_object(
        'template', v_proposal.template_id, 'proposal', p_proposal, 'reason', v_reason
    ));
    PERFORM api._tell(v_proposal.proposed_by, 'question.fault_declined',
                      jsonb_build_object('question_id', v_proposal.question_id, 'script', (
                          SELECT api._script_code(x.exam_instance_id)
                          FROM public.paper_questions q
                          JOIN public.exam_instances x ON x.exam_instance_id = q.exam_instance_id
                          WHERE q.question_id = v_proposal.question_id AND x.template_id = v_proposal.template_id
                          ORDER BY x.created_at DESC, x.exam_instance_id LIMIT 1
                      )), p_proposal::text);
    RETURN '{"done": true}';
END
$$;

REVOKE EXECUTE ON FUNCTION api._open_proposals() FROM PUBLIC;
