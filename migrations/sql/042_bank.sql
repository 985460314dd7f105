-- The question bank as it is kept: found by words, also mistyped ones, and filled from files, which can be taken back.

-- What is looked for in a question: its words, those of its choices, solution and tags. Kept by triggers, so that also
-- what the web platform writes is found.
CREATE TABLE public.question_search (
    question_id uuid CONSTRAINT pk_question_search PRIMARY KEY
        CONSTRAINT fk_question_search_question_id REFERENCES public.questions ON DELETE CASCADE,
    document tsvector NOT NULL,
    text_key bigint NOT NULL
);
CREATE INDEX ix_question_search_document ON public.question_search USING gin (document);
COMMENT ON INDEX public.ix_question_search_document IS 'api.find_questions: questions with a word, or one that begins so';
CREATE INDEX ix_question_search_text ON public.question_search (text_key);
COMMENT ON INDEX public.ix_question_search_text IS 'api.same_questions: questions that ask the same';

-- All words that ever stood in a question. What is mistyped is looked for among them: they are few, and questions many.
CREATE TABLE public.question_words (
    word text COLLATE "C" CONSTRAINT pk_question_words PRIMARY KEY
);
CREATE INDEX ix_question_words_alike ON public.question_words USING gin (word gin_trgm_ops);
COMMENT ON INDEX public.ix_question_words_alike IS 'api._search_query: words that are written alike';

CREATE INDEX ix_questions_changed ON public.questions (updated_at, question_id);
COMMENT ON INDEX public.ix_questions_changed IS 'api.find_questions: the bank, what was changed last first';
CREATE INDEX ix_questions_year ON public.questions (cbse_year) WHERE cbse_year IS NOT NULL;
COMMENT ON INDEX public.ix_questions_year IS 'api.find_questions: questions of one year''s board paper';
CREATE INDEX ix_questions_unused ON public.questions (status, updated_at) WHERE status <> 'active';
COMMENT ON INDEX public.ix_questions_unused IS 'api.find_questions: drafts, and what is archived';

-- A file that was read in, and what it did, question by question, so that all of it can be taken back.
CREATE TABLE public.question_imports (
    import_id uuid CONSTRAINT pk_question_imports PRIMARY KEY,
    file_name text NOT NULL,
    imported_by uuid NOT NULL CONSTRAINT fk_question_imports_imported_by REFERENCES public.users ON DELETE RESTRICT,
    imported_at timestamptz DEFAULT now() NOT NULL,
    undone_by uuid CONSTRAINT fk_question_imports_undone_by REFERENCES public.users ON DELETE RESTRICT,
    undone_at timestamptz,
    CONSTRAINT ck_question_imports_file_name CHECK (length(file_name) BETWEEN 1 AND 255),
    CONSTRAINT ck_question_imports_undone CHECK ((undone_by IS NULL) = (undone_at IS NULL))
);
CREATE INDEX ix_question_imports_newest ON public.question_imports (imported_at);
COMMENT ON INDEX public.ix_question_imports_newest IS 'services/question_import.py: the last imports';

-- before: what stood in the columns that were written; NULL of a question that the file made.
CREATE TABLE public.question_import_rows (
    import_id uuid NOT NULL
        CONSTRAINT fk_question_import_rows_import_id REFERENCES public.question_imports ON DELETE CASCADE,
    question_id uuid NOT NULL
        CONSTRAINT fk_question_import_rows_question_id REFERENCES public.questions ON DELETE CASCADE,
    before jsonb,
    left_at timestamptz NOT NULL,
    CONSTRAINT pk_question_import_rows PRIMARY KEY (import_id, question_id)
);
CREATE INDEX ix_question_import_rows_question ON public.question_import_rows (question_id);
COMMENT ON INDEX public.ix_question_import_rows_question IS 'the cascade from questions, when a draft is withdrawn';

DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['question_search', 'question_words', 'question_imports', 'question_import_rows'] LOOP
        EXECUTE format(
            'CREATE TRIGGER tr_%1$s_truncate BEFORE TRUNCATE ON public.%1$I
                FOR EACH STATEMENT EXECUTE FUNCTION api._refuse_truncate()', v_table
        );
        EXECUTE format('ALTER TABLE public.%1$I ENABLE ALWAYS TRIGGER tr_%1$s_truncate', v_table);
        EXECUTE format('REVOKE ALL ON TABLE public.%I FROM PUBLIC', v_table);
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', v_table);
    END LOOP;
END
$$;
GRANT SELECT ON public.question_imports TO mv_admin;
CREATE POLICY admin_reads ON public.question_imports FOR SELECT TO mv_admin USING ((SELECT api.me()) IS NOT NULL);

-- Words -----------------------------------------------------------------------------------------------------------

-- Whatever stands between spaces, signs and LaTeX's backslashes, in any script; each once, and none endless.
CREATE FUNCTION api._words(p_text text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT coalesce(array_agg(DISTINCT left(w, 40)), '{}')
    FROM regexp_split_to_table(lower(p_text), '[\s!-/:-@\[-`{-~‘’“”।–—…]+') w
    WHERE w <> ''
$$;

-- What two questions that ask the same have in common; callers compare the texts themselves, too.
CREATE FUNCTION api._text_key(p_text text) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT hashtextextended(lower(regexp_replace(btrim(coalesce(p_text, '')), '\s+', ' ', 'g')), 0)
$$;

CREATE FUNCTION api._question_text(p_question public.questions) RETURNS text
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
            ) x (w)
            WHERE s.question_id = p_question.question_id AND s.version = p_question.version
        )
    )
$$;

-- In the order of the words, so that two who write at once never wait for one another.
CREATE FUNCTION api._index_question(p_question uuid) RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    v_words text[];
    v_key bigint;
BEGIN
    SELECT api._words(api._question_text(q)), api._text_key(q.question_text) INTO v_words, v_key
        FROM public.questions q WHERE q.question_id = p_question;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO public.question_search AS s (question_id, document, text_key)
        VALUES (p_question, array_to_tsvector(v_words), v_key)
        ON CONFLICT (question_id) DO UPDATE SET document = EXCLUDED.document, text_key = EXCLUDED.text_key;
    INSERT INTO public.question_words (word)
        SELECT w FROM unnest(v_words) w
        WHERE length(w) > 2 AND NOT EXISTS (SELECT 1 FROM public.question_words k WHERE k.word = w)
        ORDER BY w COLLATE "C"
        ON CONFLICT DO NOTHING;
END
$$;

