-- The fifteen tables. Table, column and enum names are shared with the Mathvidya web platform: fixed.
-- Constraint names are ours: pk_, uq_, fk_, ck_, ex_ + table + what they say.

CREATE TABLE users (
    user_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_users PRIMARY KEY,
    email varchar(255) NOT NULL,
    password_hash varchar(255) NOT NULL,
    role mv_user_role NOT NULL,
    first_name varchar(100) NOT NULL,
    last_name varchar(100) NOT NULL,
    phone varchar(20),
    student_class varchar(10),
    student_photo_url text,
    school_name varchar(255),
    is_active boolean DEFAULT true NOT NULL,
    email_verified boolean DEFAULT false NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    last_login_at timestamptz,
    CONSTRAINT ck_users_student_has_class CHECK (role <> 'student' OR student_class IS NOT NULL)
);
-- A unique constraint cannot hold an expression, so this rule is an index.
CREATE UNIQUE INDEX uq_users_email ON users (lower(email));

CREATE TABLE parent_student_mappings (
    mapping_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_parent_student_mappings PRIMARY KEY,
    parent_user_id uuid NOT NULL
        CONSTRAINT fk_parent_student_mappings_parent_user_id REFERENCES users ON DELETE CASCADE,
    student_user_id uuid NOT NULL
        CONSTRAINT fk_parent_student_mappings_student_user_id REFERENCES users ON DELETE CASCADE,
    relationship mv_relationship_type NOT NULL,
    is_primary boolean DEFAULT false NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT uq_parent_student_mappings_pair UNIQUE (parent_user_id, student_user_id),
    CONSTRAINT ck_parent_student_mappings_two_people CHECK (parent_user_id <> student_user_id)
);

CREATE TABLE subscription_plans (
    plan_type mv_plan_type CONSTRAINT pk_subscription_plans PRIMARY KEY,
    display_name varchar(100) NOT NULL,
    description text,
    exams_per_month integer NOT NULL,
    teacher_hours_per_month numeric(5, 2),
    allow_board_exam boolean DEFAULT true NOT NULL,
    allow_section_practice boolean DEFAULT true NOT NULL,
    allow_unit_practice boolean DEFAULT false NOT NULL,
    allow_mcq_only boolean DEFAULT true NOT NULL,
    leaderboard_eligible boolean DEFAULT false NOT NULL,
    sla_hours integer NOT NULL,
    monthly_price_paise integer,
    annual_price_paise integer,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT ck_subscription_plans_exams_per_month CHECK (exams_per_month > 0),
    CONSTRAINT ck_subscription_plans_teacher_hours CHECK (teacher_hours_per_month >= 0),
    CONSTRAINT ck_subscription_plans_sla_hours CHECK (sla_hours IN (24, 48)),
    CONSTRAINT ck_subscription_plans_monthly_price CHECK (monthly_price_paise > 0),
    CONSTRAINT ck_subscription_plans_annual_price CHECK (annual_price_paise > 0)
);

CREATE TABLE subscriptions (
    subscription_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_subscriptions PRIMARY KEY,
    student_user_id uuid NOT NULL
        CONSTRAINT fk_subscriptions_student_user_id REFERENCES users ON DELETE CASCADE,
    plan_type mv_plan_type NOT NULL
        CONSTRAINT fk_subscriptions_plan_type REFERENCES subscription_plans ON DELETE RESTRICT,
    start_date date NOT NULL,
    end_date date NOT NULL,
    billing_cycle varchar(20) NOT NULL,
    status mv_subscription_status DEFAULT 'active' NOT NULL,
    exams_used_this_month integer DEFAULT 0 NOT NULL,
    exams_limit_per_month integer NOT NULL,
    teacher_hours_used numeric(5, 2) DEFAULT 0,
    teacher_hours_limit numeric(5, 2),
    billing_day_of_month integer NOT NULL,
    last_counter_reset_date date,
    amount_paid_paise integer NOT NULL,
    currency varchar(3) DEFAULT 'INR' NOT NULL,
    payment_gateway varchar(50),
    payment_gateway_ref varchar(255),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT ck_subscriptions_dates CHECK (end_date > start_date),
    CONSTRAINT ck_subscriptions_billing_cycle CHECK (billing_cycle IN ('monthly', 'annual')),
    CONSTRAINT ck_subscriptions_exams_used CHECK (exams_used_this_month >= 0),
    CONSTRAINT ck_subscriptions_teacher_hours_used CHECK (teacher_hours_used >= 0),
    CONSTRAINT ck_subscriptions_billing_day CHECK (billing_day_of_month BETWEEN 1 AND 28),
    CONSTRAINT ex_subscriptions_one_active EXCLUDE USING gist (
        student_user_id WITH =,
        daterange(start_date, end_date, '[]') WITH &&
    ) WHERE (status = 'active')
);

