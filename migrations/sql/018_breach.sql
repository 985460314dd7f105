-- A deadline that passes is marked, audited and told, once for each deadline that a script ever had: by the worker, by a
-- completion that comes too late, and by an extension that comes after it. What is going to be late is told before.

-- sla_breached is for ever, but a returned or extended script has a deadline of its own again. So these are deadlines: of
-- which it was audited and told that it has passed, and of which it was told that it will not be kept.
ALTER TABLE public.evaluations ADD COLUMN breach_noticed timestamptz, ADD COLUMN risk_noticed timestamptz;
UPDATE public.evaluations e SET breach_noticed = e.sla_deadline
    WHERE e.sla_breached AND e.status <> 'completed' AND e.sla_deadline < now();

-- The audit entry takes along what the same transaction changed of the script before. A held script is late for the
-- student all the same, but it is not the teacher's any more.
CREATE FUNCTION api._breach(p_evaluation public.evaluations, p_now timestamptz) RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    v_hold text := api._hold_reason(p_evaluation.evaluation_id);
    v_data jsonb := jsonb_build_object(
        'evaluation_id', p_evaluation.evaluation_id, 'script', api._script_code(p_evaluation.exam_instance_id),
        'due_at', p_evaluation.sla_deadline,
        'minutes_late', floor(extract(epoch FROM p_now - p_evaluation.sla_deadline) / 60)::int
    ) || CASE WHEN v_hold IS NULL THEN '{}' ELSE jsonb_build_object('held', v_hold) END;
    v_key text := p_evaluation.evaluation_id || ' ' || extract(epoch FROM p_evaluation.sla_deadline);
BEGIN
    PERFORM api._audit(
        'sla.breached', NULL, 'evaluation', p_evaluation.evaluation_id,
        v_data - 'evaluation_id' || jsonb_build_object('teacher', p_evaluation.teacher_user_id)
    );
    IF v_hold IS NULL THEN
        PERFORM api._tell(p_evaluation.teacher_user_id, 'sla.breached', v_data, v_key);
    END IF;
    PERFORM api._tell_coordinators('sla.breached', v_data, v_key);
END
$$;

-- As in 003, and audited and told. The worker may be simulated: p_now is its clock.
DROP FUNCTION api.mark_breaches(int);
CREATE FUNCTION api.mark_breaches(p_limit int, p_now timestamptz DEFAULT now()) RETURNS int
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_late public.evaluations[];
    v_one public.evaluations;
BEGIN
    IF p_now IS NULL OR NOT isfinite(p_now) THEN
        RAISE EXCEPTION 'a moment is needed' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    WITH late AS (
        SELECT e.evaluation_id FROM public.evaluations e
        WHERE e.status <> 'completed' AND e.sla_deadline < p_now AND e.breach_noticed IS DISTINCT FROM e.sla_deadline
        ORDER BY e.sla_deadline
        LIMIT greatest(least(p_limit, 1000), 0)
        FOR NO KEY UPDATE SKIP LOCKED
    ), marked AS (
        UPDATE public.evaluations e SET sla_breached = true, breach_noticed = e.sla_deadline
        FROM late l WHERE e.evaluation_id = l.evaluation_id
        RETURNING e.*
    )
    SELECT coalesce(array_agg(m::public.evaluations ORDER BY m.sla_deadline, m.evaluation_id), '{}')
        INTO v_late FROM marked m;
    FOREACH v_one IN ARRAY v_late LOOP
        PERFORM api._breach(v_one, p_now);
    END LOOP;
    RETURN cardinality(v_late);
END
$$;

-- Between two rounds of the worker a script may be completed late, or get more time: that promise was broken all the same.
CREATE FUNCTION api._notice_breach() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_moment timestamptz := CASE WHEN NEW.status = 'completed' THEN NEW.completed_at ELSE now() END;
BEGIN
    IF v_moment > OLD.sla_deadline AND (NEW.status = 'completed' OR NEW.sla_deadline <> OLD.sla_deadline) THEN
        NEW.breach_noticed := OLD.sla_deadline;
        PERFORM api._breach(OLD, v_moment);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER tr_evaluations_breach BEFORE UPDATE OF status, sla_deadline ON public.evaluations
    FOR EACH ROW WHEN (OLD.status <> 'completed' AND OLD.breach_noticed IS DISTINCT FROM OLD.sla_deadline)
    EXECUTE FUNCTION api._notice_breach();

-- What a forecast is made of. Who looks coordinates, or is the worker ------------------------------------------------

GRANT SELECT (holiday_date, holiday_name, is_working_day) ON public.holidays TO mv_worker;
CREATE POLICY worker_reads ON public.holidays FOR SELECT TO mv_worker USING (true);

