-- As in 058; that an approval is of one's own stands in the log of questions from files, too, as since 050 of all others.
CREATE OR REPLACE FUNCTION api._import_new(p_import uuid, p_me uuid, p_rows jsonb, p_active boolean, p_reason text) RETURNS boolean
    LANGUAGE plpgsql
AS $$
DECLARE
    v_questions uuid[];
    v_schemes uuid[];
BEGIN
    IF EXISTS (
        SELECT 1 FROM jsonb_array_elements(p_rows) r
        WHERE api._uuid(r ->> 'question_id') IS NULL OR jsonb_typeof(r -> 'values') IS DISTINCT FROM 'object'
           OR pg_column_size(r -> 'values') > 200000
           OR r -> 'values' ? 'scheme' AND jsonb_typeof(r #> '{values,scheme}') <> 'object'
           OR EXISTS (SELECT 1 FROM jsonb_object_keys(r -> 'values') k WHERE k NOT IN (
               'scheme', 'class', 'unit', 'topic', 'question_type', 'marks', 'difficulty', 'question_text',
               'question_image_url', 'diagram_image_url', 'mcq_choices', 'mcq_correct_choices', 'correct_answer_text',
               'correct_answer_image_url', 'explanation', 'explanation_image_url', 'cbse_year', 'tags'
           ))
    ) THEN
        RETURN false;
    END IF;
    v_questions := ARRAY(
        SELECT (r.row ->> 'question_id')::uuid FROM jsonb_array_elements(p_rows) WITH ORDINALITY r (row, place)
        ORDER BY r.place
    );
    INSERT INTO public.questions (
        question_id, class, unit, topic, question_type, marks, difficulty, question_text, question_image_url,
        diagram_image_url, mcq_choices, mcq_correct_choices, correct_answer_text, correct_answer_image_url,
        explanation, explanation_image_url, cbse_year, tags, created_by
    )
    SELECT (r.row ->> 'question_id')::uuid, q.class, q.unit, q.topic, q.question_type, q.marks, q.difficulty,
           q.question_text, q.question_image_url, q.diagram_image_url, q.mcq_choices, q.mcq_correct_choices,
           q.correct_answer_text, q.correct_answer_image_url, q.explanation, q.explanation_image_url, q.cbse_year,
           q.tags, p_me
    FROM jsonb_array_elements(p_rows) WITH ORDINALITY r (row, place)
    CROSS JOIN LATERAL jsonb_populate_record(NULL::public.questions, r.row -> 'values') q
    ORDER BY r.place;
    WITH made AS (
        INSERT INTO public.question_schemes (question_id, version, scheme)
        SELECT (r.row ->> 'question_id')::uuid, 1, r.row #> '{values,scheme}'
        FROM jsonb_array_elements(p_rows) WITH ORDINALITY r (row, place)
        WHERE r.row -> 'values' ? 'scheme' ORDER BY r.place
        RETURNING question_id
    )
    SELECT array_agg(m.question_id) INTO v_schemes FROM made m;
    PERFORM api._audit_all(
        'question.created', p_me, 'question', v_questions, jsonb_build_object('reason', p_reason)
    );
    PERFORM api._audit_all('scheme.created', p_me, 'scheme', coalesce(v_schemes, '{}'));
    IF p_active THEN
        UPDATE public.questions q SET status = 'active' WHERE q.question_id = ANY (v_questions);
        PERFORM api._audit_all(
            'question.approved', p_me, 'question', v_questions,
            jsonb_build_object('reason', p_reason) || CASE WHEN p_me IS NULL THEN '{}' ELSE '{"own": true}' END::jsonb
        );
    END IF;
    INSERT INTO public.question_import_rows (import_id, question_id, before, left_at)
        SELECT p_import, q.question_id, NULL, q.updated_at FROM public.questions q
        WHERE q.question_id = ANY (v_questions);
    RETURN true;
EXCEPTION
    WHEN integrity_constraint_violation OR data_exception OR cannot_coerce THEN
        RETURN false;
END
$$;
