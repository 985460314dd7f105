-- What the worker could not do is told, what became needless is not mailed, and one bad paper holds up no other.

-- Whoever coordinates is told of an exam that cannot be scored or finished, once a day, as it is tried again once a day.
CREATE FUNCTION api._tell_stuck() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._tell_coordinators(
        'exam.stuck',
        jsonb_build_object('exam_instance_id', NEW.resource_id, 'script', api._script_code(NEW.resource_id)),
        NEW.resource_id || ' ' || (NEW.created_at AT TIME ZONE 'UTC')::date
    );
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_audit_logs_stuck AFTER INSERT ON public.audit_logs
    FOR EACH ROW WHEN (NEW.event_type = 'exam.stuck' AND NEW.resource_type = 'exam') EXECUTE FUNCTION api._tell_stuck();

-- As in 019. What was read since is taken out of a mail before each try; one of which nothing is left, or whose reader has
-- gone, is given up.
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
    LOOP
        SELECT * INTO v_mail FROM public.notice_mails m
            WHERE m.ended_at IS NULL AND m.try_at <= p_now
            ORDER BY m.try_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
        EXIT WHEN NOT FOUND;
        IF v_mail.claimed THEN
            UPDATE public.notice_mails m SET outcome = 'unknown', ended_at = p_now WHERE m.mail_id = v_mail.mail_id;
            RETURN jsonb_build_object('mail_id', v_mail.mail_id, 'lost', true);
        END IF;
        UPDATE public.notices n SET mail_id = NULL WHERE n.mail_id = v_mail.mail_id AND n.read_at IS NOT NULL;
        EXIT WHEN EXISTS (SELECT FROM public.users u WHERE u.user_id = v_mail.user_id AND u.is_active)
            AND EXISTS (SELECT FROM public.notices n WHERE n.mail_id = v_mail.mail_id);
        UPDATE public.notice_mails m SET outcome = 'given_up', ended_at = p_now WHERE m.mail_id = v_mail.mail_id;
    END LOOP;
    IF v_mail.mail_id IS NULL THEN
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

-- The results of these exams as they are now.
CREATE FUNCTION api._gather(p_exams uuid[]) RETURNS void
    LANGUAGE sql
AS $$
    WITH result AS MATERIALIZED (
        SELECT x.exam_instance_id, x.student_user_id, x.class, x.exam_type = 'board_exam' AS is_board,
               coalesce(x.submitted_at, x.started_at, x.created_at) AS sat_at,
               (100 * x.percentage)::int AS percent, u.units, u.awarded, u.possible
        FROM public.exam_instances x CROSS JOIN LATERAL api._unit_sums(x) u
        WHERE x.exam_instance_id = ANY (p_exams) AND x.status = 'evaluated' AND x.percentage IS NOT NULL
    ), gone AS (
        DELETE FROM api._exam_results r WHERE r.exam_instance_id = ANY (p_exams)
            AND NOT EXISTS (SELECT 1 FROM result n WHERE n.exam_instance_id = r.exam_instance_id)
    )
    INSERT INTO api._exam_results AS r SELECT * FROM result
    ON CONFLICT (exam_instance_id) DO UPDATE SET
        student_user_id = EXCLUDED.student_user_id, class = EXCLUDED.class, is_board = EXCLUDED.is_board,
        sat_at = EXCLUDED.sat_at, percent = EXCLUDED.percent, units = EXCLUDED.units,
        awarded = EXCLUDED.awarded, possible = EXCLUDED.possible
$$;

-- As in 022. An exam whose paper says what cannot be counted is left out of the read models and written down
-- (exam.uncounted); all others are taken over.
CREATE OR REPLACE FUNCTION api.gather_results(p_limit int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_changes bigint[];
    v_exams uuid[];
    v_exam uuid;
BEGIN
    PERFORM 1 FROM api._analytics_mark m FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    WITH taken AS (
        DELETE FROM api._result_changes c WHERE c.change_id IN (
            SELECT d.change_id FROM api._result_changes d
            ORDER BY d.change_id LIMIT greatest(least(p_limit, 10000), 0)
        ) RETURNING c.change_id, c.exam_instance_id
    )
    SELECT coalesce(array_agg(t.change_id), '{}'), array_agg(DISTINCT t.exam_instance_id) INTO v_changes, v_exams
        FROM taken t;
    IF cardinality(v_changes) = 0 THEN
        RETURN 0;
    END IF;
    BEGIN
        PERFORM api._gather(v_exams);
    EXCEPTION WHEN data_exception THEN
        FOREACH v_exam IN ARRAY v_exams LOOP
            BEGIN
                PERFORM api._gather(ARRAY[v_exam]);
            EXCEPTION WHEN data_exception THEN
                DELETE FROM api._exam_results r WHERE r.exam_instance_id = v_exam;
                PERFORM api._audit('exam.uncounted', NULL, 'exam', v_exam, jsonb_build_object('sqlstate', SQLSTATE));
            END;
        END LOOP;
    END;
    UPDATE api._analytics_mark m SET behind = true WHERE NOT m.behind;
    RETURN cardinality(v_changes);
END
$$;

REVOKE EXECUTE ON FUNCTION api._tell_stuck(), api._gather(uuid[]) FROM PUBLIC;
