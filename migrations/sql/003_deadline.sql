-- Deadlines: the worker marks what is late. Completion does it for itself (api._submit); nothing ever takes it back.

-- One round, the longest overdue first; as many as p_limit means that more may wait. A row that a teacher's operations
-- hold at this moment is left for the next round: neither waits for the other.
CREATE FUNCTION api.mark_breaches(p_limit int) RETURNS int
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
    WITH late AS (
        SELECT e.evaluation_id FROM public.evaluations e
        WHERE e.status <> 'completed' AND e.sla_deadline < now() AND NOT e.sla_breached
        ORDER BY e.sla_deadline
        LIMIT least(p_limit, 1000)
        FOR NO KEY UPDATE SKIP LOCKED
    ), marked AS (
        UPDATE public.evaluations e SET sla_breached = true
        FROM late l WHERE e.evaluation_id = l.evaluation_id
        RETURNING e.evaluation_id
    )
    SELECT count(*)::int FROM marked
$$;
