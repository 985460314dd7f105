-- The worker gives samples to second teachers by itself. Functions of 032 and 033 stand here whole, with what is new.

-- NULL where the worker gave it.
ALTER TABLE public.second_markings ALTER COLUMN given_by DROP NOT NULL;
CREATE INDEX ix_second_markings_evaluation_id ON public.second_markings (evaluation_id);
COMMENT ON INDEX public.ix_second_markings_evaluation_id IS
    'api.give_samples and services/quality.py: who had a sample before, and how often it was handed back';

-- When the worker last found nobody for it; NULL while it has not looked since the sample began to wait.
ALTER TABLE public.script_samples ADD COLUMN tried_at timestamptz;

-- Who could be given a sample, best first: who is there, then whoever has the fewest open.
CREATE FUNCTION api._second_teachers(p_evaluation uuid)
    RETURNS TABLE (user_id uuid, name text, open bigint, away boolean)
    LANGUAGE sql STABLE
AS $$
    SELECT t.user_id, t.name, t.open, t.away FROM (
        SELECT u.user_id, u.first_name || ' ' || u.last_name AS name, api._warnings(u.user_id) @> '["away"]' AS away, (
                   SELECT count(*) FROM public.second_markings m
                   WHERE m.teacher_user_id = u.user_id AND m.outcome IS NULL
               ) AS open
        FROM public.script_samples s
        JOIN public.evaluations e ON e.evaluation_id = s.evaluation_id
        JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
        JOIN public.users u ON u.role = 'teacher' AND u.is_active AND NOT u.is_coordinator
        JOIN public.staff_logins l ON l.user_id = u.user_id AND l.revoked_at IS NULL AND l.locked_at IS NULL
        LEFT JOIN public.teacher_limits k ON k.user_id = u.user_id
        WHERE s.evaluation_id = p_evaluation AND (k.classes IS NULL OR x.class = ANY (k.classes))
          AND NOT EXISTS (
              SELECT 1 FROM public.evaluation_assignments a
              WHERE a.evaluation_id = p_evaluation AND a.teacher_user_id = u.user_id
          )
          AND NOT EXISTS (SELECT 1 FROM api._barred(u.user_id) b WHERE b.student_user_id = x.student_user_id)
    ) t
    ORDER BY t.away, t.open, t.name, t.user_id
$$;

-- As in 033: NULL for what is no sample.
CREATE OR REPLACE FUNCTION api.second_teachers(p_evaluation uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._coordinating();
    IF NOT EXISTS (SELECT 1 FROM public.script_samples s WHERE s.evaluation_id = p_evaluation) THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'user_id', t.user_id, 'name', t.name, 'open', t.open, 'away', t.away
        ) ORDER BY t.away, t.open, t.name, t.user_id), '[]')
        FROM api._second_teachers(p_evaluation) t
    );
END
$$;

-- Gives it, writes it down and tells her; p_me is NULL where nobody did it but a rule. The sample is locked by the caller, and
-- waits.
CREATE FUNCTION api._give_sample(p_evaluation uuid, p_teacher uuid, p_me uuid) RETURNS uuid
    LANGUAGE plpgsql
AS $$
DECLARE
    v_marking uuid;
BEGIN
    INSERT INTO public.second_markings (evaluation_id, teacher_user_id, given_by) VALUES (p_evaluation, p_teacher, p_me)
        RETURNING marking_id INTO v_marking;
    UPDATE public.script_samples s SET tried_at = NULL WHERE s.evaluation_id = p_evaluation AND s.tried_at IS NOT NULL;
    PERFORM api._audit('sample.given', p_me, 'evaluation', p_evaluation, jsonb_build_object(
        'teacher', p_teacher, 'marking', v_marking
    ));
    PERFORM api._tell(p_teacher, 'sample.given', '{}', v_marking::text);
    RETURN v_marking;
END
$$;

