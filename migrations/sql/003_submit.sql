-- Submission: the marks that count, the document of annotations, and completion in one go.

-- The same rules as domain/marks.py: what is typed wins over the stamps; of an either/or question the higher mark
-- counts, an attempted side before one not attempted, then the first key.
CREATE FUNCTION api._effective_marks(p_evaluation uuid)
    RETURNS TABLE (
        question_number integer, alternative text, question_id uuid, question_type public.mv_question_type,
        unit text, possible numeric, marks numeric, not_attempted boolean, comment text, kept boolean
    )
    LANGUAGE sql STABLE
AS $$
    WITH option AS (
        SELECT e.exam_instance_id, o.*
        FROM public.evaluations e
        JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
        CROSS JOIN LATERAL api._options(x.exam_snapshot) o
        WHERE e.evaluation_id = p_evaluation
    ), stamped AS (
        SELECT r.body ->> 'question_number' AS question_number, coalesce(r.body ->> 'alternative', '') AS alternative,
               sum((r.body ->> 'marks')::numeric) AS marks
        FROM public.annotation_registers r
        WHERE r.evaluation_id = p_evaluation AND NOT r.deleted AND r.body ->> 'marks' IS NOT NULL
        GROUP BY 1, 2
    ), given AS (
        SELECT o.*, coalesce(r.comment, '') AS comment, r.marks AS typed, s.marks AS stamped,
               coalesce(
                   r.state, CASE WHEN u.declared_unanswered THEN 'not_attempted' ELSE 'follows_stamps' END
               ) AS state
        FROM option o
        LEFT JOIN public.mark_registers r ON r.evaluation_id = p_evaluation
            AND r.question_number = o.question_number AND r.alternative = o.alternative
        LEFT JOIN public.unanswered_questions u ON u.exam_instance_id = o.exam_instance_id
            AND u.question_number = o.question_number
        LEFT JOIN stamped s ON s.question_number = o.question_number::text AND s.alternative = o.alternative
    ), effective AS (
        SELECT g.*, g.state = 'not_attempted' AS not_attempted,
               CASE g.state WHEN 'marked' THEN g.typed WHEN 'not_attempted' THEN 0 ELSE g.stamped END AS marks
        FROM given g
    )
    SELECT f.question_number, f.alternative, f.question_id, f.question_type, f.unit, f.possible, f.marks,
           f.not_attempted, f.comment,
           f.marks IS NOT NULL AND 1 = row_number() OVER (
               PARTITION BY f.question_number
               ORDER BY f.marks DESC NULLS LAST, f.not_attempted, f.alternative COLLATE "C"
           )
    FROM effective f
$$;

