-- Everything 001 made, in the opposite order. The extensions stay: others may use them by now.

DROP TABLE system_config, holidays, audit_logs, question_marks, evaluations, unanswered_questions,
    answer_sheet_uploads, student_mcq_answers, exam_instances, exam_templates, questions, subscriptions,
    subscription_plans, parent_student_mappings, users;

DROP FUNCTION mv_keep_exam_snapshot(), mv_refuse_change(), mv_keep_updated_at();

DROP TYPE mv_evaluation_status, mv_exam_status, mv_exam_type, mv_question_status, mv_question_difficulty,
    mv_question_type, mv_subscription_status, mv_plan_type, mv_relationship_type, mv_user_role;
