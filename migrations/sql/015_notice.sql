-- What a teacher did on a script that went to somebody else is offered to coordinators, also when all of it was sent
-- before the move; and she is told who has the script now. Functions of 012 stand here whole, with what is new.

-- A colleague as one speaks of her: "R. Iyer".
CREATE FUNCTION api._short_name(p_user uuid) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT btrim(left(btrim(u.first_name), 1) || '. ' || btrim(u.last_name))
    FROM public.users u WHERE u.user_id = p_user
$$;

-- True when that assignment was hers and the next one another teacher's. Of several in a row the last one carries all that
-- she had done, so that it is offered once.
CREATE FUNCTION api._moved_on(p_evaluation uuid, p_teacher uuid, p_work_version int) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (
        SELECT 1 FROM public.evaluation_assignments a
        WHERE a.evaluation_id = p_evaluation AND a.assignment_version = p_work_version AND a.teacher_user_id = p_teacher
    ) AND coalesce((
        SELECT a.teacher_user_id <> p_teacher FROM public.evaluation_assignments a
        WHERE a.evaluation_id = p_evaluation AND a.assignment_version > p_work_version
        ORDER BY a.assignment_version LIMIT 1
    ), false)
$$;

-- As in 012; `kept` is also what was applied before another teacher began, as far as it still says something: a mark or ink
-- that counted when the script was moved.
CREATE OR REPLACE FUNCTION api._former_work(p_evaluation uuid, p_teacher uuid, p_work_version int)
    RETURNS TABLE (op_id uuid, part int, kept boolean, kind text, payload jsonb, received_at timestamptz, place bigint)
    LANGUAGE sql STABLE
