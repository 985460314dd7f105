-- Many at once: what passes its deadline, will be late or has nobody is audited and told in a few statements, and people get
-- a number instead of a flood.

-- Its query is planned once and not for every row that changes: as the planner reckons, its constants would make a plan of
-- one's own look cheaper each time, and the planning took longer than all the rest.
ALTER FUNCTION api._note_change() SET plan_cache_mode = force_generic_plan;

-- As api._audit, of many things of one kind at once and in the order given, by the worker, who is nobody.
CREATE FUNCTION api._audit_all(p_event text, p_resource_type text, p_resources uuid[], p_data jsonb[]) RETURNS void
    LANGUAGE sql
AS $$
    WITH asked AS (
        SELECT a.resource, a.data, a.place FROM unnest(p_resources, p_data) WITH ORDINALITY a (resource, data, place)
    ), told AS (
        DELETE FROM api._changes c USING asked a
        WHERE c.written_in = pg_catalog.pg_current_xact_id() AND c.resource_type = p_resource_type
          AND c.resource_key = a.resource::text
        RETURNING a.place, api._difference(c) AS difference
    )
    INSERT INTO public.audit_logs (
        event_type, actor_user_id, actor_role, actor_ip, resource_type, resource_id, event_data, created_at
    )
    SELECT p_event, NULL, NULL, inet_client_addr(), p_resource_type, a.resource,
           coalesce(t.difference, '{}') || coalesce(a.data, '{}') || jsonb_build_object('login', session_user),
           clock_timestamp()
    FROM asked a LEFT JOIN told t ON t.place = a.place ORDER BY a.place
$$;

-- Of many scripts at once, each to who coordinates and to its teacher where p_teachers names one. Whoever would have more
-- than ten of this kind within an hour is told how many there are instead, in one notice for each hour, which counts on.
-- p_data holds due_at; the caller sees to it that nothing is told twice.
CREATE FUNCTION api._tell_all(
    p_kind text, p_teachers uuid[], p_keys text[], p_data jsonb[], p_now timestamptz
) RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    v_told uuid[];
    v_many uuid[];
BEGIN
    IF coalesce(api._setting('notifications_enabled'), 'true') = 'false' OR coalesce(cardinality(p_keys), 0) = 0 THEN
        RETURN;
    END IF;
    WITH counted AS (
        SELECT u.user_id, CASE WHEN u.is_coordinator THEN cardinality(p_keys) ELSE t.number END AS number
        FROM public.users u
        LEFT JOIN (SELECT x.teacher, count(*) AS number FROM unnest(p_teachers) x (teacher) GROUP BY 1) t
            ON t.teacher = u.user_id
        WHERE u.is_active AND u.role IN ('teacher', 'admin') AND (u.is_coordinator OR t.teacher IS NOT NULL)
    ), judged AS (
        SELECT c.user_id, c.number + (
            SELECT count(*) FROM public.notices n
            WHERE n.user_id = c.user_id AND n.kind = p_kind AND n.created_at > p_now - interval '1 hour'
        ) > 10 AS many
        FROM counted c
    )
    SELECT array_agg(j.user_id), coalesce(array_agg(j.user_id) FILTER (WHERE j.many), '{}')
        INTO v_told, v_many FROM judged j;
    INSERT INTO public.notices (user_id, kind, key, data, created_at)
        SELECT u.user_id, p_kind, t.key, t.data, p_now
        FROM public.users u
        JOIN unnest(p_teachers, p_keys, p_data) t (teacher, key, data) ON u.is_coordinator OR t.teacher = u.user_id
        WHERE u.user_id = ANY (v_told) AND u.user_id <> ALL (v_many)
        ORDER BY u.user_id, t.key
        ON CONFLICT (user_id, kind, key) WHERE key IS NOT NULL DO NOTHING;
    -- read or not, it is news again; a mail is not sent again within the hour
    INSERT INTO public.notices AS n (user_id, kind, key, data, created_at)
        SELECT u.user_id, p_kind || '_many', floor(extract(epoch FROM p_now) / 3600)::text,
               jsonb_build_object('count', count(*), 'due_at', min((t.data ->> 'due_at')::timestamptz)), p_now
        FROM public.users u
        JOIN unnest(p_teachers, p_data) t (teacher, data) ON u.is_coordinator OR t.teacher = u.user_id
        WHERE u.user_id = ANY (v_many)
        GROUP BY u.user_id ORDER BY u.user_id
        ON CONFLICT (user_id, kind, key) WHERE key IS NOT NULL DO UPDATE SET
            data = jsonb_build_object(
                'count', (n.data ->> 'count')::int + (EXCLUDED.data ->> 'count')::int,
                'due_at', least((n.data ->> 'due_at')::timestamptz, (EXCLUDED.data ->> 'due_at')::timestamptz)
            ),
            created_at = EXCLUDED.created_at, read_at = NULL;
    PERFORM pg_notify(r.channel, '') FROM public.notice_readers r WHERE r.user_id = ANY (v_told);
