-- Dashboards for who coordinates or administers: sums by day or week, kept by the worker, so that a year of 200,000 exams is
-- read within a third of a second. What the numbers mean stands in docs/insight.md. Nobody is granted anything on the
-- tables: reading goes through functions, each over one span of days of the school's zone, at most a year.

-- Weeks, by their Monday, in which a result changed since it was summed. api._gather adds, api.refresh_insight takes.
CREATE TABLE api._insight_weeks (week date CONSTRAINT pk_insight_weeks PRIMARY KEY);

-- Evaluated exams: what they earned by unit, in hundredths of a mark, on the day on which they were handed in.
CREATE TABLE api._insight_units (
    day date NOT NULL,
    class varchar(10) NOT NULL,
    unit text NOT NULL,
    exams integer NOT NULL,
    awarded bigint NOT NULL,
    possible bigint NOT NULL,
    CONSTRAINT pk_insight_units PRIMARY KEY (day, class, unit)
);

-- Answers to a question in exams of a week: `shares` sums each one's share of the marks (0 to 1), `rests` the share that
-- the same exam earned in all its other questions, `products` the two multiplied. From them follow both statistics.
CREATE TABLE api._insight_questions (
    week date NOT NULL,
    question_id uuid NOT NULL,
    class varchar(10) NOT NULL,
    question_type text NOT NULL,
    answers integer NOT NULL,
    shares double precision NOT NULL,
    squares double precision NOT NULL,
    rests double precision NOT NULL,
    rest_squares double precision NOT NULL,
    products double precision NOT NULL,
    CONSTRAINT pk_insight_questions PRIMARY KEY (week, question_id, class, question_type)
);

-- Which choices of a multiple choice question were taken in exams of a week; '' is left out.
CREATE TABLE api._insight_choices (
    question_id uuid NOT NULL,
    week date NOT NULL,
    class varchar(10) NOT NULL,
    choice text NOT NULL,
    answers integer NOT NULL,
    rests double precision NOT NULL,
    CONSTRAINT pk_insight_choices PRIMARY KEY (question_id, week, class, choice)
);

-- Promises on the day on which they fell due, as api.report_compliance counts them; plan is '' for none.
CREATE TABLE api._insight_promises (
    day date NOT NULL,
    class varchar(10) NOT NULL,
    plan text NOT NULL,
    due integer NOT NULL,
    in_time integer NOT NULL,
    excused integer NOT NULL,
    late integer NOT NULL,
    unfinished integer NOT NULL,
    CONSTRAINT pk_insight_promises PRIMARY KEY (day, class, plan)
);

-- Scripts that came in, were completed (each time) and were returned, on every day there ever was; what waits follows.
CREATE TABLE api._insight_volumes (
    day date NOT NULL,
    class varchar(10) NOT NULL,
    received integer NOT NULL,
    completed integer NOT NULL,
    returned integer NOT NULL,
    CONSTRAINT pk_insight_volumes PRIMARY KEY (day, class)
);

-- One row: whoever holds it refreshes. as_of: everything that was gathered by then is in the sums; begun_at: the round
-- that goes on, which brings as_of there.
CREATE TABLE api._insight_mark (
    only_one boolean DEFAULT true CONSTRAINT pk_insight_mark PRIMARY KEY,
    as_of timestamptz,
    begun_at timestamptz,
    CONSTRAINT ck_insight_mark_only_one CHECK (only_one)
);
INSERT INTO api._insight_mark DEFAULT VALUES;

DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY[
        '_insight_weeks', '_insight_units', '_insight_questions', '_insight_choices', '_insight_promises',
        '_insight_volumes', '_insight_mark'
    ] LOOP
        EXECUTE format('REVOKE ALL ON TABLE api.%I FROM PUBLIC', v_table);
        EXECUTE format('ALTER TABLE api.%I ENABLE ROW LEVEL SECURITY', v_table);
    END LOOP;
END
$$;

-- The Monday of the week in which a moment lies, at the school.
CREATE FUNCTION api._week_of(p_moment timestamptz, p_zone text) RETURNS date
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT date_trunc('week', p_moment AT TIME ZONE p_zone)::date
$$;