AS $$
    WITH paper AS MATERIALIZED (
        SELECT api._paper(e.exam_instance_id) AS paper, api._replaced(p_evaluation, p_teacher, p_work_version) AS whole,
               api._moved_on(p_evaluation, p_teacher, p_work_version) AS moved
        FROM public.evaluations e WHERE e.evaluation_id = p_evaluation
    ), operation AS MATERIALIZED (
        SELECT o.op_id, o.kind, o.payload, o.received_at, api._is_kept(o) AS kept, p.paper, p.moved,
               row_number() OVER (ORDER BY o.received_at, o.stream_id, o.seq) AS place
        FROM public.applied_operations o CROSS JOIN paper p
        WHERE o.evaluation_id = p_evaluation AND o.user_id = p_teacher AND (
            api._is_kept(o) AND o.assignment_version = p_work_version
            OR p.whole AND o.verdict = 'applied' AND o.assignment_version <= p_work_version
               AND o.kind IN ('mark.set', 'mark.clear', 'mark.resolve', 'annotation.put', 'annotation.delete')
               AND o.assignment_version > coalesce((
                   SELECT max(a.assignment_version) FROM public.evaluation_assignments a
                   WHERE a.evaluation_id = p_evaluation AND a.assignment_version < p_work_version
                     AND a.teacher_user_id <> p_teacher
               ), 0)
        )
    ), ink AS MATERIALIZED (
        SELECT o.op_id, o.place, o.paper, true AS put, a AS body, api._uuid(a ->> 'id') AS id, n
        FROM operation o
        CROSS JOIN jsonb_array_elements(api._elements(o.payload -> 'annotations')) WITH ORDINALITY x (a, n)
        WHERE o.kind = 'annotation.put'
        UNION ALL
        SELECT o.op_id, o.place, o.paper, false, to_jsonb(i), api._uuid(i), n
        FROM operation o
        CROSS JOIN jsonb_array_elements_text(api._elements(o.payload -> 'annotation_ids')) WITH ORDINALITY x (i, n)
        WHERE o.kind = 'annotation.delete'
    ), home AS (
        SELECT DISTINCT ON (i.id) i.id, i.body ->> 'question_number' AS question
        FROM ink i WHERE i.put AND i.id IS NOT NULL ORDER BY i.id, i.place DESC, i.n DESC
    ), homed AS (
        SELECT i.op_id, i.place, i.n, i.body,
               -- without an id it cannot be told from others: it stays, for the checks to refuse
               i.id IS NULL OR 1 = row_number() OVER (PARTITION BY i.id ORDER BY i.place DESC, i.n DESC) AS counts,
               CASE WHEN i.id IS NOT NULL AND i.paper ? h.question THEN h.question::int ELSE 0 END AS part
        FROM ink i
        LEFT JOIN LATERAL (
            SELECT coalesce((SELECT h.question FROM home h WHERE h.id = i.id), (
                SELECT r.body ->> 'question_number' FROM public.annotation_registers r
                WHERE r.evaluation_id = p_evaluation AND r.annotation_id = i.id
            )) AS question
        ) h ON true
    ), drawn AS (
        SELECT h.op_id, h.part, jsonb_agg(h.body ORDER BY h.n) FILTER (WHERE h.counts) AS bodies
        FROM homed h GROUP BY h.op_id, h.part
    ), marked AS (
        SELECT o.op_id, CASE WHEN o.paper ? m.question THEN m.question::int ELSE 0 END AS part,
               CASE WHEN NOT o.paper ? coalesce(m.question, '') OR 1 = row_number() OVER (
                   PARTITION BY m.question, coalesce(o.payload ->> 'alternative', '') ORDER BY o.place DESC
               ) THEN o.payload END AS payload
        FROM operation o
        CROSS JOIN LATERAL (SELECT api._whole(o.payload ->> 'question_number')::text AS question) m
        WHERE o.kind IN ('mark.set', 'mark.clear', 'mark.resolve')
    ), folded AS (
        SELECT o.op_id, coalesce(d.part, m.part, 0) AS part, o.kept, o.moved, o.kind,
               CASE WHEN d.op_id IS NOT NULL THEN (
                   CASE WHEN d.bodies IS NOT NULL THEN o.payload || jsonb_build_object(
                       CASE o.kind WHEN 'annotation.put' THEN 'annotations' ELSE 'annotation_ids' END, d.bodies
                   ) END
               ) WHEN m.op_id IS NOT NULL THEN m.payload ELSE o.payload END AS payload,
               o.received_at, o.place
        FROM operation o LEFT JOIN drawn d ON d.op_id = o.op_id LEFT JOIN marked m ON m.op_id = o.op_id
    )
    SELECT f.op_id, f.part,
           f.kept OR f.moved AND f.payload IS NOT NULL AND (
               f.kind = 'annotation.put'
               OR f.kind IN ('mark.set', 'mark.resolve') AND f.payload ->> 'state' <> 'follows_stamps'
           ),
           f.kind, f.payload, f.received_at, f.place
    FROM folded f
$$;

CREATE OR REPLACE FUNCTION api._kept_seen(p_evaluation uuid, p_teacher uuid, p_work_version int) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT md5(string_agg(f.op_id || ' ' || (
        SELECT count(*) FROM public.kept_decisions d WHERE d.op_id = f.op_id
    ), ' ' ORDER BY f.received_at, f.op_id))
    FROM (
        SELECT DISTINCT w.op_id, w.received_at
        FROM api._former_work(p_evaluation, p_teacher, p_work_version) w WHERE w.kept
    ) f
$$;