-- As in 032; what a rule gave names no person who was faster.
CREATE OR REPLACE FUNCTION api.give_sample(p_evaluation uuid, p_teacher uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_fault text;
    v_marking uuid;
BEGIN
    PERFORM 1 FROM public.script_samples s WHERE s.evaluation_id = p_evaluation FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    ELSIF EXISTS (
        SELECT 1 FROM public.second_markings m
        WHERE m.evaluation_id = p_evaluation AND (m.outcome IS NULL OR m.outcome = 'marked')
    ) THEN
        RETURN (
            SELECT api._refused(CASE WHEN m.outcome IS NULL THEN 'given' ELSE 'marked' END, jsonb_build_object(
                -- an older program says "… was faster" of whatever stands here
                'by', coalesce(api._staff_name(m.given_by), 'The worker'), 'rule', m.given_by IS NULL,
                'at', m.given_at, 'teacher', api._staff_name(m.teacher_user_id)
            ))
            FROM public.second_markings m
            WHERE m.evaluation_id = p_evaluation AND (m.outcome IS NULL OR m.outcome = 'marked')
        );
    END IF;
    v_fault := api._fault_of_second(p_teacher, p_evaluation);
    IF v_fault IS NOT NULL THEN
        RETURN api._refused(v_fault);
    END IF;
    v_marking := api._give_sample(p_evaluation, p_teacher, v_me);
    RETURN jsonb_build_object('done', true, 'marking', v_marking, 'warnings', api._warnings(p_teacher));
END
$$;

-- Gives what waits to whoever comes first in api._second_teachers, is there, and has not had this sample before. For whom there
-- is nobody is looked at again ten minutes later, so that it keeps nothing behind it from being given; what a coordinator took
-- back is hers to give for an hour. Each sample once, however many workers give. Answers {"looked", "given"}: how many.
CREATE FUNCTION api.give_samples(p_limit int, p_now timestamptz DEFAULT now()) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_sample uuid;
    v_teacher uuid;
    v_looked int := 0;
    v_given int := 0;
BEGIN
    FOR v_sample IN
        SELECT s.evaluation_id FROM public.script_samples s
        WHERE (s.tried_at IS NULL OR s.tried_at <= p_now - interval '10 minutes')
          AND NOT EXISTS (
              SELECT 1 FROM public.second_markings m
              WHERE m.evaluation_id = s.evaluation_id AND (
                  m.outcome IS NULL OR m.outcome = 'marked'
                  OR m.outcome = 'taken_back' AND m.ended_at > p_now - interval '1 hour'
              )
          )
        ORDER BY s.chosen_at, s.evaluation_id LIMIT greatest(least(p_limit, 100), 0)
        FOR NO KEY UPDATE OF s SKIP LOCKED
    LOOP
        -- Somebody may have given it between the look and the lock; the lock alone does not tell.
        CONTINUE WHEN EXISTS (
            SELECT 1 FROM public.second_markings m
            WHERE m.evaluation_id = v_sample AND (m.outcome IS NULL OR m.outcome = 'marked')
        );
        v_looked := v_looked + 1;
        SELECT t.user_id INTO v_teacher FROM api._second_teachers(v_sample) t
            WHERE NOT t.away AND NOT EXISTS (
                SELECT 1 FROM public.second_markings m
                WHERE m.evaluation_id = v_sample AND m.teacher_user_id = t.user_id
            ) AND api._hold_reason(v_sample) IS NULL  -- she could not open what is withdrawn
            ORDER BY t.away, t.open, t.name, t.user_id LIMIT 1;
        -- Asked again with her locked: she may be deactivated at this moment.
        IF v_teacher IS NOT NULL AND api._fault_of_second(v_teacher, v_sample) IS NULL THEN
            PERFORM api._give_sample(v_sample, v_teacher, NULL);
            v_given := v_given + 1;
        ELSE
            UPDATE public.script_samples s SET tried_at = p_now WHERE s.evaluation_id = v_sample;
        END IF;
    END LOOP;
    RETURN jsonb_build_object('looked', v_looked, 'given', v_given);
END
$$;

REVOKE EXECUTE ON FUNCTION api._second_teachers(uuid), api._give_sample(uuid, uuid, uuid),
    api.give_samples(int, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.give_samples(int, timestamptz) TO mv_worker;
