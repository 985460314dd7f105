-- What a teacher's computer mirrors: whole scripts, only her own, also completed ones.

CREATE FUNCTION api.pull_scripts(p_evaluations uuid[]) RETURNS jsonb
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
                'received_at', coalesce(k.received_at, e.assigned_at),
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
    );
END
$$;

CREATE FUNCTION api._script_pages(p_exam uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'upload_id', u.upload_id, 'page_number', u.page_number, 'mime_type', u.mime_type,
        'bytes', coalesce(f.bytes, u.file_size_bytes), 'questions_on_page', coalesce(u.questions_on_page, '[]'),
        'sha256', f.sha256, 'checked', f.upload_id IS NOT NULL, 'pages', coalesce(f.pages, '[]'),
        'problem', f.problem
    ) ORDER BY u.page_number), '[]')
    FROM public.answer_sheet_uploads u
    LEFT JOIN public.page_files f ON f.upload_id = u.upload_id
    WHERE u.exam_instance_id = p_exam
$$;

CREATE FUNCTION api._script_work(p_evaluation uuid) RETURNS jsonb
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
                'flag_id', f.flag_id, 'page_number', f.page_number, 'pdf_page', f.pdf_page, 'reason', f.reason
            ) ORDER BY f.raised_at, f.flag_id), '[]')
            FROM public.evaluation_flags f WHERE f.evaluation_id = p_evaluation
        )
    )
$$;