CREATE OR REPLACE FUNCTION api.kept_work(p_evaluation uuid DEFAULT NULL, p_decided_too boolean DEFAULT false)
    RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._coordinating();
    RETURN (
        WITH piece AS (
            SELECT o.evaluation_id, o.user_id, o.assignment_version FROM public.applied_operations o
            WHERE o.verdict = 'kept' AND (p_evaluation IS NULL OR o.evaluation_id = p_evaluation)
            UNION
            SELECT o.evaluation_id, o.user_id, o.assignment_version FROM public.mark_conflicts c
            JOIN public.applied_operations o ON o.op_id = c.held_operation
            WHERE c.state = 'left' AND (p_evaluation IS NULL OR o.evaluation_id = p_evaluation)
            UNION
            SELECT b.evaluation_id, b.teacher_user_id, b.assignment_version
            FROM public.evaluation_assignments a
            CROSS JOIN LATERAL (
                SELECT * FROM public.evaluation_assignments b
                WHERE b.evaluation_id = a.evaluation_id AND b.assignment_version < a.assignment_version
                ORDER BY b.assignment_version DESC LIMIT 1
            ) b
            JOIN public.evaluations e ON e.evaluation_id = a.evaluation_id
            WHERE a.assignment_version > 1 AND b.teacher_user_id <> a.teacher_user_id
              AND (p_evaluation IS NULL OR a.evaluation_id = p_evaluation)
              AND (p_decided_too OR e.status <> 'completed')
        ), counted AS (
            SELECT p.*, w.* FROM piece p
            JOIN public.evaluations e ON e.evaluation_id = p.evaluation_id
            CROSS JOIN LATERAL (
                SELECT count(DISTINCT f.op_id) AS operations,
                       -- of a completed script nothing waits but what came too late for it
                       count(DISTINCT f.op_id) FILTER (
                           WHERE (o.verdict <> 'applied' OR e.status <> 'completed') AND NOT EXISTS (
                               SELECT 1 FROM public.kept_decisions d
                               WHERE d.op_id = f.op_id AND d.question_number = f.part
                           )
                       ) AS waiting,
                       min(o.received_at) AS first_at, max(o.received_at) AS last_at,
                       array_agg(DISTINCT CASE o.verdict WHEN 'applied' THEN 'reassigned' ELSE o.reason END) AS reasons,
                       bool_or(o.kind = 'evaluation.submit') AS submitted
                FROM api._former_work(p.evaluation_id, p.user_id, p.assignment_version) f
                JOIN public.applied_operations o ON o.op_id = f.op_id
                WHERE f.kept
            ) w
            WHERE w.operations > 0
        )
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'evaluation_id', c.evaluation_id, 'teacher_user_id', c.user_id,
            'teacher', u.first_name || ' ' || u.last_name, 'work_version', c.assignment_version,
            'operations', c.operations, 'waiting', c.waiting, 'first_at', c.first_at, 'last_at', c.last_at,
            'reasons', to_jsonb(c.reasons), 'submitted', c.submitted, 'status', e.status,
            'present_teacher', t.first_name || ' ' || t.last_name, 'assignment_version', e.assignment_version
        ) ORDER BY c.first_at, c.evaluation_id), '[]')
        FROM counted c
        JOIN public.evaluations e ON e.evaluation_id = c.evaluation_id
        JOIN public.users t ON t.user_id = e.teacher_user_id
        JOIN public.users u ON u.user_id = c.user_id
        WHERE c.waiting > 0 OR p_decided_too
    );
END
$$;

-- As in 012; who has it now is said.
CREATE OR REPLACE FUNCTION api._judge(
    p_active boolean, p_op api._operation, p_sent jsonb, p_papers jsonb, p_versions jsonb
) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_op api._operation := p_op;
    v_evaluation record;
    v_answer jsonb;