INSERT INTO api._insight_weeks (week)
    SELECT DISTINCT api._week_of(r.sat_at, z.zone) FROM api._exam_results r CROSS JOIN (SELECT api._school_zone() AS zone) z;

-- As in 026; the weeks of what changed, before and after, are noted for the dashboards.
CREATE OR REPLACE FUNCTION api._gather(p_exams uuid[]) RETURNS void
    LANGUAGE sql
AS $$
    WITH result AS MATERIALIZED (
        SELECT x.exam_instance_id, x.student_user_id, x.class, x.exam_type = 'board_exam' AS is_board,
               coalesce(x.submitted_at, x.started_at, x.created_at) AS sat_at,
               (100 * x.percentage)::int AS percent, u.units, u.awarded, u.possible
        FROM public.exam_instances x CROSS JOIN LATERAL api._unit_sums(x) u
        WHERE x.exam_instance_id = ANY (p_exams) AND x.status = 'evaluated' AND x.percentage IS NOT NULL
    ), changed AS (
        SELECT r.sat_at FROM api._exam_results r WHERE r.exam_instance_id = ANY (p_exams)
        UNION ALL SELECT n.sat_at FROM result n
    ), noted AS (
        INSERT INTO api._insight_weeks (week)
            SELECT DISTINCT api._week_of(c.sat_at, z.zone) FROM changed c
            CROSS JOIN (SELECT api._school_zone() AS zone) z
            -- in one order, so that two never wait for one another
            ORDER BY 1
        ON CONFLICT DO NOTHING
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

-- A week anew: units, questions and choices.
CREATE FUNCTION api._sum_week(p_week date) RETURNS void
    LANGUAGE plpgsql SET work_mem = '64MB' SET jit = off
AS $$
DECLARE
    v_zone text := api._school_zone();
    v_begins timestamptz := p_week::timestamp AT TIME ZONE v_zone;
    v_ends timestamptz := (p_week + 7)::timestamp AT TIME ZONE v_zone;
BEGIN
    DELETE FROM api._insight_units i WHERE i.day >= p_week AND i.day < p_week + 7;
    INSERT INTO api._insight_units (day, class, unit, exams, awarded, possible)
        SELECT (r.sat_at AT TIME ZONE v_zone)::date, r.class, u.unit, count(*), sum(u.awarded), sum(u.possible)
        FROM api._exam_results r CROSS JOIN LATERAL unnest(r.units, r.awarded, r.possible) u (unit, awarded, possible)
        WHERE r.sat_at >= v_begins AND r.sat_at < v_ends GROUP BY 1, 2, 3;
    DELETE FROM api._insight_questions i WHERE i.week = p_week;
    DELETE FROM api._insight_choices i WHERE i.week = p_week;
    WITH exam AS MATERIALIZED (
        SELECT r.exam_instance_id, r.class, x.exam_snapshot
        FROM api._exam_results r JOIN public.exam_instances x ON x.exam_instance_id = r.exam_instance_id
        WHERE r.sat_at >= v_begins AND r.sat_at < v_ends
    ), item AS (
        SELECT e.exam_instance_id, e.class, m.question_id, m.question_type::text AS question_type,
               m.marks_awarded::float8 AS awarded, m.marks_possible::float8 AS possible, NULL::jsonb AS taken
        FROM exam e JOIN public.question_marks m ON m.exam_instance_id = e.exam_instance_id
        UNION ALL
        -- of the paper, as one that was left out has no answer
        SELECT e.exam_instance_id, e.class,
               CASE WHEN q ->> 'question_id' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                   THEN (q ->> 'question_id')::uuid END,
               'MCQ', coalesce(a.marks_awarded, 0)::float8, coalesce(a.marks_possible, (q ->> 'marks')::numeric)::float8,
               coalesce(a.selected_choices, '[]')
        FROM exam e
        CROSS JOIN LATERAL jsonb_path_query(e.exam_snapshot, '$.questions[*] ? (@.question_type == "MCQ")') q
        LEFT JOIN public.student_mcq_answers a ON a.exam_instance_id = e.exam_instance_id
            AND a.question_number = (q ->> 'question_number')::int
    ), beside AS (
        SELECT i.*, sum(i.awarded) OVER exam - i.awarded AS others_awarded,
               sum(i.possible) OVER exam - i.possible AS others_possible
        FROM item i WHERE i.possible > 0 WINDOW exam AS (PARTITION BY i.exam_instance_id)
    ), answer AS MATERIALIZED (
        -- where there was no other question, nothing can be said of what is good beside it
        SELECT b.class, b.question_id, b.question_type, b.taken, b.awarded / b.possible AS share,
               b.others_awarded / b.others_possible AS rest
        FROM beside b WHERE b.question_id IS NOT NULL AND b.others_possible > 0
    ), choice AS (
        INSERT INTO api._insight_choices (question_id, week, class, choice, answers, rests)
            SELECT a.question_id, p_week, a.class, c.choice, count(*), sum(a.rest)
            FROM answer a
            CROSS JOIN LATERAL (
                SELECT DISTINCT left(t.choice, 10) AS choice FROM jsonb_array_elements_text(
                    CASE WHEN jsonb_typeof(a.taken) = 'array' AND a.taken <> '[]' THEN a.taken ELSE '[""]' END
                ) t (choice)
            ) c
            WHERE a.taken IS NOT NULL GROUP BY 1, 3, 4
    )
    INSERT INTO api._insight_questions (
        week, question_id, class, question_type, answers, shares, squares, rests, rest_squares, products
    )
        SELECT p_week, a.question_id, a.class, a.question_type, count(*), sum(a.share), sum(a.share * a.share),
               sum(a.rest), sum(a.rest * a.rest), sum(a.share * a.rest)
        FROM answer a GROUP BY 2, 3, 4;
END
$$;

-- All promises that fell due before p_now and are not older than is kept, by the rules of 034's api.report_compliance; a
-- test holds both to the same numbers.
CREATE FUNCTION api._sum_promises(p_begins timestamptz, p_now timestamptz) RETURNS void
    LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan SET jit = off SET work_mem = '64MB'
AS $$
DECLARE
    v_zone text := api._school_zone();
BEGIN
    DELETE FROM api._insight_promises;
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
        SELECT e.exam_instance_id, e.sla_deadline AS due_at, e.sla_deadline AS last_deadline, r.excused_deadline,
               CASE WHEN e.status = 'completed' THEN e.completed_at END AS completed_at
        FROM public.evaluations e
        LEFT JOIN round r ON r.evaluation_id = e.evaluation_id AND r.returned_at IS NULL
        WHERE e.sla_deadline >= p_begins AND e.sla_deadline < p_now AND NOT EXISTS (
            SELECT 1 FROM round m
            WHERE m.evaluation_id = e.evaluation_id AND m.returned_at IS NULL AND m.missed IS NOT NULL
        )
        UNION ALL
        SELECT e.exam_instance_id, r.missed, e.sla_deadline, r.excused_deadline,
               CASE WHEN e.status = 'completed' THEN e.completed_at END
        FROM round r JOIN public.evaluations e ON e.evaluation_id = r.evaluation_id
        WHERE r.returned_at IS NULL AND r.missed >= p_begins AND r.missed < p_now
        UNION ALL
        SELECT e.exam_instance_id, coalesce(r.missed, r.last_deadline), r.last_deadline, r.excused_deadline,
               (v.evaluation ->> 'completed_at')::timestamptz
        FROM round r
        JOIN public.evaluations e ON e.evaluation_id = r.evaluation_id
        JOIN public.evaluation_versions v ON v.evaluation_id = r.evaluation_id AND v.copied_at = r.returned_at
        WHERE r.returned_at IS NOT NULL AND coalesce(r.missed, r.last_deadline) >= p_begins
          AND coalesce(r.missed, r.last_deadline) < p_now
        UNION ALL
        SELECT x.exam_instance_id, k.breach_noticed, k.breach_noticed, NULL, NULL
        FROM public.exam_instances x
        JOIN public.evaluation_clock k ON k.exam_instance_id = x.exam_instance_id
        WHERE x.status = 'uploaded' AND k.breach_noticed >= p_begins AND k.breach_noticed < p_now
          AND NOT EXISTS (SELECT 1 FROM public.evaluations e WHERE e.exam_instance_id = x.exam_instance_id)
    ), verdict AS (
        SELECT p.*, coalesce(p.completed_at <= p.due_at, false) AS kept,
               coalesce(p.completed_at, p_now) <= p.last_deadline
                   OR coalesce(p.excused_deadline = p.last_deadline, false) AS forgiven
        FROM promise p
    ), known AS (
        SELECT v.*, x.class, x.student_user_id,
               (coalesce(x.submitted_at, x.created_at) AT TIME ZONE v_zone)::date AS submitted_on
        FROM verdict v JOIN public.exam_instances x ON x.exam_instance_id = v.exam_instance_id
    ), planned AS (
        SELECT DISTINCT ON (k.exam_instance_id, k.due_at) k.*, s.plan_type
        FROM known k
        LEFT JOIN public.subscriptions s ON s.student_user_id = k.student_user_id AND s.status <> 'pending'
            AND k.submitted_on BETWEEN s.start_date AND s.end_date
        ORDER BY k.exam_instance_id, k.due_at, s.status = 'active' DESC, s.start_date DESC
    )
    INSERT INTO api._insight_promises (day, class, plan, due, in_time, excused, late, unfinished)
        SELECT (p.due_at AT TIME ZONE v_zone)::date, p.class, coalesce(p.plan_type::text, ''), count(*),
               count(*) FILTER (WHERE p.kept), count(*) FILTER (WHERE NOT p.kept AND p.forgiven),
               count(*) FILTER (WHERE NOT p.kept AND NOT p.forgiven),
               count(*) FILTER (WHERE NOT p.kept AND NOT p.forgiven AND p.completed_at IS NULL)
        FROM planned p GROUP BY 1, 2, 3;
