-- Quality: some completed scripts are marked a second time, by a teacher who sees nothing of the first marking. What comes
-- of it changes nobody's marks. Which scripts is decided in domain/sample.py, what it says in domain/agreement.py.

-- A script that is looked at again: by rule, or because somebody asked.
CREATE TABLE public.script_samples (
    evaluation_id uuid CONSTRAINT pk_script_samples PRIMARY KEY
        CONSTRAINT fk_script_samples_evaluation_id REFERENCES public.evaluations ON DELETE RESTRICT,
    teacher_user_id uuid NOT NULL
        CONSTRAINT fk_script_samples_teacher_user_id REFERENCES public.users ON DELETE RESTRICT,
    why text NOT NULL,
    reason text,
    chosen_by uuid CONSTRAINT fk_script_samples_chosen_by REFERENCES public.users ON DELETE RESTRICT,
    chosen_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT ck_script_samples_why CHECK (why IN ('first', 'share', 'asked')),
    CONSTRAINT ck_script_samples_asked
        CHECK ((why = 'asked') = (chosen_by IS NOT NULL) AND (why = 'asked') = (reason IS NOT NULL)),
    CONSTRAINT ck_script_samples_reason CHECK (btrim(reason) <> '')
);

-- Each time that a sample was given to somebody. She knows it by marking_id alone.
CREATE TABLE public.second_markings (
    marking_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_second_markings PRIMARY KEY,
    evaluation_id uuid NOT NULL
        CONSTRAINT fk_second_markings_evaluation_id REFERENCES public.script_samples ON DELETE RESTRICT,
    teacher_user_id uuid NOT NULL
        CONSTRAINT fk_second_markings_teacher_user_id REFERENCES public.users ON DELETE RESTRICT,
    given_by uuid NOT NULL CONSTRAINT fk_second_markings_given_by REFERENCES public.users ON DELETE RESTRICT,
    given_at timestamptz DEFAULT now() NOT NULL,
    outcome text,
    ended_at timestamptz,
    reason text,
    comment text,
    CONSTRAINT ck_second_markings_outcome CHECK (outcome IN ('marked', 'declined', 'taken_back')),
    CONSTRAINT ck_second_markings_ended CHECK ((outcome IS NULL) = (ended_at IS NULL))
);
CREATE UNIQUE INDEX uq_second_markings_live ON public.second_markings (evaluation_id)
    WHERE outcome IS NULL OR outcome = 'marked';
CREATE INDEX ix_second_markings_open ON public.second_markings (teacher_user_id) WHERE outcome IS NULL;
COMMENT ON INDEX public.ix_second_markings_open IS 'api.my_second_markings and api.request_pages: what she has still to mark';

-- Both marks of each question; the first ones as they were when the script was chosen, whatever becomes of it later.
CREATE TABLE public.sample_marks (
    evaluation_id uuid NOT NULL
        CONSTRAINT fk_sample_marks_evaluation_id REFERENCES public.script_samples ON DELETE RESTRICT,
    question_number integer NOT NULL,
    teacher_user_id uuid NOT NULL
        CONSTRAINT fk_sample_marks_teacher_user_id REFERENCES public.users ON DELETE RESTRICT,
    question_id uuid NOT NULL,
    question_type public.mv_question_type NOT NULL,
    marks_possible numeric(5, 2) NOT NULL,
    first_marks numeric(5, 2) NOT NULL,
    second_question_id uuid,
    second_marks numeric(5, 2),
    second_comment text,
    marked_at timestamptz,
    CONSTRAINT pk_sample_marks PRIMARY KEY (evaluation_id, question_number),
    CONSTRAINT ck_sample_marks_first CHECK (first_marks BETWEEN 0 AND marks_possible),
    CONSTRAINT ck_sample_marks_second CHECK (second_marks >= 0),
    CONSTRAINT ck_sample_marks_marked CHECK (
        (marked_at IS NULL) = (second_marks IS NULL) AND (marked_at IS NULL) = (second_question_id IS NULL)
    )
);
CREATE INDEX ix_sample_marks_marked ON public.sample_marks (marked_at, teacher_user_id) WHERE marked_at IS NOT NULL;
COMMENT ON INDEX public.ix_sample_marks_marked IS 'services/quality.py: what was marked twice since a moment';

