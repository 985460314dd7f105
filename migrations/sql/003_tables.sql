-- What the first marking path needs beyond the fifteen tables. Nothing of the fifteen is changed but by addition.

ALTER TABLE public.users
    ADD COLUMN is_coordinator boolean DEFAULT false NOT NULL,
    ADD CONSTRAINT ck_users_coordinator_is_staff CHECK (NOT is_coordinator OR role IN ('teacher', 'admin'));

-- assignment_version fences work made for an earlier assignment; version counts what was applied.
ALTER TABLE public.evaluations
    ADD COLUMN assignment_version integer DEFAULT 1 NOT NULL,
    ADD COLUMN version bigint DEFAULT 0 NOT NULL,
    ADD COLUMN submitted_claimed_at timestamptz,
    ADD COLUMN submitted_estimated_at timestamptz,
    ADD COLUMN submitted_quality text,
    ADD COLUMN submitted_punctuality text,
    ADD CONSTRAINT ck_evaluations_assignment_version CHECK (assignment_version > 0),
    ADD CONSTRAINT ck_evaluations_punctuality CHECK (
        submitted_punctuality IN ('on_time', 'on_time_sent_later', 'claimed', 'late')
    );

-- revoked_at: when the account was closed; the row stays, so that pending work can still be sent and kept.
CREATE TABLE public.staff_logins (
    login_name name CONSTRAINT pk_staff_logins PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT fk_staff_logins_user_id REFERENCES public.users ON DELETE RESTRICT,
    created_at timestamptz DEFAULT now() NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT uq_staff_logins_user_id UNIQUE (user_id)
);

CREATE TABLE public.question_schemes (
    question_id uuid NOT NULL CONSTRAINT fk_question_schemes_question_id REFERENCES public.questions ON DELETE RESTRICT,
    version integer NOT NULL,
    scheme jsonb NOT NULL,
    CONSTRAINT pk_question_schemes PRIMARY KEY (question_id, version),
    CONSTRAINT ck_question_schemes_version CHECK (version > 0)
);

CREATE TABLE public.evaluation_assignments (
    evaluation_id uuid NOT NULL
        CONSTRAINT fk_evaluation_assignments_evaluation_id REFERENCES public.evaluations ON DELETE CASCADE,
    assignment_version integer NOT NULL,
    teacher_user_id uuid NOT NULL
        CONSTRAINT fk_evaluation_assignments_teacher_user_id REFERENCES public.users ON DELETE RESTRICT,
    assigned_by uuid CONSTRAINT fk_evaluation_assignments_assigned_by REFERENCES public.users ON DELETE RESTRICT,
    assigned_at timestamptz DEFAULT now() NOT NULL,
    reason text,
    CONSTRAINT pk_evaluation_assignments PRIMARY KEY (evaluation_id, assignment_version)
);
CREATE INDEX ix_evaluation_assignments_teacher ON public.evaluation_assignments (teacher_user_id);
COMMENT ON INDEX public.ix_evaluation_assignments_teacher IS 'what a teacher ever had; the check when a user goes';

CREATE TABLE public.evaluation_clock (
    exam_instance_id uuid CONSTRAINT pk_evaluation_clock PRIMARY KEY
        CONSTRAINT fk_evaluation_clock_exam_instance_id REFERENCES public.exam_instances ON DELETE CASCADE,
    received_at timestamptz NOT NULL
);

-- The registers: work in progress. alternative is '' for a question without alternatives.
CREATE TABLE public.mark_registers (
    evaluation_id uuid NOT NULL
        CONSTRAINT fk_mark_registers_evaluation_id REFERENCES public.evaluations ON DELETE CASCADE,
    question_number integer NOT NULL,
    alternative text DEFAULT '' NOT NULL,
    state text NOT NULL,
    marks numeric(5, 2),
    comment text DEFAULT '' NOT NULL,
    version bigint NOT NULL,
    last_stream uuid,
    last_operation uuid,
    CONSTRAINT pk_mark_registers PRIMARY KEY (evaluation_id, question_number, alternative),
    CONSTRAINT ck_mark_registers_question_number CHECK (question_number > 0),
    CONSTRAINT ck_mark_registers_state CHECK (state IN ('follows_stamps', 'marked', 'not_attempted')),
    CONSTRAINT ck_mark_registers_marks CHECK (marks >= 0),
    CONSTRAINT ck_mark_registers_marked_has_marks CHECK ((state = 'marked') = (marks IS NOT NULL))
);