END
$$;

-- All that came in, was completed and was returned, whenever. A script of before there were clocks came in when it was
-- assigned.
CREATE FUNCTION api._sum_volumes() RETURNS void
    LANGUAGE plpgsql SET jit = off SET work_mem = '64MB'
AS $$
DECLARE
    v_zone text := api._school_zone();
BEGIN
    DELETE FROM api._insight_volumes;
    WITH happened AS (
        SELECT k.exam_instance_id, k.received_at AS at, 1 AS received, 0 AS completed, 0 AS returned
        FROM public.evaluation_clock k
        UNION ALL
        SELECT e.exam_instance_id, e.assigned_at, 1, 0, 0 FROM public.evaluations e
        WHERE NOT EXISTS (SELECT 1 FROM public.evaluation_clock k WHERE k.exam_instance_id = e.exam_instance_id)
        UNION ALL
        SELECT e.exam_instance_id, e.completed_at, 0, 1, 0 FROM public.evaluations e
        WHERE e.status = 'completed' AND e.completed_at IS NOT NULL
        UNION ALL
        SELECT e.exam_instance_id, v.copied_at, 0, 0, 1
        FROM public.evaluation_versions v JOIN public.evaluations e ON e.evaluation_id = v.evaluation_id
        UNION ALL
        SELECT e.exam_instance_id, (v.evaluation ->> 'completed_at')::timestamptz, 0, 1, 0
        FROM public.evaluation_versions v JOIN public.evaluations e ON e.evaluation_id = v.evaluation_id
        WHERE v.evaluation ->> 'completed_at' IS NOT NULL
    )
    INSERT INTO api._insight_volumes (day, class, received, completed, returned)
        SELECT (h.at AT TIME ZONE v_zone)::date, x.class, sum(h.received), sum(h.completed), sum(h.returned)
        FROM happened h JOIN public.exam_instances x ON x.exam_instance_id = h.exam_instance_id GROUP BY 1, 2;
