-- The seals of the log: every committed entry, in the order of its number, in one chain of SHA-256. Whoever changes,
-- removes, inserts or reorders an entry breaks the chain there; docs/security.md says what the chain does not show.

CREATE SEQUENCE public.audit_log_seq;
-- Existing entries are numbered as they lie in the table, which is the order in which they came.
ALTER TABLE public.audit_logs ADD COLUMN log_seq bigint DEFAULT nextval('public.audit_log_seq') NOT NULL;
ALTER TABLE public.audit_logs ALTER COLUMN log_seq DROP DEFAULT;
ALTER TABLE public.audit_logs ADD CONSTRAINT uq_audit_logs_log_seq UNIQUE (log_seq);
ALTER SEQUENCE public.audit_log_seq OWNED BY public.audit_logs.log_seq;

-- The transaction has its id before the entry gets its number: api.seal_audit relies on that order.
CREATE FUNCTION api._number_entry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM pg_catalog.pg_current_xact_id();
    NEW.log_seq := nextval('public.audit_log_seq');
    RETURN NEW;
END
$$;
CREATE TRIGGER tr_audit_logs_number BEFORE INSERT ON public.audit_logs
    FOR EACH ROW EXECUTE FUNCTION api._number_entry();

-- No foreign key: an entry that is gone must leave its seal behind. log_id says whose place it was.
CREATE TABLE public.audit_seals (
    log_seq bigint CONSTRAINT pk_audit_seals PRIMARY KEY,
    log_id uuid NOT NULL,
    seal bytea NOT NULL,
    sealed_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT ck_audit_seals_seal CHECK (octet_length(seal) = 32)
);
CREATE TRIGGER tr_audit_seals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION public.mv_refuse_change();
ALTER TABLE public.audit_seals ENABLE ALWAYS TRIGGER tr_audit_seals_append_only;
REVOKE ALL ON TABLE public.audit_seals FROM PUBLIC;
ALTER TABLE public.audit_seals ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON public.audit_seals TO mv_admin;
CREATE POLICY admin_reads ON public.audit_seals FOR SELECT TO mv_admin USING ((SELECT api.me()) IS NOT NULL);

-- One row: whoever holds it seals. Every entry up to log_seq was numbered by a transaction older than before_xid.
CREATE TABLE api._seal_mark (
    only_one boolean DEFAULT true CONSTRAINT pk_seal_mark PRIMARY KEY,
    log_seq bigint DEFAULT 0 NOT NULL,
    before_xid xid8 DEFAULT '0' NOT NULL,
    CONSTRAINT ck_seal_mark_only_one CHECK (only_one)
);
INSERT INTO api._seal_mark DEFAULT VALUES;
REVOKE ALL ON TABLE api._seal_mark FROM PUBLIC;
ALTER TABLE api._seal_mark ENABLE ROW LEVEL SECURITY;

-- What is sealed, written out in one way on every server; services/audit.py has the same words, so that a check does
-- not believe this function. jsonb orders its keys and keeps every digit.
CREATE FUNCTION api._sealed_text(p_entry public.audit_logs) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object(
        'log_seq', p_entry.log_seq, 'log_id', p_entry.log_id, 'event_type', p_entry.event_type,
        'actor_user_id', p_entry.actor_user_id, 'actor_role', p_entry.actor_role, 'actor_ip', p_entry.actor_ip::text,
        'resource_type', p_entry.resource_type, 'resource_id', p_entry.resource_id, 'event_data', p_entry.event_data,
        'created_at', extract(epoch FROM p_entry.created_at)::text
    )::text
$$;

-- Seals what is certain: nobody who still writes can come in between. Numbers are given before their transactions
-- end, so an entry may appear after one with a higher number; the mark waits for all who were at work when it was set.
-- Returns how many were sealed; another worker that is at it means 0. Without statistics the planner would read and
-- sort the whole log for the next few entries; the index gives them in order.
CREATE FUNCTION api.seal_audit(p_limit int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET enable_sort = off SET enable_bitmapscan = off
AS $$
DECLARE
    v_mark api._seal_mark;
    v_newest bigint;
    v_me xid8;
    v_oldest xid8;
    v_upto bigint := 0;
    v_last public.audit_seals;
    v_entry record;
    v_seal bytea;
    v_count int := 0;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed'
        OR pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL
    THEN
        RAISE EXCEPTION 'sealing needs a transaction of its own, in READ COMMITTED'
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    -- First the number, then a transaction id: whoever has a number up to this one has an older id than ours.
    SELECT CASE WHEN s.is_called THEN s.last_value ELSE 0 END INTO v_newest FROM public.audit_log_seq s;
    SELECT * INTO v_mark FROM api._seal_mark m FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    v_me := pg_catalog.pg_current_xact_id();
    -- The oldest that still runs and is older than we. A snapshot names only those before the latest that is over,
    -- its xmax; what lies between that and us is running too.
    SELECT least(
        (SELECT x FROM pg_catalog.pg_snapshot_xip(n.seen) x WHERE x < v_me ORDER BY x LIMIT 1),
        CASE WHEN pg_catalog.pg_snapshot_xmax(n.seen) < v_me THEN pg_catalog.pg_snapshot_xmax(n.seen) END
    ) INTO v_oldest FROM (SELECT pg_catalog.pg_current_snapshot() AS seen OFFSET 0) n;
    IF v_oldest IS NULL THEN
        v_upto := v_newest;
    ELSIF v_mark.before_xid <= v_oldest THEN
        v_upto := v_mark.log_seq;
    END IF;
    -- A mark from the future came with a backup of another server.
    IF v_mark.log_seq <= v_upto OR v_mark.before_xid > v_me THEN
        UPDATE api._seal_mark m SET log_seq = v_newest, before_xid = v_me;
    END IF;
    SELECT * INTO v_last FROM public.audit_seals s ORDER BY s.log_seq DESC LIMIT 1;
    v_seal := coalesce(v_last.seal, ''::bytea);
    FOR v_entry IN
        SELECT l.log_seq, l.log_id, api._sealed_text(l) AS sealed FROM public.audit_logs l
        WHERE l.log_seq > coalesce(v_last.log_seq, 0) AND l.log_seq <= v_upto
        ORDER BY l.log_seq LIMIT least(p_limit, 10000)
    LOOP
        v_seal := sha256(v_seal || convert_to(v_entry.sealed, 'UTF8'));
        INSERT INTO public.audit_seals (log_seq, log_id, seal) VALUES (v_entry.log_seq, v_entry.log_id, v_seal);
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$$;

-- For doctor: how much is not sealed yet, since when, and the newest seal.
CREATE FUNCTION api.audit_state()
    RETURNS TABLE (unsealed bigint, unsealed_since timestamptz, sealed bigint, seal text, sealed_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
    WITH newest AS (
        SELECT s.log_seq, s.seal, s.sealed_at FROM public.audit_seals s ORDER BY s.log_seq DESC LIMIT 1
    ), rest AS (
        SELECT count(*) AS unsealed, min(l.created_at) AS since FROM public.audit_logs l
        WHERE l.log_seq > coalesce((SELECT n.log_seq FROM newest n), 0)
    )
    SELECT r.unsealed, r.since, coalesce(n.log_seq, 0), encode(n.seal, 'hex'), n.sealed_at
    FROM rest r LEFT JOIN newest n ON true
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.seal_audit(int) TO mv_worker;
GRANT EXECUTE ON FUNCTION api.audit_state() TO mv_worker, mv_admin;
