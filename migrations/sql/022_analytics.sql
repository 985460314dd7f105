-- Read models: public.leaderboard and public.student_analytics, refreshed CONCURRENTLY by the worker, so that nobody who
-- reads waits. What the numbers mean stands in docs/analytics.md. A materialised view has no row security: nobody is
-- granted anything on them, and who coordinates or administers reads through functions.
-- Below them stands one narrow row an exam, kept as results change: papers and marks of a million exams are never read
-- twice.

-- The results that changed and were not gathered yet. Only added to by who completes a script, so that she never waits
-- for a refresh.
CREATE TABLE api._result_changes (
    change_id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_result_changes PRIMARY KEY,
    exam_instance_id uuid NOT NULL
);

-- One evaluated exam: percent, awarded and possible in hundredths, the last two by unit in the order of `units`.
CREATE TABLE api._exam_results (
    exam_instance_id uuid CONSTRAINT pk_exam_results PRIMARY KEY
        CONSTRAINT fk_exam_results_exam_instance_id REFERENCES public.exam_instances ON DELETE CASCADE,
    student_user_id uuid NOT NULL,
    class varchar(10) NOT NULL,
    is_board boolean NOT NULL,
    sat_at timestamptz NOT NULL,
    percent integer NOT NULL,
    units text[] NOT NULL,
    awarded integer[] NOT NULL,
    possible integer[] NOT NULL
);
CREATE INDEX ix_exam_results_sat_at ON api._exam_results (sat_at);
COMMENT ON INDEX api.ix_exam_results_sat_at IS 'results that are older than is kept';

CREATE TABLE api._analytics_refreshes (
    refresh_id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_analytics_refreshes PRIMARY KEY,
    as_of timestamptz NOT NULL,
    cause text NOT NULL,
    seconds numeric(10, 3),
    exams bigint,
    students bigint,
    leaders bigint,
    CONSTRAINT ck_analytics_refreshes_cause CHECK (cause IN ('daily', 'completed'))
);

-- One row: whoever holds it gathers or refreshes. behind: something was gathered that the views do not show.
CREATE TABLE api._analytics_mark (
    only_one boolean DEFAULT true CONSTRAINT pk_analytics_mark PRIMARY KEY,
    behind boolean DEFAULT false NOT NULL,
    CONSTRAINT ck_analytics_mark_only_one CHECK (only_one)
);
INSERT INTO api._analytics_mark DEFAULT VALUES;

DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['_result_changes', '_exam_results', '_analytics_refreshes', '_analytics_mark'] LOOP
        EXECUTE format('REVOKE ALL ON TABLE api.%I FROM PUBLIC', v_table);
        EXECUTE format('ALTER TABLE api.%I ENABLE ROW LEVEL SECURITY', v_table);
    END LOOP;
END
$$;

