-- Indexes beyond those of keys and unique constraints. Each comment names the query it serves.

-- users
CREATE INDEX ix_users_role ON users (role);
COMMENT ON INDEX ix_users_role IS 'people of one role: teachers to assign to, students of a report';
CREATE INDEX ix_users_active ON users (last_name, first_name) WHERE is_active;
COMMENT ON INDEX ix_users_active IS 'active people in the order of their names';
CREATE INDEX ix_users_student_class ON users (student_class) WHERE student_class IS NOT NULL;
COMMENT ON INDEX ix_users_student_class IS 'students of one class';

-- parent_student_mappings
CREATE INDEX ix_parent_student_mappings_parent ON parent_student_mappings (parent_user_id);
COMMENT ON INDEX ix_parent_student_mappings_parent IS 'children of a parent';
CREATE INDEX ix_parent_student_mappings_student ON parent_student_mappings (student_user_id);
COMMENT ON INDEX ix_parent_student_mappings_student IS 'parents of a student; the cascade from users';
CREATE INDEX ix_parent_student_mappings_primary ON parent_student_mappings (student_user_id, is_primary)
    WHERE is_primary;
COMMENT ON INDEX ix_parent_student_mappings_primary IS 'the parent who is written to about a student';

-- subscription_plans
CREATE INDEX ix_subscription_plans_active ON subscription_plans (monthly_price_paise) WHERE is_active;
COMMENT ON INDEX ix_subscription_plans_active IS 'plans on offer, the cheapest first';

-- subscriptions
CREATE INDEX ix_subscriptions_student ON subscriptions (student_user_id);
COMMENT ON INDEX ix_subscriptions_student IS 'all subscriptions of a student; the cascade from users';
CREATE INDEX ix_subscriptions_status ON subscriptions (status);
COMMENT ON INDEX ix_subscriptions_status IS 'subscriptions in one state: pending payments, expired ones';
CREATE INDEX ix_subscriptions_student_active ON subscriptions (student_user_id, status) WHERE status = 'active';
COMMENT ON INDEX ix_subscriptions_student_active IS 'the running subscription of a student, at every new exam';
CREATE INDEX ix_subscriptions_end_active ON subscriptions (end_date) WHERE status = 'active';
COMMENT ON INDEX ix_subscriptions_end_active IS 'subscriptions that expire, in the nightly run';

-- questions
CREATE INDEX ix_questions_class_unit ON questions (class, unit);
COMMENT ON INDEX ix_questions_class_unit IS 'the question bank by class and unit, drafts included';
CREATE INDEX ix_questions_type ON questions (question_type);
COMMENT ON INDEX ix_questions_type IS 'the question bank by type';
CREATE INDEX ix_questions_active ON questions (status) WHERE status = 'active';
COMMENT ON INDEX ix_questions_active IS 'the active questions and their number';
CREATE INDEX ix_questions_to_draw ON questions (class, unit, question_type, status) WHERE status = 'active';
COMMENT ON INDEX ix_questions_to_draw IS 'questions that a paper may draw: class, unit and type, active';
CREATE INDEX ix_questions_tags ON questions USING gin (tags);
COMMENT ON INDEX ix_questions_tags IS 'questions with a tag: tags @> ARRAY[…]';
CREATE INDEX ix_questions_choices ON questions USING gin (mcq_choices jsonb_path_ops);
COMMENT ON INDEX ix_questions_choices IS 'questions with a choice or a picture: mcq_choices @> …';
CREATE INDEX ix_questions_text ON questions USING gin (question_text gin_trgm_ops);
COMMENT ON INDEX ix_questions_text IS 'search in question texts: ILIKE, also inside LaTeX, where words end nowhere';
CREATE INDEX ix_questions_created_by ON questions (created_by) WHERE created_by IS NOT NULL;
COMMENT ON INDEX ix_questions_created_by IS 'the questions of an author';

-- exam_templates
CREATE INDEX ix_exam_templates_class_type ON exam_templates (class, exam_type);
COMMENT ON INDEX ix_exam_templates_class_type IS 'templates of a class and kind';
CREATE INDEX ix_exam_templates_active ON exam_templates (template_name) WHERE is_active;
COMMENT ON INDEX ix_exam_templates_active IS 'templates on offer, by name';

