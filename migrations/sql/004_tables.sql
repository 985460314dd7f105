-- Handing a script back, flags with a place and an end, and the list of what a teacher has finished.

-- A script that nobody marks for now. The teacher column of the evaluation keeps the last teacher.
CREATE TABLE public.evaluation_holds (
    hold_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_evaluation_holds PRIMARY KEY,
    evaluation_id uuid NOT NULL
        CONSTRAINT fk_evaluation_holds_evaluation_id REFERENCES public.evaluations ON DELETE CASCADE,
    assignment_version integer NOT NULL,
    kind text NOT NULL,
    reason text NOT NULL,
    comment text DEFAULT '' NOT NULL,
    held_by uuid NOT NULL CONSTRAINT fk_evaluation_holds_held_by REFERENCES public.users ON DELETE RESTRICT,
    held_since timestamptz DEFAULT now() NOT NULL,
    ended_at timestamptz,
    CONSTRAINT ck_evaluation_holds_kind CHECK (kind IN ('handed_back', 'withdrawn')),
    CONSTRAINT ck_evaluation_holds_reason CHECK (btrim(reason) <> '')
);
CREATE UNIQUE INDEX uq_evaluation_holds_open ON public.evaluation_holds (evaluation_id) WHERE ended_at IS NULL;
COMMENT ON INDEX public.uq_evaluation_holds_open IS 'a script is held once at a time; whether it is held now';
CREATE INDEX ix_evaluation_holds_evaluation ON public.evaluation_holds (evaluation_id);
COMMENT ON INDEX public.ix_evaluation_holds_evaluation IS 'what became of a script; the check when an evaluation goes';

-- x and y are fractions of the unrotated page. A flag ends when its teacher withdraws it or a coordinator answers it.
ALTER TABLE public.evaluation_flags
    ADD COLUMN x double precision,
    ADD COLUMN y double precision,
    ADD COLUMN withdrawn_at timestamptz,
    ADD COLUMN answered_at timestamptz,
    ADD COLUMN answered_by uuid
        CONSTRAINT fk_evaluation_flags_answered_by REFERENCES public.users ON DELETE RESTRICT,
    ADD COLUMN answer text DEFAULT '' NOT NULL,
    ADD CONSTRAINT ck_evaluation_flags_spot CHECK (
        CASE WHEN x IS NULL AND y IS NULL THEN true
             ELSE coalesce(x BETWEEN 0 AND 1 AND y BETWEEN 0 AND 1 AND page_number > 0, false) END
    ),
    ADD CONSTRAINT ck_evaluation_flags_answer CHECK (answer = '' OR answered_at IS NOT NULL);

CREATE INDEX ix_evaluations_finished ON public.evaluations (teacher_user_id, completed_at DESC, evaluation_id DESC)
    WHERE status = 'completed';
COMMENT ON INDEX public.ix_evaluations_finished IS 'what a teacher has finished, the latest first';

-- A client that knows no more than 1 goes on as before: 2 is said only by the operations that are new.
UPDATE public.system_config SET config_value = config_value || '{"max": 2}'
    WHERE config_key = 'operation_schema' AND config_value ->> 'max' = '1';
