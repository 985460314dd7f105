-- Rounds of the worker that find nothing look at nothing, however much was left lying.

-- Exams whose choices have to be looked at: that came in submitted and without a score, or earned marks afterwards. A row
-- is there until it was seen to; look_at is later where scoring failed.
CREATE TABLE api._exams_to_score (
    exam_instance_id uuid CONSTRAINT pk_exams_to_score PRIMARY KEY
        CONSTRAINT fk_exams_to_score_exam_instance_id REFERENCES public.exam_instances ON DELETE CASCADE,
    look_at timestamptz DEFAULT now() NOT NULL
);
CREATE INDEX ix_exams_to_score_look ON api._exams_to_score (look_at, exam_instance_id);
COMMENT ON INDEX api.ix_exams_to_score_look IS 'api.score_submitted_exams: what is to be looked at now';
REVOKE ALL ON TABLE api._exams_to_score FROM PUBLIC;
ALTER TABLE api._exams_to_score ENABLE ROW LEVEL SECURITY;
INSERT INTO api._exams_to_score (exam_instance_id)
    SELECT x.exam_instance_id FROM public.exam_instances x
    WHERE x.status IN ('submitted_mcq', 'pending_upload', 'uploaded', 'pending_evaluation')
      AND coalesce(x.mcq_score, 0) = 0;

-- Whoever puts a row in that is there holds it all the same: who looks at the exam now does not see what is being written.
CREATE FUNCTION api._look_at_score(p_exam uuid) RETURNS void
    LANGUAGE sql
AS $$
    INSERT INTO api._exams_to_score (exam_instance_id) VALUES (p_exam)
        ON CONFLICT (exam_instance_id) DO UPDATE SET look_at = EXCLUDED.look_at
$$;

