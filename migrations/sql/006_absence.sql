-- Absences: the days on which a teacher gets no scripts. Her own doing; coordinators and admins read them.

-- Half-open: away from first_day on, back on return_day; days of the zone in the setting sla_working_hours.
-- The key is the client's, so that what was deleted by mistake comes back as what it was.
CREATE TABLE public.teacher_absences (
    absence_id uuid CONSTRAINT pk_teacher_absences PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT fk_teacher_absences_user_id REFERENCES public.users ON DELETE RESTRICT,
    first_day date NOT NULL,
    return_day date NOT NULL,
    note text DEFAULT '' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT ck_teacher_absences_days CHECK (first_day < return_day),
    CONSTRAINT ck_teacher_absences_note CHECK (length(note) <= 500),
    CONSTRAINT ex_teacher_absences_days EXCLUDE USING gist (user_id WITH =, daterange(first_day, return_day) WITH &&)
);
CREATE TRIGGER tr_teacher_absences_updated_at BEFORE INSERT OR UPDATE ON public.teacher_absences
    FOR EACH ROW EXECUTE FUNCTION public.mv_keep_updated_at();

REVOKE ALL ON TABLE public.teacher_absences FROM PUBLIC;
ALTER TABLE public.teacher_absences ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON public.teacher_absences TO mv_teacher, mv_coordinator, mv_admin;
CREATE POLICY teacher_reads ON public.teacher_absences FOR SELECT TO mv_teacher USING (user_id = (SELECT api.me()));
CREATE POLICY coordinator_reads ON public.teacher_absences FOR SELECT TO mv_coordinator
    USING ((SELECT api.me()) IS NOT NULL);
CREATE POLICY admin_reads ON public.teacher_absences FOR SELECT TO mv_admin USING ((SELECT api.me()) IS NOT NULL);

-- Which day it is where the school works.
CREATE FUNCTION api._today() RETURNS date
    LANGUAGE sql STABLE
AS $$
    SELECT (now() AT TIME ZONE coalesce(api._setting('sla_working_hours') ->> 'timezone', 'Asia/Kolkata'))::date
$$;

CREATE FUNCTION api.absences() RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    RETURN jsonb_build_object('today', api._today(), 'absences', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'absence_id', a.absence_id, 'first_day', a.first_day, 'return_day', a.return_day, 'note', a.note
        ) ORDER BY a.first_day), '[]')
        FROM public.teacher_absences a WHERE a.user_id = v_me
    ));
END
$$;

-- The answer is {"done": true}, or {"refused": why, …} with the days of the other absence where they overlap.
CREATE FUNCTION api.put_absence(p_absence uuid, p_first_day date, p_return_day date, p_note text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_today date := api._today();
    v_before public.teacher_absences;
    v_other public.teacher_absences;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    IF p_absence IS NULL OR p_first_day IS NULL OR p_return_day IS NULL OR NOT isfinite(p_first_day)
        OR NOT isfinite(p_return_day) OR p_first_day >= p_return_day OR p_return_day > p_first_day + 366
        OR length(coalesce(p_note, '')) > 500
    THEN
        RETURN jsonb_build_object('refused', 'days');
    END IF;
    PERFORM 1 FROM public.staff_logins l WHERE l.user_id = v_me FOR NO KEY UPDATE;  -- one change of hers at a time
    SELECT * INTO v_before FROM public.teacher_absences a WHERE a.absence_id = p_absence;
    IF FOUND AND v_before.user_id <> v_me THEN
        RAISE EXCEPTION 'this absence is somebody else''s' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF v_before.return_day <= v_today THEN
        RETURN jsonb_build_object('refused', 'past');
    END IF;
    -- what has been cannot be made up or unmade: scripts were, or were not, given to her meanwhile
    IF least(p_first_day, v_before.first_day) < v_today AND p_first_day IS DISTINCT FROM v_before.first_day
        OR p_return_day < v_today
    THEN
        RETURN jsonb_build_object('refused', 'begun');
    END IF;
    SELECT * INTO v_other FROM public.teacher_absences a
        WHERE a.user_id = v_me AND a.absence_id <> p_absence
          AND daterange(a.first_day, a.return_day) && daterange(p_first_day, p_return_day)
        ORDER BY a.first_day LIMIT 1;
    IF FOUND THEN
        RETURN jsonb_build_object(
            'refused', 'overlaps', 'first_day', v_other.first_day, 'return_day', v_other.return_day
        );
    END IF;
    INSERT INTO public.teacher_absences AS a (absence_id, user_id, first_day, return_day, note)
        VALUES (p_absence, v_me, p_first_day, p_return_day, coalesce(p_note, ''))
        ON CONFLICT (absence_id) DO UPDATE
            SET first_day = EXCLUDED.first_day, return_day = EXCLUDED.return_day, note = EXCLUDED.note;
    PERFORM api._audit(
        'absence.put', v_me, 'absence', p_absence,
        jsonb_build_object('first_day', p_first_day, 'return_day', p_return_day)
        || CASE WHEN v_before.absence_id IS NULL THEN '{}' ELSE jsonb_build_object(
            'before', jsonb_build_object('first_day', v_before.first_day, 'return_day', v_before.return_day)
        ) END
    );
    RETURN jsonb_build_object('done', true);
END
$$;

CREATE FUNCTION api.delete_absence(p_absence uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_today date := api._today();
    v_before public.teacher_absences;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    PERFORM 1 FROM public.staff_logins l WHERE l.user_id = v_me FOR NO KEY UPDATE;
    SELECT * INTO v_before FROM public.teacher_absences a WHERE a.absence_id = p_absence AND a.user_id = v_me;
    IF NOT FOUND THEN
        RETURN jsonb_build_object('done', true);  -- deleted already, perhaps on another computer
    END IF;
    IF v_before.first_day < v_today THEN
        RETURN jsonb_build_object('refused', CASE WHEN v_before.return_day <= v_today THEN 'past' ELSE 'begun' END);
    END IF;
    DELETE FROM public.teacher_absences a WHERE a.absence_id = p_absence;
    PERFORM api._audit(
        'absence.deleted', v_me, 'absence', p_absence,
        jsonb_build_object('first_day', v_before.first_day, 'return_day', v_before.return_day)
    );
    RETURN jsonb_build_object('done', true);
END
$$;

REVOKE EXECUTE ON FUNCTION api._today(), api.absences(), api.put_absence(uuid, date, date, text),
    api.delete_absence(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.absences(), api.put_absence(uuid, date, date, text), api.delete_absence(uuid)
    TO mv_teacher;
