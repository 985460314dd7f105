-- What coordinators and admins do leaves a trace: copies of what was final, returns, and moved deadlines. Added to only.

-- Written before anything of a completed evaluation is opened again. written_in is the transaction that made the copy:
-- only in that one may the evaluation be opened.
CREATE TABLE public.evaluation_versions (
    evaluation_id uuid NOT NULL
        CONSTRAINT fk_evaluation_versions_evaluation_id REFERENCES public.evaluations ON DELETE RESTRICT,
    version_number integer NOT NULL,
    reason text NOT NULL,
    copied_by uuid NOT NULL CONSTRAINT fk_evaluation_versions_copied_by REFERENCES public.users ON DELETE RESTRICT,
    copied_at timestamptz DEFAULT now() NOT NULL,
    written_in bigint NOT NULL,
    evaluation jsonb NOT NULL,
    exam jsonb NOT NULL,
    marks jsonb NOT NULL,
    work jsonb NOT NULL,
    CONSTRAINT pk_evaluation_versions PRIMARY KEY (evaluation_id, version_number),
    CONSTRAINT ck_evaluation_versions_number CHECK (version_number > 0),
    CONSTRAINT ck_evaluation_versions_reason CHECK (btrim(reason) <> '')
);

-- questions: [{"question_number", "reason", "pin"}]. Only these may be changed while the script stays with its teacher.
CREATE TABLE public.evaluation_returns (
    evaluation_id uuid NOT NULL
        CONSTRAINT fk_evaluation_returns_evaluation_id REFERENCES public.evaluations ON DELETE RESTRICT,
    assignment_version integer NOT NULL,
    teacher_user_id uuid NOT NULL
        CONSTRAINT fk_evaluation_returns_teacher_user_id REFERENCES public.users ON DELETE RESTRICT,
    questions jsonb NOT NULL,
    reason text NOT NULL,
    returned_by uuid NOT NULL CONSTRAINT fk_evaluation_returns_returned_by REFERENCES public.users ON DELETE RESTRICT,
    returned_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_evaluation_returns PRIMARY KEY (evaluation_id, assignment_version),
    CONSTRAINT ck_evaluation_returns_questions CHECK (jsonb_typeof(questions) = 'array' AND questions <> '[]'),
    CONSTRAINT ck_evaluation_returns_reason CHECK (btrim(reason) <> '')
);

CREATE TABLE public.deadline_changes (
    change_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_deadline_changes PRIMARY KEY,
    evaluation_id uuid NOT NULL
        CONSTRAINT fk_deadline_changes_evaluation_id REFERENCES public.evaluations ON DELETE RESTRICT,
    kind text NOT NULL,
    deadline_before timestamptz NOT NULL,
    deadline_after timestamptz NOT NULL,
    reason text NOT NULL,
    changed_by uuid NOT NULL CONSTRAINT fk_deadline_changes_changed_by REFERENCES public.users ON DELETE RESTRICT,
    changed_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT ck_deadline_changes_kind CHECK (kind IN ('extended', 'excused', 'returned')),
    CONSTRAINT ck_deadline_changes_moves CHECK ((kind = 'excused') = (deadline_before = deadline_after)),
    CONSTRAINT ck_deadline_changes_reason CHECK (btrim(reason) <> '')
);
CREATE INDEX ix_deadline_changes_evaluation ON public.deadline_changes (evaluation_id, changed_at);
COMMENT ON INDEX public.ix_deadline_changes_evaluation IS 'why a script is due when it is due';

DO $$
DECLARE
    v_table text;
    v_role text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['evaluation_versions', 'evaluation_returns', 'deadline_changes'] LOOP
        EXECUTE format(
            'CREATE TRIGGER tr_%1$s_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.%1$I
                FOR EACH STATEMENT EXECUTE FUNCTION public.mv_refuse_change()', v_table
        );
        EXECUTE format('ALTER TABLE public.%1$I ENABLE ALWAYS TRIGGER tr_%1$s_append_only', v_table);
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
    -- What was returned and until when it is due is the teacher's to know; the copies are not.
    FOREACH v_table IN ARRAY ARRAY['evaluation_returns', 'deadline_changes'] LOOP
        EXECUTE format('GRANT SELECT ON public.%I TO mv_teacher', v_table);
        EXECUTE format(
            'CREATE POLICY teacher_reads ON public.%1$I FOR SELECT TO mv_teacher USING (EXISTS (
                SELECT 1 FROM public.evaluations e
                WHERE e.evaluation_id = %1$I.evaluation_id AND e.teacher_user_id = (SELECT api.me())))',
            v_table
        );
    END LOOP;
END
$$;

-- Why a script was held is told to whom it was taken from, not to everybody who had it before or has it later: the words
-- may be about her.
ALTER POLICY teacher_reads ON public.evaluation_holds USING (EXISTS (
    SELECT 1 FROM public.evaluation_assignments a
    WHERE a.evaluation_id = evaluation_holds.evaluation_id
      AND a.assignment_version = evaluation_holds.assignment_version AND a.teacher_user_id = (SELECT api.me())
));

-- Why she was given a script is the coordinator's word, which may name a student or a colleague.
REVOKE SELECT ON public.evaluation_assignments FROM mv_teacher;
GRANT SELECT (evaluation_id, assignment_version, teacher_user_id, assigned_by, assigned_at)
    ON public.evaluation_assignments TO mv_teacher;
