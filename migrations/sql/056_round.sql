-- As in 044, and not while results are gathered: who gathers one of a week that is noted already leaves the note as it is. A
-- round that took the note before that result stood would sum the week without it, and nothing would sum it anew.
CREATE OR REPLACE FUNCTION api.refresh_insight(p_now timestamptz DEFAULT now(), p_weeks int DEFAULT 4) RETURNS jsonb
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
    PERFORM 1 FROM api._analytics_mark m FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
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
