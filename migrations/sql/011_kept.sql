-- Kept work: what came from a teacher who has the script no more, or had it in an earlier assignment. A coordinator reads
-- it question by question, takes or declines it. applied_operations keeps every operation whatever is decided.

-- A decision on the part of an operation that belongs to a question; 0 for what belongs to none. Nothing is decided for
-- good: what was declined may be taken later, with a decision of its own.
CREATE TABLE public.kept_decisions (
    op_id uuid NOT NULL CONSTRAINT fk_kept_decisions_op_id REFERENCES public.applied_operations ON DELETE RESTRICT,
    question_number integer NOT NULL,
    decision_number integer NOT NULL,
    evaluation_id uuid NOT NULL
        CONSTRAINT fk_kept_decisions_evaluation_id REFERENCES public.evaluations ON DELETE RESTRICT,
    decision text NOT NULL,
    assignment_version integer NOT NULL,
    reason text NOT NULL,
    decided_by uuid NOT NULL CONSTRAINT fk_kept_decisions_decided_by REFERENCES public.users ON DELETE RESTRICT,
    decided_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_kept_decisions PRIMARY KEY (op_id, question_number, decision_number),
    CONSTRAINT ck_kept_decisions_question_number CHECK (question_number >= 0),
    CONSTRAINT ck_kept_decisions_decision_number CHECK (decision_number > 0),
    CONSTRAINT ck_kept_decisions_decision CHECK (decision IN ('taken', 'declined')),
    CONSTRAINT ck_kept_decisions_reason CHECK (btrim(reason) <> '')
);
CREATE INDEX ix_kept_decisions_evaluation ON public.kept_decisions (evaluation_id, decided_at);
COMMENT ON INDEX public.ix_kept_decisions_evaluation IS 'what was decided about the kept work of a script';
CREATE INDEX ix_applied_operations_kept ON public.applied_operations (evaluation_id, user_id, assignment_version)
    WHERE verdict = 'kept';
COMMENT ON INDEX public.ix_applied_operations_kept IS 'kept work, by script and by whose it is';
CREATE TRIGGER tr_kept_decisions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.kept_decisions
    FOR EACH STATEMENT EXECUTE FUNCTION public.mv_refuse_change();
ALTER TABLE public.kept_decisions ENABLE ALWAYS TRIGGER tr_kept_decisions_append_only;
REVOKE ALL ON TABLE public.kept_decisions FROM PUBLIC;
ALTER TABLE public.kept_decisions ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON public.kept_decisions TO mv_coordinator, mv_admin;
CREATE POLICY coordinator_reads ON public.kept_decisions FOR SELECT TO mv_coordinator
    USING ((SELECT api.me()) IS NOT NULL);
CREATE POLICY admin_reads ON public.kept_decisions FOR SELECT TO mv_admin USING ((SELECT api.me()) IS NOT NULL);

-- True when another teacher had the script after that assignment, which cleared the registers: then the former work is
-- everything that she had done, not only what came late.
CREATE FUNCTION api._replaced(p_evaluation uuid, p_teacher uuid, p_work_version int) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (
        SELECT 1 FROM public.evaluation_assignments a
        WHERE a.evaluation_id = p_evaluation AND a.assignment_version > p_work_version
          AND a.teacher_user_id <> p_teacher
    )
$$;

