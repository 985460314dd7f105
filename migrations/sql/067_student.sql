-- What is told of a student tells also which files named her, and what they said of her.

-- Rows of imports that are about somebody, with what each said, or name her (a parent's row her address), the oldest first.
-- Of other people only that they are named together: what a row says of them, and their addresses in hers, is not hers.
CREATE FUNCTION api._imported_of(p_user uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'file', i.file_name, 'imported_at', i.imported_at, 'subject', i.subject, 'row', r.row_number,
        'about_her', r.record_key = p_user::text,
        'before', CASE WHEN r.record_key = p_user::text THEN r.before - 'parents' END,
        'after', CASE WHEN r.record_key = p_user::text THEN r.after - 'parents' END,
        'taken_back_at', i.taken_back_at
    ) ORDER BY i.imported_at, i.import_id, r.row_number, r.record_key), '[]')
    FROM public.record_import_rows r JOIN public.record_imports i ON i.import_id = r.import_id
    WHERE r.people @> ARRAY[p_user]
$$;

-- As in 048, with what files said.
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
        ),
        'imports', api._imported_of(u.user_id)
    ) INTO v_data
    FROM public.users u WHERE u.user_id = p_student AND u.role = 'student';
    IF v_data IS NULL THEN
        RETURN api._refused('unknown');
    END IF;
    PERFORM api._audit('user.exported', v_me, 'user', p_student, jsonb_build_object('reason', v_reason));
    RETURN jsonb_build_object('done', true, 'data', v_data);
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