BEGIN
    v_op.new_version := 0;
    IF NOT (
        v_op.evaluation_id IS NOT NULL AND v_op.assignment_version IS NOT NULL AND v_op.base_version IS NOT NULL
        AND v_op.kind IS NOT NULL AND v_op.payload IS NOT NULL AND coalesce(v_op.operation_schema, 0) >= 1
    ) THEN
        v_answer := api._against('refused', 'malformed_envelope');
    ELSIF NOT EXISTS (
        SELECT 1 FROM public.evaluation_assignments a
        WHERE a.evaluation_id = v_op.evaluation_id AND a.assignment_version = v_op.assignment_version
          AND a.teacher_user_id = v_op.user_id
    ) THEN
        v_answer := api._against('refused', 'never_assigned');
        PERFORM api._audit(
            'security.operation_refused', v_op.user_id, 'evaluation', v_op.evaluation_id,
            jsonb_build_object('op_id', v_op.op_id, 'kind', v_op.kind)
        );
    ELSE
        SELECT e.teacher_user_id, e.status, e.assignment_version,
               coalesce((p_versions ->> v_op.evaluation_id::text)::bigint, e.version) AS version
        INTO v_evaluation FROM public.evaluations e WHERE e.evaluation_id = v_op.evaluation_id;
        v_answer := api._against('kept', CASE
            WHEN v_evaluation.teacher_user_id <> v_op.user_id THEN 'reassigned'
            WHEN NOT p_active THEN 'deactivated'
            WHEN v_evaluation.status = 'completed' THEN 'completed'
            WHEN v_evaluation.assignment_version <> v_op.assignment_version THEN 'assignment_changed'
            ELSE api._hold_reason(v_op.evaluation_id)
        END);
        -- What is not hers any more says nothing of how far the other teacher is.
        v_op.new_version := CASE WHEN v_evaluation.teacher_user_id = v_op.user_id THEN v_evaluation.version ELSE 0 END;
        IF v_answer ->> 'reason' = 'reassigned' THEN
            v_answer := api._against('kept', 'reassigned', jsonb_build_object(
                'teacher', api._short_name(v_evaluation.teacher_user_id)
            ));
        END IF;
    END IF;
    IF v_answer ->> 'reason' IS NULL THEN
        v_op.new_version := v_evaluation.version + 1;
        v_answer := api._take_effect(v_op, p_papers -> v_op.evaluation_id::text);
        IF v_answer ->> 'verdict' NOT IN ('applied', 'conflict') THEN
            v_op.new_version := v_evaluation.version;
        END IF;
    END IF;
    PERFORM api._store_verdict(v_op, p_sent, v_answer);
    RETURN v_answer || jsonb_build_object(
        'version', v_op.new_version, 'already', false, 'estimated_at', v_op.estimated_at
    );
END
$$;

-- Who has scripts now that were the caller's once. What is nobody's, or was never hers, is not in the answer.
CREATE FUNCTION api.moved_to(p_evaluations uuid[]) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_caller record;
BEGIN
    IF p_evaluations IS NULL OR cardinality(p_evaluations) > 200 THEN
        RAISE EXCEPTION 'at most 200 scripts are asked for' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO v_caller FROM api._caller();
    RETURN (
        SELECT coalesce(jsonb_object_agg(e.evaluation_id, api._short_name(e.teacher_user_id)), '{}')
        FROM public.evaluations e
        WHERE e.evaluation_id = ANY (p_evaluations) AND e.teacher_user_id <> v_caller.user_id
          AND api._hold_reason(e.evaluation_id) IS NULL AND EXISTS (
              SELECT 1 FROM public.evaluation_assignments a
              WHERE a.evaluation_id = e.evaluation_id AND a.teacher_user_id = v_caller.user_id
          )
    );
END
$$;

CREATE INDEX ix_evaluation_assignments_again ON public.evaluation_assignments (evaluation_id, assignment_version)
    WHERE assignment_version > 1;
COMMENT ON INDEX public.ix_evaluation_assignments_again IS 'scripts that changed hands, of which former work is offered';
CREATE INDEX ix_applied_operations_refused ON public.applied_operations (received_at) WHERE verdict = 'refused';
COMMENT ON INDEX public.ix_applied_operations_refused IS 'how many changes were refused lately, and why';

-- What programs sent that could not be taken: by teacher and reason, since a moment. A number that grows is a fault of a
-- program or a sign of somebody who tries things.
CREATE FUNCTION api.refused_work(p_since timestamptz) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._coordinating();
    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'teacher_user_id', r.user_id, 'teacher', u.first_name || ' ' || u.last_name, 'reason', r.reason,
            'operations', r.operations, 'scripts', r.scripts, 'last_at', r.last_at
        ) ORDER BY r.last_at DESC, r.user_id, r.reason), '[]')
        FROM (
            SELECT o.user_id, o.reason, count(*) AS operations, count(DISTINCT o.evaluation_id) AS scripts,
                   max(o.received_at) AS last_at
            FROM public.applied_operations o
            WHERE o.verdict = 'refused' AND o.received_at >= p_since GROUP BY 1, 2
        ) r
        JOIN public.users u ON u.user_id = r.user_id
    );
END
$$;

REVOKE EXECUTE ON FUNCTION api.refused_work(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.refused_work(timestamptz) TO mv_coordinator;
REVOKE EXECUTE ON FUNCTION api._short_name(uuid), api._moved_on(uuid, uuid, int), api.moved_to(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.moved_to(uuid[]) TO mv_teacher;