CREATE FUNCTION api._note_result() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    INSERT INTO api._result_changes (exam_instance_id) VALUES (NEW.exam_instance_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_exam_instances_analytics AFTER INSERT ON public.exam_instances
    FOR EACH ROW WHEN (NEW.status = 'evaluated') EXECUTE FUNCTION api._note_result();
CREATE TRIGGER tr_exam_instances_analytics_changed
    AFTER UPDATE OF status, total_marks, mcq_score, manual_score, total_score, percentage ON public.exam_instances
    FOR EACH ROW WHEN (OLD.status = 'evaluated' OR NEW.status = 'evaluated') EXECUTE FUNCTION api._note_result();

INSERT INTO api._result_changes (exam_instance_id)
    SELECT x.exam_instance_id FROM public.exam_instances x WHERE x.status = 'evaluated' ORDER BY x.created_at;

-- What an exam earned by unit, in hundredths of a mark. MCQ are those of the paper: one that was left out earned nothing.
-- A question that was dropped counts for nobody; one that was awarded counts in full.
CREATE FUNCTION api._unit_sums(p_exam public.exam_instances) RETURNS TABLE (units text[], awarded int[], possible int[])
    LANGUAGE sql STABLE
AS $$
    WITH question AS (
        SELECT m.question_number, m.unit::text AS unit, m.marks_awarded AS awarded, m.marks_possible AS possible
        FROM public.question_marks m WHERE m.exam_instance_id = p_exam.exam_instance_id
        UNION ALL
        SELECT (q ->> 'question_number')::int, q ->> 'unit', coalesce(a.marks_awarded, 0),
               coalesce(a.marks_possible, (q ->> 'marks')::numeric)
        FROM jsonb_path_query(p_exam.exam_snapshot, '$.questions[*] ? (@.question_type == "MCQ")') q
        LEFT JOIN public.student_mcq_answers a ON a.exam_instance_id = p_exam.exam_instance_id
            AND a.question_number = (q ->> 'question_number')::int
    ), unit AS (
        SELECT q.unit COLLATE "C" AS unit, sum(q.possible) AS possible,
               sum(CASE j.adjustment WHEN 'award' THEN q.possible ELSE q.awarded END) AS awarded
        FROM question q
        LEFT JOIN (
            SELECT (d ->> 'question_number')::int AS question_number, d ->> 'adjustment' AS adjustment
            FROM public.exam_adjustments x CROSS JOIN jsonb_array_elements(x.questions) d
            WHERE x.exam_instance_id = p_exam.exam_instance_id
        ) j ON j.question_number = q.question_number
        WHERE btrim(q.unit) <> '' AND j.adjustment IS DISTINCT FROM 'drop'
        GROUP BY 1
    )
    SELECT coalesce(array_agg(u.unit ORDER BY u.unit), '{}'),
           coalesce(array_agg((100 * u.awarded)::int ORDER BY u.unit), '{}'),
           coalesce(array_agg((100 * u.possible)::int ORDER BY u.unit), '{}')
    FROM unit u
$$;

-- Per student, of the class of her newest exam: after she moved up it begins anew. n counts board exams from the newest.
CREATE MATERIALIZED VIEW public.student_analytics AS
    WITH newest AS MATERIALIZED (
        SELECT DISTINCT ON (r.student_user_id) r.student_user_id, r.class FROM api._exam_results r
        ORDER BY r.student_user_id, r.sat_at DESC, r.exam_instance_id DESC
    ), exam AS MATERIALIZED (
        SELECT r.student_user_id, r.class, r.is_board, r.percent, r.sat_at, row_number() OVER (
            PARTITION BY r.student_user_id, r.is_board ORDER BY r.sat_at DESC, r.exam_instance_id DESC
        ) AS n
        FROM newest s JOIN api._exam_results r ON r.student_user_id = s.student_user_id AND r.class = s.class
    ), overall AS MATERIALIZED (
        SELECT e.student_user_id, min(e.class) AS class, count(*)::int AS exams,
               (count(*) FILTER (WHERE e.is_board))::int AS board_exams,
               round(sum(e.percent)::numeric / count(*) / 100, 2) AS mean, max(e.sat_at) AS last_sat_at,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY e.percent) FILTER (WHERE e.is_board AND e.n <= 5) AS middle,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY e.percent) FILTER (WHERE e.is_board AND e.n <= 3) AS latest,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY e.percent)
                   FILTER (WHERE e.is_board AND e.n BETWEEN 4 AND 6) AS earlier
        FROM exam e GROUP BY e.student_user_id
    ), scatter AS (
        SELECT e.student_user_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(e.percent - o.middle)) AS deviation
        FROM exam e JOIN overall o ON o.student_user_id = e.student_user_id
        WHERE e.is_board AND e.n <= 5 GROUP BY e.student_user_id
    ), unit AS (
        SELECT r.student_user_id, u.unit, sum(u.awarded) AS awarded, sum(u.possible) AS possible
        FROM newest s JOIN api._exam_results r ON r.student_user_id = s.student_user_id AND r.class = s.class
        CROSS JOIN LATERAL unnest(r.units, r.awarded, r.possible) u (unit, awarded, possible)
        GROUP BY r.student_user_id, u.unit
    ), strength AS (
        SELECT u.student_user_id, jsonb_agg(jsonb_build_object(
            'unit', u.unit, 'awarded', trim_scale(u.awarded / 100.0)::text,
            'possible', trim_scale(u.possible / 100.0)::text
        ) ORDER BY u.unit COLLATE "C") AS units
        FROM unit u GROUP BY u.student_user_id
    )
    SELECT o.student_user_id, o.class, o.exams, o.board_exams, o.mean, o.last_sat_at,
           CASE WHEN o.board_exams >= 4 THEN round((o.latest - o.earlier)::numeric / 100, 2) END AS trend,
           CASE WHEN o.board_exams >= 3 THEN round(o.middle::numeric / 100, 2) END AS predicted,
           CASE WHEN o.board_exams >= 3 THEN greatest(
               round(3 * d.deviation::numeric / 100, 2), CASE WHEN o.board_exams < 5 THEN 10.00 ELSE 5.00 END
           ) END AS margin,
           coalesce(s.units, '[]') AS units
    FROM overall o
    LEFT JOIN scatter d ON d.student_user_id = o.student_user_id
    LEFT JOIN strength s ON s.student_user_id = o.student_user_id;
CREATE UNIQUE INDEX uq_student_analytics_student ON public.student_analytics (student_user_id);

