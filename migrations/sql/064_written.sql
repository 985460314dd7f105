-- Questions of a file were read for the search twice, without their scheme and with it: nearly half of the time it took.

-- As in 058. A question that is new and has a scheme got both in one statement (the key would not have let a scheme come
-- before): the trigger of the schemes reads it.
CREATE OR REPLACE FUNCTION api._questions_written() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_questions uuid[] := ARRAY(
        SELECT DISTINCT f.question_id FROM fresh f
        WHERE TG_TABLE_NAME <> 'questions'
           OR NOT EXISTS (SELECT 1 FROM public.question_schemes s WHERE s.question_id = f.question_id)
        ORDER BY 1
    );
BEGIN
    INSERT INTO public.question_search AS s (question_id, document, text_key)
        SELECT q.question_id, array_to_tsvector(api._words(api._question_text(q))), api._text_key(q.question_text)
        FROM public.questions q WHERE q.question_id = ANY (v_questions) ORDER BY q.question_id
        ON CONFLICT (question_id) DO UPDATE SET document = EXCLUDED.document, text_key = EXCLUDED.text_key;
    -- In the order of the words, so that two who write at once never wait for one another.
    INSERT INTO public.question_words (word)
        SELECT n.word FROM (
            SELECT DISTINCT w.word COLLATE "C" AS word
            FROM public.question_search s CROSS JOIN LATERAL unnest(tsvector_to_array(s.document)) w (word)
            WHERE s.question_id = ANY (v_questions) AND length(w.word) > 2
        ) n
        WHERE NOT EXISTS (SELECT 1 FROM public.question_words k WHERE k.word = n.word)
        ORDER BY n.word
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

-- As in 063.
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
    -- Both in one statement, so that each question is read for the search once, with its scheme.
    WITH written AS (
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
        ORDER BY r.place
    ), made AS (
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
    INSERT INTO public.record_import_rows (import_id, record_key, row_number, label, deed, after, left_at)
        SELECT p_import, q.question_id::text, (r ->> 'row')::int, coalesce(left(q.question_text, 100), ''), 'new',
               r -> 'values', q.updated_at
        FROM jsonb_array_elements(p_rows) r JOIN public.questions q ON q.question_id = (r ->> 'question_id')::uuid;
    RETURN true;
EXCEPTION
    WHEN integrity_constraint_violation OR data_exception OR cannot_coerce THEN
        RETURN false;
END
$$;
