-- Notices: one row for each person told. The program lists them, the worker mails what was not read there. Data holds ids,
-- script codes and moments; what a notice says in words is the program's business, in the reader's language.

-- How a person is told. Everybody connected may listen on any channel, so the channel's name is a secret between the server
-- and her: nobody else learns when she is told something, and nobody wakes but she. What is notified is always empty.
CREATE TABLE public.notice_readers (
    user_id uuid NOT NULL CONSTRAINT fk_notice_readers_user_id REFERENCES public.users ON DELETE CASCADE,
    channel text DEFAULT 'mv_notice_' || replace(gen_random_uuid()::text, '-', '') NOT NULL,
    language text DEFAULT 'en' NOT NULL,
    mailed_at timestamptz,
    CONSTRAINT pk_notice_readers PRIMARY KEY (user_id),
    CONSTRAINT ck_notice_readers_language CHECK (language IN ('en', 'hi'))
);

-- One mail, which tells one or many notices. It is claimed before it is sent, and what was claimed and never reported is
-- never sent again: it ends as 'unknown'.
CREATE TABLE public.notice_mails (
    mail_id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL CONSTRAINT fk_notice_mails_user_id REFERENCES public.users ON DELETE CASCADE,
    made_at timestamptz DEFAULT now() NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    claimed boolean DEFAULT false NOT NULL,
    try_at timestamptz DEFAULT now() NOT NULL,
    ended_at timestamptz,
    outcome text,
    CONSTRAINT pk_notice_mails PRIMARY KEY (mail_id),
    CONSTRAINT ck_notice_mails_tries CHECK (tries >= 0),
    CONSTRAINT ck_notice_mails_outcome CHECK (outcome IN ('sent', 'given_up', 'unknown')),
    CONSTRAINT ck_notice_mails_ended CHECK ((ended_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX ix_notice_mails_due ON public.notice_mails (try_at) WHERE ended_at IS NULL;
CREATE INDEX ix_notice_mails_ended ON public.notice_mails (ended_at);

CREATE TABLE public.notices (
    notice_id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL CONSTRAINT fk_notices_user_id REFERENCES public.users ON DELETE CASCADE,
    kind text NOT NULL,
    key text,
    data jsonb NOT NULL,
    created_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    read_at timestamptz,
    mail_id uuid CONSTRAINT fk_notices_mail_id REFERENCES public.notice_mails ON DELETE SET NULL,
    CONSTRAINT pk_notices PRIMARY KEY (notice_id),
    CONSTRAINT ck_notices_kind CHECK (kind ~ '^[a-z_]+([.][a-z_]+)+$' AND length(kind) <= 60),
    CONSTRAINT ck_notices_key CHECK (length(key) <= 200),
    CONSTRAINT ck_notices_data CHECK (jsonb_typeof(data) = 'object' AND octet_length(data::text) <= 4000)
);
CREATE UNIQUE INDEX uq_notices_key ON public.notices (user_id, kind, key) WHERE key IS NOT NULL;
CREATE INDEX ix_notices_user ON public.notices (user_id, created_at DESC, notice_id DESC);
CREATE INDEX ix_notices_unread ON public.notices (user_id) WHERE read_at IS NULL;
CREATE INDEX ix_notices_unmailed ON public.notices (user_id, created_at) WHERE mail_id IS NULL AND read_at IS NULL;
CREATE INDEX ix_notices_mail ON public.notices (mail_id) WHERE mail_id IS NOT NULL;
CREATE INDEX ix_notices_created ON public.notices (created_at);
COMMENT ON INDEX public.ix_notice_mails_due IS 'api.claim_notice_mail: the mail that has to be tried now';
COMMENT ON INDEX public.ix_notice_mails_ended IS 'api.prune_notices: mails that ended long ago';
COMMENT ON INDEX public.ix_notices_user IS 'api.my_notices: one page of a person''s notices';
COMMENT ON INDEX public.ix_notices_unread IS 'api.my_notices: how many are unread; api.read_notices';
COMMENT ON INDEX public.ix_notices_unmailed IS 'api.claim_notice_mail: who has something to be mailed';
COMMENT ON INDEX public.ix_notices_mail IS 'api.claim_notice_mail: what a mail tells; ON DELETE SET NULL';
COMMENT ON INDEX public.ix_notices_created IS 'api.prune_notices: what is too old';

CREATE TRIGGER tr_notice_readers_truncate BEFORE TRUNCATE ON public.notice_readers
    FOR EACH STATEMENT EXECUTE FUNCTION api._refuse_truncate();
ALTER TABLE public.notice_readers ENABLE ALWAYS TRIGGER tr_notice_readers_truncate;
CREATE TRIGGER tr_notice_mails_truncate BEFORE TRUNCATE ON public.notice_mails
    FOR EACH STATEMENT EXECUTE FUNCTION api._refuse_truncate();
ALTER TABLE public.notice_mails ENABLE ALWAYS TRIGGER tr_notice_mails_truncate;
CREATE TRIGGER tr_notices_truncate BEFORE TRUNCATE ON public.notices
    FOR EACH STATEMENT EXECUTE FUNCTION api._refuse_truncate();
ALTER TABLE public.notices ENABLE ALWAYS TRIGGER tr_notices_truncate;

REVOKE ALL ON TABLE public.notice_readers, public.notice_mails, public.notices FROM PUBLIC;
ALTER TABLE public.notice_readers ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.notice_mails ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.notices ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON public.notices TO mv_teacher, mv_coordinator, mv_admin;
CREATE POLICY teacher_reads ON public.notices FOR SELECT TO mv_teacher USING (user_id = (SELECT api.me()));
CREATE POLICY coordinator_reads ON public.notices FOR SELECT TO mv_coordinator USING (user_id = (SELECT api.me()));
CREATE POLICY admin_reads ON public.notices FOR SELECT TO mv_admin USING (user_id = (SELECT api.me()));

-- Tell a member of staff. False when nobody was told: notices are switched off, she is not active staff, or she was told
-- the same already (same kind and key). To be called by functions only, in the transaction of what happened.
CREATE FUNCTION api._tell(p_user uuid, p_kind text, p_data jsonb, p_key text DEFAULT NULL) RETURNS boolean
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO public.notices (user_id, kind, key, data)
        SELECT u.user_id, p_kind, p_key, coalesce(p_data, '{}') FROM public.users u
        WHERE u.user_id = p_user AND u.is_active AND u.role IN ('teacher', 'admin')
          AND coalesce(api._setting('notifications_enabled'), 'true') <> 'false'
        ON CONFLICT (user_id, kind, key) WHERE key IS NOT NULL DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    -- who never asked for her notices has no channel yet, and listens to none
    PERFORM pg_notify(r.channel, '') FROM public.notice_readers r WHERE r.user_id = p_user;
    RETURN true;
END
$$;

-- Tell everybody who coordinates; how many were told. In one order, so that two at once with the same key cannot wait for
-- one another.
CREATE FUNCTION api._tell_coordinators(p_kind text, p_data jsonb, p_key text DEFAULT NULL) RETURNS int
    LANGUAGE plpgsql
AS $$
DECLARE
    v_user uuid;
    v_told int := 0;
BEGIN
    FOR v_user IN SELECT u.user_id FROM public.users u WHERE u.is_coordinator AND u.is_active ORDER BY u.user_id LOOP
        v_told := v_told + api._tell(v_user, p_kind, p_data, p_key)::int;
    END LOOP;
    RETURN v_told;
END
$$;

CREATE FUNCTION api._reader(p_user uuid) RETURNS public.notice_readers
    LANGUAGE plpgsql
AS $$
DECLARE
    v_reader public.notice_readers;
BEGIN
    SELECT * INTO v_reader FROM public.notice_readers r WHERE r.user_id = p_user;
    IF NOT FOUND THEN
        INSERT INTO public.notice_readers (user_id) VALUES (p_user) ON CONFLICT DO NOTHING;
        SELECT * INTO v_reader FROM public.notice_readers r WHERE r.user_id = p_user;
    END IF;
    RETURN v_reader;
END
$$;

-- The caller's notices, the newest first: at most 200, those that come after p_after in that order (older ones), from the
-- newest on without it. Beside them how many in all are unread, her language, and the channel on which she is woken.
CREATE FUNCTION api.my_notices(p_after uuid DEFAULT NULL, p_limit int DEFAULT 50) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_caller record;
    v_reader public.notice_readers;
    v_after record;
BEGIN
    SELECT * INTO v_caller FROM api._caller();
    IF p_limit IS NULL OR p_limit NOT BETWEEN 1 AND 200 THEN
        RAISE EXCEPTION 'between 1 and 200 notices are asked for' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    v_reader := api._reader(v_caller.user_id);
    SELECT n.created_at, n.notice_id INTO v_after FROM public.notices n
        WHERE n.notice_id = p_after AND n.user_id = v_caller.user_id;
    IF p_after IS NOT NULL AND NOT FOUND THEN  -- the worker removed it, and with it all that is older
        RETURN jsonb_build_object('notices', '[]'::jsonb, 'unread', api._unread(v_caller.user_id),
            'language', v_reader.language, 'channel', v_reader.channel);
    END IF;
    RETURN jsonb_build_object(
        'notices', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'notice_id', n.notice_id, 'kind', n.kind, 'data', n.data, 'created_at', n.created_at,
                'read_at', n.read_at
            ) ORDER BY n.created_at DESC, n.notice_id DESC), '[]')
            FROM (
                SELECT * FROM public.notices n
                WHERE n.user_id = v_caller.user_id
                  AND (p_after IS NULL OR (n.created_at, n.notice_id) < (v_after.created_at, v_after.notice_id))
                ORDER BY n.created_at DESC, n.notice_id DESC LIMIT p_limit
            ) n
        ),
        'unread', api._unread(v_caller.user_id), 'language', v_reader.language, 'channel', v_reader.channel
    );