CREATE TABLE questions (
    question_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_questions PRIMARY KEY,
    version integer DEFAULT 1 NOT NULL,
    class varchar(10) NOT NULL,
    unit varchar(100) NOT NULL,
    topic varchar(255),
    question_type mv_question_type NOT NULL,
    marks integer NOT NULL,
    difficulty mv_question_difficulty,
    question_text text,
    question_image_url text,
    diagram_image_url text,
    mcq_choices jsonb,
    mcq_correct_choices jsonb,
    correct_answer_text text,
    correct_answer_image_url text,
    explanation text,
    explanation_image_url text,
    cbse_year integer,
    tags varchar[],
    status mv_question_status DEFAULT 'draft' NOT NULL,
    created_by uuid CONSTRAINT fk_questions_created_by REFERENCES users ON DELETE RESTRICT,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT ck_questions_version CHECK (version > 0),
    CONSTRAINT ck_questions_class CHECK (class IN ('X', 'XII')),
    CONSTRAINT ck_questions_cbse_year CHECK (cbse_year BETWEEN 2000 AND 2100),
    -- Blank text shows nothing, so it does not count as text.
    CONSTRAINT ck_questions_text_or_image CHECK (
        btrim(coalesce(question_text, '')) <> '' OR btrim(coalesce(question_image_url, '')) <> ''
    ),
    -- CASE, because only it promises that the length is never asked of what is no array; JSON null is no array.
    CONSTRAINT ck_questions_mcq_choices CHECK (
        question_type <> 'MCQ'
        OR CASE WHEN jsonb_typeof(mcq_choices) = 'array' THEN jsonb_array_length(mcq_choices) > 0 ELSE false END
    ),
    CONSTRAINT ck_questions_mcq_correct_choices CHECK (
        question_type <> 'MCQ'
        OR CASE
            WHEN jsonb_typeof(mcq_correct_choices) = 'array' THEN jsonb_array_length(mcq_correct_choices) > 0
            ELSE false
        END
    ),
    CONSTRAINT ck_questions_marks_of_type CHECK (
        (question_type = 'MCQ' AND marks = 1)
        OR (question_type = 'VSA' AND marks = 2)
        OR (question_type = 'SA' AND marks = 3)
        OR (question_type = 'LA' AND marks IN (5, 6))
    )
);

CREATE TABLE exam_templates (
    template_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_exam_templates PRIMARY KEY,
    template_name varchar(255) NOT NULL,
    class varchar(10) NOT NULL,
    exam_type mv_exam_type NOT NULL,
    config jsonb NOT NULL,
    specific_unit varchar(100),
    is_active boolean DEFAULT true NOT NULL,
    created_by uuid CONSTRAINT fk_exam_templates_created_by REFERENCES users ON DELETE RESTRICT,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT ck_exam_templates_class CHECK (class IN ('X', 'XII')),
    CONSTRAINT ck_exam_templates_unit_practice_has_unit CHECK (
        exam_type <> 'unit_practice' OR specific_unit IS NOT NULL
    )
);