CREATE TABLE public.annotation_registers (
    evaluation_id uuid NOT NULL
        CONSTRAINT fk_annotation_registers_evaluation_id REFERENCES public.evaluations ON DELETE CASCADE,
    annotation_id uuid NOT NULL,
    page_number integer NOT NULL,
    pdf_page integer DEFAULT 0 NOT NULL,
    body jsonb NOT NULL,
    deleted boolean DEFAULT false NOT NULL,
    version bigint NOT NULL,
    last_stream uuid,
    last_operation uuid,
    placed_seq bigint NOT NULL,
    CONSTRAINT pk_annotation_registers PRIMARY KEY (evaluation_id, annotation_id),
    CONSTRAINT ck_annotation_registers_page CHECK (page_number > 0 AND pdf_page >= 0)
);

CREATE TABLE public.page_registers (
    evaluation_id uuid NOT NULL
        CONSTRAINT fk_page_registers_evaluation_id REFERENCES public.evaluations ON DELETE CASCADE,
    page_number integer NOT NULL,
    pdf_page integer DEFAULT 0 NOT NULL,
    seen_seconds numeric DEFAULT 0 NOT NULL,
    largest_share numeric DEFAULT 0 NOT NULL,
    question_numbers integer[],
    version bigint NOT NULL,
    CONSTRAINT pk_page_registers PRIMARY KEY (evaluation_id, page_number, pdf_page),
    CONSTRAINT ck_page_registers_page CHECK (page_number > 0 AND pdf_page >= 0),
    CONSTRAINT ck_page_registers_seen CHECK (seen_seconds >= 0 AND largest_share BETWEEN 0 AND 1)
);

CREATE TABLE public.evaluation_flags (
    flag_id uuid CONSTRAINT pk_evaluation_flags PRIMARY KEY,
    evaluation_id uuid NOT NULL
        CONSTRAINT fk_evaluation_flags_evaluation_id REFERENCES public.evaluations ON DELETE CASCADE,
    page_number integer,
    pdf_page integer,
    reason text NOT NULL,
    comment text DEFAULT '' NOT NULL,
    raised_by uuid NOT NULL CONSTRAINT fk_evaluation_flags_raised_by REFERENCES public.users ON DELETE RESTRICT,
    raised_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT ck_evaluation_flags_reason CHECK (btrim(reason) <> '')
);
CREATE INDEX ix_evaluation_flags_evaluation ON public.evaluation_flags (evaluation_id);
COMMENT ON INDEX public.ix_evaluation_flags_evaluation IS 'what was reported about a script';

-- A stream is one journal: one person on one computer. A beacon is a moment of the server's clock.
CREATE TABLE public.streams (
    stream_id uuid CONSTRAINT pk_streams PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT fk_streams_user_id REFERENCES public.users ON DELETE RESTRICT,
    last_seq bigint DEFAULT 0 NOT NULL,
    last_estimate timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL
);

CREATE TABLE public.clock_beacons (
    beacon_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_clock_beacons PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT fk_clock_beacons_user_id REFERENCES public.users ON DELETE RESTRICT,
    issued_at timestamptz DEFAULT clock_timestamp() NOT NULL
);
CREATE INDEX ix_clock_beacons_user ON public.clock_beacons (user_id, issued_at);
COMMENT ON INDEX public.ix_clock_beacons_user IS 'the beacons of a person that are too old to be of use';

