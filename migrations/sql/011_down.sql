-- What 011 added, in the opposite order; its changed functions become those of 008 and 009 again before this. Decisions about kept work would be lost: it refuses while there are any.

DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM public.kept_decisions) THEN
        RAISE EXCEPTION 'there are decisions about kept work, which a downgrade would lose'
            USING ERRCODE = 'restrict_violation';
    END IF;
END
$$;
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