END
$$;

-- Sums a few of the weeks that changed, and when none is left also promises and volumes: then the round is over. A round
-- begins ten minutes after the one before at the earliest. Answers what it did, NULL for nothing to do, also while another
-- worker is at it.
CREATE FUNCTION api.refresh_insight(p_now timestamptz DEFAULT now(), p_weeks int DEFAULT 4) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_mark api._insight_mark;
    v_oldest timestamptz;
    v_weeks date[];
    v_week date;
    v_done boolean;
BEGIN
    SELECT * INTO v_mark FROM api._insight_mark m FOR UPDATE SKIP LOCKED;
    IF NOT FOUND OR v_mark.begun_at IS NULL AND p_now < v_mark.as_of + interval '10 minutes' THEN
        RETURN NULL;
    END IF;
    WITH taken AS (
        DELETE FROM api._insight_weeks w WHERE w.week IN (
            SELECT d.week FROM api._insight_weeks d ORDER BY d.week DESC LIMIT greatest(least(p_weeks, 60), 1)
        ) RETURNING w.week
    )
    SELECT coalesce(array_agg(t.week), '{}') INTO v_weeks FROM taken t;
    FOREACH v_week IN ARRAY v_weeks LOOP
        PERFORM api._sum_week(v_week);
    END LOOP;
    v_done := NOT EXISTS (SELECT 1 FROM api._insight_weeks);
    IF v_done THEN
        v_oldest := p_now - coalesce(api._whole(api._setting('analytics_retention_days') #>> '{}'), 730)::int * interval '1 day';
        PERFORM api._sum_promises(v_oldest, p_now);
        PERFORM api._sum_volumes();
        DELETE FROM api._insight_units i WHERE i.day < (v_oldest AT TIME ZONE api._school_zone())::date;
        DELETE FROM api._insight_questions i WHERE i.week < v_oldest::date - 7;
        DELETE FROM api._insight_choices i WHERE i.week < v_oldest::date - 7;
    END IF;
    UPDATE api._insight_mark m SET
        as_of = CASE WHEN v_done THEN coalesce(v_mark.begun_at, p_now) ELSE m.as_of END,
        begun_at = CASE WHEN v_done THEN NULL ELSE coalesce(v_mark.begun_at, p_now) END;
    RETURN jsonb_build_object('weeks', cardinality(v_weeks), 'done', v_done);
END
$$;

-- Which classes are meant: one, or all for NULL.
CREATE FUNCTION api._insight_class(p_class text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    IF p_class IS NOT NULL AND p_class NOT IN ('X', 'XII') THEN
        RAISE EXCEPTION 'no such class' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN CASE WHEN p_class IS NULL THEN ARRAY['X', 'XII'] ELSE ARRAY[p_class] END;
END
$$;

CREATE FUNCTION api._insight_as_of() RETURNS timestamptz
    LANGUAGE sql STABLE
AS $$
    SELECT m.as_of FROM api._insight_mark m
$$;

-- What exams of these days earned in each unit, in hundredths of a mark.
CREATE FUNCTION api.insight_units(p_class text, p_from date, p_to date) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_classes text[] := api._insight_class(p_class);
BEGIN
    PERFORM api._report_span(p_from, p_to);
    RETURN jsonb_build_object('as_of', api._insight_as_of(), 'units', (
        SELECT coalesce(jsonb_agg(to_jsonb(u) ORDER BY u.class, u.unit), '[]')
        FROM (
            SELECT i.class, i.unit, sum(i.exams) AS exams, sum(i.awarded) AS awarded, sum(i.possible) AS possible
            FROM api._insight_units i WHERE i.day BETWEEN p_from AND p_to AND i.class = ANY (v_classes)
            GROUP BY i.class, i.unit ORDER BY i.class, i.unit LIMIT 200
        ) u
    ));
END
$$;

-- How many students stand where, by ten points of what is predicted (NULL: nothing is) and by trend; and the lowest
-- predictions with names. Of students whose newest exam was handed in on one of these days.
CREATE FUNCTION api.insight_predictions(p_class text, p_from date, p_to date, p_most int DEFAULT 100) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_classes text[] := api._insight_class(p_class);
    v_span record := api._report_span(p_from, p_to);
    v_begins timestamptz := v_span.begins;
    v_ends timestamptz := v_span.ends;
BEGIN
    RETURN (
        WITH student AS MATERIALIZED (
            SELECT a.student_user_id, a.class, a.predicted, a.margin, a.trend FROM public.student_analytics a
            WHERE a.class = ANY (v_classes) AND a.last_sat_at >= v_begins AND a.last_sat_at < v_ends
        )
        SELECT jsonb_build_object('as_of', api._analytics_as_of(), 'bands', (
            SELECT coalesce(jsonb_agg(to_jsonb(b) ORDER BY b.class, b.low), '[]')
            FROM (
                -- not of NULL, which least() takes for no bound at all
                SELECT s.class, CASE WHEN s.predicted IS NOT NULL THEN least(floor(s.predicted / 10) * 10, 90)::int END AS low,
                       count(*) AS students,
                       count(*) FILTER (WHERE s.trend >= 5) AS rising, count(*) FILTER (WHERE s.trend <= -5) AS falling,
                       sum(s.predicted)::text AS predicted
                FROM student s GROUP BY 1, 2
            ) b
        ), 'lowest', (
            SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY l.predicted::numeric, l.student_user_id), '[]')
            FROM (
                SELECT s.student_user_id, u.first_name || ' ' || u.last_name AS student, s.class,
                       s.predicted::text AS predicted, s.margin::text AS margin, s.trend::text AS trend
                FROM student s JOIN public.users u ON u.user_id = s.student_user_id
                WHERE s.predicted IS NOT NULL
                ORDER BY s.predicted, s.student_user_id LIMIT greatest(least(p_most, 200), 0)
            ) l
        ))
    );
END
$$;

-- Of each day of the span on which anything happened; `waiting` is what waited when the first of them began.
CREATE FUNCTION api.insight_volumes(p_class text, p_from date, p_to date) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_classes text[] := api._insight_class(p_class);
BEGIN
    PERFORM api._report_span(p_from, p_to);
    RETURN jsonb_build_object('as_of', api._insight_as_of(), 'waiting', (
        SELECT coalesce(sum(i.received - i.completed + i.returned), 0) FROM api._insight_volumes i
        WHERE i.day < p_from AND i.class = ANY (v_classes)
    ), 'days', (
        SELECT coalesce(jsonb_agg(to_jsonb(d) ORDER BY d.day), '[]')
        FROM (
            SELECT i.day, sum(i.received) AS received, sum(i.completed) AS completed, sum(i.returned) AS returned
            FROM api._insight_volumes i WHERE i.day BETWEEN p_from AND p_to AND i.class = ANY (v_classes)
            GROUP BY i.day ORDER BY i.day LIMIT 366
        ) d
    ));
END
$$;

-- Promises by the day on which they fell due, and by plan ('' for none).
CREATE FUNCTION api.insight_promises(p_class text, p_from date, p_to date) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_classes text[] := api._insight_class(p_class);
BEGIN
    PERFORM api._report_span(p_from, p_to);
    RETURN (
        WITH summed AS MATERIALIZED (
            SELECT i.day, i.plan, sum(i.due) AS due, sum(i.in_time) AS in_time, sum(i.excused) AS excused,
                   sum(i.late) AS late, sum(i.unfinished) AS unfinished
            FROM api._insight_promises i WHERE i.day BETWEEN p_from AND p_to AND i.class = ANY (v_classes)
            GROUP BY GROUPING SETS ((i.day), (i.plan))
        )
        SELECT jsonb_build_object('as_of', api._insight_as_of(),
            'days', (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.day), '[]') FROM summed s WHERE s.day IS NOT NULL),
            'plans', (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.plan), '[]') FROM summed s WHERE s.plan IS NOT NULL)
        )
    );
