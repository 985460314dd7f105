-- Whoever has had a script herself never marks it a second time, also when that came later; and who could mark a sample is told.

-- As in 032, and closed for good to whom the script was given meanwhile.
CREATE OR REPLACE FUNCTION api._marks_second(p_user uuid, p_evaluation uuid) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (
        SELECT 1 FROM public.second_markings m
        JOIN public.users u ON u.user_id = m.teacher_user_id
        JOIN public.evaluations e ON e.evaluation_id = m.evaluation_id
        JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
        WHERE m.teacher_user_id = p_user AND m.evaluation_id = p_evaluation AND m.outcome IS NULL
          AND u.is_active AND u.role = 'teacher' AND NOT u.is_coordinator
          AND api._hold_reason(e.evaluation_id) IS NULL
          AND NOT EXISTS (
              SELECT 1 FROM public.evaluation_assignments a
              WHERE a.evaluation_id = p_evaluation AND a.teacher_user_id = p_user
          )
          AND NOT EXISTS (SELECT 1 FROM api._barred(p_user) b WHERE b.student_user_id = x.student_user_id)
    )
$$;

-- Who could be given a sample: nothing in api._fault_of_second speaks against her, and her login works. Whoever has the fewest
-- second markings open comes first. NULL for what is no sample.
CREATE FUNCTION api.second_teachers(p_evaluation uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._coordinating();
    RETURN (
        SELECT (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'user_id', t.user_id, 'name', t.name, 'open', t.open, 'away', t.away
            ) ORDER BY t.away, t.open, t.name, t.user_id), '[]')
            FROM (
                SELECT u.user_id, u.first_name || ' ' || u.last_name AS name,
                       api._warnings(u.user_id) @> '["away"]' AS away, (
                           SELECT count(*) FROM public.second_markings m
                           WHERE m.teacher_user_id = u.user_id AND m.outcome IS NULL
                       ) AS open
                FROM public.users u
                JOIN public.staff_logins l ON l.user_id = u.user_id AND l.revoked_at IS NULL AND l.locked_at IS NULL
                LEFT JOIN public.teacher_limits k ON k.user_id = u.user_id
                WHERE u.role = 'teacher' AND u.is_active AND NOT u.is_coordinator
                  AND (k.classes IS NULL OR x.class = ANY (k.classes))
                  AND NOT EXISTS (
                      SELECT 1 FROM public.evaluation_assignments a
                      WHERE a.evaluation_id = s.evaluation_id AND a.teacher_user_id = u.user_id
                  )
                  AND NOT EXISTS (
                      SELECT 1 FROM api._barred(u.user_id) b WHERE b.student_user_id = x.student_user_id
                  )
            ) t
        )
        FROM public.script_samples s
        JOIN public.evaluations e ON e.evaluation_id = s.evaluation_id
        JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
        WHERE s.evaluation_id = p_evaluation
    );
END
$$;
REVOKE EXECUTE ON FUNCTION api.second_teachers(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.second_teachers(uuid) TO mv_coordinator;