-- The elements of a list in what a client sent, none when it is no list.
CREATE FUNCTION api._elements(p_list jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN jsonb_typeof(p_list) = 'array' THEN p_list ELSE '[]' END
$$;

-- One person's work in one assignment, folded: a row for each operation and question; payload is what of it still
-- counts, NULL when a later operation of hers took its place. An annotation belongs to the question where she last
-- left it, with all that she did to it before.
CREATE FUNCTION api._former_work(p_evaluation uuid, p_teacher uuid, p_work_version int)
    RETURNS TABLE (op_id uuid, part int, kept boolean, kind text, payload jsonb, received_at timestamptz, place bigint)
    LANGUAGE sql STABLE
AS $$
    WITH paper AS MATERIALIZED (
        SELECT api._paper(e.exam_instance_id) AS paper, api._replaced(p_evaluation, p_teacher, p_work_version) AS whole
        FROM public.evaluations e WHERE e.evaluation_id = p_evaluation
    ), operation AS MATERIALIZED (
        SELECT o.op_id, o.kind, o.payload, o.received_at, o.verdict = 'kept' AS kept, p.paper,
               row_number() OVER (ORDER BY o.received_at, o.stream_id, o.seq) AS place
        FROM public.applied_operations o CROSS JOIN paper p
        WHERE o.evaluation_id = p_evaluation AND o.user_id = p_teacher AND (
            o.verdict = 'kept' AND o.assignment_version = p_work_version
            OR p.whole AND o.verdict = 'applied' AND o.assignment_version <= p_work_version
               AND o.kind IN ('mark.set', 'mark.clear', 'annotation.put', 'annotation.delete')
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
        WHERE o.kind IN ('mark.set', 'mark.clear')
    )
    SELECT o.op_id, coalesce(d.part, m.part, 0), o.kept, o.kind,
           CASE WHEN d.op_id IS NOT NULL THEN (
               CASE WHEN d.bodies IS NOT NULL THEN o.payload || jsonb_build_object(
                   CASE o.kind WHEN 'annotation.put' THEN 'annotations' ELSE 'annotation_ids' END, d.bodies
               ) END
           ) WHEN m.op_id IS NOT NULL THEN m.payload ELSE o.payload END,
           o.received_at, o.place
    FROM operation o LEFT JOIN drawn d ON d.op_id = o.op_id LEFT JOIN marked m ON m.op_id = o.op_id
$$;

-- What a decision must have seen: the operations, and how often was decided about them.
CREATE FUNCTION api._kept_seen(p_evaluation uuid, p_teacher uuid, p_work_version int) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT md5(string_agg(o.op_id || ' ' || (
        SELECT count(*) FROM public.kept_decisions d WHERE d.op_id = o.op_id
    ), ' ' ORDER BY o.received_at, o.op_id))
    FROM public.applied_operations o
    WHERE o.evaluation_id = p_evaluation AND o.user_id = p_teacher AND o.assignment_version = p_work_version
      AND o.verdict = 'kept'
$$;

-- All kept work with something undecided, oldest first; with p_decided_too all there ever was. Of one script or of all.
CREATE FUNCTION api.kept_work(p_evaluation uuid DEFAULT NULL, p_decided_too boolean DEFAULT false) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._coordinating();
    RETURN (
        WITH piece AS (
            SELECT o.evaluation_id, o.user_id, o.assignment_version, count(*) AS operations,
                   min(o.received_at) AS first_at, max(o.received_at) AS last_at,
                   array_agg(DISTINCT o.reason) AS reasons, bool_or(o.kind = 'evaluation.submit') AS submitted
            FROM public.applied_operations o
            WHERE o.verdict = 'kept' AND (p_evaluation IS NULL OR o.evaluation_id = p_evaluation)
            GROUP BY 1, 2, 3
        ), counted AS (
            SELECT p.*, w.waiting FROM piece p
            CROSS JOIN LATERAL (
                SELECT count(DISTINCT f.op_id) AS waiting
                FROM api._former_work(p.evaluation_id, p.user_id, p.assignment_version) f
                WHERE f.kept AND NOT EXISTS (
                    SELECT 1 FROM public.kept_decisions d WHERE d.op_id = f.op_id AND d.question_number = f.part
                )
            ) w
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

-- Question by question: as she left it, as it stands now, and what was decided. "others" are operations that change
-- nothing when they are taken, such as her submission.
CREATE FUNCTION api.read_kept(p_evaluation uuid, p_teacher uuid, p_work_version int) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_seen text;
BEGIN
    PERFORM api._coordinating();
    v_seen := api._kept_seen(p_evaluation, p_teacher, p_work_version);
    IF v_seen IS NULL THEN
        RETURN api._refused('unknown');
    END IF;
    RETURN (
        WITH work AS MATERIALIZED (
            SELECT * FROM api._former_work(p_evaluation, p_teacher, p_work_version)
        ), question AS (
            SELECT w.part, count(*) FILTER (WHERE w.kept AND NOT EXISTS (
                       SELECT 1 FROM public.kept_decisions d WHERE d.op_id = w.op_id AND d.question_number = w.part
                   )) AS waiting,
                   coalesce(jsonb_agg(w.payload || jsonb_build_object('kind', w.kind) ORDER BY w.place)
                       FILTER (WHERE w.kind IN ('mark.set', 'mark.clear') AND w.payload IS NOT NULL), '[]') AS marks
            FROM work w GROUP BY w.part HAVING bool_or(w.kept)
        )
        SELECT jsonb_build_object(
            'evaluation_id', e.evaluation_id, 'assignment_version', e.assignment_version, 'version', e.version,
            'status', e.status, 'seen', v_seen, 'replaces', api._replaced(p_evaluation, p_teacher, p_work_version),
            'questions', (
                SELECT jsonb_agg(jsonb_build_object(
                    'question_number', q.part, 'waiting', q.waiting, 'marks', q.marks,
                    'annotations', (
                        SELECT coalesce(jsonb_agg(a ORDER BY w.place, n), '[]') FROM work w
                        CROSS JOIN jsonb_array_elements(api._elements(w.payload -> 'annotations'))
                            WITH ORDINALITY x (a, n)
                        WHERE w.part = q.part AND w.kind = 'annotation.put'
                    ),
                    'present_marks', (
                        SELECT coalesce(jsonb_agg(jsonb_build_object(
                            'alternative', r.alternative, 'state', r.state, 'marks', api._decimal(r.marks),
                            'comment', r.comment
                        ) ORDER BY r.alternative), '[]')
                        FROM public.mark_registers r
                        WHERE r.evaluation_id = p_evaluation AND r.question_number = q.part
                    ),
                    'present_annotations', (
                        SELECT coalesce(jsonb_agg(r.body || jsonb_build_object(
                            'page_number', r.page_number, 'pdf_page', r.pdf_page
                        ) ORDER BY r.placed_seq), '[]')
                        FROM public.annotation_registers r
                        WHERE r.evaluation_id = p_evaluation AND NOT r.deleted
                          AND coalesce(r.body ->> 'question_number', '0') = q.part::text
                    ),
                    'decisions', (
                        SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object(
                            'decision', d.decision, 'reason', d.reason, 'by', u.first_name || ' ' || u.last_name
                        )), '[]')
                        FROM public.kept_decisions d JOIN work w ON w.op_id = d.op_id
                        JOIN public.users u ON u.user_id = d.decided_by
                        WHERE d.question_number = q.part AND w.part = q.part
                    )
                ) ORDER BY q.part) FROM question q
            ),
            'others', (
                SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'kind', w.kind, 'payload', w.payload, 'received_at', w.received_at
                ) ORDER BY w.place), '[]')
                FROM work w WHERE w.kept AND w.kind NOT LIKE 'mark.%' AND w.kind NOT LIKE 'annotation.%'
            )
        )
        FROM public.evaluations e WHERE e.evaluation_id = p_evaluation
    );
