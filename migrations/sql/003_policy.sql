-- Who may read what. No role but the owner may write any table: changes go through functions.
-- One policy a role and table. Child rows: a correlated EXISTS on a unique key, never IN (SELECT …), which reads
-- everything; (SELECT api.me()) in parentheses is asked once a query and not once a row.

DO $$
DECLARE
    v_table regclass;
BEGIN
    FOR v_table IN
        SELECT c.oid FROM pg_catalog.pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND pg_catalog.pg_has_role(current_user, c.relowner, 'USAGE')
    LOOP
        EXECUTE format('REVOKE ALL ON TABLE %s FROM PUBLIC', v_table);
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', v_table);
    END LOOP;
END
$$;

-- Teachers: herself, her scripts without the student, and what marking needs --------------------------------------

GRANT SELECT (user_id, email, role, first_name, last_name, is_active, is_coordinator, last_login_at)
    ON public.users TO mv_teacher;
CREATE POLICY teacher_reads ON public.users FOR SELECT TO mv_teacher USING (user_id = (SELECT api.me()));

GRANT SELECT ON public.evaluations TO mv_teacher;
CREATE POLICY teacher_reads ON public.evaluations FOR SELECT TO mv_teacher
    USING (teacher_user_id = (SELECT api.me()));

GRANT SELECT (
    exam_instance_id, template_id, exam_snapshot, exam_type, class, total_marks, duration_minutes, status,
    mcq_score, manual_score, total_score, percentage
) ON public.exam_instances TO mv_teacher;
GRANT SELECT (upload_id, exam_instance_id, page_number, file_size_bytes, mime_type, questions_on_page, uploaded_at)
    ON public.answer_sheet_uploads TO mv_teacher;
GRANT SELECT ON public.unanswered_questions, public.evaluation_clock, public.question_marks, public.mark_registers,
    public.annotation_registers, public.page_registers, public.evaluation_flags, public.page_files TO mv_teacher;
DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY[
        'exam_instances', 'answer_sheet_uploads', 'unanswered_questions', 'evaluation_clock'
    ] LOOP
        EXECUTE format(
            'CREATE POLICY teacher_reads ON public.%1$I FOR SELECT TO mv_teacher USING (EXISTS (
                SELECT 1 FROM public.evaluations e
                WHERE e.exam_instance_id = %1$I.exam_instance_id AND e.teacher_user_id = (SELECT api.me())))',
            v_table
        );
    END LOOP;
    FOREACH v_table IN ARRAY ARRAY[
        'question_marks', 'mark_registers', 'annotation_registers', 'page_registers', 'evaluation_flags'
    ] LOOP
        EXECUTE format(
            'CREATE POLICY teacher_reads ON public.%1$I FOR SELECT TO mv_teacher USING (EXISTS (
                SELECT 1 FROM public.evaluations e
                WHERE e.evaluation_id = %1$I.evaluation_id AND e.teacher_user_id = (SELECT api.me())))',
            v_table
        );
    END LOOP;
END
$$;
CREATE POLICY teacher_reads ON public.page_files FOR SELECT TO mv_teacher USING (EXISTS (
    SELECT 1 FROM public.answer_sheet_uploads u
    JOIN public.evaluations e ON e.exam_instance_id = u.exam_instance_id
    WHERE u.upload_id = page_files.upload_id AND e.teacher_user_id = (SELECT api.me())
));

GRANT SELECT ON public.evaluation_assignments TO mv_teacher;
CREATE POLICY teacher_reads ON public.evaluation_assignments FOR SELECT TO mv_teacher
    USING (teacher_user_id = (SELECT api.me()));
GRANT SELECT ON public.streams, public.clock_beacons, public.applied_operations, public.page_requests TO mv_teacher;
CREATE POLICY teacher_reads ON public.streams FOR SELECT TO mv_teacher USING (user_id = (SELECT api.me()));
CREATE POLICY teacher_reads ON public.clock_beacons FOR SELECT TO mv_teacher USING (user_id = (SELECT api.me()));
CREATE POLICY teacher_reads ON public.applied_operations FOR SELECT TO mv_teacher
    USING (user_id = (SELECT api.me()));
CREATE POLICY teacher_reads ON public.page_requests FOR SELECT TO mv_teacher USING (user_id = (SELECT api.me()));

GRANT SELECT ON public.questions, public.question_schemes, public.exam_templates, public.holidays TO mv_teacher;
CREATE POLICY teacher_reads ON public.questions FOR SELECT TO mv_teacher
    USING (status = 'active' AND (SELECT api.me()) IS NOT NULL);
