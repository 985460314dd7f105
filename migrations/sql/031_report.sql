-- What the school asks afterwards: were promises kept, how much was there, how long did it take, which questions stand
-- out. What the numbers mean stands in docs/report.md. Each function reads one span of days of the school's zone, at most
-- a year, in one statement; it is planned for the span that is asked for, and never compiled, which takes longer.

CREATE INDEX ix_evaluations_due ON public.evaluations (sla_deadline);
COMMENT ON INDEX public.ix_evaluations_due IS 'api.report_compliance: everything that was due in a span of days';
CREATE INDEX ix_evaluations_completed ON public.evaluations (completed_at) WHERE status = 'completed';
COMMENT ON INDEX public.ix_evaluations_completed IS 'api.report_volume, api.report_pace: what was completed in a span of days';
CREATE INDEX ix_evaluation_clock_received ON public.evaluation_clock (received_at);
COMMENT ON INDEX public.ix_evaluation_clock_received IS 'api.report_volume: what came in within a span of days';
-- Marks are written when a script is completed and never changed, so they lie in the order of time: a block range says
-- as much as a tree, is a thousandth of its size, and costs who completes a script nothing.
CREATE INDEX ix_question_marks_written ON public.question_marks USING brin (created_at) WITH (autosummarize = on);
COMMENT ON INDEX public.ix_question_marks_written IS 'api.report_questions: what was marked in a span of days';

CREATE FUNCTION api._school_zone() RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(api._setting('sla_working_hours') ->> 'timezone', 'Asia/Kolkata')
$$;

-- The moments between which a span of days lies, the second one excluded. For who coordinates or administers.
CREATE FUNCTION api._report_span(p_from date, p_to date, OUT zone text, OUT begins timestamptz, OUT ends timestamptz)
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    PERFORM api._coordinating(p_admins_too => true);
    IF p_from IS NULL OR p_to IS NULL OR NOT isfinite(p_from) OR NOT isfinite(p_to)
       OR p_to < p_from OR p_to - p_from > 365
    THEN
        RAISE EXCEPTION 'a span of at most 366 days is needed' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    zone := api._school_zone();
    begins := p_from::timestamp AT TIME ZONE zone;
    ends := (p_to + 1)::timestamp AT TIME ZONE zone;
END
$$;

-- Every promise that fell due, once. A script has one, and another one for each return with a later deadline. An extension
-- that came in time moves it; one that came afterwards excuses it, as api.excuse_deadline does, as long as the deadline
-- that stood in the end is kept or excused. `day`, `plan` and `teacher` are NULL but in their own kind of row; in a row of
-- a teacher she is the one who had it when it fell due, NULL for what nobody had.
CREATE FUNCTION api.report_compliance(p_from date, p_to date)
    RETURNS TABLE (
        kind text, day date, plan text, teacher_user_id uuid, teacher text, due int, in_time int, excused int, late int,
        unfinished int
    )
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_custom_plan SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    v_span record := api._report_span(p_from, p_to);
    v_zone text := v_span.zone;
    v_begins timestamptz := v_span.begins;
    v_ends timestamptz := least(v_span.ends, now());