-- annotation_data.questions: what a row of question_marks cannot say.
CREATE FUNCTION api._question_states(p_evaluation uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(jsonb_agg(
        CASE WHEN m.kept THEN jsonb_build_object('question_number', m.question_number, 'state', 'not_attempted')
             ELSE jsonb_strip_nulls(jsonb_build_object(
                 'question_number', m.question_number, 'state', 'struck_out', 'alternative', m.alternative,
                 'question_id', m.question_id, 'marks', api._decimal(m.marks), 'comment', nullif(m.comment, '')
             )) END
        ORDER BY m.question_number, m.alternative COLLATE "C"
    ), '[]')
    FROM api._effective_marks(p_evaluation) m
    WHERE m.kept = m.not_attempted AND m.marks IS NOT NULL
$$;

-- Every page of the script, also those without ink; a PDF's pages are numbered through.
CREATE FUNCTION api._page_states(p_evaluation uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    WITH touched AS (
        SELECT r.page_number, r.pdf_page FROM public.page_registers r WHERE r.evaluation_id = p_evaluation
        UNION
        SELECT r.page_number, r.pdf_page FROM public.annotation_registers r
        WHERE r.evaluation_id = p_evaluation AND NOT r.deleted
    ), uploaded AS (
        SELECT u.page_number, p.pdf_page
        FROM public.evaluations e
        JOIN public.answer_sheet_uploads u ON u.exam_instance_id = e.exam_instance_id
        LEFT JOIN public.page_files f ON f.upload_id = u.upload_id
        CROSS JOIN LATERAL generate_series(
            CASE WHEN u.mime_type = 'application/pdf' THEN 1 ELSE 0 END,
            CASE WHEN u.mime_type = 'application/pdf' THEN coalesce(jsonb_array_length(f.pages), 0) ELSE 0 END
        ) p (pdf_page)
        WHERE e.evaluation_id = p_evaluation
    ), page AS (
        SELECT t.page_number, t.pdf_page FROM touched t UNION SELECT u.page_number, u.pdf_page FROM uploaded u
    ), ink AS (
        SELECT r.page_number, r.pdf_page, jsonb_agg(r.body ORDER BY r.placed_seq) AS annotations
        FROM public.annotation_registers r WHERE r.evaluation_id = p_evaluation AND NOT r.deleted GROUP BY 1, 2
    )
    SELECT coalesce(jsonb_agg(
        jsonb_build_object(
            'page_number', p.page_number, 'rotation', 0, 'annotated_s3_key', NULL,
            'seen', jsonb_build_object(
                'seconds', trim_scale(coalesce(r.seen_seconds, 0)),
                'largest_share', trim_scale(coalesce(r.largest_share, 0))
            ),
            'annotations', coalesce(i.annotations, '[]')
        )
        || CASE WHEN p.pdf_page > 0 THEN jsonb_build_object('pdf_page', p.pdf_page) ELSE '{}' END
        || CASE WHEN r.question_numbers IS NOT NULL
                THEN jsonb_build_object('question_numbers', to_jsonb(r.question_numbers)) ELSE '{}' END
        ORDER BY p.page_number, p.pdf_page
    ), '[]')
    FROM page p
    LEFT JOIN public.page_registers r ON r.evaluation_id = p_evaluation
        AND r.page_number = p.page_number AND r.pdf_page = p.pdf_page
    LEFT JOIN ink i ON i.page_number = p.page_number AND i.pdf_page = p.pdf_page
$$;

-- NULL when the submission agrees with what the server has.
CREATE FUNCTION api._submission_fault(p_op api._operation) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_missing jsonb;
    v_wrong jsonb;
    v_differ jsonb;
    v_total numeric;
BEGIN
    SELECT jsonb_agg(q.question_number ORDER BY q.question_number) FILTER (WHERE NOT q.marked),
           jsonb_agg(q.question_number ORDER BY q.question_number) FILTER (WHERE NOT q.valid),
           coalesce(sum(q.marks), 0)
    INTO v_missing, v_wrong, v_total
    FROM (
        SELECT m.question_number, bool_or(m.kept) AS marked, sum(m.marks) FILTER (WHERE m.kept) AS marks,
               bool_and(m.marks IS NULL OR api._valid_marks(m.marks, m.possible)) AS valid
        FROM api._effective_marks(p_op.evaluation_id) m GROUP BY m.question_number
    ) q;
    IF v_missing IS NOT NULL THEN
        RETURN api._against('held', 'incomplete', jsonb_build_object('missing', v_missing));
    ELSIF v_wrong IS NOT NULL THEN
        RETURN api._against('held', 'out_of_range', jsonb_build_object('questions', v_wrong));
    END IF;
    -- By value: "2.50" and "2.5" are the same mark.
    SELECT jsonb_agg(jsonb_build_object(
        'question_number', d.question_number, 'server', api._decimal(d.server), 'yours', api._decimal(d.yours)
    ) ORDER BY d.question_number) INTO v_differ
    FROM (
        SELECT coalesce(s.question_number, y.question_number) AS question_number, s.marks AS server, y.marks AS yours
        FROM (SELECT m.question_number, m.marks FROM api._effective_marks(p_op.evaluation_id) m WHERE m.kept) s
        FULL JOIN (
            SELECT k::integer AS question_number, v::numeric AS marks
            FROM jsonb_each_text(p_op.payload -> 'marks') j (k, v)
        ) y ON y.question_number = s.question_number
        WHERE s.marks IS DISTINCT FROM y.marks
    ) d;
    IF p_op.payload -> 'marks' IS NULL OR (p_op.payload ->> 'total')::numeric IS NULL THEN
        RETURN api._against('refused', 'malformed');
    ELSIF v_differ IS NOT NULL THEN
        RETURN api._against('held', 'marks_differ', jsonb_build_object('questions', v_differ));
    ELSIF (p_op.payload ->> 'total')::numeric <> v_total THEN
        RETURN api._against('held', 'total_differs', jsonb_build_object(
            'server', api._decimal(v_total), 'yours', api._decimal((p_op.payload ->> 'total')::numeric)
        ));
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION api._punctuality(
    p_deadline timestamptz, p_received timestamptz, p_estimated timestamptz, p_quality text
) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE
        WHEN p_received <= p_deadline THEN 'on_time'
        WHEN p_estimated <= p_deadline AND p_quality = 'monotonic' THEN 'on_time_sent_later'
        WHEN p_estimated <= p_deadline AND p_quality = 'wall' THEN 'claimed'
        ELSE 'late'
    END
$$;

CREATE FUNCTION api._submit(p_op api._operation) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_fault jsonb := api._submission_fault(p_op);
    v_evaluation public.evaluations;
    v_exam record;
    v_manual numeric;
    v_total numeric;
BEGIN
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    END IF;
    SELECT * INTO v_evaluation FROM public.evaluations e WHERE e.evaluation_id = p_op.evaluation_id;
    SELECT x.status, x.total_marks, coalesce(x.mcq_score, 0) AS mcq_score INTO v_exam
        FROM public.exam_instances x WHERE x.exam_instance_id = v_evaluation.exam_instance_id FOR NO KEY UPDATE;
    IF v_exam.status <> 'pending_evaluation' THEN
        RETURN api._against('held', 'exam_not_open', jsonb_build_object('status', v_exam.status));
    END IF;
    INSERT INTO public.question_marks (
        evaluation_id, exam_instance_id, question_number, question_id, question_type, unit, marks_awarded,
        marks_possible, teacher_comment
    )
    SELECT p_op.evaluation_id, v_evaluation.exam_instance_id, m.question_number, m.question_id, m.question_type,
           left(m.unit, 100), m.marks, m.possible, nullif(m.comment, '')
    FROM api._effective_marks(p_op.evaluation_id) m WHERE m.kept ORDER BY m.question_number;
    SELECT coalesce(sum(q.marks_awarded), 0) INTO v_manual
        FROM public.question_marks q WHERE q.evaluation_id = p_op.evaluation_id;
    v_total := v_exam.mcq_score + v_manual;
    UPDATE public.evaluations e SET
        status = 'completed', started_at = coalesce(e.started_at, greatest(p_op.estimated_at, e.assigned_at)),
        completed_at = v_now, total_manual_marks = v_manual, sla_breached = e.sla_breached OR v_now > e.sla_deadline,
        annotation_data = jsonb_build_object(
            'schema', 1, 'questions', api._question_states(e.evaluation_id),
            'pages', api._page_states(e.evaluation_id)
        ),
        submitted_claimed_at = p_op.claimed_at, submitted_estimated_at = p_op.estimated_at,
        submitted_quality = p_op.estimate_quality,
        submitted_punctuality = api._punctuality(e.sla_deadline, v_now, p_op.estimated_at, p_op.estimate_quality)
        WHERE e.evaluation_id = p_op.evaluation_id
        RETURNING * INTO v_evaluation;
    UPDATE public.exam_instances x SET
        manual_score = v_manual, total_score = v_total, status = 'evaluated',
        -- numeric's round() takes a half away from zero, which for marks is up
        percentage = round(100 * v_total / x.total_marks, 2)
        WHERE x.exam_instance_id = v_evaluation.exam_instance_id;
    PERFORM api._audit(
        'evaluation.completed', p_op.user_id, 'evaluation', p_op.evaluation_id, jsonb_build_object(
            'op_id', p_op.op_id, 'total_manual_marks', api._decimal(v_manual), 'total_score', api._decimal(v_total),
            'sla_breached', v_evaluation.sla_breached, 'punctuality', v_evaluation.submitted_punctuality
        )
    );
    RETURN NULL;
END
$$;