CREATE TABLE exam_instances (
    exam_instance_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_exam_instances PRIMARY KEY,
    student_user_id uuid NOT NULL
        CONSTRAINT fk_exam_instances_student_user_id REFERENCES users ON DELETE CASCADE,
    template_id uuid NOT NULL
        CONSTRAINT fk_exam_instances_template_id REFERENCES exam_templates ON DELETE RESTRICT,
    exam_snapshot jsonb NOT NULL,
    exam_type mv_exam_type NOT NULL,
    class varchar(10) NOT NULL,
    total_marks integer NOT NULL,
    duration_minutes integer NOT NULL,
    started_at timestamptz,
    submitted_at timestamptz,
    time_taken_minutes integer,
    status mv_exam_status DEFAULT 'created' NOT NULL,
    mcq_score numeric(6, 2) DEFAULT 0,
    manual_score numeric(6, 2) DEFAULT 0,
    total_score numeric(6, 2) DEFAULT 0,
    percentage numeric(5, 2),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT ck_exam_instances_submitted_after_start CHECK (submitted_at >= started_at),
    CONSTRAINT ck_exam_instances_mcq_score CHECK (mcq_score >= 0),
    CONSTRAINT ck_exam_instances_manual_score CHECK (manual_score >= 0),
    CONSTRAINT ck_exam_instances_total_score CHECK (total_score >= 0),
    CONSTRAINT ck_exam_instances_percentage CHECK (percentage BETWEEN 0 AND 100),
    CONSTRAINT ck_exam_instances_total_within_marks CHECK (total_score <= total_marks)
);

CREATE TABLE student_mcq_answers (
    answer_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_student_mcq_answers PRIMARY KEY,
    exam_instance_id uuid NOT NULL
        CONSTRAINT fk_student_mcq_answers_exam_instance_id REFERENCES exam_instances ON DELETE CASCADE,
    question_number integer NOT NULL,
    question_id uuid NOT NULL,
    selected_choices jsonb NOT NULL,
    is_correct boolean NOT NULL,
    marks_awarded numeric(5, 2) NOT NULL,
    marks_possible numeric(5, 2) NOT NULL,
    answered_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT uq_student_mcq_answers_question UNIQUE (exam_instance_id, question_number),
    CONSTRAINT ck_student_mcq_answers_question_number CHECK (question_number > 0),
    CONSTRAINT ck_student_mcq_answers_marks_awarded CHECK (marks_awarded >= 0),
    CONSTRAINT ck_student_mcq_answers_marks_possible CHECK (marks_possible > 0)
);

CREATE TABLE answer_sheet_uploads (
    upload_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_answer_sheet_uploads PRIMARY KEY,
    exam_instance_id uuid NOT NULL
        CONSTRAINT fk_answer_sheet_uploads_exam_instance_id REFERENCES exam_instances ON DELETE CASCADE,
    student_user_id uuid NOT NULL
        CONSTRAINT fk_answer_sheet_uploads_student_user_id REFERENCES users ON DELETE RESTRICT,
    page_number integer NOT NULL,
    s3_bucket varchar(255) NOT NULL,
    s3_key text NOT NULL,
    file_size_bytes bigint,
    mime_type varchar(100),
    questions_on_page jsonb,
    uploaded_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT uq_answer_sheet_uploads_page UNIQUE (exam_instance_id, page_number),
    CONSTRAINT ck_answer_sheet_uploads_page_number CHECK (page_number > 0),
    CONSTRAINT ck_answer_sheet_uploads_file_size CHECK (file_size_bytes > 0)
);

CREATE TABLE unanswered_questions (
    record_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_unanswered_questions PRIMARY KEY,
    exam_instance_id uuid NOT NULL
        CONSTRAINT fk_unanswered_questions_exam_instance_id REFERENCES exam_instances ON DELETE CASCADE,
    question_number integer NOT NULL,
    declared_unanswered boolean DEFAULT true NOT NULL,
    declared_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT uq_unanswered_questions_question UNIQUE (exam_instance_id, question_number),
    CONSTRAINT ck_unanswered_questions_question_number CHECK (question_number > 0)
);

