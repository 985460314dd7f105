-- Questions of a year of a large school are read within a third of a second, and a week is summed without reading all.

ALTER TABLE api._insight_questions DROP CONSTRAINT pk_insight_questions;
ALTER TABLE api._insight_questions
    ADD CONSTRAINT pk_insight_questions PRIMARY KEY (question_id, week, class, question_type);
CREATE INDEX ix_insight_questions_week ON api._insight_questions (week);
COMMENT ON INDEX api.ix_insight_questions_week IS 'api._sum_week, api.insight_questions: questions of a span of weeks';
CREATE INDEX ix_insight_choices_week ON api._insight_choices (week);
COMMENT ON INDEX api.ix_insight_choices_week IS 'api._sum_week: choices of a week that is summed anew';

-- As in 044. Answers are looked up exam by exam (OFFSET 0): as a join, all that there are were read for each week.
CREATE OR REPLACE FUNCTION api._sum_week(p_week date) RETURNS void
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
        FROM exam e CROSS JOIN LATERAL (
            SELECT * FROM public.question_marks k WHERE k.exam_instance_id = e.exam_instance_id OFFSET 0
        ) m
        UNION ALL
        -- of the paper, as one that was left out has no answer
        SELECT e.exam_instance_id, e.class,
               CASE WHEN a.q ->> 'question_id' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                   THEN (a.q ->> 'question_id')::uuid END,
               'MCQ', coalesce(a.marks_awarded, 0)::float8, coalesce(a.marks_possible, (a.q ->> 'marks')::numeric)::float8,
               coalesce(a.selected_choices, '[]')
        FROM exam e
        CROSS JOIN LATERAL (
            SELECT p.q, g.marks_awarded, g.marks_possible, g.selected_choices
            FROM jsonb_path_query(e.exam_snapshot, '$.questions[*] ? (@.question_type == "MCQ")') p (q)
            LEFT JOIN (
                SELECT * FROM public.student_mcq_answers k WHERE k.exam_instance_id = e.exam_instance_id OFFSET 0
            ) g ON g.question_number = (p.q ->> 'question_number')::int
            OFFSET 0
        ) a
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

-- As in 044, each question once, whichever class it was answered in: those that were answered in the weeks of a span, a
-- piece of them in one of three orders; those with fewer than
-- twenty answers come last, as nothing can be said of them. domain/item_statistic.py has the same formulas; a test compares.
CREATE OR REPLACE FUNCTION api.insight_questions(
    p_class text, p_from date, p_to date, p_order text, p_most int DEFAULT 200, p_skip int DEFAULT 0
) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_custom_plan SET jit = off
    SET work_mem = '32MB'
AS $$
BEGIN
    PERFORM api._insight_class(p_class);
    PERFORM api._report_span(p_from, p_to);
    IF p_order IS NULL OR p_order NOT IN ('discrimination', 'facility', 'answers') THEN
        RAISE EXCEPTION 'no such order' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN (
        WITH summed AS MATERIALIZED (
            -- by one short key: grouping by class and type, which follow from it, took twice as long
            SELECT i.question_id, sum(i.answers)::float8 AS answers, sum(i.shares) AS shares,
                   sum(i.squares) AS squares, sum(i.rests) AS rests, sum(i.rest_squares) AS rest_squares,
                   sum(i.products) AS products
            FROM api._insight_questions i
            WHERE i.week BETWEEN p_from - 6 AND p_to AND (p_class IS NULL OR i.class = p_class)
            GROUP BY i.question_id
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
            SELECT s.*, row_number() OVER (ORDER BY s.place, s.answers DESC, s.question_id) AS n
            FROM stated s ORDER BY n
            LIMIT greatest(least(p_most, 500), 1) OFFSET greatest(p_skip, 0)
        )
        SELECT jsonb_build_object('as_of', api._insight_as_of(), 'total', (SELECT count(*) FROM summed), 'questions', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'question_id', p.question_id, 'class', coalesce(p_class, k.class), 'question_type', k.question_type,
                'unit', coalesce(q.unit, ''), 'wording', left(coalesce(q.question_text, ''), 300),
                'answers', p.answers::int, 'shares', p.shares, 'squares', p.squares, 'rests', p.rests,
                'rest_squares', p.rest_squares, 'products', p.products
            ) ORDER BY p.n), '[]')
            FROM piece p LEFT JOIN public.questions q ON q.question_id = p.question_id
            CROSS JOIN LATERAL (
                SELECT i.class, i.question_type FROM api._insight_questions i WHERE i.question_id = p.question_id
                ORDER BY i.week DESC, i.answers DESC LIMIT 1
            ) k
        ))
    );
END
$$;