-- No foreign key on evaluation_id: what was refused may name an evaluation that never was.
CREATE TABLE public.applied_operations (
    op_id uuid CONSTRAINT pk_applied_operations PRIMARY KEY,
    stream_id uuid NOT NULL
        CONSTRAINT fk_applied_operations_stream_id REFERENCES public.streams ON DELETE RESTRICT,
    seq bigint NOT NULL,
    user_id uuid NOT NULL CONSTRAINT fk_applied_operations_user_id REFERENCES public.users ON DELETE RESTRICT,
    evaluation_id uuid NOT NULL,
    assignment_version integer NOT NULL,
    base_version bigint NOT NULL,
    kind text NOT NULL,
    operation_schema integer NOT NULL,
    payload jsonb NOT NULL,
    claimed_at timestamptz,
    estimated_at timestamptz,
    estimate_quality text NOT NULL,
    received_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    verdict text NOT NULL,
    reason text,
    detail jsonb,
    new_version bigint NOT NULL,
    CONSTRAINT uq_applied_operations_stream_id UNIQUE (stream_id, seq),
    CONSTRAINT ck_applied_operations_estimate_quality CHECK (estimate_quality IN ('monotonic', 'wall', 'none')),
    CONSTRAINT ck_applied_operations_verdict CHECK (verdict IN ('applied', 'kept', 'refused', 'held'))
);
CREATE INDEX ix_applied_operations_evaluation ON public.applied_operations (evaluation_id, received_at);
COMMENT ON INDEX public.ix_applied_operations_evaluation IS 'the history of a script';
CREATE INDEX ix_applied_operations_user ON public.applied_operations (user_id, received_at);
COMMENT ON INDEX public.ix_applied_operations_user IS 'what a teacher sent';

CREATE TABLE public.page_files (
    upload_id uuid CONSTRAINT pk_page_files PRIMARY KEY
        CONSTRAINT fk_page_files_upload_id REFERENCES public.answer_sheet_uploads ON DELETE CASCADE,
    sha256 char(64) NOT NULL,
    bytes bigint NOT NULL,
    pages jsonb NOT NULL,
    problem text,
    checked_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT ck_page_files_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_page_files_bytes CHECK (bytes >= 0),
    CONSTRAINT ck_page_files_pages CHECK (jsonb_typeof(pages) = 'array')
);

CREATE TABLE public.page_requests (
    request_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_page_requests PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT fk_page_requests_user_id REFERENCES public.users ON DELETE RESTRICT,
    upload_id uuid NOT NULL
        CONSTRAINT fk_page_requests_upload_id REFERENCES public.answer_sheet_uploads ON DELETE CASCADE,
    requested_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    address text,
    expires_at timestamptz,
    signed_at timestamptz,
    problem text
);
CREATE INDEX ix_page_requests_upload ON public.page_requests (upload_id, user_id, requested_at);
COMMENT ON INDEX public.ix_page_requests_upload IS 'the latest address of a page for a person';
CREATE INDEX ix_page_requests_open ON public.page_requests (requested_at) WHERE signed_at IS NULL;
COMMENT ON INDEX public.ix_page_requests_open IS 'requests that wait for the worker';
CREATE INDEX ix_page_requests_user ON public.page_requests (user_id, requested_at);
COMMENT ON INDEX public.ix_page_requests_user IS 'a person''s requests that are too old to be of use';

INSERT INTO public.system_config (config_key, config_value, description) VALUES
    ('anonymous_marking', 'true', 'Teachers see a script code instead of the student''s name'),
    ('recovery_public_key', 'null', 'Public key under which computers wrap the key of their local files, or null'),
    ('operation_schema', '{"min": 1, "max": 1}', 'Versions of marking operations that the server accepts'),
    ('max_pages_per_script', '100', 'Largest number of pages in one script'),
    ('max_page_megapixels', '60', 'Largest page, in millions of pixels')
ON CONFLICT DO NOTHING;

-- What is there already starts with its first assignment and its clock.
INSERT INTO public.evaluation_assignments (evaluation_id, assignment_version, teacher_user_id, assigned_at)
SELECT e.evaluation_id, e.assignment_version, e.teacher_user_id, e.assigned_at FROM public.evaluations e;
INSERT INTO public.evaluation_clock (exam_instance_id, received_at)
SELECT e.exam_instance_id, coalesce(max(u.uploaded_at), e.assigned_at)
FROM public.evaluations e
LEFT JOIN public.answer_sheet_uploads u ON u.exam_instance_id = e.exam_instance_id
GROUP BY e.exam_instance_id, e.assigned_at;