BEGIN
    RETURN QUERY
    WITH change AS (
        SELECT c.*, count(*) FILTER (WHERE c.kind = 'returned') OVER earlier AS round
        FROM public.deadline_changes c
        WINDOW earlier AS (
            PARTITION BY c.evaluation_id ORDER BY c.changed_at, c.change_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
    ), round AS MATERIALIZED (
        SELECT c.evaluation_id, c.round,
               min(c.deadline_before) FILTER (WHERE c.kind = 'extended' AND c.changed_at > c.deadline_before) AS missed,
               max(c.deadline_after) FILTER (WHERE c.kind = 'excused') AS excused_deadline,
               max(c.deadline_before) FILTER (WHERE c.kind = 'returned') AS last_deadline,
               max(c.changed_at) FILTER (WHERE c.kind = 'returned') AS returned_at
        FROM change c GROUP BY c.evaluation_id, c.round
    ), promise AS (
        SELECT e.evaluation_id, e.exam_instance_id, e.teacher_user_id, e.sla_deadline AS due_at,
               e.sla_deadline AS last_deadline, r.excused_deadline,
               CASE WHEN e.status = 'completed' THEN e.completed_at END AS completed_at
        FROM public.evaluations e
        LEFT JOIN round r ON r.evaluation_id = e.evaluation_id AND r.returned_at IS NULL
        WHERE e.sla_deadline >= v_begins AND e.sla_deadline < v_ends AND r.missed IS NULL
        UNION ALL
        SELECT e.evaluation_id, e.exam_instance_id, e.teacher_user_id, r.missed, e.sla_deadline, r.excused_deadline,
               CASE WHEN e.status = 'completed' THEN e.completed_at END
        FROM round r JOIN public.evaluations e ON e.evaluation_id = r.evaluation_id
        WHERE r.returned_at IS NULL AND r.missed >= v_begins AND r.missed < v_ends
        UNION ALL
        SELECT e.evaluation_id, e.exam_instance_id, (v.evaluation ->> 'teacher_user_id')::uuid,
               coalesce(r.missed, r.last_deadline), r.last_deadline, r.excused_deadline,
               (v.evaluation ->> 'completed_at')::timestamptz
        FROM round r
        JOIN public.evaluations e ON e.evaluation_id = r.evaluation_id
        JOIN public.evaluation_versions v ON v.evaluation_id = r.evaluation_id AND v.copied_at = r.returned_at
        WHERE r.returned_at IS NOT NULL AND coalesce(r.missed, r.last_deadline) >= v_begins
          AND coalesce(r.missed, r.last_deadline) < v_ends
        UNION ALL
        -- nobody ever had it: the deadline is the one that the worker told of
        SELECT NULL, x.exam_instance_id, NULL, k.breach_noticed, k.breach_noticed, NULL, NULL
        FROM public.exam_instances x
        JOIN public.evaluation_clock k ON k.exam_instance_id = x.exam_instance_id
        WHERE x.status = 'uploaded' AND k.breach_noticed >= v_begins AND k.breach_noticed < v_ends
          AND NOT EXISTS (SELECT 1 FROM public.evaluations e WHERE e.exam_instance_id = x.exam_instance_id)
    ), verdict AS (
        SELECT p.*, coalesce(p.completed_at <= p.due_at, false) AS kept,
               coalesce(p.completed_at, now()) <= p.last_deadline
                   OR coalesce(p.excused_deadline = p.last_deadline, false) AS forgiven
        FROM promise p
    ), fact AS (
        SELECT (v.due_at AT TIME ZONE v_zone)::date AS day, coalesce(s.plan_type::text, '') AS plan,
               CASE WHEN v.kept THEN v.teacher_user_id ELSE h.teacher_user_id END AS teacher_user_id,
               v.kept, v.forgiven, v.completed_at IS NULL AS open
        FROM verdict v
        JOIN public.exam_instances x ON x.exam_instance_id = v.exam_instance_id
        LEFT JOIN public.evaluation_clock k ON k.exam_instance_id = v.exam_instance_id
        LEFT JOIN LATERAL (
            SELECT s.plan_type FROM public.subscriptions s
            WHERE s.student_user_id = x.student_user_id AND s.status <> 'pending'
              AND (coalesce(k.received_at, x.submitted_at, x.created_at) AT TIME ZONE v_zone)::date
                  BETWEEN s.start_date AND s.end_date
            ORDER BY s.status = 'active' DESC, s.start_date DESC LIMIT 1
        ) s ON true
        -- whoever had it when it fell due; whoever gets it afterwards can only make it less late
        LEFT JOIN LATERAL (
            SELECT a.teacher_user_id FROM public.evaluation_assignments a
            WHERE NOT v.kept AND a.evaluation_id = v.evaluation_id AND a.assigned_at <= v.due_at
              AND NOT EXISTS (
                  SELECT 1 FROM public.evaluation_holds h
                  WHERE h.evaluation_id = a.evaluation_id AND h.held_since <= v.due_at
                    AND (h.ended_at IS NULL OR h.ended_at > v.due_at)
              )
            ORDER BY a.assignment_version DESC LIMIT 1
        ) h ON true
    ), counted AS (
        SELECT CASE grouping(f.day, f.plan, f.teacher_user_id)
                   WHEN 3 THEN 'day' WHEN 5 THEN 'plan' WHEN 6 THEN 'teacher' ELSE 'all' END AS kind,
               f.day, f.plan, f.teacher_user_id, count(*)::int AS due,
               (count(*) FILTER (WHERE f.kept))::int AS in_time,
               (count(*) FILTER (WHERE NOT f.kept AND f.forgiven))::int AS excused,
               (count(*) FILTER (WHERE NOT f.kept AND NOT f.forgiven))::int AS late,
               (count(*) FILTER (WHERE NOT f.kept AND NOT f.forgiven AND f.open))::int AS unfinished
        FROM fact f GROUP BY GROUPING SETS ((f.day), (f.plan), (f.teacher_user_id), ())
    )
    SELECT c.kind, c.day, c.plan, c.teacher_user_id, u.first_name || ' ' || u.last_name, c.due, c.in_time, c.excused,
           c.late, c.unfinished
    FROM counted c LEFT JOIN public.users u ON u.user_id = c.teacher_user_id
    WHERE c.due > 0
    ORDER BY c.kind, c.day, c.plan, u.last_name, u.first_name, c.teacher_user_id;
END
$$;

-- Of each day on which anything happened: scripts that came in, that were completed (again), and that were returned.
CREATE FUNCTION api.report_volume(p_from date, p_to date)
    RETURNS TABLE (day date, received int, completed int, returned int)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_custom_plan SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    v_span record := api._report_span(p_from, p_to);
    v_zone text := v_span.zone;
    v_begins timestamptz := v_span.begins;
    v_ends timestamptz := v_span.ends;
BEGIN
    RETURN QUERY
    WITH happened AS (
        SELECT k.received_at AS at, 1 AS received, 0 AS completed, 0 AS returned FROM public.evaluation_clock k
        WHERE k.received_at >= v_begins AND k.received_at < v_ends
        UNION ALL
        SELECT e.completed_at, 0, 1, 0 FROM public.evaluations e
        WHERE e.status = 'completed' AND e.completed_at >= v_begins AND e.completed_at < v_ends
        UNION ALL
        SELECT v.copied_at, 0, 0, 1 FROM public.evaluation_versions v
        WHERE v.copied_at >= v_begins AND v.copied_at < v_ends
        UNION ALL
        -- what was completed before it was returned; no earlier than a copy was made
        SELECT c.completed_at, 0, 1, 0
        FROM (
            SELECT (v.evaluation ->> 'completed_at')::timestamptz AS completed_at FROM public.evaluation_versions v
            WHERE v.copied_at >= v_begins
        ) c WHERE c.completed_at >= v_begins AND c.completed_at < v_ends
    )
    SELECT (h.at AT TIME ZONE v_zone)::date, sum(h.received)::int, sum(h.completed)::int, sum(h.returned)::int
    FROM happened h GROUP BY 1 ORDER BY 1;
END
$$;

-- How long scripts took whoever completed them, by kind of exam: as in api.teacher_paces, those begun and completed on one
-- day, at least one minute each. The row without a teacher is of all of them.
CREATE FUNCTION api.report_pace(p_from date, p_to date)
    RETURNS TABLE (
        teacher_user_id uuid, teacher text, exam_type text, scripts int, quick double precision,
        middle double precision, slow double precision
    )
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_custom_plan SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    v_span record := api._report_span(p_from, p_to);
    v_zone text := v_span.zone;
    v_begins timestamptz := v_span.begins;
    v_ends timestamptz := v_span.ends;
BEGIN
    RETURN QUERY
    WITH took AS (
        SELECT e.teacher_user_id, x.exam_type,
               greatest(extract(epoch FROM e.completed_at - e.started_at)::float8 / 60, 1.0) AS minutes
        FROM public.evaluations e
        JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
        WHERE e.status = 'completed' AND e.completed_at >= v_begins AND e.completed_at < v_ends
          AND e.started_at < e.completed_at
          AND (e.started_at AT TIME ZONE v_zone)::date = (e.completed_at AT TIME ZONE v_zone)::date
    ), summed AS (
        SELECT t.teacher_user_id, t.exam_type, count(*)::int AS scripts,
               percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY t.minutes) AS minutes
        FROM took t GROUP BY GROUPING SETS ((t.teacher_user_id, t.exam_type), (t.exam_type))
    )
    SELECT s.teacher_user_id, u.first_name || ' ' || u.last_name, s.exam_type::text, s.scripts, s.minutes[1],
           s.minutes[2], s.minutes[3]
    FROM summed s LEFT JOIN public.users u ON u.user_id = s.teacher_user_id
    ORDER BY s.exam_type, s.teacher_user_id IS NOT NULL, u.last_name, u.first_name, s.teacher_user_id;
