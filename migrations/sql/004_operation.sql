-- Two operations more, and what they change in the functions of 003: a script that is held is nobody's to change or to
-- read, and what arrives for it is kept. Functions of 003 stand here whole, with what is new in them.

-- Why nobody marks a script now, as the reason of a verdict; NULL when somebody may.
CREATE FUNCTION api._hold_reason(p_evaluation uuid) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT h.kind FROM public.evaluation_holds h WHERE h.evaluation_id = p_evaluation AND h.ended_at IS NULL
$$;

-- To the pool. The registers stay as they are, for whoever looks at the script next; a new teacher starts clean.
CREATE FUNCTION api._hand_back(p_op api._operation) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_reason text := btrim(p_op.payload ->> 'reason');
    v_comment text := btrim(coalesce(p_op.payload ->> 'comment', ''));
BEGIN
    IF coalesce(v_reason, '') = '' OR length(v_reason) > 200 OR length(v_comment) > 2000 THEN
        RETURN api._against('refused', 'malformed');
    ELSIF v_reason = 'other' AND v_comment = '' THEN
        RETURN api._against('refused', 'words_missing');
    END IF;
    INSERT INTO public.evaluation_holds (
        evaluation_id, assignment_version, kind, reason, comment, held_by, held_since
    ) VALUES (
        p_op.evaluation_id, p_op.assignment_version, 'handed_back', v_reason, v_comment, p_op.user_id,
        p_op.estimated_at
    );
    PERFORM api._audit(
        'evaluation.handed_back', p_op.user_id, 'evaluation', p_op.evaluation_id,
        jsonb_build_object('op_id', p_op.op_id, 'reason', v_reason)
    );
    RETURN NULL;
END
$$;

-- Her own flag, until somebody has answered it; twice is as good as once.
CREATE FUNCTION api._withdraw_flag(p_op api._operation) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_flag public.evaluation_flags;
BEGIN
    SELECT * INTO v_flag FROM public.evaluation_flags f
        WHERE f.flag_id = api._uuid(p_op.payload ->> 'flag_id') AND f.evaluation_id = p_op.evaluation_id
          AND f.raised_by = p_op.user_id;
    IF NOT FOUND THEN
        RETURN api._against('refused', 'unknown_flag');
    ELSIF v_flag.answered_at IS NOT NULL THEN
        RETURN api._against('refused', 'flag_answered');
    END IF;
    UPDATE public.evaluation_flags f SET withdrawn_at = coalesce(f.withdrawn_at, p_op.estimated_at)
        WHERE f.flag_id = v_flag.flag_id;
    PERFORM api._audit(
        'evaluation.flag_withdrawn', p_op.user_id, 'evaluation', p_op.evaluation_id,
        jsonb_build_object('op_id', p_op.op_id, 'reason', v_flag.reason)
    );
    RETURN NULL;
END
$$;

