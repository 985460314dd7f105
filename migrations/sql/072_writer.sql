-- A question's writer learns that it has a new version by somebody else, not only who proposed the change. As in 066
-- otherwise.
CREATE OR REPLACE FUNCTION api._tell_approved(p_me uuid, p_done jsonb) RETURNS void
    LANGUAGE sql
AS $$
    SELECT api._tell(
        w.told, 'question.' || w.kind || CASE WHEN w.count = 1 THEN '' ELSE '_many' END,
        jsonb_strip_nulls(jsonb_build_object(
            'question_id', CASE WHEN w.count = 1 THEN w.one END, 'count', nullif(w.count, 1)
        ))
    )
    FROM (
        SELECT t.told, t.kind, count(*)::int AS count, min(t.question) AS one
        FROM (
            SELECT (d ->> 'by')::uuid AS told, 'approved' AS kind, d ->> 'question_id' AS question
            FROM jsonb_array_elements(p_done) d
            UNION ALL
            SELECT q.created_by, 'changed', d ->> 'question_id'
            FROM jsonb_array_elements(p_done) d
            JOIN public.questions q ON q.question_id = (d ->> 'question_id')::uuid
            JOIN public.users u ON u.user_id = q.created_by AND u.is_active
            WHERE d ->> 'by' <> q.created_by::text
        ) t
        WHERE t.told <> p_me GROUP BY 1, 2 ORDER BY 1, 2
    ) w
$$;