END
$$;

-- Of every written question that was marked: how many answers, and the sums from which the mean share of its marks and
-- its spread follow. The marks are those that teachers gave, whatever was decided about the question afterwards.
CREATE FUNCTION api.report_questions(p_from date, p_to date)
    RETURNS TABLE (
        question_id uuid, class text, question_type text, unit text, wording text, answers int, shares double precision,
        squares double precision
    )
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_custom_plan SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    v_span record := api._report_span(p_from, p_to);
    v_begins timestamptz := v_span.begins;
    v_ends timestamptz := v_span.ends;
BEGIN
    RETURN QUERY
    WITH answer AS (
        SELECT m.question_id, m.question_type, m.marks_awarded::float8 / m.marks_possible::float8 AS share
        FROM public.question_marks m WHERE m.created_at >= v_begins AND m.created_at < v_ends
    ), summed AS (
        SELECT a.question_id, a.question_type, count(*)::int AS answers, sum(a.share) AS shares,
               sum(a.share * a.share) AS squares
        FROM answer a GROUP BY a.question_id, a.question_type
    )
    SELECT s.question_id, coalesce(q.class::text, ''), s.question_type::text, coalesce(q.unit::text, ''),
           left(coalesce(q.question_text, ''), 300), s.answers, s.shares, s.squares
    FROM summed s LEFT JOIN public.questions q ON q.question_id = s.question_id
    ORDER BY 2, 3, 4, s.question_id;
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.report_compliance(date, date), api.report_volume(date, date), api.report_pace(date, date),
    api.report_questions(date, date) TO mv_coordinator, mv_admin;
