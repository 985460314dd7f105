-- What only a superuser can take from PUBLIC. Not part of a revision, and nothing relies on it (docs/deployment.md):
--     psql -v ON_ERROR_STOP=1 -d mathvidya -f harden.sql
-- May be repeated; rights on the catalogue belong to one database and do not come back with a dump's restore by its owner.
-- It takes nothing from mv_owner, who migrates. Other programs in this database lose the same: grant it to them by name.

BEGIN;
SET LOCAL search_path = '';

-- DO blocks. Functions written in plpgsql go on working for whoever may call them; mv_owner makes new ones.
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql TO mv_owner;

DO $$
DECLARE
    v_function regprocedure;
BEGIN
    FOR v_function IN
        SELECT p.oid FROM pg_catalog.pg_proc p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace AND (
            -- Large objects: nothing of ours is one, and anybody could fill the disk with them.
            p.proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_open', 'lo_put', 'lo_get', 'lo_unlink',
                          'lo_truncate', 'lo_truncate64', 'lowrite', 'loread')
            -- Advisory locks: the one that a migration waits for could be held by anybody.
            OR p.proname ~ '^pg_(try_)?advisory_(xact_)?(un)?lock'
            OR p.proname = 'pg_advisory_unlock_all'
            -- Messages straight into the log of changes.
            OR p.proname = 'pg_logical_emit_message'
        )
    LOOP
        EXECUTE pg_catalog.format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', v_function);
        EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION %s TO mv_owner', v_function);
    END LOOP;
END
$$;

-- The databases that every server has are nobody's place to be.
REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC;

COMMIT;