-- Every open script; nobody has those that are held. The longest due first, as in a queue.
CREATE FUNCTION api.open_scripts()
    RETURNS TABLE (evaluation_id uuid, teacher_user_id uuid, exam_type text, sla_deadline timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    IF session_user <> 'mv_worker' THEN
        PERFORM api._coordinating(p_admins_too => true);
    END IF;
    RETURN QUERY
        SELECT e.evaluation_id, CASE WHEN h.hold_id IS NULL THEN e.teacher_user_id END, x.exam_type::text,
               e.sla_deadline
        FROM public.evaluations e
        JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
        LEFT JOIN public.evaluation_holds h ON h.evaluation_id = e.evaluation_id AND h.ended_at IS NULL
        WHERE e.status <> 'completed'
        ORDER BY e.sla_deadline, e.evaluation_id;
END
$$;

-- The days on which teachers are away, from p_day on; without the notes, which are for whoever coordinates.
CREATE FUNCTION api.away_spans(p_day date)
    RETURNS TABLE (user_id uuid, first_day date, return_day date)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    IF session_user <> 'mv_worker' THEN
        PERFORM api._coordinating(p_admins_too => true);
    END IF;
    RETURN QUERY
        SELECT a.user_id, a.first_day, a.return_day FROM public.teacher_absences a
        WHERE a.return_day > p_day ORDER BY a.user_id, a.first_day;
END
$$;

-- How long each teacher takes for each kind of exam: the median of the last fifty that she began and completed on one
-- day of the school's, at least one minute each. A night in between is no work, so the others say nothing.
CREATE FUNCTION api.teacher_paces()
    RETURNS TABLE (user_id uuid, exam_type text, minutes double precision, scripts int)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_zone text := coalesce(api._setting('sla_working_hours') ->> 'timezone', 'Asia/Kolkata');
BEGIN
    IF session_user <> 'mv_worker' THEN
        PERFORM api._coordinating(p_admins_too => true);
    END IF;
    RETURN QUERY
        SELECT u.user_id, x.exam_type::text,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY greatest(l.minutes, 1.0)), count(*)::int
        FROM public.users u
        CROSS JOIN LATERAL (
            SELECT e.exam_instance_id, extract(epoch FROM e.completed_at - e.started_at)::float8 / 60 AS minutes
            FROM public.evaluations e
            WHERE e.teacher_user_id = u.user_id AND e.status = 'completed' AND e.started_at < e.completed_at
              AND (e.started_at AT TIME ZONE v_zone)::date = (e.completed_at AT TIME ZONE v_zone)::date
            ORDER BY e.completed_at DESC, e.evaluation_id DESC LIMIT 50
        ) l
        JOIN public.exam_instances x ON x.exam_instance_id = l.exam_instance_id
        WHERE u.role = 'teacher' AND u.is_active
        GROUP BY 1, 2 ORDER BY 1, 2;
END
$$;

-- p_scripts: [{"evaluation_id", "deadline", "finish", "place", "minutes_before"}], as the forecast found them. Told is
-- what is still open and due at that very moment, to who coordinates, once for each deadline, the first due first. Answers how many
-- were new; as many as p_limit means that more may wait.
CREATE FUNCTION api.tell_at_risk(p_scripts jsonb, p_limit int) RETURNS int
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_script record;
    v_new int := 0;
    v_key text;
BEGIN
    IF jsonb_typeof(p_scripts) IS DISTINCT FROM 'array' OR jsonb_array_length(p_scripts) > 100000 THEN
        RAISE EXCEPTION 'a list of at most 100000 scripts is needed' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOR v_script IN
        WITH asked AS (
            SELECT e.evaluation_id, s.finish, s.place, s.minutes_before
            FROM jsonb_to_recordset(p_scripts) s (
                evaluation_id uuid, deadline timestamptz, finish timestamptz, place int, minutes_before int
            )
            JOIN public.evaluations e ON e.evaluation_id = s.evaluation_id AND e.sla_deadline = s.deadline
            WHERE e.status <> 'completed' AND e.risk_noticed IS DISTINCT FROM e.sla_deadline
            ORDER BY e.sla_deadline, e.evaluation_id
            LIMIT greatest(least(p_limit, 1000), 0)
            FOR NO KEY UPDATE OF e SKIP LOCKED
        )
        UPDATE public.evaluations e SET risk_noticed = e.sla_deadline
        FROM asked a WHERE e.evaluation_id = a.evaluation_id
        RETURNING e.evaluation_id, e.exam_instance_id, e.teacher_user_id, e.sla_deadline, a.finish, a.place,
                  a.minutes_before
    LOOP
        v_new := v_new + 1;
        v_key := v_script.evaluation_id || ' ' || extract(epoch FROM v_script.sla_deadline);
        PERFORM api._tell_coordinators('script.at_risk', jsonb_build_object(
            'evaluation_id', v_script.evaluation_id, 'script', api._script_code(v_script.exam_instance_id),
            'teacher', v_script.teacher_user_id, 'due_at', v_script.sla_deadline, 'expected_at', v_script.finish,
            'place', v_script.place, 'minutes_before', v_script.minutes_before
        ), v_key);
    END LOOP;
    RETURN v_new;
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.mark_breaches(int, timestamptz), api.tell_at_risk(jsonb, int) TO mv_worker;
GRANT EXECUTE ON FUNCTION api.open_scripts(), api.away_spans(date), api.teacher_paces()
    TO mv_worker, mv_coordinator, mv_admin;