END
$$;

-- As in 018, all of a round in a few statements.
CREATE OR REPLACE FUNCTION api.mark_breaches(p_limit int, p_now timestamptz DEFAULT now()) RETURNS int
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_late record;
BEGIN
    IF p_now IS NULL OR NOT isfinite(p_now) THEN
        RAISE EXCEPTION 'a moment is needed' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    WITH late AS (
        SELECT e.evaluation_id FROM public.evaluations e
        WHERE e.status <> 'completed' AND e.sla_deadline < p_now AND e.breach_noticed IS DISTINCT FROM e.sla_deadline
        ORDER BY e.sla_deadline
        LIMIT greatest(least(p_limit, 10000), 0)
        FOR NO KEY UPDATE SKIP LOCKED
    ), marked AS (
        UPDATE public.evaluations e SET sla_breached = true, breach_noticed = e.sla_deadline
        FROM late l WHERE e.evaluation_id = l.evaluation_id
        RETURNING e.evaluation_id, e.exam_instance_id, e.teacher_user_id, e.sla_deadline
    ), told AS (
        SELECT m.*, h.kind AS held, jsonb_strip_nulls(jsonb_build_object(
            'script', api._script_code(m.exam_instance_id), 'due_at', m.sla_deadline, 'held', h.kind,
            'minutes_late', floor(extract(epoch FROM p_now - m.sla_deadline) / 60)::int
        )) AS data
        FROM marked m
        LEFT JOIN public.evaluation_holds h ON h.evaluation_id = m.evaluation_id AND h.ended_at IS NULL
        ORDER BY m.sla_deadline, m.evaluation_id
    )
    SELECT array_agg(t.evaluation_id) AS evaluations, array_agg(CASE WHEN t.held IS NULL THEN t.teacher_user_id END) AS teachers,
           array_agg(t.evaluation_id || ' ' || extract(epoch FROM t.sla_deadline)) AS keys,
           array_agg(t.data || jsonb_build_object('teacher', t.teacher_user_id)) AS audited,
           array_agg(t.data || jsonb_build_object('evaluation_id', t.evaluation_id)) AS data
        INTO v_late FROM told t;
    IF v_late.evaluations IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM api._audit_all('sla.breached', 'evaluation', v_late.evaluations, v_late.audited);
    PERFORM api._tell_all('sla.breached', v_late.teachers, v_late.keys, v_late.data, p_now);
    RETURN cardinality(v_late.evaluations);
END
$$;

-- As in 018, all of a round in a few statements, and the worker may be simulated.
DROP FUNCTION api.tell_at_risk(jsonb, int);
CREATE FUNCTION api.tell_at_risk(p_scripts jsonb, p_limit int, p_now timestamptz DEFAULT now()) RETURNS int
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_risky record;
BEGIN
    IF jsonb_typeof(p_scripts) IS DISTINCT FROM 'array' OR jsonb_array_length(p_scripts) > 100000 THEN
        RAISE EXCEPTION 'a list of at most 100000 scripts is needed' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    WITH asked AS (
        SELECT e.evaluation_id, s.finish, s.place, s.minutes_before
        FROM jsonb_to_recordset(p_scripts) s (
            evaluation_id uuid, deadline timestamptz, finish timestamptz, place int, minutes_before int
        )
        JOIN public.evaluations e ON e.evaluation_id = s.evaluation_id AND e.sla_deadline = s.deadline
        WHERE e.status <> 'completed' AND e.risk_noticed IS DISTINCT FROM e.sla_deadline
        ORDER BY e.sla_deadline, e.evaluation_id
        LIMIT greatest(least(p_limit, 100000), 0)
        FOR NO KEY UPDATE OF e SKIP LOCKED
    ), noted AS (
        UPDATE public.evaluations e SET risk_noticed = e.sla_deadline
        FROM asked a WHERE e.evaluation_id = a.evaluation_id
        RETURNING e.evaluation_id, e.exam_instance_id, e.teacher_user_id, e.sla_deadline, a.finish, a.place,
                  a.minutes_before
    )
    SELECT array_agg(NULL::uuid) AS nobody,
           array_agg(n.evaluation_id || ' ' || extract(epoch FROM n.sla_deadline)) AS keys,
           array_agg(jsonb_build_object(
               'evaluation_id', n.evaluation_id, 'script', api._script_code(n.exam_instance_id),
               'teacher', n.teacher_user_id, 'due_at', n.sla_deadline, 'expected_at', n.finish, 'place', n.place,
               'minutes_before', n.minutes_before
           )) AS data
        INTO v_risky FROM noted n;
    PERFORM api._tell_all('script.at_risk', v_risky.nobody, v_risky.keys, v_risky.data, p_now);
    RETURN coalesce(cardinality(v_risky.keys), 0);