CREATE POLICY teacher_reads ON public.question_schemes FOR SELECT TO mv_teacher USING (EXISTS (
    SELECT 1 FROM public.questions q WHERE q.question_id = question_schemes.question_id AND q.status = 'active'
));
CREATE POLICY teacher_reads ON public.exam_templates FOR SELECT TO mv_teacher
    USING ((SELECT api.me()) IS NOT NULL);
CREATE POLICY teacher_reads ON public.holidays FOR SELECT TO mv_teacher USING ((SELECT api.me()) IS NOT NULL);
GRANT SELECT (plan_type, display_name, sla_hours, is_active) ON public.subscription_plans TO mv_teacher;
CREATE POLICY teacher_reads ON public.subscription_plans FOR SELECT TO mv_teacher
    USING ((SELECT api.me()) IS NOT NULL);
GRANT SELECT (config_key, config_value, description, updated_at) ON public.system_config TO mv_teacher;
CREATE POLICY teacher_reads ON public.system_config FOR SELECT TO mv_teacher
    USING ((SELECT api.me()) IS NOT NULL AND api.is_marking_setting(config_key));

-- Coordinators and admins read everything about people, exams and marking, and no password hash ---------------------

GRANT SELECT (
    user_id, email, role, first_name, last_name, phone, student_class, student_photo_url, school_name, is_active,
    email_verified, created_at, updated_at, last_login_at, is_coordinator
) ON public.users TO mv_coordinator, mv_admin;
GRANT SELECT ON public.parent_student_mappings, public.subscription_plans, public.subscriptions, public.questions,
    public.question_schemes, public.exam_templates, public.exam_instances, public.student_mcq_answers,
    public.answer_sheet_uploads, public.unanswered_questions, public.evaluations, public.evaluation_assignments,
    public.evaluation_clock, public.question_marks, public.mark_registers, public.annotation_registers,
    public.page_registers, public.evaluation_flags, public.applied_operations, public.page_files, public.audit_logs,
    public.holidays, public.system_config TO mv_coordinator, mv_admin;
GRANT SELECT ON public.staff_logins TO mv_admin;
DO $$
DECLARE
    v_table text;
    v_role text;
BEGIN
    FOREACH v_role IN ARRAY ARRAY['coordinator', 'admin'] LOOP
        FOREACH v_table IN ARRAY ARRAY[
            'users', 'parent_student_mappings', 'subscription_plans', 'subscriptions', 'questions',
            'question_schemes', 'exam_templates', 'exam_instances', 'student_mcq_answers', 'answer_sheet_uploads',
            'unanswered_questions', 'evaluations', 'evaluation_assignments', 'evaluation_clock', 'question_marks',
            'mark_registers', 'annotation_registers', 'page_registers', 'evaluation_flags', 'applied_operations',
            'page_files', 'holidays', 'system_config'
        ] LOOP
            EXECUTE format(
                'CREATE POLICY %2$s_reads ON public.%1$I FOR SELECT TO mv_%2$s USING ((SELECT api.me()) IS NOT NULL)',
                v_table, v_role
            );
        END LOOP;
    END LOOP;
END
$$;
CREATE POLICY coordinator_reads ON public.audit_logs FOR SELECT TO mv_coordinator
    USING (resource_type = 'evaluation' AND (SELECT api.me()) IS NOT NULL);
CREATE POLICY admin_reads ON public.audit_logs FOR SELECT TO mv_admin USING ((SELECT api.me()) IS NOT NULL);
CREATE POLICY admin_reads ON public.staff_logins FOR SELECT TO mv_admin USING ((SELECT api.me()) IS NOT NULL);

-- The worker: its functions, and the settings (how long an address is valid, how large a page may be) ---------------

GRANT SELECT (config_key, config_value) ON public.system_config TO mv_worker;
CREATE POLICY worker_reads ON public.system_config FOR SELECT TO mv_worker USING (true);

-- Functions -----------------------------------------------------------------------------------------------------------

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.me(), api.is_marking_setting(text), api.hello(text, int), api.sign_in(text, int),
    api.schema_version() TO mv_teacher, mv_coordinator, mv_admin;
GRANT EXECUTE ON FUNCTION api.pull_scripts(uuid[]), api.apply_operations(uuid, jsonb), api.request_pages(uuid[])
    TO mv_teacher;
GRANT EXECUTE ON FUNCTION api.provision_login(uuid, text) TO mv_admin;
GRANT EXECUTE ON FUNCTION api.schema_version(), api.pending_page_requests(int),
    api.answer_page_request(uuid, text, timestamptz, text), api.uploads_to_check(int),
    api.store_page_file(uuid, text, bigint, jsonb, text), api.mark_breaches(int) TO mv_worker;
REVOKE ALL ON TYPE api._operation FROM PUBLIC;