END
$$;

CREATE FUNCTION api._unread(p_user uuid) RETURNS int
    LANGUAGE sql STABLE
AS $$
    SELECT count(*)::int FROM public.notices n WHERE n.user_id = p_user AND n.read_at IS NULL
$$;

-- She has read these: how many of them were unread. Others' are left alone without a word. NULL: all that she has.
CREATE FUNCTION api.read_notices(p_notices uuid[]) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_caller record;
    v_read int;
BEGIN
    SELECT * INTO v_caller FROM api._caller();
    IF cardinality(p_notices) > 1000 THEN
        RAISE EXCEPTION 'at most 1000 notices are read at once' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    WITH hers AS (  -- in one order, so that two windows of hers cannot wait for one another
        SELECT n.notice_id FROM public.notices n
        WHERE n.user_id = v_caller.user_id AND n.read_at IS NULL
          AND (p_notices IS NULL OR n.notice_id = ANY (p_notices))
        ORDER BY n.notice_id FOR NO KEY UPDATE
    )
    UPDATE public.notices n SET read_at = now() FROM hers h WHERE n.notice_id = h.notice_id;
    GET DIAGNOSTICS v_read = ROW_COUNT;
    RETURN v_read;
END
$$;

-- The language in which the caller is written to: 'en' or 'hi'.
CREATE FUNCTION api.set_notice_language(p_language text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_caller record;
BEGIN
    SELECT * INTO v_caller FROM api._caller();
    IF p_language IS NULL OR p_language NOT IN ('en', 'hi') THEN
        RAISE EXCEPTION 'the languages are en and hi' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM api._reader(v_caller.user_id);
    UPDATE public.notice_readers r SET language = p_language
        WHERE r.user_id = v_caller.user_id AND r.language <> p_language;
END
$$;

-- One mail to be sent now, for the worker: first what failed before and is due, then whoever has notices that she has not
-- read. The first is mailed at once, what follows within p_quiet goes together into the next one. What is older than a day
-- is not mailed any more (a server that was away must not flood). Committing the answer is the promise that nobody else
-- gets this mail: without a report within p_lease it counts as of unknown outcome. NULL: nothing is to be sent.
-- An answer with "lost": true is such a mail; it has ended and is not to be sent.
CREATE FUNCTION api.claim_notice_mail(
    p_lease interval, p_quiet interval, p_most int, p_now timestamptz DEFAULT now()
) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_mail public.notice_mails;
    v_user uuid;
BEGIN
    IF coalesce(api._setting('notifications_enabled'), 'true') = 'false' THEN
        RETURN NULL;
    END IF;
    SELECT * INTO v_mail FROM public.notice_mails m
        WHERE m.ended_at IS NULL AND m.try_at <= p_now
        ORDER BY m.try_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    IF FOUND AND v_mail.claimed THEN
        UPDATE public.notice_mails m SET outcome = 'unknown', ended_at = p_now WHERE m.mail_id = v_mail.mail_id;
        RETURN jsonb_build_object('mail_id', v_mail.mail_id, 'lost', true);
    ELSIF NOT FOUND THEN
        INSERT INTO public.notice_readers (user_id)
            SELECT u.user_id FROM public.users u
            WHERE u.role IN ('teacher', 'admin') AND u.is_active
              AND NOT EXISTS (SELECT 1 FROM public.notice_readers r WHERE r.user_id = u.user_id)
              AND EXISTS (
                  SELECT 1 FROM public.notices n WHERE n.user_id = u.user_id AND n.mail_id IS NULL
                    AND n.read_at IS NULL AND n.created_at > p_now - interval '1 day'
              )
            ORDER BY u.user_id ON CONFLICT DO NOTHING;
        SELECT r.user_id INTO v_user FROM public.notice_readers r
            JOIN public.users u ON u.user_id = r.user_id AND u.is_active
            WHERE (r.mailed_at IS NULL OR r.mailed_at <= p_now - p_quiet) AND EXISTS (
                SELECT 1 FROM public.notices n WHERE n.user_id = r.user_id AND n.mail_id IS NULL
                  AND n.read_at IS NULL AND n.created_at > p_now - interval '1 day'
            )
            ORDER BY r.mailed_at NULLS FIRST, r.user_id LIMIT 1 FOR NO KEY UPDATE OF r SKIP LOCKED;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        UPDATE public.notice_readers r SET mailed_at = p_now WHERE r.user_id = v_user;
        INSERT INTO public.notice_mails (user_id, made_at, try_at) VALUES (v_user, p_now, p_now) RETURNING * INTO v_mail;
        UPDATE public.notices n SET mail_id = v_mail.mail_id
            WHERE n.user_id = v_user AND n.mail_id IS NULL AND n.read_at IS NULL
              AND n.created_at > p_now - interval '1 day';
    END IF;
    UPDATE public.notice_mails m SET claimed = true, tries = m.tries + 1, try_at = p_now + p_lease
        WHERE m.mail_id = v_mail.mail_id RETURNING * INTO v_mail;
    RETURN (
        SELECT jsonb_build_object(
            'mail_id', v_mail.mail_id, 'lost', false, 'made_at', v_mail.made_at, 'tries', v_mail.tries,
            'email', u.email, 'language', r.language, 'sender', api._setting('notification_email_from'),
            'zone', coalesce(api._setting('sla_working_hours') ->> 'timezone', 'Asia/Kolkata'),
            'total', (SELECT count(*) FROM public.notices n WHERE n.mail_id = v_mail.mail_id),
            'notices', (
                SELECT coalesce(jsonb_agg(
                    jsonb_build_object('kind', n.kind, 'data', n.data, 'created_at', n.created_at)
                    ORDER BY n.created_at, n.notice_id
                ), '[]')
                FROM (
                    SELECT * FROM public.notices n WHERE n.mail_id = v_mail.mail_id
                    ORDER BY n.created_at, n.notice_id LIMIT greatest(least(p_most, 200), 1)
                ) n
            )
        )
        FROM public.users u JOIN public.notice_readers r ON r.user_id = u.user_id
        WHERE u.user_id = v_mail.user_id
    );
END
$$;

-- The mail of that try is out, or never will be: p_outcome is 'sent', 'given_up' or 'unknown'. False when it had ended
-- before, or is another worker's by now.
CREATE FUNCTION api.notice_mail_ended(p_mail uuid, p_try int, p_outcome text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    UPDATE public.notice_mails m SET outcome = p_outcome, ended_at = now()
        WHERE m.mail_id = p_mail AND m.tries = p_try AND m.claimed AND m.ended_at IS NULL;
    RETURN FOUND;
END
$$;

-- The mail of that try certainly did not go out; it is tried again at p_again.
CREATE FUNCTION api.notice_mail_failed(p_mail uuid, p_try int, p_again timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    UPDATE public.notice_mails m SET claimed = false, try_at = p_again
        WHERE m.mail_id = p_mail AND m.tries = p_try AND m.claimed AND m.ended_at IS NULL;
    RETURN FOUND;
END
$$;

-- Removes notices that are older than p_days, and the mails that told them; how many rows.
CREATE FUNCTION api.prune_notices(p_days int, p_limit int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_notices int;
    v_mails int;
BEGIN
    IF p_days IS NULL OR p_days < 1 THEN
        RAISE EXCEPTION 'notices are kept for a day at least' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    DELETE FROM public.notices n WHERE n.notice_id IN (
        SELECT o.notice_id FROM public.notices o WHERE o.created_at < now() - p_days * interval '1 day'
        ORDER BY o.created_at LIMIT greatest(least(p_limit, 10000), 0) FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS v_notices = ROW_COUNT;
    DELETE FROM public.notice_mails m WHERE m.mail_id IN (
        SELECT o.mail_id FROM public.notice_mails o
        WHERE o.ended_at < now() - p_days * interval '1 day'
          AND NOT EXISTS (SELECT 1 FROM public.notices n WHERE n.mail_id = o.mail_id)
        ORDER BY o.ended_at LIMIT greatest(least(p_limit, 10000), 0) FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS v_mails = ROW_COUNT;
    RETURN v_notices + v_mails;
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.my_notices(uuid, int), api.read_notices(uuid[]), api.set_notice_language(text)
    TO mv_teacher, mv_coordinator, mv_admin;
GRANT EXECUTE ON FUNCTION api.claim_notice_mail(interval, interval, int, timestamptz),
    api.notice_mail_ended(uuid, int, text), api.notice_mail_failed(uuid, int, timestamptz), api.prune_notices(int, int)
    TO mv_worker;