CREATE FUNCTION api._note_unscored() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._look_at_score(NEW.exam_instance_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_exam_instances_unscored AFTER INSERT ON public.exam_instances
    FOR EACH ROW WHEN (
        NEW.status IN ('submitted_mcq', 'pending_upload', 'uploaded', 'pending_evaluation')
        AND coalesce(NEW.mcq_score, 0) = 0
    ) EXECUTE FUNCTION api._note_unscored();
-- What is submitted here is scored by the same step; a score that is taken away, or missing in what is returned, is not.
CREATE TRIGGER tr_exam_instances_score_lost AFTER UPDATE OF status, mcq_score ON public.exam_instances
    FOR EACH ROW WHEN (
        NEW.status IN ('submitted_mcq', 'pending_upload', 'uploaded', 'pending_evaluation')
        AND coalesce(NEW.mcq_score, 0) = 0
        AND (OLD.status = 'evaluated' OR OLD.mcq_score > 0 OR OLD.mcq_score = 0 AND NEW.mcq_score IS NULL)
    ) EXECUTE FUNCTION api._note_unscored();

CREATE FUNCTION api._note_earned() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._look_at_score(x.exam_instance_id) FROM public.exam_instances x
        WHERE x.exam_instance_id = NEW.exam_instance_id AND coalesce(x.mcq_score, 0) = 0
          AND x.status IN ('submitted_mcq', 'pending_upload', 'uploaded', 'pending_evaluation');
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_student_mcq_answers_earned AFTER INSERT OR UPDATE OF exam_instance_id, marks_awarded
    ON public.student_mcq_answers FOR EACH ROW WHEN (NEW.marks_awarded > 0) EXECUTE FUNCTION api._note_earned();

-- As in 021, of what is to be looked at. Locked first and judged then: what others wrote until then counts.
CREATE OR REPLACE FUNCTION api.score_submitted_exams(p_limit int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_exams uuid[];
    v_exam record;
    v_score numeric;
    v_stuck uuid[] := '{}';
BEGIN
    SELECT coalesce(array_agg(l.exam_instance_id), '{}') INTO v_exams FROM (
        SELECT q.exam_instance_id FROM api._exams_to_score q
        JOIN public.exam_instances x ON x.exam_instance_id = q.exam_instance_id
        WHERE q.look_at <= now()
        ORDER BY q.look_at, q.exam_instance_id
        LIMIT greatest(least(p_limit, 1000), 0)
        FOR UPDATE OF q SKIP LOCKED FOR NO KEY UPDATE OF x SKIP LOCKED
    ) l;
    FOR v_exam IN
        SELECT x.exam_instance_id, x.exam_snapshot FROM public.exam_instances x
        WHERE x.exam_instance_id = ANY (v_exams)
          AND x.status IN ('submitted_mcq', 'pending_upload', 'uploaded', 'pending_evaluation')
          AND api._is_unscored(x.exam_instance_id, x.mcq_score, x.exam_snapshot)
        ORDER BY x.exam_instance_id
    LOOP
        BEGIN
            v_score := api._score_choices(v_exam.exam_instance_id, v_exam.exam_snapshot);
            UPDATE public.exam_instances x SET mcq_score = v_score, total_score = v_score + coalesce(x.manual_score, 0)
                WHERE x.exam_instance_id = v_exam.exam_instance_id;
            PERFORM api._audit('exam.scored', NULL, 'exam', v_exam.exam_instance_id, jsonb_build_object(
                'mcq_score', api._decimal(v_score)
            ));
        EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
            PERFORM api._audit('exam.stuck', NULL, 'exam', v_exam.exam_instance_id, jsonb_build_object(
                'sqlstate', SQLSTATE
            ));
            v_stuck := v_stuck || v_exam.exam_instance_id;
        END;
    END LOOP;
    DELETE FROM api._exams_to_score q WHERE q.exam_instance_id = ANY (v_exams) AND q.exam_instance_id <> ALL (v_stuck);
    UPDATE api._exams_to_score q SET look_at = now() + interval '1 day' WHERE q.exam_instance_id = ANY (v_stuck);
    RETURN cardinality(v_exams);
END
$$;

CREATE INDEX ix_exam_instances_choices_only ON public.exam_instances (submitted_at, exam_instance_id)
    WHERE status = 'submitted_mcq'
      AND NOT jsonb_path_exists(exam_snapshot, '$.questions[*] ? (@.question_type != "MCQ")');
COMMENT ON INDEX public.ix_exam_instances_choices_only IS 'api.finish_choice_exams: submitted exams with nothing written in them';

-- As in 021, with the words of the index.
CREATE OR REPLACE FUNCTION api.finish_choice_exams(p_limit int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_exam record;
    v_total numeric;
    v_count int := 0;
BEGIN
    FOR v_exam IN
        SELECT x.exam_instance_id FROM public.exam_instances x
        WHERE x.status = 'submitted_mcq'
          AND NOT jsonb_path_exists(x.exam_snapshot, '$.questions[*] ? (@.question_type != "MCQ")')
          AND NOT api._is_unscored(x.exam_instance_id, x.mcq_score, x.exam_snapshot)
          AND api._has_kind(x.exam_snapshot, true)
          AND NOT api._is_stuck(x.exam_instance_id)
        ORDER BY x.submitted_at, x.exam_instance_id
        LIMIT greatest(least(p_limit, 1000), 0)
        FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        BEGIN
            UPDATE public.exam_instances x SET
                status = 'evaluated', total_score = x.mcq_score,
                percentage = round(100 * x.mcq_score / nullif(x.total_marks, 0), 2)
                WHERE x.exam_instance_id = v_exam.exam_instance_id
                RETURNING x.total_score INTO v_total;
            PERFORM api._audit('exam.evaluated', NULL, 'exam', v_exam.exam_instance_id, jsonb_build_object(
                'total_score', api._decimal(v_total)
            ));
        EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
            PERFORM api._audit('exam.stuck', NULL, 'exam', v_exam.exam_instance_id, jsonb_build_object(
                'sqlstate', SQLSTATE
            ));
        END;
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$$;

-- As in 016; what has changed is audited at once for all of them, as it was one by one at the transaction's end.
CREATE OR REPLACE FUNCTION api.begin_months(p_limit int, p_now timestamptz DEFAULT now()) RETURNS int
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_day date := api._billing_day(p_now);
    v_begun uuid[];
BEGIN
    WITH due AS (
        SELECT s.subscription_id FROM public.subscriptions s
        WHERE s.status = 'active' AND v_day BETWEEN s.start_date AND s.end_date
          AND coalesce(s.last_counter_reset_date, s.start_date) < api._month_began(v_day, s.billing_day_of_month)
        ORDER BY s.subscription_id LIMIT greatest(least(p_limit, 10000), 0)
        FOR NO KEY UPDATE OF s SKIP LOCKED
    ), done AS (
        UPDATE public.subscriptions s
        SET exams_used_this_month = 0, teacher_hours_used = 0, last_counter_reset_date = v_day
        FROM due d WHERE s.subscription_id = d.subscription_id RETURNING s.subscription_id
    )
    SELECT array_agg(d.subscription_id) INTO v_begun FROM done d;
    PERFORM api._audit_all('subscription.changed', 'subscription', v_begun, NULL);
    RETURN coalesce(cardinality(v_begun), 0);
END
$$;

CREATE OR REPLACE FUNCTION api.expire_subscriptions(p_limit int, p_now timestamptz DEFAULT now()) RETURNS int
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_ended uuid[];
BEGIN
    WITH due AS (
        SELECT s.subscription_id FROM public.subscriptions s
        WHERE s.status = 'active' AND s.end_date < (
            p_now AT TIME ZONE coalesce(api._setting('sla_working_hours') ->> 'timezone', 'Asia/Kolkata')
        )::date
        ORDER BY s.end_date, s.subscription_id LIMIT greatest(least(p_limit, 10000), 0)
        FOR NO KEY UPDATE SKIP LOCKED
    ), done AS (
        UPDATE public.subscriptions s SET status = 'expired'
        FROM due d WHERE s.subscription_id = d.subscription_id RETURNING s.subscription_id
    )
    SELECT array_agg(d.subscription_id) INTO v_ended FROM done d;
    PERFORM api._audit_all('subscription.changed', 'subscription', v_ended, NULL);
    RETURN coalesce(cardinality(v_ended), 0);
END
$$;

REVOKE EXECUTE ON FUNCTION api._look_at_score(uuid), api._note_unscored(), api._note_earned() FROM PUBLIC;
