-- A file of questions is written in a few statements for each part of it: to find and log one question cost more than to
-- write it.

-- As api._index_question, for all that a statement wrote.
CREATE FUNCTION api._questions_written() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_questions uuid[] := ARRAY(SELECT DISTINCT f.question_id FROM fresh f ORDER BY 1);
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
DROP TRIGGER tr_questions_search ON public.questions;
CREATE TRIGGER tr_questions_search AFTER INSERT ON public.questions
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION api._questions_written();
CREATE TRIGGER tr_questions_search_changed AFTER UPDATE OF question_text, topic, correct_answer_text, explanation, tags,
        mcq_choices, version ON public.questions
    FOR EACH ROW EXECUTE FUNCTION api._question_written();
DROP TRIGGER tr_question_schemes_search ON public.question_schemes;
CREATE TRIGGER tr_question_schemes_search AFTER INSERT ON public.question_schemes
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION api._questions_written();
CREATE TRIGGER tr_question_schemes_search_changed AFTER UPDATE ON public.question_schemes
    FOR EACH ROW EXECUTE FUNCTION api._question_written();

-- As api._audit, of many: an entry for each, with its difference where it has one.
CREATE FUNCTION api._audit_all(
    p_event text, p_actor uuid, p_resource_type text, p_resources uuid[], p_data jsonb DEFAULT '{}'
) RETURNS void
    LANGUAGE sql
AS $$
    WITH told AS (
        DELETE FROM api._changes c
        WHERE c.written_in = pg_catalog.pg_current_xact_id() AND c.resource_type = p_resource_type
          AND c.resource_id = ANY (p_resources)
        RETURNING c.resource_id, api._difference(c) AS difference
    )
    INSERT INTO public.audit_logs (
        event_type, actor_user_id, actor_role, actor_ip, resource_type, resource_id, event_data, created_at
    )
    SELECT p_event, p_actor, (SELECT u.role FROM public.users u WHERE u.user_id = p_actor), inet_client_addr(),
           p_resource_type, r.id,
           coalesce(t.difference, '{}') || p_data || jsonb_build_object('login', session_user), clock_timestamp()
    FROM unnest(p_resources) WITH ORDINALITY r (id, place) LEFT JOIN told t ON t.resource_id = r.id
    ORDER BY r.place
$$;

-- New questions of a part of a file, all in one go; false when one of them cannot be, and nothing is written.
CREATE FUNCTION api._import_new(p_import uuid, p_me uuid, p_rows jsonb, p_active boolean, p_reason text) RETURNS boolean
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
            'question.approved', p_me, 'question', v_questions, jsonb_build_object('reason', p_reason)
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

-- As in 042; what is new goes in one statement. Where that fails, row by row, so that it is known which one.
CREATE OR REPLACE FUNCTION api.import_questions(p_import uuid, p_file text, p_rows jsonb, p_active boolean, p_reason text)
    RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_new jsonb;
    v_done boolean := false;
    v_row jsonb;
    v_question uuid;
    v_seen timestamptz;
    v_before jsonb;
    v_answer jsonb;
    v_number int := 0;
BEGIN
    IF p_import IS NULL OR jsonb_typeof(p_rows) IS DISTINCT FROM 'array' OR jsonb_array_length(p_rows) > 1000
        OR NOT coalesce(length(p_file) BETWEEN 1 AND 255, false)
    THEN
        RETURN api._refused('malformed');
    END IF;
    INSERT INTO public.question_imports (import_id, file_name, imported_by) VALUES (p_import, p_file, v_me)
        ON CONFLICT DO NOTHING;
    IF NOT EXISTS (
        SELECT 1 FROM public.question_imports i
        WHERE i.import_id = p_import AND i.imported_by = v_me AND i.undone_at IS NULL
    ) THEN
        RETURN api._refused('unknown');
    END IF;
    SELECT jsonb_agg(r.row ORDER BY r.place) INTO v_new
        FROM jsonb_array_elements(p_rows) WITH ORDINALITY r (row, place) WHERE r.row ->> 'seen' IS NULL;
    IF v_new IS NOT NULL THEN
        v_done := api._import_new(p_import, v_me, v_new, p_active, v_reason);
    END IF;
    FOR v_row IN SELECT r FROM jsonb_array_elements(p_rows) r LOOP
        v_question := api._uuid(v_row ->> 'question_id');
        v_seen := (v_row ->> 'seen')::timestamptz;
        v_number := v_number + 1;
        CONTINUE WHEN v_seen IS NULL AND v_done;
        v_before := NULL;
        IF v_seen IS NOT NULL THEN
            SELECT jsonb_object_agg(k, (to_jsonb(q) || jsonb_build_object('scheme', s.scheme)) -> k) INTO v_before
            FROM public.questions q
            LEFT JOIN public.question_schemes s ON s.question_id = q.question_id AND s.version = q.version
            CROSS JOIN LATERAL jsonb_object_keys(v_row -> 'values') k
            WHERE q.question_id = v_question
              AND (k <> 'scheme' OR s.scheme IS NOT NULL);
        END IF;
        v_answer := api.put_question(v_question, v_seen, v_row -> 'values', v_reason);
        IF v_answer ? 'refused' THEN
            RETURN v_answer || jsonb_build_object('row', v_number - 1);
        END IF;
        IF v_seen IS NULL AND p_active THEN
            v_answer := api.set_question_status(
                v_question, (v_answer ->> 'updated_at')::timestamptz, 'active', v_reason
            );
        END IF;
        INSERT INTO public.question_import_rows AS r (import_id, question_id, before, left_at)
            VALUES (p_import, v_question, v_before, (v_answer ->> 'updated_at')::timestamptz)
            ON CONFLICT (import_id, question_id) DO UPDATE SET left_at = EXCLUDED.left_at;
    END LOOP;
    RETURN jsonb_build_object('done', true, 'rows', v_number);
EXCEPTION
    WHEN invalid_datetime_format OR datetime_field_overflow THEN
        RETURN api._refused('malformed');
END
$$;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