END
$$;

-- Questions that were answered in the weeks of a span, a piece of them in one of three orders; those with fewer than
-- twenty answers come last, as nothing can be said of them. domain/item_statistic.py has the same formulas; a test compares.
CREATE FUNCTION api.insight_questions(
    p_class text, p_from date, p_to date, p_order text, p_most int DEFAULT 200, p_skip int DEFAULT 0
) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_custom_plan SET jit = off
    SET work_mem = '32MB'
AS $$
DECLARE
    v_classes text[] := api._insight_class(p_class);
BEGIN
    PERFORM api._report_span(p_from, p_to);
    IF p_order IS NULL OR p_order NOT IN ('discrimination', 'facility', 'answers') THEN
        RAISE EXCEPTION 'no such order' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN (
        WITH summed AS MATERIALIZED (
            SELECT i.question_id, i.class, i.question_type, sum(i.answers)::float8 AS answers, sum(i.shares) AS shares,
                   sum(i.squares) AS squares, sum(i.rests) AS rests, sum(i.rest_squares) AS rest_squares,
                   sum(i.products) AS products
            FROM api._insight_questions i
            WHERE i.week BETWEEN p_from - 6 AND p_to AND i.class = ANY (v_classes)
            GROUP BY i.question_id, i.class, i.question_type
        ), spread AS (
            SELECT s.*, s.answers * s.squares - s.shares * s.shares AS spread,
                   s.answers * s.rest_squares - s.rests * s.rests AS rest_spread,
                   s.answers * s.products - s.shares * s.rests AS common
            FROM summed s
        ), stated AS (
            SELECT s.*, CASE
                WHEN s.answers < 20 THEN 'Infinity'
                WHEN p_order = 'facility' THEN s.shares / s.answers
                WHEN p_order = 'answers' THEN - s.answers
                WHEN least(s.spread, s.rest_spread) <= 1e-9 * s.answers * s.answers THEN 2
                ELSE s.common / sqrt(s.spread * s.rest_spread)
            END AS place
            FROM spread s
        ), piece AS (
            SELECT s.*, row_number() OVER (ORDER BY s.place, s.answers DESC, s.question_id, s.class, s.question_type) AS n
            FROM stated s ORDER BY n
            LIMIT greatest(least(p_most, 500), 1) OFFSET greatest(p_skip, 0)
        )
        SELECT jsonb_build_object('as_of', api._insight_as_of(), 'total', (SELECT count(*) FROM summed), 'questions', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'question_id', p.question_id, 'class', p.class, 'question_type', p.question_type,
                'unit', coalesce(q.unit, ''), 'wording', left(coalesce(q.question_text, ''), 300),
                'answers', p.answers::int, 'shares', p.shares, 'squares', p.squares, 'rests', p.rests,
                'rest_squares', p.rest_squares, 'products', p.products
            ) ORDER BY p.n), '[]')
            FROM piece p LEFT JOIN public.questions q ON q.question_id = p.question_id
        ))
    );
