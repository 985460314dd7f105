-- Results that went, cannot be counted any more or changed under the same totals stayed in the read models as they had been.

-- gone_from: of an exam that was deleted (before it had been gathered that its result was taken back), when the result
-- that was gathered of it had been handed in.
ALTER TABLE api._result_changes ADD COLUMN gone_from timestamptz;

-- Weeks that are to be summed anew, of what was handed in at these moments.
CREATE FUNCTION api._note_weeks(p_moments timestamptz[]) RETURNS void
    LANGUAGE sql
AS $$
    INSERT INTO api._insight_weeks (week)
        SELECT DISTINCT api._week_of(m.sat_at, z.zone) FROM unnest(p_moments) m (sat_at)
        CROSS JOIN (SELECT api._school_zone() AS zone) z
        WHERE m.sat_at IS NOT NULL
        -- in one order, so that two never wait for one another
        ORDER BY 1
    ON CONFLICT DO NOTHING
$$;

-- Before the result goes with its exam.
CREATE FUNCTION api._note_result_gone() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    INSERT INTO api._result_changes (exam_instance_id, gone_from)
        SELECT r.exam_instance_id, r.sat_at FROM api._exam_results r WHERE r.exam_instance_id = OLD.exam_instance_id;
    RETURN OLD;
END
$$;
CREATE TRIGGER tr_exam_instances_analytics_gone BEFORE DELETE ON public.exam_instances
    FOR EACH ROW EXECUTE FUNCTION api._note_result_gone();

-- As in 022, and of whatever else a result is made of.
DROP TRIGGER tr_exam_instances_analytics_changed ON public.exam_instances;
CREATE TRIGGER tr_exam_instances_analytics_changed
    AFTER UPDATE OF status, total_marks, mcq_score, manual_score, total_score, percentage, submitted_at, started_at,
        class, exam_type, student_user_id ON public.exam_instances
    FOR EACH ROW WHEN (OLD.status = 'evaluated' OR NEW.status = 'evaluated') EXECUTE FUNCTION api._note_result();

-- Answers of an exam that is evaluated already, put right one against another: its row says nothing of it. Written marks
-- are final, and change by a return, which does.
CREATE FUNCTION api._note_answers() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    INSERT INTO api._result_changes (exam_instance_id)
        SELECT x.exam_instance_id FROM public.exam_instances x
        WHERE x.exam_instance_id IN (SELECT c.exam_instance_id FROM changed c) AND x.status = 'evaluated';
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_student_mcq_answers_analytics AFTER INSERT ON public.student_mcq_answers
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION api._note_answers();
CREATE TRIGGER tr_student_mcq_answers_analytics_changed AFTER UPDATE ON public.student_mcq_answers
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION api._note_answers();
CREATE TRIGGER tr_student_mcq_answers_analytics_gone AFTER DELETE ON public.student_mcq_answers
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION api._note_answers();

-- As in 026; the weeks of what was deleted, and of what cannot be counted any more, are summed anew.
CREATE OR REPLACE FUNCTION api.gather_results(p_limit int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_changes bigint[];
    v_exams uuid[];
    v_exam uuid;
    v_gone timestamptz[];
BEGIN
    PERFORM 1 FROM api._analytics_mark m FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    WITH taken AS (
        DELETE FROM api._result_changes c WHERE c.change_id IN (
            SELECT d.change_id FROM api._result_changes d
            ORDER BY d.change_id LIMIT greatest(least(p_limit, 10000), 0)
        ) RETURNING c.change_id, c.exam_instance_id, c.gone_from
    )
    SELECT coalesce(array_agg(t.change_id), '{}'), array_agg(DISTINCT t.exam_instance_id), array_agg(t.gone_from)
        INTO v_changes, v_exams, v_gone
        FROM taken t;
    IF cardinality(v_changes) = 0 THEN
        RETURN 0;
    END IF;
    PERFORM api._note_weeks(v_gone);
    BEGIN
        PERFORM api._gather(v_exams);
    EXCEPTION WHEN data_exception THEN
        FOREACH v_exam IN ARRAY v_exams LOOP
            BEGIN
                PERFORM api._gather(ARRAY[v_exam]);
            EXCEPTION WHEN data_exception THEN
                PERFORM api._note_weeks(ARRAY(
                    SELECT r.sat_at FROM api._exam_results r WHERE r.exam_instance_id = v_exam
                ));
                DELETE FROM api._exam_results r WHERE r.exam_instance_id = v_exam;
                PERFORM api._audit('exam.uncounted', NULL, 'exam', v_exam, jsonb_build_object('sqlstate', SQLSTATE));
            END;
        END LOOP;
    END;
    UPDATE api._analytics_mark m SET behind = true WHERE NOT m.behind;
    RETURN cardinality(v_changes);
END
$$;

-- What went before this revision, or was left in a week: all weeks are summed once more.
INSERT INTO api._insight_weeks (week)
    SELECT DISTINCT date_trunc('week', d.day)::date FROM (
        SELECT i.day FROM api._insight_units i UNION SELECT q.week FROM api._insight_questions q
    ) d
    ON CONFLICT DO NOTHING;

REVOKE EXECUTE ON FUNCTION api._note_weeks(timestamptz[]), api._note_result_gone(), api._note_answers() FROM PUBLIC;