END
$$;

-- Locks the script and answers why nothing may be decided about this work; NULL when it may.
CREATE FUNCTION api._fault_of_kept(
    p_evaluation uuid, p_teacher uuid, p_work_version int, p_seen text, p_questions int[]
) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_seen text;
BEGIN
    PERFORM 1 FROM public.evaluations e WHERE e.evaluation_id = p_evaluation FOR NO KEY UPDATE;
    v_seen := api._kept_seen(p_evaluation, p_teacher, p_work_version);
    IF v_seen IS NULL THEN
        RETURN api._refused('unknown');
    ELSIF v_seen IS DISTINCT FROM p_seen THEN
        RETURN api._refused('decided', coalesce((
            SELECT jsonb_build_object('by', u.first_name || ' ' || u.last_name, 'at', d.decided_at)
            FROM public.kept_decisions d
            JOIN public.applied_operations o ON o.op_id = d.op_id
            JOIN public.users u ON u.user_id = d.decided_by
            WHERE d.evaluation_id = p_evaluation AND o.user_id = p_teacher
              AND o.assignment_version = p_work_version
            ORDER BY d.decided_at DESC LIMIT 1
        ), '{}'));
    ELSIF p_questions IS NOT NULL AND (cardinality(p_questions) = 0 OR array_position(p_questions, NULL) IS NOT NULL
        OR EXISTS (
            SELECT 1 FROM unnest(p_questions) q
            WHERE NOT EXISTS (
                SELECT 1 FROM api._former_work(p_evaluation, p_teacher, p_work_version) f WHERE f.kept AND f.part = q
            )
        ))
    THEN
        RETURN api._refused('unknown_question');
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION api._decide_kept(
    p_me uuid, p_evaluation uuid, p_teacher uuid, p_work_version int, p_parts int[], p_decision text, p_reason text
) RETURNS void
    LANGUAGE sql