END
$$;

-- Which choices of a question were taken in the weeks of a span, with what is written there now.
CREATE FUNCTION api.insight_choices(p_question uuid, p_class text, p_from date, p_to date) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_classes text[] := api._insight_class(p_class);
BEGIN
    PERFORM api._report_span(p_from, p_to);
    RETURN (
        WITH taken AS MATERIALIZED (
            SELECT i.choice, sum(i.answers) AS answers, sum(i.rests) AS rests FROM api._insight_choices i
            WHERE i.question_id = p_question AND i.week BETWEEN p_from - 6 AND p_to AND i.class = ANY (v_classes)
            GROUP BY i.choice
        ), question AS MATERIALIZED (
            SELECT q.question_text, q.mcq_correct_choices, coalesce(q.mcq_choices, '[]') AS choices
            FROM public.questions q WHERE q.question_id = p_question
        ), offered AS (
            SELECT left(c.choice ->> 'id', 10) AS choice, c.choice ->> 'text' AS words, c.place
            FROM question q CROSS JOIN LATERAL jsonb_array_elements(q.choices) WITH ORDINALITY c (choice, place)
        )
        SELECT jsonb_build_object('as_of', api._insight_as_of(),
            'wording', coalesce((SELECT left(q.question_text, 300) FROM question q), ''), 'choices', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'choice', coalesce(t.choice, o.choice), 'words', left(coalesce(o.words, ''), 200),
                'correct', coalesce((SELECT q.mcq_correct_choices ? coalesce(t.choice, o.choice) FROM question q), false),
                'answers', coalesce(t.answers, 0), 'rests', coalesce(t.rests, 0)
            ) ORDER BY coalesce(t.choice, o.choice) = '', o.place, coalesce(t.choice, o.choice)), '[]')
            FROM taken t FULL JOIN offered o ON o.choice = t.choice
        ))
    );
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.refresh_insight(timestamptz, int) TO mv_worker;
GRANT EXECUTE ON FUNCTION api.insight_units(text, date, date), api.insight_predictions(text, date, date, int),
    api.insight_volumes(text, date, date), api.insight_promises(text, date, date),
    api.insight_questions(text, date, date, text, int, int), api.insight_choices(uuid, text, date, date)
    TO mv_coordinator, mv_admin;