-- exam_instances
CREATE INDEX ix_exam_instances_student ON exam_instances (student_user_id);
COMMENT ON INDEX ix_exam_instances_student IS 'all exams of a student; the cascade from users';
CREATE INDEX ix_exam_instances_status ON exam_instances (status);
COMMENT ON INDEX ix_exam_instances_status IS 'exams in one state: uploaded and waiting for a teacher';
CREATE INDEX ix_exam_instances_student_status ON exam_instances (student_user_id, status);
COMMENT ON INDEX ix_exam_instances_student_status IS 'a student''s results, and what she has open';
CREATE INDEX ix_exam_instances_created ON exam_instances (created_at DESC);
COMMENT ON INDEX ix_exam_instances_created IS 'the latest exams; exams of a month';
CREATE INDEX ix_exam_instances_submitted ON exam_instances (submitted_at DESC) WHERE submitted_at IS NOT NULL;
COMMENT ON INDEX ix_exam_instances_submitted IS 'the latest submissions';
CREATE INDEX ix_exam_instances_ranking ON exam_instances (class, percentage DESC) WHERE status = 'evaluated';
COMMENT ON INDEX ix_exam_instances_ranking IS 'the best results of a class, for the leaderboard';
CREATE INDEX ix_exam_instances_template ON exam_instances (template_id);
COMMENT ON INDEX ix_exam_instances_template IS 'exams of a template: recomputing a faulty question; the check when a template goes';

-- student_mcq_answers
CREATE INDEX ix_student_mcq_answers_exam ON student_mcq_answers (exam_instance_id);
COMMENT ON INDEX ix_student_mcq_answers_exam IS 'the answers of an exam; the cascade from exam_instances';
CREATE INDEX ix_student_mcq_answers_question ON student_mcq_answers (question_id);
COMMENT ON INDEX ix_student_mcq_answers_question IS 'how often a question was answered rightly';

-- answer_sheet_uploads
CREATE INDEX ix_answer_sheet_uploads_exam ON answer_sheet_uploads (exam_instance_id);
COMMENT ON INDEX ix_answer_sheet_uploads_exam IS 'the pages of a script; the cascade from exam_instances';
CREATE INDEX ix_answer_sheet_uploads_key ON answer_sheet_uploads (s3_key);
COMMENT ON INDEX ix_answer_sheet_uploads_key IS 'the page that a stored file belongs to';
CREATE INDEX ix_answer_sheet_uploads_student ON answer_sheet_uploads (student_user_id);
COMMENT ON INDEX ix_answer_sheet_uploads_student IS 'all pages of a student; the check when a user goes';

-- unanswered_questions
CREATE INDEX ix_unanswered_questions_exam ON unanswered_questions (exam_instance_id);
COMMENT ON INDEX ix_unanswered_questions_exam IS 'what a student declared unanswered in an exam';

-- evaluations
CREATE INDEX ix_evaluations_teacher ON evaluations (teacher_user_id);
COMMENT ON INDEX ix_evaluations_teacher IS 'everything a teacher marked; the check when a user goes';
CREATE INDEX ix_evaluations_status ON evaluations (status);
COMMENT ON INDEX ix_evaluations_status IS 'evaluations in one state';
CREATE INDEX ix_evaluations_teacher_status ON evaluations (teacher_user_id, status);
COMMENT ON INDEX ix_evaluations_teacher_status IS 'a teacher''s load, by state';
CREATE INDEX ix_evaluations_deadline ON evaluations (sla_deadline, status) WHERE status <> 'completed';
COMMENT ON INDEX ix_evaluations_deadline IS 'deadlines that are near or missed, in the worker and for coordinators';
-- Under row security an enum comparison cannot be an index condition, so the predicate itself is in the index.
CREATE INDEX ix_evaluations_queue ON evaluations (teacher_user_id, sla_deadline)
    WHERE status IN ('assigned', 'in_progress');
COMMENT ON INDEX ix_evaluations_queue IS 'a teacher''s queue in deadline order, also under row security';

-- question_marks
CREATE INDEX ix_question_marks_evaluation ON question_marks (evaluation_id);
COMMENT ON INDEX ix_question_marks_evaluation IS 'the marks of an evaluation; the cascade from evaluations';
CREATE INDEX ix_question_marks_exam ON question_marks (exam_instance_id);
COMMENT ON INDEX ix_question_marks_exam IS 'the marks of an exam, for the student''s result';
CREATE INDEX ix_question_marks_question ON question_marks (question_id);
COMMENT ON INDEX ix_question_marks_question IS 'how a question was marked in all exams';
CREATE INDEX ix_question_marks_unit ON question_marks (unit);
COMMENT ON INDEX ix_question_marks_unit IS 'strength by unit, in the analytics';

-- audit_logs
CREATE INDEX ix_audit_logs_event ON audit_logs (event_type);
COMMENT ON INDEX ix_audit_logs_event IS 'the log by kind of event';
CREATE INDEX ix_audit_logs_actor ON audit_logs (actor_user_id);
COMMENT ON INDEX ix_audit_logs_actor IS 'what a person did; the check when a user goes';
CREATE INDEX ix_audit_logs_resource ON audit_logs (resource_type, resource_id);
COMMENT ON INDEX ix_audit_logs_resource IS 'the history of one thing';
CREATE INDEX ix_audit_logs_created ON audit_logs (created_at DESC);
COMMENT ON INDEX ix_audit_logs_created IS 'the latest events';

-- holidays
CREATE INDEX ix_holidays_date ON holidays (holiday_date);
COMMENT ON INDEX ix_holidays_date IS 'holidays between two days, for a deadline';
