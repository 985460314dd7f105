-- What 011 added, in the opposite order; its changed functions become those of 008 and 009 again before this. Decisions about kept work would be lost: it refuses while there are any.

DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM public.kept_decisions) THEN
        RAISE EXCEPTION 'there are decisions about kept work, which a downgrade would lose'
            USING ERRCODE = 'restrict_violation';
    ELSIF EXISTS (SELECT 1 FROM public.question_proposals) OR EXISTS (SELECT 1 FROM public.question_decisions) THEN
        RAISE EXCEPTION 'there are decisions about faulty questions, which a downgrade would lose'
            USING ERRCODE = 'restrict_violation';
    ELSIF EXISTS (SELECT 1 FROM public.page_versions) OR EXISTS (SELECT 1 FROM public.page_exclusions) THEN
        RAISE EXCEPTION 'there are rescans or pages that were taken out, which a downgrade would lose'
            USING ERRCODE = 'restrict_violation';
    END IF;
END
$$;
DROP FUNCTION api.script_sheets(uuid);
DROP FUNCTION api.include_page(uuid, text);
DROP FUNCTION api.exclude_page(uuid, text);
DROP FUNCTION api.restore_page(uuid, int, text);
DROP FUNCTION api.replace_page(uuid, uuid, text);
DROP FUNCTION api._replace_page(uuid, api._page, public.page_versions, text);
DROP FUNCTION api.cancel_rescan(uuid, text);
DROP FUNCTION api.ask_rescan(uuid[], uuid, text);
DROP FUNCTION api._told_page(text, uuid, uuid, uuid, jsonb);
DROP FUNCTION api._lock_page(uuid, boolean);
DROP TYPE api._page;
DROP FUNCTION api._upload_of(uuid);
DROP FUNCTION api._pages_out(uuid);
DROP FUNCTION api._sheets(uuid);
ALTER POLICY teacher_reads ON public.answer_sheet_uploads USING (EXISTS (
    SELECT 1 FROM public.evaluations e
    WHERE e.exam_instance_id = answer_sheet_uploads.exam_instance_id AND e.teacher_user_id = (SELECT api.me())
));
DROP INDEX public.ix_page_requests_version;
ALTER TABLE public.page_requests DROP COLUMN version_id;
DROP TABLE public.rescan_requests, public.page_exclusions, public.page_versions;
DROP TRIGGER tr_exam_instances_adjust ON public.exam_instances;
DROP FUNCTION api.rescore_exams(int);
DROP FUNCTION api.question_adjustments(uuid);
DROP FUNCTION api.decline_adjustment(uuid, text);
DROP FUNCTION api._rescore(uuid, uuid[], int);
DROP FUNCTION api.adjust_question(uuid, uuid, int, text, text);
DROP FUNCTION api._decide_question(uuid, uuid, uuid, text, uuid, text);
DROP FUNCTION api.propose_adjustment(uuid, uuid, text, text);
DROP FUNCTION api._exams_with(uuid, uuid);
DROP FUNCTION api._question_state(uuid, uuid);
DROP FUNCTION api._adjust_result();
DROP FUNCTION api._adjusted_questions(uuid, jsonb);
DROP FUNCTION api._has_question(jsonb, uuid);
DROP TABLE public.exam_adjustments, public.question_decisions, public.question_proposals;
DROP FUNCTION api.reset_counters(int);
DROP FUNCTION api.free_teachers();
DROP FUNCTION api.waiting_scripts(int);
DROP FUNCTION api.withdraw_draft(uuid, timestamptz);
DROP FUNCTION api.set_question_status(uuid, timestamptz, text, text);
DROP FUNCTION api.put_question(uuid, timestamptz, jsonb, text);
DROP FUNCTION api._fault_of_question(uuid, boolean, uuid, timestamptz);
DROP FUNCTION api.own_drafts();
DROP FUNCTION api.delete_holiday(uuid, timestamptz, text);
DROP FUNCTION api.put_record(text, text, timestamptz, jsonb, text);
DROP FUNCTION api._put_idle_timeouts(text);
DROP FUNCTION api._put_row(text, text, timestamptz, jsonb, jsonb, jsonb);
DROP FUNCTION api._setting_fault(text, jsonb);
DROP FUNCTION api._faster(text, text, timestamptz);
DROP FUNCTION api._audit_record(text, uuid, text, text, jsonb);
DROP FUNCTION api._resource_of(text);
DROP FUNCTION api._writable(text);
DROP TRIGGER tr_holidays_updated_at ON public.holidays;
ALTER TABLE public.holidays DROP COLUMN updated_at;
DROP FUNCTION api.decline_kept(uuid, uuid, int, text, int[], text);
DROP FUNCTION api.take_kept(uuid, uuid, int, int, bigint, text, int[], text);
DROP FUNCTION api._take_question(uuid, uuid, int, int, bigint);
DROP FUNCTION api._decide_kept(uuid, uuid, uuid, int, int[], text, text);
DROP FUNCTION api._fault_of_kept(uuid, uuid, int, text, int[]);
DROP FUNCTION api.read_kept(uuid, uuid, int);
DROP FUNCTION api.kept_work(uuid, boolean);
DROP FUNCTION api._kept_seen(uuid, uuid, int);
DROP FUNCTION api._former_work(uuid, uuid, int);
DROP FUNCTION api._elements(jsonb);
DROP FUNCTION api._replaced(uuid, uuid, int);
DROP TABLE public.kept_decisions;
DROP INDEX public.ix_applied_operations_kept;