DO $$
DECLARE
    v_table text;
    v_role text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['script_samples', 'second_markings', 'sample_marks'] LOOP
        EXECUTE format(
            'CREATE TRIGGER tr_%1$s_truncate BEFORE TRUNCATE ON public.%1$I
                FOR EACH STATEMENT EXECUTE FUNCTION api._refuse_truncate()', v_table
        );
        EXECUTE format('ALTER TABLE public.%1$I ENABLE ALWAYS TRIGGER tr_%1$s_truncate', v_table);
        EXECUTE format('REVOKE ALL ON TABLE public.%I FROM PUBLIC', v_table);
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', v_table);
        FOREACH v_role IN ARRAY ARRAY['coordinator', 'admin'] LOOP
            EXECUTE format('GRANT SELECT ON public.%1$I TO mv_%2$s', v_table, v_role);
            EXECUTE format(
                'CREATE POLICY %2$s_reads ON public.%1$I FOR SELECT TO mv_%2$s USING ((SELECT api.me()) IS NOT NULL)',
                v_table, v_role
            );
        END LOOP;
    END LOOP;
END
$$;
-- Whose marking it is sees what came of it, and not who else marked, or that something is still being looked at.
GRANT SELECT ON public.sample_marks TO mv_teacher;
CREATE POLICY teacher_reads ON public.sample_marks FOR SELECT TO mv_teacher
    USING (teacher_user_id = (SELECT api.me()) AND marked_at IS NOT NULL);

-- What the share is drawn with: whoever does not have it cannot know which scripts it takes.
CREATE TABLE api._sample_key (
    only_one boolean DEFAULT true CONSTRAINT pk_sample_key PRIMARY KEY CONSTRAINT ck_sample_key_only_one CHECK (only_one),
    key text NOT NULL
);
INSERT INTO api._sample_key (key) VALUES (encode(sha256((gen_random_uuid() || ' ' || gen_random_uuid())::bytea), 'hex'));

-- Completed scripts of which nobody has decided yet.
CREATE TABLE api._scripts_to_sample (
    evaluation_id uuid CONSTRAINT pk_scripts_to_sample PRIMARY KEY
        CONSTRAINT fk_scripts_to_sample_evaluation_id REFERENCES public.evaluations ON DELETE CASCADE,
    completed_at timestamptz NOT NULL
);
CREATE INDEX ix_scripts_to_sample_completed ON api._scripts_to_sample (completed_at, evaluation_id);
COMMENT ON INDEX api.ix_scripts_to_sample_completed IS 'api.scripts_to_sample: the longest completed first';
REVOKE ALL ON TABLE api._sample_key, api._scripts_to_sample FROM PUBLIC;
ALTER TABLE api._sample_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE api._scripts_to_sample ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION api._note_sample() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    INSERT INTO api._scripts_to_sample (evaluation_id, completed_at)
        VALUES (NEW.evaluation_id, coalesce(NEW.completed_at, now())) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_evaluations_sample AFTER UPDATE OF status ON public.evaluations
    FOR EACH ROW WHEN (OLD.status <> 'completed' AND NEW.status = 'completed')
    EXECUTE FUNCTION api._note_sample();

ALTER TABLE public.system_config DISABLE TRIGGER tr_system_config_change;
INSERT INTO public.system_config (config_key, config_value, description) VALUES
    ('sample_first', '5', 'So many scripts of a new teacher are marked a second time'),
    ('sample_percent', '2', 'Percentage of all later scripts that are marked a second time'),
    ('sample_tolerance', '"0.5"', 'Marks by which two markings of a question may differ'),
    ('sample_tolerance_long', '"1"', 'The same for long answers')
ON CONFLICT DO NOTHING;
ALTER TABLE public.system_config ENABLE TRIGGER tr_system_config_change;