AS $$
    INSERT INTO public.kept_decisions (
        op_id, question_number, decision_number, evaluation_id, decision, assignment_version, reason, decided_by
    )
    SELECT f.op_id, f.part, 1 + (
               SELECT count(*) FROM public.kept_decisions d WHERE d.op_id = f.op_id AND d.question_number = f.part
           ), p_evaluation, p_decision, e.assignment_version, p_reason, p_me
    FROM api._former_work(p_evaluation, p_teacher, p_work_version) f
    JOIN public.evaluations e ON e.evaluation_id = p_evaluation
    WHERE f.kept AND f.part = ANY (p_parts)
$$;

-- One question of it into the registers, by the functions that apply operations; NULL, or what stood against it. Where
-- another teacher has begun, the question becomes as it was left: hers on this question is set aside, and stays in
-- applied_operations. All or nothing of a question.
CREATE FUNCTION api._take_question(
    p_evaluation uuid, p_teacher uuid, p_work_version int, p_part int, INOUT p_version bigint, OUT p_against text
)
    LANGUAGE plpgsql
AS $$
DECLARE
    v_before bigint := p_version;
    v_replaces boolean := api._replaced(p_evaluation, p_teacher, p_work_version);
    v_unlocked text[] := api._unlocked(p_evaluation);
    v_paper jsonb;
    v_op api._operation;
    v_answer jsonb;
    v_work record;
BEGIN
    IF p_part > 0 AND p_part::text <> ALL (v_unlocked) THEN
        p_against := 'not_returned';
        RETURN;
    END IF;
    SELECT api._paper(e.exam_instance_id) INTO v_paper FROM public.evaluations e WHERE e.evaluation_id = p_evaluation;
    IF v_replaces AND p_part > 0 THEN
        p_version := p_version + 1;
        DELETE FROM public.mark_registers r WHERE r.evaluation_id = p_evaluation AND r.question_number = p_part;
        UPDATE public.annotation_registers r SET deleted = true, version = p_version
            WHERE r.evaluation_id = p_evaluation AND NOT r.deleted AND r.body ->> 'question_number' = p_part::text;
    END IF;
    FOR v_work IN
        SELECT f.kind, f.payload, o.op_id, o.seq, o.stream_id, o.base_version, o.operation_schema, o.claimed_at,
               o.estimated_at, o.estimate_quality
        FROM api._former_work(p_evaluation, p_teacher, p_work_version) f
        JOIN public.applied_operations o ON o.op_id = f.op_id
        WHERE f.part = p_part AND f.payload IS NOT NULL AND (
            f.kind IN ('mark.set', 'mark.clear', 'annotation.put', 'annotation.delete', 'page.tag', 'flag.raise',
                       'flag.withdraw')
            -- what another teacher has read is not read by this one
            OR f.kind = 'page.seen' AND NOT v_replaces
        )
        ORDER BY f.place
    LOOP
        p_version := p_version + 1;
        v_op := ROW(
            v_work.op_id, v_work.seq, v_work.stream_id, p_teacher, p_evaluation, p_work_version, v_work.base_version,
            v_work.kind, v_work.operation_schema, v_work.payload, v_work.claimed_at, v_work.estimated_at,
            v_work.estimate_quality, p_version
        );
        v_answer := api._take_effect(v_op, v_paper);
        IF v_answer ->> 'verdict' <> 'applied' THEN
            RAISE EXCEPTION 'not taken' USING ERRCODE = 'MV001', DETAIL = v_answer ->> 'reason';
        END IF;
    END LOOP;
EXCEPTION WHEN SQLSTATE 'MV001' THEN
    GET STACKED DIAGNOSTICS p_against = PG_EXCEPTION_DETAIL;
    p_version := v_before;
END
$$;

-- Takes all (p_questions NULL) or some questions into the open script. p_version: how far the script was when the caller
-- compared; a question that its teacher has touched since is not overwritten. Whatever cannot be taken waits on.
CREATE FUNCTION api.take_kept(
    p_evaluation uuid, p_teacher uuid, p_work_version int, p_assignment_version int, p_version bigint, p_seen text,
    p_questions int[], p_reason text
) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_reason text := api._checked_reason(p_reason);
    v_fault jsonb := api._fault_of_script(p_evaluation, p_assignment_version);
    v_version bigint;
    v_parts int[];
    v_part int;
    v_against text;
    v_taken int[] := '{}';
    v_left jsonb := '{}';
