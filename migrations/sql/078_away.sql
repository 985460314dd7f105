-- Whom a coordinator enters as away, or as back, learns of it: she is given no scripts meanwhile, and may be there all the same.

-- As in 030, and she is told.
CREATE OR REPLACE FUNCTION api.call_in_sick(p_teacher uuid, p_absence uuid, p_return_day date, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_reason text := api._checked_reason(p_reason);
    v_today date := api._today();
    v_other public.teacher_absences;
BEGIN
    IF p_absence IS NULL OR p_return_day IS NULL OR NOT isfinite(p_return_day) OR p_return_day <= v_today
        OR p_return_day > v_today + 366 OR length(v_reason) > 500
    THEN
        RETURN jsonb_build_object('refused', 'days');
    END IF;
    IF NOT EXISTS (SELECT FROM public.users u WHERE u.user_id = p_teacher AND u.role = 'teacher' AND u.is_active) THEN
        RETURN jsonb_build_object('refused', 'no_teacher');
    END IF;
    PERFORM 1 FROM public.staff_logins l WHERE l.user_id = p_teacher FOR NO KEY UPDATE;  -- one change of hers at a time
    SELECT * INTO v_other FROM public.teacher_absences a
        WHERE a.user_id = p_teacher AND daterange(a.first_day, a.return_day) && daterange(v_today, p_return_day)
        ORDER BY a.first_day LIMIT 1;
    IF FOUND THEN
        RETURN jsonb_build_object(
            'refused', 'overlaps', 'first_day', v_other.first_day, 'return_day', v_other.return_day
        );
    END IF;
    INSERT INTO public.teacher_absences (absence_id, user_id, first_day, return_day, note)
        VALUES (p_absence, p_teacher, v_today, p_return_day, v_reason);
    PERFORM api._audit(
        'absence.put', v_me, 'absence', p_absence,
        jsonb_build_object(
            'first_day', v_today, 'return_day', p_return_day, 'teacher', p_teacher, 'reason', v_reason
        )
    );
    IF p_teacher <> v_me THEN
        PERFORM api._tell(p_teacher, 'absence.entered', '{}');
    END IF;
    RETURN jsonb_build_object('done', true, 'absence', p_absence);
END
$$;

-- As in 030, and she is told.
CREATE OR REPLACE FUNCTION api.call_back(p_teacher uuid, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_reason text := api._checked_reason(p_reason);
    v_today date := api._today();
    v_before public.teacher_absences;
BEGIN
    PERFORM 1 FROM public.staff_logins l WHERE l.user_id = p_teacher FOR NO KEY UPDATE;
    SELECT * INTO v_before FROM public.teacher_absences a
        WHERE a.user_id = p_teacher AND a.first_day <= v_today AND v_today < a.return_day;
    IF NOT FOUND THEN
        RETURN jsonb_build_object('refused', 'not_away');
    END IF;
    IF v_before.first_day = v_today THEN
        DELETE FROM public.teacher_absences a WHERE a.absence_id = v_before.absence_id;
    ELSE
        UPDATE public.teacher_absences a SET return_day = v_today WHERE a.absence_id = v_before.absence_id;
    END IF;
    PERFORM api._audit(
        CASE WHEN v_before.first_day = v_today THEN 'absence.deleted' ELSE 'absence.put' END,
        v_me, 'absence', v_before.absence_id,
        jsonb_build_object(
            'first_day', v_before.first_day, 'return_day', v_today, 'teacher', p_teacher, 'reason', v_reason,
            'before', jsonb_build_object('first_day', v_before.first_day, 'return_day', v_before.return_day)
        )
    );
    IF p_teacher <> v_me THEN
        PERFORM api._tell(p_teacher, 'absence.ended', '{}');
    END IF;
    RETURN jsonb_build_object('done', true, 'absence', v_before.absence_id);
END
$$;