-- What was withdrawn may be raised again under its id: that is how an undo is undone.
CREATE OR REPLACE FUNCTION api._raise_flag(p_op api._operation) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
BEGIN
    IF length(p_op.payload ->> 'reason') > 200 OR length(p_op.payload ->> 'comment') > 2000 THEN
        RETURN api._against('refused', 'malformed');
    END IF;
    INSERT INTO public.evaluation_flags AS f (
        flag_id, evaluation_id, page_number, pdf_page, x, y, reason, comment, raised_by, raised_at
    ) VALUES (
        (p_op.payload ->> 'flag_id')::uuid, p_op.evaluation_id, (p_op.payload ->> 'page_number')::integer,
        (p_op.payload ->> 'pdf_page')::integer, (p_op.payload ->> 'x')::double precision,
        (p_op.payload ->> 'y')::double precision, p_op.payload ->> 'reason',
        coalesce(p_op.payload ->> 'comment', ''), p_op.user_id, p_op.estimated_at
    ) ON CONFLICT (flag_id) DO UPDATE SET
        page_number = EXCLUDED.page_number, pdf_page = EXCLUDED.pdf_page, x = EXCLUDED.x, y = EXCLUDED.y,
        reason = EXCLUDED.reason, comment = EXCLUDED.comment, withdrawn_at = NULL
        WHERE f.evaluation_id = EXCLUDED.evaluation_id AND f.raised_by = EXCLUDED.raised_by
          AND f.answered_at IS NULL;
    IF NOT FOUND THEN
        RETURN api._against('refused', 'malformed');
    END IF;
    PERFORM api._audit(
        'evaluation.flagged', p_op.user_id, 'evaluation', p_op.evaluation_id,
        jsonb_build_object('op_id', p_op.op_id, 'reason', p_op.payload ->> 'reason')
    );
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION api._take_effect(p_op api._operation, p_paper jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_fault jsonb;
BEGIN
    IF pg_column_size(p_op.payload) > 1048576 THEN
        RETURN api._against('refused', 'too_large');
    END IF;
    v_fault := CASE p_op.kind
        WHEN 'evaluation.open' THEN api._open(p_op)
        WHEN 'mark.set' THEN api._set_mark(p_op, p_paper)
        WHEN 'mark.clear' THEN api._set_mark(p_op, p_paper)
        WHEN 'annotation.put' THEN api._put_annotations(p_op, p_paper)
        WHEN 'annotation.delete' THEN api._delete_annotations(p_op)
        WHEN 'page.seen' THEN api._see_page(p_op)
        WHEN 'page.tag' THEN api._tag_page(p_op, p_paper)
        WHEN 'flag.raise' THEN api._raise_flag(p_op)
        WHEN 'flag.withdraw' THEN api._withdraw_flag(p_op)
        WHEN 'evaluation.hand_back' THEN api._hand_back(p_op)
        WHEN 'evaluation.submit' THEN api._submit(p_op)
        ELSE api._against('refused', 'unknown_kind')
    END;
    RETURN coalesce(v_fault, api._against('applied', NULL));
EXCEPTION
    -- Lock, timeout and connection errors are not caught: the batch is sent again.
    WHEN data_exception OR integrity_constraint_violation OR cardinality_violation OR program_limit_exceeded THEN
        RETURN api._against('refused', 'malformed', jsonb_build_object('code', SQLSTATE, 'message', SQLERRM));
END
$$;

CREATE OR REPLACE FUNCTION api._judge(
    p_active boolean, p_op api._operation, p_sent jsonb, p_papers jsonb, p_versions jsonb
) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_op api._operation := p_op;
    v_evaluation record;
    v_answer jsonb;
BEGIN
    v_op.new_version := 0;
    IF NOT (
        v_op.evaluation_id IS NOT NULL AND v_op.assignment_version IS NOT NULL AND v_op.base_version IS NOT NULL
        AND v_op.kind IS NOT NULL AND v_op.payload IS NOT NULL AND coalesce(v_op.operation_schema, 0) >= 1
    ) THEN
        v_answer := api._against('refused', 'malformed_envelope');
    ELSIF NOT EXISTS (
        SELECT 1 FROM public.evaluation_assignments a
        WHERE a.evaluation_id = v_op.evaluation_id AND a.assignment_version = v_op.assignment_version
          AND a.teacher_user_id = v_op.user_id
    ) THEN
        v_answer := api._against('refused', 'never_assigned');
        PERFORM api._audit(
            'security.operation_refused', v_op.user_id, 'evaluation', v_op.evaluation_id,
            jsonb_build_object('op_id', v_op.op_id, 'kind', v_op.kind)
        );
    ELSE
        SELECT e.teacher_user_id, e.status, e.assignment_version,
               coalesce((p_versions ->> v_op.evaluation_id::text)::bigint, e.version) AS version
        INTO v_evaluation FROM public.evaluations e WHERE e.evaluation_id = v_op.evaluation_id;
        v_answer := api._against('kept', CASE
            WHEN v_evaluation.teacher_user_id <> v_op.user_id THEN 'reassigned'
            WHEN NOT p_active THEN 'deactivated'
            WHEN v_evaluation.status = 'completed' THEN 'completed'
            WHEN v_evaluation.assignment_version <> v_op.assignment_version THEN 'assignment_changed'
            ELSE api._hold_reason(v_op.evaluation_id)
        END);
        -- What is not hers any more says nothing of how far the other teacher is.
        v_op.new_version := CASE WHEN v_evaluation.teacher_user_id = v_op.user_id THEN v_evaluation.version ELSE 0 END;
    END IF;
    IF v_answer ->> 'reason' IS NULL THEN
        v_op.new_version := v_evaluation.version + 1;
        v_answer := api._take_effect(v_op, p_papers -> v_op.evaluation_id::text);
        IF v_answer ->> 'verdict' <> 'applied' THEN
            v_op.new_version := v_evaluation.version;
        END IF;
    END IF;
    PERFORM api._store_verdict(v_op, p_sent, v_answer);
    RETURN v_answer || jsonb_build_object(
        'version', v_op.new_version, 'already', false, 'estimated_at', v_op.estimated_at
    );
END
$$;

CREATE OR REPLACE FUNCTION api._record_assignment() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    INSERT INTO public.evaluation_assignments (
        evaluation_id, assignment_version, teacher_user_id, assigned_by, assigned_at
    ) VALUES (
        NEW.evaluation_id, NEW.assignment_version, NEW.teacher_user_id, api.me(),
        CASE TG_OP WHEN 'INSERT' THEN NEW.assigned_at ELSE now() END
    )
    ON CONFLICT DO NOTHING;
    -- Whoever has it from now on may mark it.
    UPDATE public.evaluation_holds h SET ended_at = now()
        WHERE h.evaluation_id = NEW.evaluation_id AND h.ended_at IS NULL;
    IF TG_OP = 'INSERT' THEN
        -- The SLA starts when the sheets were complete; assigning late or again never moves it.
        INSERT INTO public.evaluation_clock (exam_instance_id, received_at)
        SELECT NEW.exam_instance_id, coalesce(max(u.uploaded_at), NEW.assigned_at)
        FROM public.answer_sheet_uploads u WHERE u.exam_instance_id = NEW.exam_instance_id
        ON CONFLICT DO NOTHING;
    ELSIF NEW.teacher_user_id <> OLD.teacher_user_id THEN
        -- A new teacher starts clean; the former work stands in applied_operations.
        DELETE FROM public.mark_registers r WHERE r.evaluation_id = NEW.evaluation_id;
        DELETE FROM public.annotation_registers r WHERE r.evaluation_id = NEW.evaluation_id;
        DELETE FROM public.page_registers r WHERE r.evaluation_id = NEW.evaluation_id;
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION api.pull_scripts(p_evaluations uuid[]) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    IF cardinality(p_evaluations) > 500 THEN
        RAISE EXCEPTION 'at most 500 scripts at once' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN (
        SELECT coalesce(jsonb_agg(
            jsonb_build_object(
                'evaluation_id', e.evaluation_id, 'exam_instance_id', e.exam_instance_id,
                'assignment_version', e.assignment_version, 'version', e.version, 'status', e.status,
                'sla_deadline', e.sla_deadline, 'sla_hours', e.sla_hours_allocated,
                'sla_breached', e.sla_breached OR e.status <> 'completed' AND e.sla_deadline < now(),
                'received_at', coalesce(k.received_at, e.assigned_at), 'completed_at', e.completed_at,
                'title', t.template_name, 'class', x.class, 'exam_type', x.exam_type, 'total_marks', x.total_marks,
                'snapshot', x.exam_snapshot,
                'declared_unanswered', (
                    SELECT coalesce(jsonb_agg(u.question_number ORDER BY u.question_number), '[]')
                    FROM public.unanswered_questions u
                    WHERE u.exam_instance_id = e.exam_instance_id AND u.declared_unanswered
                ),
                'pages', api._script_pages(e.exam_instance_id)
            ) || api._script_work(e.evaluation_id)
            ORDER BY e.sla_deadline, e.evaluation_id
        ), '[]')
        FROM public.evaluations e
        JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
        JOIN public.exam_templates t ON t.template_id = x.template_id
        LEFT JOIN public.evaluation_clock k ON k.exam_instance_id = e.exam_instance_id
        WHERE e.evaluation_id = ANY (p_evaluations) AND e.teacher_user_id = v_me
          AND api._hold_reason(e.evaluation_id) IS NULL
    );
END
$$;

CREATE OR REPLACE FUNCTION api._script_work(p_evaluation uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object(
        'marks', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'question_number', r.question_number, 'alternative', r.alternative, 'state', r.state,
                'marks', api._decimal(r.marks), 'comment', r.comment, 'version', r.version
            ) ORDER BY r.question_number, r.alternative), '[]')
            FROM public.mark_registers r WHERE r.evaluation_id = p_evaluation
        ),
        'annotations', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'annotation_id', r.annotation_id, 'page_number', r.page_number, 'pdf_page', r.pdf_page,
                'body', r.body, 'version', r.version
            ) ORDER BY r.placed_seq), '[]')
            FROM public.annotation_registers r WHERE r.evaluation_id = p_evaluation AND NOT r.deleted
        ),
        'seen', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'page_number', r.page_number, 'pdf_page', r.pdf_page, 'seconds', trim_scale(r.seen_seconds),
                'largest_share', trim_scale(r.largest_share), 'question_numbers', to_jsonb(r.question_numbers)
            ) ORDER BY r.page_number, r.pdf_page), '[]')
            FROM public.page_registers r WHERE r.evaluation_id = p_evaluation
        ),
        'flags', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'flag_id', f.flag_id, 'page_number', f.page_number, 'pdf_page', f.pdf_page, 'x', f.x, 'y', f.y,
                'reason', f.reason, 'comment', f.comment, 'answered', f.answered_at IS NOT NULL, 'answer', f.answer
            ) ORDER BY f.raised_at, f.flag_id), '[]')
            FROM public.evaluation_flags f WHERE f.evaluation_id = p_evaluation AND f.withdrawn_at IS NULL
        )
    )
