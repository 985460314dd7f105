-- Whatever is brought in from files, of every subject: what each row did, so that the whole of it can be taken back later,
-- by any admin, from any computer. What 042 kept of questions goes over into it.

-- begun: its work stands in one transaction, which has not ended, or never will: then nothing of it was written.
CREATE TABLE public.record_imports (
    import_id uuid CONSTRAINT pk_record_imports PRIMARY KEY,
    subject text NOT NULL,
    file_name text NOT NULL,
    file_sha256 text,
    imported_by uuid CONSTRAINT fk_record_imports_imported_by REFERENCES public.users ON DELETE RESTRICT,
    imported_at timestamptz DEFAULT now() NOT NULL,
    state text NOT NULL,
    new_rows int DEFAULT 0 NOT NULL,
    changed_rows int DEFAULT 0 NOT NULL,
    taken_back_by uuid CONSTRAINT fk_record_imports_taken_back_by REFERENCES public.users ON DELETE RESTRICT,
    taken_back_at timestamptz,
    CONSTRAINT ck_record_imports_subject CHECK (
        subject IN ('question', 'plan', 'holiday', 'template', 'staff', 'student', 'parent')
    ),
    CONSTRAINT ck_record_imports_file_name CHECK (length(file_name) BETWEEN 1 AND 255),
    CONSTRAINT ck_record_imports_file_sha256 CHECK (file_sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_record_imports_state CHECK (state IN ('begun', 'done', 'taking_back', 'taken_back')),
    CONSTRAINT ck_record_imports_taken_back CHECK ((state = 'taken_back') = (taken_back_at IS NOT NULL)),
    CONSTRAINT ck_record_imports_counts CHECK (new_rows >= 0 AND changed_rows >= 0)
);
CREATE INDEX ix_record_imports_newest ON public.record_imports (subject, imported_at, import_id);
COMMENT ON INDEX public.ix_record_imports_newest IS 'api.imports: those of a subject, the newest first';

-- row_number: as a spreadsheet counts; NULL where a program before 063 brought it in. before, after: what stood and stands in
-- what the row says of the record; before of a new one is NULL. left_at: its updated_at then. outcome: what became of it when
-- the import was taken back, and why where it was left. people: whose data stand in it, herself and those whom it names.
CREATE TABLE public.record_import_rows (
    import_id uuid NOT NULL
        CONSTRAINT fk_record_import_rows_import_id REFERENCES public.record_imports ON DELETE CASCADE,
    record_key text NOT NULL,
    row_number int,
    label text NOT NULL,
    deed text NOT NULL,
    before jsonb,
    after jsonb,
    left_at timestamptz NOT NULL,
    outcome text,
    why text,
    people uuid[],
    CONSTRAINT pk_record_import_rows PRIMARY KEY (import_id, record_key),
    CONSTRAINT ck_record_import_rows_deed CHECK (deed IN ('new', 'changed')),
    CONSTRAINT ck_record_import_rows_outcome CHECK (outcome IN ('gone', 'archived', 'put_back', 'left')),
    CONSTRAINT ck_record_import_rows_why CHECK ((outcome IS NOT DISTINCT FROM 'left') = (why IS NOT NULL))
);
CREATE INDEX ix_record_import_rows_order ON public.record_import_rows (import_id, row_number, record_key);
COMMENT ON INDEX public.ix_record_import_rows_order IS 'api.import_rows, api.take_back_import: in the order of the file';
CREATE INDEX ix_record_import_rows_people ON public.record_import_rows USING gin (people) WITH (fastupdate = off)
    WHERE people IS NOT NULL;
COMMENT ON INDEX public.ix_record_import_rows_people IS 'api._forget_imported: where somebody is named who was made anonymous';

DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['record_imports', 'record_import_rows'] LOOP
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

INSERT INTO public.record_imports (
    import_id, subject, file_name, imported_by, imported_at, state, new_rows, changed_rows, taken_back_by, taken_back_at
)
    SELECT i.import_id, 'question', i.file_name, i.imported_by, i.imported_at,
           CASE WHEN i.undone_at IS NULL THEN 'done' ELSE 'taken_back' END,
           (SELECT count(*) FROM public.question_import_rows r WHERE r.import_id = i.import_id AND r.before IS NULL),
           (SELECT count(*) FROM public.question_import_rows r WHERE r.import_id = i.import_id AND r.before IS NOT NULL),
           i.undone_by, i.undone_at
    FROM public.question_imports i;
INSERT INTO public.record_import_rows (import_id, record_key, label, deed, before, left_at)
    SELECT r.import_id, r.question_id::text, coalesce(left(q.question_text, 100), ''),
           CASE WHEN r.before IS NULL THEN 'new' ELSE 'changed' END, r.before, r.left_at
    FROM public.question_import_rows r JOIN public.questions q ON q.question_id = r.question_id;
DROP TABLE public.question_import_rows, public.question_imports;

-- Personal data ---------------------------------------------------------------------------------------------------

-- Whose addresses these words name.
CREATE FUNCTION api._named_people(p_words text) RETURNS uuid[]
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(array_agg(DISTINCT u.user_id), '{}')
    FROM regexp_matches(p_words, '[^\s;,"\\]+@[^\s;,"\\]+', 'g') m
    JOIN public.users u ON lower(u.email) = lower(m[1])
$$;

-- What files said of somebody who was made anonymous goes; where others name her, her new address stands.
CREATE FUNCTION api._forget_imported() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    UPDATE public.record_import_rows r SET
        label = CASE WHEN r.record_key = NEW.user_id::text THEN '–' ELSE r.label END,
        before = CASE WHEN r.record_key <> NEW.user_id::text
            THEN replace(r.before::text, OLD.email, NEW.email)::jsonb END,
        after = CASE WHEN r.record_key <> NEW.user_id::text
            THEN replace(r.after::text, OLD.email, NEW.email)::jsonb END
        WHERE r.people @> ARRAY[NEW.user_id];
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_users_forget_imported AFTER UPDATE OF email ON public.users
    FOR EACH ROW WHEN (NEW.email LIKE '%@anonymous.invalid' AND OLD.email <> NEW.email)
    EXECUTE FUNCTION api._forget_imported();

-- Bringing in -----------------------------------------------------------------------------------------------------

-- Before anything is written, in a transaction of its own, so that also one that breaks off is known of.
CREATE FUNCTION api.begin_import(p_import uuid, p_subject text, p_file text, p_sha256 text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
BEGIN
    INSERT INTO public.record_imports (import_id, subject, file_name, file_sha256, imported_by, state)
        VALUES (p_import, p_subject, p_file, p_sha256, v_me, 'begun');
    PERFORM api._audit('import.started', v_me, 'import', p_import, jsonb_build_object(
        'subject', p_subject, 'file', p_file, 'sha256', p_sha256
    ));
    RETURN '{"done": true}';
EXCEPTION
    WHEN unique_violation THEN
        RETURN api._refused('so_already');
    WHEN integrity_constraint_violation THEN
        RETURN api._refused('malformed');
END
$$;

-- One's own import that is being written, of this subject: nobody else takes it back until the transaction ends.
CREATE FUNCTION api._held_import(p_import uuid, p_subject text, p_me uuid) RETURNS boolean
    LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM 1 FROM public.record_imports i
        WHERE i.import_id = p_import AND i.subject = p_subject AND i.imported_by IS NOT DISTINCT FROM p_me
          AND i.state = 'begun'
        FOR UPDATE;
    RETURN FOUND;
END
$$;

CREATE FUNCTION api.hold_import(p_import uuid, p_subject text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    IF api._held_import(p_import, p_subject, api._admin()) THEN
        RETURN '{"done": true}';
    END IF;
    RETURN api._refused('unknown');
END
$$;

-- What rows did, in the transaction that did it. p_rows: [{"key", "row", "label", "before" (NULL of a new one), "after",
-- "left_at"}]. Questions keep theirs themselves.
CREATE FUNCTION api.keep_import_rows(p_import uuid, p_subject text, p_rows jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    IF p_subject = 'question' OR NOT api._held_import(p_import, p_subject, api._admin()) THEN
        RETURN api._refused('unknown');
    ELSIF jsonb_typeof(p_rows) IS DISTINCT FROM 'array' OR jsonb_array_length(p_rows) > 1000
        OR pg_column_size(p_rows) > 20000000
    THEN
        RETURN api._refused('malformed');
    END IF;
    INSERT INTO public.record_import_rows (import_id, record_key, row_number, label, deed, before, after, left_at, people)
        SELECT p_import, r.key, r.row, left(r.label, 200), CASE WHEN r.before IS NULL THEN 'new' ELSE 'changed' END,
               r.before, r.after, r.left_at,
               CASE WHEN p_subject IN ('staff', 'student', 'parent') THEN
                   api._uuid(r.key) || api._named_people(concat(r.before, ' ', r.after))
               END
        FROM jsonb_to_recordset(p_rows) r (
            key text, "row" int, label text, before jsonb, after jsonb, left_at timestamptz
        );
    RETURN '{"done": true}';
EXCEPTION
    WHEN integrity_constraint_violation OR data_exception OR cannot_coerce THEN
        RETURN api._refused('malformed');
END
$$;

-- With its last row, in the same transaction.
CREATE FUNCTION api.end_import(p_import uuid, p_subject text, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_import public.record_imports;
BEGIN
    IF NOT api._held_import(p_import, p_subject, v_me) THEN
        RETURN api._refused('unknown');
    END IF;
    UPDATE public.record_imports i SET state = 'done', new_rows = n.new, changed_rows = n.changed
        FROM (
            SELECT count(*) FILTER (WHERE r.deed = 'new') AS new, count(*) FILTER (WHERE r.deed = 'changed') AS changed
            FROM public.record_import_rows r WHERE r.import_id = p_import
        ) n
        WHERE i.import_id = p_import RETURNING i.* INTO v_import;
    PERFORM api._audit('import.completed', v_me, 'import', p_import, jsonb_build_object(
        'reason', api._checked_reason(p_reason), 'new', v_import.new_rows, 'changed', v_import.changed_rows
    ));
    RETURN '{"done": true}';
END
$$;

-- One's own, of which nothing was written: it was refused, or stopped.
CREATE FUNCTION api.drop_import(p_import uuid, p_subject text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
BEGIN
    IF NOT api._held_import(p_import, p_subject, v_me) THEN
        RETURN api._refused('unknown');
    END IF;
    DELETE FROM public.record_imports i WHERE i.import_id = p_import;
    PERFORM api._audit('import.failed', v_me, 'import', p_import);
    RETURN '{"done": true}';
END
$$;

-- Questions -------------------------------------------------------------------------------------------------------

-- As in 059, kept with the row of the file.
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

-- As in 058. A program before 063 begins no import and ends none: it is done with each part of it.
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
    INSERT INTO public.record_imports (import_id, subject, file_name, imported_by, state)
        VALUES (p_import, 'question', p_file, v_me, 'done')
        ON CONFLICT DO NOTHING;
    PERFORM 1 FROM public.record_imports i
        WHERE i.import_id = p_import AND i.subject = 'question' AND i.imported_by IS NOT DISTINCT FROM v_me
          AND (i.state = 'begun' OR i.state = 'done' AND i.file_sha256 IS NULL)
        FOR UPDATE;
    IF NOT FOUND THEN
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
        INSERT INTO public.record_import_rows AS r (
            import_id, record_key, row_number, label, deed, before, after, left_at
        )
            SELECT p_import, v_question::text, (v_row ->> 'row')::int, coalesce(left(q.question_text, 100), ''),
                   CASE WHEN v_seen IS NULL THEN 'new' ELSE 'changed' END, v_before, v_row -> 'values', q.updated_at
            FROM public.questions q WHERE q.question_id = v_question
            ON CONFLICT (import_id, record_key) DO UPDATE SET left_at = EXCLUDED.left_at;
    END LOOP;
    UPDATE public.record_imports i SET
        new_rows = i.new_rows + coalesce(jsonb_array_length(v_new), 0),
        changed_rows = i.changed_rows + v_number - coalesce(jsonb_array_length(v_new), 0)
        WHERE i.import_id = p_import AND i.state = 'done';
    RETURN jsonb_build_object('done', true, 'rows', v_number);
EXCEPTION
    WHEN invalid_datetime_format OR datetime_field_overflow OR invalid_text_representation
        OR numeric_value_out_of_range THEN
        RETURN api._refused('malformed');
END
$$;

-- Taking back -----------------------------------------------------------------------------------------------------

-- A draft that nobody has touched goes; what was approved is archived, for exams may hold it; what was changed gets a new
-- version as it was before. What somebody has changed since stays.
CREATE FUNCTION api._take_back_question(p_me uuid, p_row public.record_import_rows, p_reason text, OUT outcome text, OUT why text)
    LANGUAGE plpgsql
AS $$
DECLARE
    v_question uuid := api._uuid(p_row.record_key);
    v_found record;
    v_answer jsonb;
BEGIN
    outcome := 'left';
    SELECT q.status, q.updated_at INTO v_found FROM public.questions q WHERE q.question_id = v_question FOR UPDATE;
    IF NOT FOUND THEN
        why := 'unknown';
    ELSIF v_found.updated_at <> p_row.left_at THEN
        why := 'changed';
    ELSIF p_row.deed = 'changed' THEN
        v_answer := api.put_question(v_question, v_found.updated_at, coalesce(p_row.before, '{}'), p_reason);
        IF v_answer ? 'refused' THEN
            why := v_answer ->> 'refused';
        ELSE
            outcome := 'put_back';
        END IF;
    ELSIF v_found.status = 'draft' THEN
        DELETE FROM public.question_schemes s WHERE s.question_id = v_question;
        DELETE FROM public.questions q WHERE q.question_id = v_question;
        PERFORM api._audit(
            'question.withdrawn', p_me, 'question', v_question, jsonb_build_object('reason', p_reason)
        );
        outcome := 'gone';
    ELSE
        PERFORM api.set_question_status(v_question, v_found.updated_at, 'archived', p_reason);
        outcome := 'archived';
    END IF;
END
$$;

-- Where taking back stands, and that it has ended when nothing is left of it.
CREATE FUNCTION api._taking_back(p_import uuid, p_me uuid) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_counts jsonb;
BEGIN
    SELECT jsonb_build_object(
        'gone', count(*) FILTER (WHERE r.outcome = 'gone'), 'archived', count(*) FILTER (WHERE r.outcome = 'archived'),
        'put_back', count(*) FILTER (WHERE r.outcome = 'put_back'), 'left', count(*) FILTER (WHERE r.outcome = 'left'),
        'waiting', count(*) FILTER (WHERE r.outcome IS NULL)
    ) INTO v_counts
    FROM public.record_import_rows r WHERE r.import_id = p_import;
    IF v_counts -> 'waiting' = '0' THEN
        UPDATE public.record_imports i SET state = 'taken_back', taken_back_at = now()
            WHERE i.import_id = p_import AND i.state = 'taking_back';
        IF FOUND THEN
            PERFORM api._audit('import.taken_back', p_me, 'import', p_import, v_counts - 'waiting');
        END IF;
    END IF;
    RETURN v_counts;
END
$$;

-- The next rows of an import on their way back, from the last on. Of questions they are done at once; of all others who
-- asks does it in the same transaction, and says so by api.tell_taken_back. The first call says why, and the last one,
-- which finds none, ends it. One asks at a time, so two can do it together.
CREATE FUNCTION api.take_back_import(p_import uuid, p_reason text, p_limit int) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_import public.record_imports;
    v_row public.record_import_rows;
    v_taken record;
    v_rows jsonb := '[]';
BEGIN
    IF p_limit IS NULL OR p_limit NOT BETWEEN 1 AND 20000 THEN
        RETURN api._refused('malformed');
    END IF;
    SELECT * INTO v_import FROM public.record_imports i WHERE i.import_id = p_import;
    IF v_import.state = 'begun' THEN  -- who writes it still holds it
        SELECT * INTO v_import FROM public.record_imports i WHERE i.import_id = p_import FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
            RETURN api._refused('import_runs');
        END IF;
    ELSE
        SELECT * INTO v_import FROM public.record_imports i WHERE i.import_id = p_import FOR UPDATE;
    END IF;
    IF v_import.import_id IS NULL THEN
        RETURN api._refused('unknown');
    ELSIF v_import.state = 'taken_back' THEN
        RETURN api._refused('so_already');
    ELSIF v_import.state <> 'taking_back' THEN
        UPDATE public.record_imports i SET state = 'taking_back', taken_back_by = v_me WHERE i.import_id = p_import;
        PERFORM api._audit('import.withdrawn', v_me, 'import', p_import, jsonb_build_object('reason', v_reason));
    END IF;
    FOR v_row IN
        SELECT r.* FROM public.record_import_rows r WHERE r.import_id = p_import AND r.outcome IS NULL
        ORDER BY r.row_number DESC NULLS LAST, r.record_key DESC LIMIT p_limit
    LOOP
        IF v_import.subject = 'question' THEN
            SELECT * INTO v_taken FROM api._take_back_question(v_me, v_row, v_reason);
            UPDATE public.record_import_rows r SET outcome = v_taken.outcome, why = v_taken.why
                WHERE r.import_id = p_import AND r.record_key = v_row.record_key;
        ELSE
            v_rows := v_rows || jsonb_build_array(to_jsonb(v_row) - 'import_id' - 'people' - 'outcome' - 'why');
        END IF;
    END LOOP;
    RETURN jsonb_build_object('done', true, 'rows', v_rows) || api._taking_back(p_import, v_me);
END
$$;

-- What became of rows that api.take_back_import gave, in the same transaction. p_rows: [{"key", "outcome", "why"}].
CREATE FUNCTION api.tell_taken_back(p_import uuid, p_rows jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
BEGIN
    PERFORM 1 FROM public.record_imports i
        WHERE i.import_id = p_import AND i.state = 'taking_back' AND i.subject <> 'question' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    ELSIF jsonb_typeof(p_rows) IS DISTINCT FROM 'array' OR jsonb_array_length(p_rows) > 20000 THEN
        RETURN api._refused('malformed');
    END IF;
    UPDATE public.record_import_rows r SET outcome = t.outcome, why = left(t.why, 500)
        FROM jsonb_to_recordset(p_rows) t (key text, outcome text, why text)
        WHERE r.import_id = p_import AND r.record_key = t.key AND r.outcome IS NULL;
    RETURN '{"done": true}'::jsonb || api._taking_back(p_import, v_me);
EXCEPTION
    WHEN integrity_constraint_violation OR data_exception OR cannot_coerce THEN
        RETURN api._refused('malformed');
END
$$;

-- As in 042, for a program before 063: all of it at once.
CREATE OR REPLACE FUNCTION api.undo_question_import(p_import uuid, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_answer jsonb;
BEGIN
    PERFORM api._admin();
    IF NOT EXISTS (
        SELECT 1 FROM public.record_imports i
        WHERE i.import_id = p_import AND i.subject = 'question' AND i.state <> 'taken_back'
    ) THEN
        RETURN api._refused('unknown');
    END IF;
    LOOP
        v_answer := api.take_back_import(p_import, p_reason, 20000);
        EXIT WHEN v_answer ? 'refused' OR v_answer -> 'waiting' = '0';
    END LOOP;
    RETURN v_answer - 'rows' - 'waiting';
END
$$;

-- Looking at it ---------------------------------------------------------------------------------------------------

-- Those of one subject, or (NULL) of all, the newest first; from behind one that was the last of the piece before.
CREATE FUNCTION api.imports(p_subject text, p_after uuid, p_limit int) RETURNS TABLE (
    import_id uuid, subject text, file_name text, file_sha256 text, imported_by text, imported_at timestamptz, state text,
    new_rows int, changed_rows int, taken_back_by text, taken_back_at timestamptz
)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_last public.record_imports;
    v_one record;
BEGIN
    PERFORM api._admin();
    IF p_limit IS NULL OR p_limit NOT BETWEEN 1 AND 1000 THEN
        RAISE EXCEPTION 'this cannot be looked for' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO v_last FROM public.record_imports i WHERE i.import_id = p_after;
    FOR v_one IN
        SELECT i.*, b.first_name || ' ' || b.last_name AS by_name, t.first_name || ' ' || t.last_name AS back_name
        FROM public.record_imports i
        LEFT JOIN public.users b ON b.user_id = i.imported_by LEFT JOIN public.users t ON t.user_id = i.taken_back_by
        WHERE (p_subject IS NULL OR i.subject = p_subject)
          AND (v_last.import_id IS NULL OR (i.imported_at, i.import_id) < (v_last.imported_at, v_last.import_id))
        ORDER BY i.imported_at DESC, i.import_id DESC LIMIT p_limit
    LOOP
        IF v_one.state = 'begun' THEN  -- one that nobody holds has broken off
            PERFORM 1 FROM public.record_imports i WHERE i.import_id = v_one.import_id FOR KEY SHARE SKIP LOCKED;
            v_one.state := CASE WHEN FOUND THEN 'interrupted' ELSE 'running' END;
        END IF;
        RETURN QUERY SELECT
            v_one.import_id, v_one.subject, v_one.file_name, v_one.file_sha256, coalesce(v_one.by_name, ''),
            v_one.imported_at, v_one.state, v_one.new_rows, v_one.changed_rows, coalesce(v_one.back_name, ''),
            v_one.taken_back_at;
    END LOOP;
END
$$;

-- What the audit log calls the records of a subject.
CREATE FUNCTION api._imported_resource(p_subject text) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN p_subject IN ('staff', 'student', 'parent') THEN 'user' ELSE p_subject END
$$;

-- The rows of one import in the order of the file, from behind a place on (0: from the first); by: who changed what was left.
CREATE FUNCTION api.import_rows(p_import uuid, p_after int, p_limit int) RETURNS TABLE (
    place int, row_number int, record_key text, label text, deed text, before jsonb, after jsonb, left_at timestamptz,
    outcome text, why text, by text
)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._admin();
    IF p_after IS NULL OR p_after < 0 OR p_limit IS NULL OR p_limit NOT BETWEEN 1 AND 1000 THEN
        RAISE EXCEPTION 'this cannot be looked for' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN QUERY
        SELECT (p_after + row_number() OVER (ORDER BY o.row_number NULLS LAST, o.record_key))::int, o.row_number,
               o.record_key, o.label, o.deed, o.before, o.after, o.left_at, o.outcome, o.why,
               CASE o.why WHEN 'changed' THEN coalesce(
                   api._faster(api._imported_resource(i.subject), o.record_key, NULL) ->> 'by', ''
               ) ELSE '' END
        FROM public.record_imports i
        CROSS JOIN LATERAL (
            SELECT r.* FROM public.record_import_rows r WHERE r.import_id = i.import_id
            ORDER BY r.row_number NULLS LAST, r.record_key OFFSET p_after LIMIT p_limit
        ) o
        WHERE i.import_id = p_import
        ORDER BY o.row_number NULLS LAST, o.record_key;
END
$$;

-- What taking it back would do now, of the rows that wait: {"new", "changed", "since"}; since: changed by somebody, or gone.
CREATE FUNCTION api.weigh_import(p_import uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_subject text;
    v_found jsonb;
BEGIN
    PERFORM api._admin();
    SELECT i.subject INTO v_subject FROM public.record_imports i WHERE i.import_id = p_import;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    END IF;
    EXECUTE format(
        'SELECT jsonb_build_object(
            ''done'', true, ''new'', count(*) FILTER (WHERE t.updated_at = r.left_at AND r.deed = ''new''),
            ''changed'', count(*) FILTER (WHERE t.updated_at = r.left_at AND r.deed = ''changed''),
            ''since'', count(*) FILTER (WHERE t.updated_at IS DISTINCT FROM r.left_at)
        )
        FROM public.record_import_rows r LEFT JOIN public.%I t ON t.%I = r.record_key::%s
        WHERE r.import_id = $1 AND r.outcome IS NULL',
        CASE api._imported_resource(v_subject) WHEN 'question' THEN 'questions' WHEN 'plan' THEN 'subscription_plans'
            WHEN 'holiday' THEN 'holidays' WHEN 'template' THEN 'exam_templates' ELSE 'users' END,
        CASE api._imported_resource(v_subject) WHEN 'plan' THEN 'plan_type' ELSE
            api._imported_resource(v_subject) || '_id' END,
        CASE v_subject WHEN 'plan' THEN 'public.mv_plan_type' ELSE 'uuid' END
    ) INTO v_found USING p_import;
    RETURN v_found;
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.begin_import(uuid, text, text, text), api.hold_import(uuid, text),
    api.keep_import_rows(uuid, text, jsonb), api.end_import(uuid, text, text), api.drop_import(uuid, text),
    api.take_back_import(uuid, text, int), api.tell_taken_back(uuid, jsonb), api.imports(text, uuid, int),
    api.import_rows(uuid, int, int), api.weigh_import(uuid) TO mv_admin;