END
$$;

-- Scripts that nobody ever had ------------------------------------------------------------------------------------------

-- What was told of a script before it had an evaluation: that nobody can be given it, and of which deadline that it comes
-- near or has passed.
ALTER TABLE public.evaluation_clock
    ADD COLUMN unassigned_noticed timestamptz, ADD COLUMN risk_noticed timestamptz, ADD COLUMN breach_noticed timestamptz;
UPDATE public.evaluation_clock k SET unassigned_noticed = n.created_at
    FROM public.notices n WHERE n.kind = 'script.unassigned' AND n.key = k.exam_instance_id::text;
-- When it came in is for the log; of a deadline that passes sla.breached tells.
DROP TRIGGER tr_evaluation_clock_change ON public.evaluation_clock;
CREATE TRIGGER tr_evaluation_clock_change AFTER DELETE OR UPDATE OF exam_instance_id, received_at
    ON public.evaluation_clock FOR EACH ROW EXECUTE FUNCTION api._note_change('exam', 'exam_instance_id', '', 'clock.');

-- Those of the given exams that wait for their first teacher, each with a clock, held to the end of the transaction; what
-- somebody else holds is left out.
CREATE FUNCTION api._waiting(p_exams uuid[]) RETURNS uuid[]
    LANGUAGE plpgsql
AS $$
DECLARE
    v_exams uuid[];
BEGIN
    SELECT coalesce(array_agg(w.exam_instance_id), '{}') INTO v_exams FROM (
        SELECT x.exam_instance_id FROM public.exam_instances x
        WHERE x.exam_instance_id = ANY (p_exams) AND x.status = 'uploaded'
          AND NOT EXISTS (SELECT 1 FROM public.evaluations e WHERE e.exam_instance_id = x.exam_instance_id)
        ORDER BY x.exam_instance_id FOR NO KEY UPDATE SKIP LOCKED
    ) w;
    -- of exams that came in before 023
    INSERT INTO public.evaluation_clock (exam_instance_id, received_at)
        SELECT u.exam_instance_id, max(u.uploaded_at) FROM public.answer_sheet_uploads u
        WHERE u.exam_instance_id = ANY (v_exams) AND NOT EXISTS (
            SELECT 1 FROM public.evaluation_clock k WHERE k.exam_instance_id = u.exam_instance_id
        )
        GROUP BY 1 ON CONFLICT DO NOTHING;
    RETURN v_exams;
END
$$;

-- As in 023, all in a few statements.
DROP FUNCTION api.tell_unassigned(jsonb, int);
CREATE FUNCTION api.tell_unassigned(p_scripts jsonb, p_limit int, p_now timestamptz DEFAULT now()) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_left record;
    v_waiting uuid[];
BEGIN
    IF coalesce(api._setting('notifications_enabled'), 'true') = 'false' OR NOT EXISTS (
        SELECT 1 FROM public.users u WHERE u.is_coordinator AND u.is_active
    ) THEN
        RETURN 0;  -- and it is told when somebody is there to hear it
    END IF;
    SELECT coalesce(array_agg(s.exam), '{}') INTO v_waiting FROM (
        SELECT s.exam FROM jsonb_to_recordset(p_scripts) s (exam uuid, deadline timestamptz)
        WHERE NOT EXISTS (
            SELECT 1 FROM public.evaluation_clock k
            WHERE k.exam_instance_id = s.exam AND k.unassigned_noticed IS NOT NULL
        )
        ORDER BY s.deadline, s.exam LIMIT greatest(least(p_limit, 20000), 0)
    ) s;
    v_waiting := api._waiting(v_waiting);
    WITH noted AS (
        UPDATE public.evaluation_clock k SET unassigned_noticed = p_now
        FROM jsonb_to_recordset(p_scripts) s (exam uuid, deadline timestamptz, obstacle text)
        WHERE k.exam_instance_id = ANY (v_waiting) AND k.unassigned_noticed IS NULL AND s.exam = k.exam_instance_id
        RETURNING s.exam, s.deadline, s.obstacle
    )
    SELECT array_agg(NULL::uuid) AS nobody, array_agg(n.exam::text) AS keys, array_agg(jsonb_build_object(
        'exam_instance_id', n.exam, 'script', api._script_code(n.exam), 'due_at', n.deadline, 'obstacle', n.obstacle
    )) AS data
        INTO v_left FROM noted n;
    PERFORM api._tell_all('script.unassigned', v_left.nobody, v_left.keys, v_left.data, p_now);
    RETURN coalesce(cardinality(v_left.keys), 0);
END
$$;