$$;

CREATE OR REPLACE FUNCTION api.request_pages(p_uploads uuid[])
    RETURNS TABLE (upload_id uuid, address text, expires_at timestamptz, problem text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_mine uuid[];
    v_foreign uuid[];
    v_new uuid[];
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    IF cardinality(p_uploads) > 500 THEN
        RAISE EXCEPTION 'at most 500 pages at once' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    v_mine := ARRAY(
        SELECT u.upload_id FROM public.answer_sheet_uploads u
        JOIN public.evaluations e ON e.exam_instance_id = u.exam_instance_id
        WHERE u.upload_id = ANY (p_uploads) AND e.teacher_user_id = v_me
          AND api._hold_reason(e.evaluation_id) IS NULL
    );
    v_foreign := ARRAY(SELECT DISTINCT p FROM unnest(p_uploads) p WHERE p IS NOT NULL AND p <> ALL (v_mine));
    DELETE FROM public.page_requests r WHERE r.user_id = v_me AND r.requested_at < now() - interval '1 day';
    WITH wanted AS (
        INSERT INTO public.page_requests AS r (user_id, upload_id)
        SELECT v_me, m FROM unnest(v_mine) m
        WHERE NOT EXISTS (SELECT 1 FROM api._page_answer(v_me, m) a WHERE a.waiting OR a.usable)
        RETURNING r.upload_id
    )
    SELECT coalesce(array_agg(w.upload_id), '{}') INTO v_new FROM wanted w;
    IF cardinality(v_new) > 0 THEN
        PERFORM pg_notify('mv_page_requests', '');
        PERFORM api._audit('page.requested', v_me, 'page', NULL, jsonb_build_object('uploads', to_jsonb(v_new)));
    END IF;
    IF cardinality(v_foreign) > 0 THEN
        PERFORM api._audit(
            'security.page_refused', v_me, 'page', NULL, jsonb_build_object('uploads', to_jsonb(v_foreign))
        );
    END IF;
    RETURN QUERY
        SELECT m, CASE WHEN a.usable THEN a.address END, CASE WHEN a.usable THEN a.expires_at END,
               CASE WHEN a.usable THEN a.problem END
        FROM unnest(v_mine) m LEFT JOIN LATERAL api._page_answer(v_me, m) a ON true
        UNION ALL
        SELECT f, NULL, NULL, 'This page belongs to no script of yours.' FROM unnest(v_foreign) f;
END
$$;