CREATE FUNCTION api._question_written() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._index_question(NEW.question_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_questions_search AFTER INSERT OR UPDATE OF question_text, topic, correct_answer_text, explanation,
        tags, mcq_choices, version ON public.questions
    FOR EACH ROW EXECUTE FUNCTION api._question_written();
CREATE TRIGGER tr_question_schemes_search AFTER INSERT OR UPDATE ON public.question_schemes
    FOR EACH ROW EXECUTE FUNCTION api._question_written();

INSERT INTO public.question_search (question_id, document, text_key)
SELECT q.question_id, array_to_tsvector(api._words(api._question_text(q))), api._text_key(q.question_text)
FROM public.questions q;
INSERT INTO public.question_words (word)
SELECT DISTINCT w FROM public.question_search s CROSS JOIN unnest(tsvector_to_array(s.document)) w WHERE length(w) > 2;

-- A word that stands in some question, or begins one, is meant as it is; another one is taken for those that are
-- written most alike. NULL: nothing is looked for.
CREATE FUNCTION api._search_query(p_words text) RETURNS tsquery
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_found tsquery;
    v_one tsquery;
    v_word text;
    v_last text := U&'\+10FFFF';
BEGIN
    FOREACH v_word IN ARRAY (api._words(left(p_words, 200)))[1:12] LOOP
        v_one := (quote_literal(v_word) || ':*')::tsquery;
        IF length(v_word) > 2 AND NOT EXISTS (
            SELECT 1 FROM public.question_words w WHERE w.word >= v_word AND w.word < v_word || v_last
        ) THEN
            SELECT coalesce(string_agg(quote_literal(a.word), ' | ')::tsquery, v_one) INTO v_one
            FROM (
                SELECT w.word FROM public.question_words w WHERE w.word OPERATOR(public.%) v_word
                ORDER BY public.similarity(w.word, v_word) DESC, w.word LIMIT 4
            ) a;
        END IF;
        v_found := coalesce(v_found && v_one, v_one);
    END LOOP;
    RETURN v_found;
END
$$;

-- The statement that lists the bank, what was changed last first, from the first question or behind (p_after_at, p_after).
-- p_choices: by column, what it is to be. Each is planned for what it asks: a rare year wants another index than a common
-- word.
CREATE FUNCTION api._bank_statement(
    p_words text, p_choices jsonb, p_after_at timestamptz, p_after uuid, p_limit int
) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_query tsquery := api._search_query(p_words);
    v_where text := '';
    v_name text;
    v_value text;
BEGIN
    FOR v_name, v_value IN SELECT c.key, c.value FROM jsonb_each_text(p_choices) c LOOP
        IF v_name NOT IN ('class', 'unit', 'question_type', 'marks', 'difficulty', 'status', 'cbse_year') THEN
            RAISE EXCEPTION 'this cannot be looked for' USING ERRCODE = 'invalid_parameter_value';
        END IF;
        v_where := v_where || format(' AND q.%I = %L', v_name, v_value);
    END LOOP;
    IF v_query IS NOT NULL THEN
        v_where := v_where || format(' AND s.document @@ %L::pg_catalog.tsquery', v_query);
    END IF;
    IF p_after IS NOT NULL THEN
        v_where := v_where || format(' AND (q.updated_at, q.question_id) < (%L, %L)', p_after_at, p_after);
    END IF;
    RETURN format(
        'SELECT q.question_id, q.class::text, q.unit::text, q.question_type::text, q.marks, q.difficulty::text,
                q.status::text, q.cbse_year, q.version, q.updated_at, left(q.question_text, 300)
            FROM public.questions q %s WHERE true%s
            ORDER BY q.updated_at DESC, q.question_id DESC LIMIT %s',
        CASE WHEN v_query IS NOT NULL THEN 'JOIN public.question_search s ON s.question_id = q.question_id' ELSE '' END,
        v_where, p_limit
    );
END
$$;

CREATE FUNCTION api.find_questions(
    p_words text, p_choices jsonb, p_after_at timestamptz DEFAULT NULL, p_after uuid DEFAULT NULL, p_limit int DEFAULT 100
) RETURNS TABLE (
    question_id uuid, class text, unit text, question_type text, marks int, difficulty text, status text,
    cbse_year int, version int, updated_at timestamptz, opening text
)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._admin();
    IF jsonb_typeof(p_choices) IS DISTINCT FROM 'object' OR p_limit IS NULL OR p_limit NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'this cannot be looked for' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN QUERY EXECUTE api._bank_statement(p_words, p_choices, p_after_at, p_after, p_limit);
EXCEPTION
    WHEN invalid_text_representation OR numeric_value_out_of_range THEN
        RAISE EXCEPTION 'this cannot be looked for' USING ERRCODE = 'invalid_parameter_value';
END
$$;

-- Of each text, numbered from 1: the questions of the bank that may ask the same, with their schemes.
CREATE FUNCTION api.same_questions(p_texts text[]) RETURNS TABLE (number int, question jsonb)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._admin();
    RETURN QUERY
        SELECT t.number::int, to_jsonb(q) || jsonb_build_object('scheme', k.scheme)
        FROM unnest(p_texts) WITH ORDINALITY t (words, number)
        JOIN public.question_search s ON s.text_key = api._text_key(t.words)
        JOIN public.questions q ON q.question_id = s.question_id
        LEFT JOIN public.question_schemes k ON k.question_id = q.question_id AND k.version = q.version
        ORDER BY t.number, q.created_at, q.question_id;
END
$$;

-- Import ----------------------------------------------------------------------------------------------------------

-- A part of a file; all parts under one id, and in one transaction, so that none of it stands when one fails. p_rows:
-- [{"question_id", "seen", "values"}], seen null for a new one. p_active: new ones are approved at once.
CREATE FUNCTION api.import_questions(p_import uuid, p_file text, p_rows jsonb, p_active boolean, p_reason text)
    RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
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
    FOR v_row IN SELECT r FROM jsonb_array_elements(p_rows) r LOOP
        v_question := api._uuid(v_row ->> 'question_id');
        v_seen := (v_row ->> 'seen')::timestamptz;
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
            RETURN v_answer || jsonb_build_object('row', v_number);
        END IF;
        IF v_seen IS NULL AND p_active THEN
            v_answer := api.set_question_status(
                v_question, (v_answer ->> 'updated_at')::timestamptz, 'active', v_reason
            );
        END IF;
        INSERT INTO public.question_import_rows AS r (import_id, question_id, before, left_at)
            VALUES (p_import, v_question, v_before, (v_answer ->> 'updated_at')::timestamptz)
            ON CONFLICT (import_id, question_id) DO UPDATE SET left_at = EXCLUDED.left_at;
        v_number := v_number + 1;
    END LOOP;
    RETURN jsonb_build_object('done', true, 'rows', v_number);
EXCEPTION
    WHEN invalid_datetime_format OR datetime_field_overflow THEN
        RETURN api._refused('malformed');
END
$$;

-- A draft that nobody has touched goes; what was approved is archived, for exams may hold it; what was changed gets a new
-- version as it was before. What somebody has changed since stays, and is counted.
CREATE FUNCTION api.undo_question_import(p_import uuid, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_row record;
    v_answer jsonb;
    v_gone int := 0;
    v_archived int := 0;
    v_back int := 0;
    v_left int := 0;
BEGIN
    UPDATE public.question_imports i SET undone_by = v_me, undone_at = now()
        WHERE i.import_id = p_import AND i.undone_at IS NULL;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    END IF;
    FOR v_row IN
        SELECT q.question_id, q.status, q.updated_at, r.before, r.left_at
        FROM public.question_import_rows r JOIN public.questions q ON q.question_id = r.question_id
        WHERE r.import_id = p_import ORDER BY q.question_id FOR UPDATE OF q
    LOOP
        IF v_row.updated_at <> v_row.left_at THEN
            v_left := v_left + 1;
        ELSIF v_row.before IS NOT NULL THEN
            v_answer := api.put_question(v_row.question_id, v_row.updated_at, v_row.before, v_reason);
            IF v_answer ? 'refused' THEN
                RAISE EXCEPTION 'a question cannot be put back: %', v_answer USING ERRCODE = 'raise_exception';
            END IF;
            v_back := v_back + 1;
        ELSIF v_row.status = 'draft' THEN
            DELETE FROM public.question_schemes s WHERE s.question_id = v_row.question_id;
            DELETE FROM public.questions q WHERE q.question_id = v_row.question_id;
            PERFORM api._audit(
                'question.withdrawn', v_me, 'question', v_row.question_id, jsonb_build_object('reason', v_reason)
            );
            v_gone := v_gone + 1;
        ELSE
            PERFORM api.set_question_status(v_row.question_id, v_row.updated_at, 'archived', v_reason);
            v_archived := v_archived + 1;
        END IF;
    END LOOP;
    RETURN jsonb_build_object(
        'done', true, 'gone', v_gone, 'archived', v_archived, 'put_back', v_back, 'left', v_left
    );
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.find_questions(text, jsonb, timestamptz, uuid, int), api.same_questions(text[]),
    api.import_questions(uuid, text, jsonb, boolean, text), api.undo_question_import(uuid, text) TO mv_admin;