-- p_scripts: [{"exam", "deadline"}], those that wait for their first teacher and whose deadline the worker found near or
-- past. The promise is to the student: one that has passed is audited and told as a breach, one that is near is told, each
-- deadline once. Answers of how many nobody knew.
CREATE FUNCTION api.watch_unassigned(p_scripts jsonb, p_now timestamptz DEFAULT now()) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_waiting uuid[];
    v_late record;
    v_near record;
BEGIN
    IF jsonb_typeof(p_scripts) IS DISTINCT FROM 'array' OR jsonb_array_length(p_scripts) > 20000
       OR p_now IS NULL OR NOT isfinite(p_now)
    THEN
        RAISE EXCEPTION 'a list of at most 20000 scripts is needed' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT coalesce(array_agg(s.exam), '{}') INTO v_waiting
        FROM jsonb_to_recordset(p_scripts) s (exam uuid, deadline timestamptz)
        LEFT JOIN public.evaluation_clock k ON k.exam_instance_id = s.exam
        WHERE CASE WHEN s.deadline < p_now THEN k.breach_noticed ELSE k.risk_noticed END IS DISTINCT FROM s.deadline;
    v_waiting := api._waiting(v_waiting);
    WITH late AS (
        UPDATE public.evaluation_clock k SET breach_noticed = s.deadline
        FROM jsonb_to_recordset(p_scripts) s (exam uuid, deadline timestamptz)
        WHERE k.exam_instance_id = ANY (v_waiting) AND s.exam = k.exam_instance_id AND s.deadline < p_now
          AND k.breach_noticed IS DISTINCT FROM s.deadline
        RETURNING s.exam, s.deadline
    ), told AS (
        SELECT l.*, jsonb_build_object(
            'script', api._script_code(l.exam), 'due_at', l.deadline, 'held', 'unassigned',
            'minutes_late', floor(extract(epoch FROM p_now - l.deadline) / 60)::int
        ) AS data
        FROM late l ORDER BY l.deadline, l.exam
    )
    SELECT array_agg(t.exam) AS exams, array_agg(NULL::uuid) AS nobody, array_agg(t.data) AS audited,
           array_agg(t.exam || ' ' || extract(epoch FROM t.deadline)) AS keys,
           array_agg(t.data || jsonb_build_object('exam_instance_id', t.exam)) AS data
        INTO v_late FROM told t;
    IF v_late.exams IS NOT NULL THEN
        PERFORM api._audit_all('sla.breached', 'exam', v_late.exams, v_late.audited);
        PERFORM api._tell_all('sla.breached', v_late.nobody, v_late.keys, v_late.data, p_now);
    END IF;
    WITH near AS (
        UPDATE public.evaluation_clock k SET risk_noticed = s.deadline
        FROM jsonb_to_recordset(p_scripts) s (exam uuid, deadline timestamptz)
        WHERE k.exam_instance_id = ANY (v_waiting) AND s.exam = k.exam_instance_id AND s.deadline >= p_now
          AND k.risk_noticed IS DISTINCT FROM s.deadline
        RETURNING s.exam, s.deadline
    )
    SELECT array_agg(NULL::uuid) AS nobody, array_agg(n.exam || ' ' || extract(epoch FROM n.deadline)) AS keys,
           array_agg(jsonb_build_object(
               'exam_instance_id', n.exam, 'script', api._script_code(n.exam), 'due_at', n.deadline
           )) AS data
        INTO v_near FROM near n;
    PERFORM api._tell_all('script.unassigned_due', v_near.nobody, v_near.keys, v_near.data, p_now);
    RETURN coalesce(cardinality(v_late.keys), 0) + coalesce(cardinality(v_near.keys), 0);
END
$$;

-- The breach of a script that had nobody is its evaluation's from the beginning, and no second one.
CREATE FUNCTION api._take_breach() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_noticed timestamptz := (
        SELECT k.breach_noticed FROM public.evaluation_clock k WHERE k.exam_instance_id = NEW.exam_instance_id
    );
BEGIN
    IF v_noticed IS NOT NULL THEN
        NEW.sla_breached := true;
        NEW.breach_noticed := v_noticed;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER tr_evaluations_late BEFORE INSERT ON public.evaluations
    FOR EACH ROW EXECUTE FUNCTION api._take_breach();

REVOKE EXECUTE ON FUNCTION api._audit_all(text, text, uuid[], jsonb[]),
    api._tell_all(text, uuid[], text[], jsonb[], timestamptz), api.tell_at_risk(jsonb, int, timestamptz),
    api._waiting(uuid[]), api.tell_unassigned(jsonb, int, timestamptz), api.watch_unassigned(jsonb, timestamptz),
    api._take_breach() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.tell_at_risk(jsonb, int, timestamptz), api.tell_unassigned(jsonb, int, timestamptz),
    api.watch_unassigned(jsonb, timestamptz) TO mv_worker;
