-- What 063 added, in the opposite order. Imports of questions go back to what 042 made for them; that those of other subjects
-- can be taken back is lost.

DROP FUNCTION api.weigh_import(uuid), api.import_rows(uuid, int, int), api._imported_resource(text),
    api.imports(text, uuid, int), api.tell_taken_back(uuid, jsonb), api.take_back_import(uuid, text, int),
    api._taking_back(uuid, uuid), api._take_back_question(uuid, public.record_import_rows, text),
    api.drop_import(uuid, text), api.end_import(uuid, text, text), api.keep_import_rows(uuid, text, jsonb),
    api.hold_import(uuid, text), api._held_import(uuid, text, uuid), api.begin_import(uuid, text, text, text);
DROP TRIGGER tr_users_forget_imported ON public.users;
DROP FUNCTION api._forget_imported(), api._named_people(text);

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
    FOREACH v_table IN ARRAY ARRAY['question_imports', 'question_import_rows'] LOOP
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
INSERT INTO public.question_imports (import_id, file_name, imported_by, imported_at, undone_by, undone_at)
    SELECT i.import_id, i.file_name, i.imported_by, i.imported_at, i.taken_back_by,
           CASE WHEN i.taken_back_by IS NOT NULL THEN coalesce(i.taken_back_at, now()) END
    FROM public.record_imports i
    WHERE i.subject = 'question' AND i.state <> 'begun' AND i.imported_by IS NOT NULL;
INSERT INTO public.question_import_rows (import_id, question_id, before, left_at)
    SELECT i.import_id, q.question_id, CASE r.deed WHEN 'changed' THEN r.before END, r.left_at
    FROM public.record_import_rows r
    JOIN public.question_imports i ON i.import_id = r.import_id
    JOIN public.questions q ON q.question_id = api._uuid(r.record_key)
    WHERE r.deed = 'new' OR r.before IS NOT NULL;
DROP TABLE public.record_import_rows, public.record_imports;
