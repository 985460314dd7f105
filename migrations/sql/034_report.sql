-- As in 031, in a third of the time: the plan is that of the day on which the exam was handed in, which stands with the
-- exam, and is found for all promises at once and not for one after the other.

-- Every promise that fell due, once. A script has one, and another one for each return with a later deadline. An extension
-- that came in time moves it; one that came afterwards excuses it, as api.excuse_deadline does, as long as the deadline
-- that stood in the end is kept or excused. `day`, `plan` and `teacher` are NULL but in their own kind of row; in a row of
-- a teacher she is the one who had it when it fell due, NULL for what nobody had.
CREATE OR REPLACE FUNCTION api.report_compliance(p_from date, p_to date)
    RETURNS TABLE (
        kind text, day date, plan text, teacher_user_id uuid, teacher text, due int, in_time int, excused int, late int,
        unfinished int
    )
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_custom_plan SET jit = off
    SET work_mem = '64MB'
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
        -- not "r.missed IS NULL": that is taken for rare, and what follows is then looked up one by one
        WHERE e.sla_deadline >= v_begins AND e.sla_deadline < v_ends AND NOT EXISTS (
            SELECT 1 FROM round m
            WHERE m.evaluation_id = e.evaluation_id AND m.returned_at IS NULL AND m.missed IS NOT NULL
        )
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
    ), known AS (
        SELECT v.*, x.student_user_id,
               (coalesce(x.submitted_at, x.created_at) AT TIME ZONE v_zone)::date AS submitted_on
        FROM verdict v JOIN public.exam_instances x ON x.exam_instance_id = v.exam_instance_id
    ), planned AS (
        SELECT DISTINCT ON (k.exam_instance_id, k.due_at) k.*, s.plan_type
        FROM known k
        LEFT JOIN public.subscriptions s ON s.student_user_id = k.student_user_id AND s.status <> 'pending'
            AND k.submitted_on BETWEEN s.start_date AND s.end_date
        ORDER BY k.exam_instance_id, k.due_at, s.status = 'active' DESC, s.start_date DESC
    ), fact AS (
        SELECT (p.due_at AT TIME ZONE v_zone)::date AS day, coalesce(p.plan_type::text, '') AS plan,
               CASE WHEN p.kept THEN p.teacher_user_id ELSE h.teacher_user_id END AS teacher_user_id,
               p.kept, p.forgiven, p.completed_at IS NULL AS open
        FROM planned p
        -- whoever had it when it fell due; whoever gets it afterwards can only make it less late
        LEFT JOIN LATERAL (
            SELECT a.teacher_user_id FROM public.evaluation_assignments a
            WHERE NOT p.kept AND a.evaluation_id = p.evaluation_id AND a.assigned_at <= p.due_at
              AND NOT EXISTS (
                  SELECT 1 FROM public.evaluation_holds h
                  WHERE h.evaluation_id = a.evaluation_id AND h.held_since <= p.due_at
                    AND (h.ended_at IS NULL OR h.ended_at > p.due_at)
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