CREATE TABLE evaluations (
    evaluation_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_evaluations PRIMARY KEY,
    exam_instance_id uuid NOT NULL
        CONSTRAINT fk_evaluations_exam_instance_id REFERENCES exam_instances ON DELETE RESTRICT,
    teacher_user_id uuid NOT NULL
        CONSTRAINT fk_evaluations_teacher_user_id REFERENCES users ON DELETE RESTRICT,
    assigned_at timestamptz DEFAULT now() NOT NULL,
    sla_deadline timestamptz NOT NULL,
    sla_hours_allocated integer NOT NULL,
    sla_breached boolean DEFAULT false NOT NULL,
    status mv_evaluation_status DEFAULT 'assigned' NOT NULL,
    started_at timestamptz,
    completed_at timestamptz,
    total_manual_marks numeric(6, 2),
    annotation_data jsonb,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT uq_evaluations_exam_instance_id UNIQUE (exam_instance_id),
    CONSTRAINT ck_evaluations_sla_hours CHECK (sla_hours_allocated IN (24, 48)),
    CONSTRAINT ck_evaluations_total_manual_marks CHECK (total_manual_marks >= 0)
);

CREATE TABLE question_marks (
    mark_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_question_marks PRIMARY KEY,
    evaluation_id uuid NOT NULL
        CONSTRAINT fk_question_marks_evaluation_id REFERENCES evaluations ON DELETE CASCADE,
    exam_instance_id uuid NOT NULL
        CONSTRAINT fk_question_marks_exam_instance_id REFERENCES exam_instances ON DELETE RESTRICT,
    question_number integer NOT NULL,
    question_id uuid NOT NULL,
    question_type mv_question_type NOT NULL,
    unit varchar(100),
    marks_awarded numeric(5, 2) NOT NULL,
    marks_possible numeric(5, 2) NOT NULL,
    teacher_comment text,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT uq_question_marks_question UNIQUE (evaluation_id, question_number),
    CONSTRAINT ck_question_marks_question_number CHECK (question_number > 0),
    CONSTRAINT ck_question_marks_marks_awarded CHECK (marks_awarded >= 0),
    CONSTRAINT ck_question_marks_marks_possible CHECK (marks_possible > 0),
    CONSTRAINT ck_question_marks_within_possible CHECK (marks_awarded <= marks_possible)
);

CREATE TABLE audit_logs (
    log_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_audit_logs PRIMARY KEY,
    event_type varchar(100) NOT NULL,
    actor_user_id uuid CONSTRAINT fk_audit_logs_actor_user_id REFERENCES users ON DELETE RESTRICT,
    actor_role mv_user_role,
    actor_ip inet,
    resource_type varchar(50),
    resource_id uuid,
    event_data jsonb,
    created_at timestamptz DEFAULT now() NOT NULL
);

CREATE TABLE holidays (
    holiday_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_holidays PRIMARY KEY,
    holiday_date date NOT NULL,
    holiday_name varchar(255) NOT NULL,
    holiday_type varchar(50),
    is_working_day boolean DEFAULT false NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    -- Name too: two holidays may fall on one day, and both rows are kept.
    CONSTRAINT uq_holidays_date_name UNIQUE (holiday_date, holiday_name),
    CONSTRAINT ck_holidays_date CHECK (holiday_date >= DATE '2024-01-01')
);

CREATE TABLE system_config (
    config_key varchar(100) CONSTRAINT pk_system_config PRIMARY KEY,
    config_value jsonb NOT NULL,
    description text,
    updated_by uuid CONSTRAINT fk_system_config_updated_by REFERENCES users ON DELETE RESTRICT,
    updated_at timestamptz DEFAULT now() NOT NULL
);
