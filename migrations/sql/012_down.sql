-- What 012 added; its changed functions become those of 003 to 011 again before this. Held marks would be lost: it refuses
-- while there are any.

DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM public.mark_conflicts) THEN
        RAISE EXCEPTION 'there are marks held for a decision, which a downgrade would lose'
            USING ERRCODE = 'restrict_violation';
    END IF;
END
$$;
DROP FUNCTION api._is_kept(public.applied_operations);
DROP FUNCTION api._conflicts(uuid);
DROP FUNCTION api._reopen_conflict(api._operation, public.mark_registers);
DROP FUNCTION api._settle_conflicts(api._operation, public.mark_registers, bigint, text, text, numeric, text);
DROP FUNCTION api._hold_mark(api._operation, public.mark_registers, text, numeric, text);
DROP FUNCTION api._unknown_to(api._operation, bigint, uuid, uuid);
DROP FUNCTION api._ids(jsonb);
-- What a revision brings is no change by a person, so that the log of those says nothing.
ALTER TABLE public.system_config DISABLE TRIGGER tr_system_config_change;
UPDATE public.system_config SET config_value = jsonb_set(config_value, '{max}', '2')
    WHERE config_key = 'operation_schema';
ALTER TABLE public.system_config ENABLE TRIGGER tr_system_config_change;
ALTER TABLE public.applied_operations DROP CONSTRAINT ck_applied_operations_verdict;
ALTER TABLE public.applied_operations ADD CONSTRAINT ck_applied_operations_verdict
    CHECK (verdict IN ('applied', 'kept', 'refused', 'held'));
DROP TABLE public.mark_conflicts;
