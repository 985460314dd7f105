-- What 004 added, in the opposite order. Its changed functions become those of 003 again before this.

UPDATE public.system_config SET config_value = config_value || '{"max": 1}'
    WHERE config_key = 'operation_schema' AND config_value ->> 'max' = '2';
DROP FUNCTION api.finished_scripts(text, timestamptz, uuid, int);
DROP FUNCTION api._script_code(uuid);
DROP FUNCTION api._withdraw_flag(api._operation);
DROP FUNCTION api._hand_back(api._operation);
DROP FUNCTION api._hold_reason(uuid);
ALTER POLICY teacher_reads ON public.evaluations USING (teacher_user_id = (SELECT api.me()));
DROP INDEX public.ix_evaluations_finished;
ALTER TABLE public.evaluation_flags
    DROP COLUMN x, DROP COLUMN y, DROP COLUMN withdrawn_at, DROP COLUMN answered_at, DROP COLUMN answered_by,
    DROP COLUMN answer;
DROP TABLE public.evaluation_holds;
