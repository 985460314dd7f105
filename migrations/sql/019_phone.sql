-- As in 017; the person's number goes along, for a text message beside the mail.
CREATE OR REPLACE FUNCTION api.claim_notice_mail(
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
            'email', u.email, 'phone', u.phone, 'language', r.language, 'sender', api._setting('notification_email_from'),
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