BEGIN
    IF v_fault IS NULL THEN
        -- In statements of their own: they must see what was committed while the lock was waited for.
        v_fault := api._held(p_evaluation);
    END IF;
    IF v_fault IS NULL THEN
        v_fault := api._fault_of_kept(p_evaluation, p_teacher, p_work_version, p_seen, p_questions);
    END IF;
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    END IF;
    v_parts := ARRAY(
        SELECT DISTINCT f.part FROM api._former_work(p_evaluation, p_teacher, p_work_version) f
        WHERE f.kept AND (p_questions IS NULL OR f.part = ANY (p_questions)) ORDER BY 1
    );
    SELECT e.version INTO v_version FROM public.evaluations e WHERE e.evaluation_id = p_evaluation;
    IF p_version IS NULL OR p_version > v_version OR EXISTS (
        SELECT 1 FROM public.mark_registers r
        WHERE r.evaluation_id = p_evaluation AND r.question_number = ANY (v_parts) AND r.version > p_version
        UNION ALL
        SELECT 1 FROM public.annotation_registers r
        WHERE r.evaluation_id = p_evaluation AND r.version > p_version
          AND r.body ->> 'question_number' = ANY (v_parts::text[])
    ) THEN
        RETURN api._refused('marked_since', jsonb_build_object('version', v_version));
    END IF;
    FOREACH v_part IN ARRAY v_parts LOOP
        SELECT t.p_version, t.p_against INTO v_version, v_against
            FROM api._take_question(p_evaluation, p_teacher, p_work_version, v_part, v_version) t;
        IF v_against IS NULL THEN
            v_taken := v_taken || v_part;
        ELSE
            v_left := v_left || jsonb_build_object(v_part::text, v_against);
        END IF;
    END LOOP;
    IF v_taken = '{}' THEN
        RETURN api._refused('nothing_taken', jsonb_build_object('left', v_left));
    END IF;
    UPDATE public.evaluations e SET version = v_version + 1 WHERE e.evaluation_id = p_evaluation;
    PERFORM api._decide_kept(v_me, p_evaluation, p_teacher, p_work_version, v_taken, 'taken', v_reason);
    RETURN api._told('evaluation.kept_taken', v_me, p_evaluation, jsonb_build_object(
        'teacher', p_teacher, 'work_version', p_work_version, 'questions', to_jsonb(v_taken), 'left', v_left,
        'reason', v_reason
    )) || jsonb_build_object('taken', to_jsonb(v_taken), 'left', v_left, 'version', v_version + 1);
END
$$;

-- Not taken, and said so; it stays, and may be taken later. Also of a completed script.
CREATE FUNCTION api.decline_kept(
    p_evaluation uuid, p_teacher uuid, p_work_version int, p_seen text, p_questions int[], p_reason text
) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_reason text := api._checked_reason(p_reason);
    v_fault jsonb := api._fault_of_kept(p_evaluation, p_teacher, p_work_version, p_seen, p_questions);
    v_parts int[];
BEGIN
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    END IF;
    v_parts := ARRAY(
        SELECT DISTINCT f.part FROM api._former_work(p_evaluation, p_teacher, p_work_version) f
        WHERE f.kept AND (p_questions IS NULL OR f.part = ANY (p_questions)) ORDER BY 1
    );
    PERFORM api._decide_kept(v_me, p_evaluation, p_teacher, p_work_version, v_parts, 'declined', v_reason);
    RETURN api._told('evaluation.kept_declined', v_me, p_evaluation, jsonb_build_object(
        'teacher', p_teacher, 'work_version', p_work_version, 'questions', to_jsonb(v_parts), 'reason', v_reason
    )) || jsonb_build_object('declined', to_jsonb(v_parts));
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.kept_work(uuid, boolean), api.read_kept(uuid, uuid, int),
    api.take_kept(uuid, uuid, int, int, bigint, text, int[], text),
    api.decline_kept(uuid, uuid, int, text, int[], text) TO mv_coordinator;
