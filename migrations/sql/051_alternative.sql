-- A question is found by what can be answered instead of it, too.

CREATE OR REPLACE FUNCTION api._question_text(p_question public.questions) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT concat_ws(
        ' ', p_question.question_text, p_question.topic, p_question.correct_answer_text, p_question.explanation,
        array_to_string(p_question.tags, ' '),
        (SELECT string_agg(w #>> '{}', ' ') FROM jsonb_path_query(p_question.mcq_choices, 'lax $[*].text') w),
        (
            SELECT string_agg(w #>> '{}', ' ')
            FROM public.question_schemes s
            CROSS JOIN LATERAL (
                SELECT jsonb_path_query(s.scheme, 'lax $.answer')
                UNION ALL SELECT jsonb_path_query(s.scheme, 'lax $.solution[*]')
                UNION ALL SELECT jsonb_path_query(s.scheme, 'lax $.steps[*].text')
                UNION ALL SELECT jsonb_path_query(s.scheme, 'lax $.alternatives[*].question_text')
                UNION ALL SELECT jsonb_path_query(s.scheme, 'lax $.alternatives[*].answer')
                UNION ALL SELECT jsonb_path_query(s.scheme, 'lax $.alternatives[*].solution[*]')
                UNION ALL SELECT jsonb_path_query(s.scheme, 'lax $.alternatives[*].steps[*].text')
            ) x (w)
            WHERE s.question_id = p_question.question_id AND s.version = p_question.version
        )
    )
$$;
