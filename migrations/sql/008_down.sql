-- What 008 added, in the opposite order. Its changed functions become those of 003 and 004 again before this. Copies of
-- what was final would be lost: it refuses while there are any.

DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM public.evaluation_versions) THEN
        RAISE EXCEPTION 'there are copies of returned evaluations, which a downgrade would lose'
            USING ERRCODE = 'restrict_violation';
    END IF;
END
$$;
ALTER POLICY teacher_reads ON public.evaluation_holds USING (EXISTS (
    SELECT 1 FROM public.evaluation_assignments a
    WHERE a.evaluation_id = evaluation_holds.evaluation_id AND a.teacher_user_id = (SELECT api.me())
));
REVOKE SELECT (evaluation_id, assignment_version, teacher_user_id, assigned_by, assigned_at)
    ON public.evaluation_assignments FROM mv_teacher;
GRANT SELECT ON public.evaluation_assignments TO mv_teacher;
DROP FUNCTION api._script_work(uuid);
ALTER FUNCTION api._script_registers(uuid) RENAME TO _script_work;
DROP FUNCTION api._returned(uuid);
DROP FUNCTION api._touches_locked(api._operation);
DROP FUNCTION api._unlocked(uuid);
DROP FUNCTION api.return_questions(uuid, int, jsonb, timestamptz, text);
DROP FUNCTION api._returned_fault(uuid, jsonb);
DROP FUNCTION api._copy_evaluation(uuid, uuid, text);
DROP FUNCTION api.answer_flag(uuid, text);
DROP FUNCTION api._note_deadline(uuid, uuid, text, timestamptz, timestamptz, text);
DROP FUNCTION api._fault_of_deadline(uuid, timestamptz);
DROP FUNCTION api.excuse_deadline(uuid, timestamptz, text);
DROP FUNCTION api.extend_deadline(uuid, timestamptz, timestamptz, text);
DROP FUNCTION api.release_script(uuid, int, text);
DROP FUNCTION api._hold(uuid, uuid, int, text, text);
DROP FUNCTION api.withdraw_script(uuid, int, text);
DROP FUNCTION api.pool_script(uuid, int, text);
DROP FUNCTION api._give(uuid, uuid, text);
DROP FUNCTION api._told(text, uuid, uuid, jsonb);
DROP FUNCTION api.move_script(uuid, int, uuid, text);
DROP FUNCTION api.assign_script(uuid, uuid, int, timestamptz, text);
DROP FUNCTION api._warnings(uuid);
DROP FUNCTION api._is_teaching(uuid);
DROP FUNCTION api._fault_of_script(uuid, int);
DROP FUNCTION api._held(uuid);
DROP FUNCTION api._changed(uuid);
DROP FUNCTION api._refused(text, jsonb);
DROP FUNCTION api._checked_reason(text);
DROP FUNCTION api._coordinating(boolean);
DROP TABLE public.deadline_changes, public.evaluation_returns, public.evaluation_versions;