-- Refreshed after the other, whose class it takes. Whoever has an active subscription on the day to an active plan that
-- stands on the leaderboard, and at least three board exams in ninety days.
CREATE MATERIALIZED VIEW public.leaderboard AS
    WITH refresh AS MATERIALIZED (
        SELECT r.as_of FROM api._analytics_refreshes r ORDER BY r.refresh_id DESC LIMIT 1
    ), eligible AS MATERIALIZED (
        SELECT DISTINCT u.user_id FROM refresh f
        CROSS JOIN public.subscriptions s
        JOIN public.subscription_plans p ON p.plan_type = s.plan_type
        JOIN public.users u ON u.user_id = s.student_user_id
        WHERE s.status = 'active' AND p.is_active AND p.leaderboard_eligible AND u.is_active AND u.role = 'student'
          AND (f.as_of AT TIME ZONE 'Asia/Kolkata')::date BETWEEN s.start_date AND s.end_date
    ), scored AS (
        SELECT a.class, a.student_user_id, count(*)::int AS exams,
               round(sum(r.percent)::numeric / count(*) / 100, 2) AS mean, round(max(r.percent) / 100.0, 2) AS best
        FROM refresh f
        CROSS JOIN api._exam_results r
        JOIN eligible e ON e.user_id = r.student_user_id
        JOIN public.student_analytics a ON a.student_user_id = r.student_user_id AND a.class = r.class
        WHERE r.is_board AND r.sat_at > f.as_of - interval '90 days' AND r.sat_at <= f.as_of
        GROUP BY a.class, a.student_user_id HAVING count(*) >= 3
    ), ranked AS (
        SELECT s.*, (row_number() OVER (
            PARTITION BY s.class ORDER BY s.mean DESC, s.exams DESC, s.best DESC, s.student_user_id
        ))::int AS position
        FROM scored s
    )
    SELECT r.class, r.position, r.student_user_id, r.mean, r.exams, r.best FROM ranked r
    WHERE r.position <= coalesce(api._whole(api._setting('leaderboard_top_n') #>> '{}'), 10)::int;
CREATE UNIQUE INDEX uq_leaderboard_position ON public.leaderboard (class, position);
REVOKE ALL ON TABLE public.student_analytics, public.leaderboard FROM PUBLIC;

-- Why the read models would be refreshed at a moment: 'daily', 'completed', or NULL when there is no reason or the last
-- time was less than five minutes before.
CREATE FUNCTION api.analytics_due(p_now timestamptz DEFAULT now()) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_last timestamptz := (
        SELECT r.as_of FROM api._analytics_refreshes r ORDER BY r.refresh_id DESC LIMIT 1
    );
    v_local timestamp := p_now AT TIME ZONE 'Asia/Kolkata';
    v_daily timestamp := date_trunc('day', v_local)
        + coalesce(api._whole(api._setting('analytics_refresh_hour') #>> '{}'), 2)::int * interval '1 hour';
BEGIN
    IF p_now < v_last + interval '5 minutes' THEN
        RETURN NULL;
    ELSIF v_daily > v_local THEN
        v_daily := v_daily - interval '1 day';
    END IF;
    RETURN CASE
        WHEN v_last IS NULL OR v_last < v_daily AT TIME ZONE 'Asia/Kolkata' THEN 'daily'
        WHEN (SELECT m.behind FROM api._analytics_mark m) OR EXISTS (SELECT 1 FROM api._result_changes) THEN 'completed'
    END;
END
$$;

-- Takes over results that changed, the oldest first; answers how many changes that were. 0 also while another worker is
-- at it: results of one exam are never written by two.
CREATE FUNCTION api.gather_results(p_limit int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_taken int;
BEGIN
    PERFORM 1 FROM api._analytics_mark m FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    WITH taken AS (
        DELETE FROM api._result_changes c WHERE c.change_id IN (
            SELECT d.change_id FROM api._result_changes d
            ORDER BY d.change_id LIMIT greatest(least(p_limit, 10000), 0)
        ) RETURNING c.exam_instance_id
    ), exam AS MATERIALIZED (
        SELECT DISTINCT t.exam_instance_id FROM taken t
    ), result AS MATERIALIZED (
        SELECT x.exam_instance_id, x.student_user_id, x.class, x.exam_type = 'board_exam' AS is_board,
               coalesce(x.submitted_at, x.started_at, x.created_at) AS sat_at,
               (100 * x.percentage)::int AS percent, u.units, u.awarded, u.possible
        FROM exam e
        JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
        CROSS JOIN LATERAL api._unit_sums(x) u
        WHERE x.status = 'evaluated' AND x.percentage IS NOT NULL
    ), gone AS (
        DELETE FROM api._exam_results r USING exam e
        WHERE r.exam_instance_id = e.exam_instance_id
          AND NOT EXISTS (SELECT 1 FROM result n WHERE n.exam_instance_id = e.exam_instance_id)
    ), put AS (
        INSERT INTO api._exam_results AS r SELECT * FROM result
        ON CONFLICT (exam_instance_id) DO UPDATE SET
            student_user_id = EXCLUDED.student_user_id, class = EXCLUDED.class, is_board = EXCLUDED.is_board,
            sat_at = EXCLUDED.sat_at, percent = EXCLUDED.percent, units = EXCLUDED.units,
            awarded = EXCLUDED.awarded, possible = EXCLUDED.possible
    )
    SELECT count(*) INTO v_taken FROM taken;
    IF v_taken > 0 THEN
        UPDATE api._analytics_mark m SET behind = true WHERE NOT m.behind;
    END IF;
    RETURN v_taken;
END
$$;

-- Brings both views up to what was gathered, if there is a reason at that moment, and forgets what is older than is kept.
-- Answers what it did, NULL for nothing: also while another worker is at it.
CREATE FUNCTION api.refresh_analytics(p_now timestamptz DEFAULT now()) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET work_mem = '64MB'
AS $$
DECLARE
    v_cause text;
    v_begun timestamptz := clock_timestamp();
    v_done api._analytics_refreshes;
BEGIN
    PERFORM 1 FROM api._analytics_mark m FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    v_cause := api.analytics_due(p_now);
    IF v_cause IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO api._analytics_refreshes (as_of, cause) VALUES (p_now, v_cause) RETURNING * INTO v_done;
    DELETE FROM api._exam_results r
        WHERE r.sat_at < p_now - coalesce(api._whole(api._setting('analytics_retention_days') #>> '{}'), 730)::int * interval '1 day';
    DELETE FROM api._analytics_refreshes r WHERE r.as_of < p_now - interval '400 days';
    REFRESH MATERIALIZED VIEW CONCURRENTLY public.student_analytics;
    REFRESH MATERIALIZED VIEW CONCURRENTLY public.leaderboard;
    UPDATE api._analytics_mark m SET behind = false;
    UPDATE api._analytics_refreshes r SET
        seconds = extract(epoch FROM clock_timestamp() - v_begun),
        exams = (SELECT coalesce(sum(a.exams), 0) FROM public.student_analytics a),
        students = (SELECT count(*) FROM public.student_analytics),
        leaders = (SELECT count(*) FROM public.leaderboard)
        WHERE r.refresh_id = v_done.refresh_id RETURNING * INTO v_done;
    RETURN to_jsonb(v_done);
END
$$;

-- The latest refreshes, the newest first.
CREATE FUNCTION api.analytics_refreshes(p_limit int) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    IF session_user <> 'mv_worker' THEN
        PERFORM api._coordinating(true);
    END IF;
    RETURN (
        SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.refresh_id DESC), '[]')
        FROM (
            SELECT * FROM api._analytics_refreshes r
            ORDER BY r.refresh_id DESC LIMIT greatest(least(p_limit, 1000), 0)
        ) r
    );
END
$$;

CREATE FUNCTION api._analytics_as_of() RETURNS timestamptz
    LANGUAGE sql STABLE
AS $$
    SELECT r.as_of FROM api._analytics_refreshes r ORDER BY r.refresh_id DESC LIMIT 1
$$;

-- The leaders of a class or of all, with their names, and the moment as of which.
CREATE FUNCTION api.leaderboard(p_class text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._coordinating(true);
    RETURN jsonb_build_object('as_of', api._analytics_as_of(), 'leaders', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'class', l.class, 'position', l.position, 'student_user_id', l.student_user_id,
            'student', u.first_name || ' ' || u.last_name, 'mean', l.mean::text, 'exams', l.exams, 'best', l.best::text
        ) ORDER BY l.class, l.position), '[]')
        FROM public.leaderboard l JOIN public.users u ON u.user_id = l.student_user_id
        WHERE p_class IS NULL OR l.class = p_class
    ));
END
$$;

-- What is known of one student, or NULL before her first evaluated exam was gathered.
CREATE FUNCTION api.student_analytics(p_student uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._coordinating(true);
    RETURN (
        SELECT jsonb_build_object(
            'as_of', api._analytics_as_of(), 'student_user_id', a.student_user_id,
            'student', u.first_name || ' ' || u.last_name, 'class', a.class, 'exams', a.exams,
            'board_exams', a.board_exams, 'mean', a.mean::text, 'last_sat_at', a.last_sat_at, 'trend', a.trend::text,
            'predicted', a.predicted::text, 'margin', a.margin::text, 'units', a.units
        )
        FROM public.student_analytics a JOIN public.users u ON u.user_id = a.student_user_id
        WHERE a.student_user_id = p_student
    );
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.analytics_due(timestamptz), api.gather_results(int), api.refresh_analytics(timestamptz)
    TO mv_worker;
GRANT EXECUTE ON FUNCTION api.analytics_refreshes(int) TO mv_worker, mv_coordinator, mv_admin;
GRANT EXECUTE ON FUNCTION api.leaderboard(text), api.student_analytics(uuid) TO mv_coordinator, mv_admin;
