-- One teacher on two computers: of a question marked otherwise on both, the mark that came first counts, and the other is
-- held beside it until she decides. And an edit outlives a delete that did not know it. Functions of 003 to 011 stand
-- here whole, with what is new in them.

-- A mark that came after another computer's and did not know it. kept_*: what the register held when she decided, so that
-- the decision can be undone. `left`: the script went to somebody else before, and the held mark is kept work.
CREATE TABLE public.mark_conflicts (
    held_operation uuid NOT NULL CONSTRAINT pk_mark_conflicts PRIMARY KEY,
    evaluation_id uuid NOT NULL
        CONSTRAINT fk_mark_conflicts_evaluation_id REFERENCES public.evaluations ON DELETE CASCADE,
    user_id uuid NOT NULL CONSTRAINT fk_mark_conflicts_user_id REFERENCES public.users ON DELETE RESTRICT,
    stream_id uuid NOT NULL,
    question_number integer NOT NULL,
    alternative text NOT NULL,
    held_state text NOT NULL,
    held_marks numeric(5, 2),
    held_comment text NOT NULL,
    version bigint NOT NULL,
    state text DEFAULT 'open' NOT NULL,
    kept_state text,
    kept_marks numeric(5, 2),
    kept_comment text,
    opened_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT ck_mark_conflicts_state CHECK (state IN ('open', 'resolved', 'superseded', 'left'))
);
CREATE INDEX ix_mark_conflicts_evaluation ON public.mark_conflicts (evaluation_id, state);
COMMENT ON INDEX public.ix_mark_conflicts_evaluation IS 'what of a script waits for a decision between two marks';
CREATE TRIGGER tr_mark_conflicts_truncate BEFORE TRUNCATE ON public.mark_conflicts
    FOR EACH STATEMENT EXECUTE FUNCTION api._refuse_truncate();
ALTER TABLE public.mark_conflicts ENABLE ALWAYS TRIGGER tr_mark_conflicts_truncate;
REVOKE ALL ON TABLE public.mark_conflicts FROM PUBLIC;
ALTER TABLE public.mark_conflicts ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON public.mark_conflicts TO mv_coordinator, mv_admin;
CREATE POLICY coordinator_reads ON public.mark_conflicts FOR SELECT TO mv_coordinator
    USING ((SELECT api.me()) IS NOT NULL);
CREATE POLICY admin_reads ON public.mark_conflicts FOR SELECT TO mv_admin USING ((SELECT api.me()) IS NOT NULL);

ALTER TABLE public.applied_operations DROP CONSTRAINT ck_applied_operations_verdict;
ALTER TABLE public.applied_operations ADD CONSTRAINT ck_applied_operations_verdict
    CHECK (verdict IN ('applied', 'kept', 'refused', 'held', 'conflict'));
-- What a revision brings is no change by a person, so that the log of those says nothing.
ALTER TABLE public.system_config DISABLE TRIGGER tr_system_config_change;
UPDATE public.system_config SET config_value = jsonb_set(config_value, '{max}', '3')
    WHERE config_key = 'operation_schema';
ALTER TABLE public.system_config ENABLE TRIGGER tr_system_config_change;

-- The ids in a list that a client sent.
CREATE FUNCTION api._ids(p_list jsonb) RETURNS uuid[]
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT ARRAY(SELECT api._uuid(i) FROM jsonb_array_elements_text(api._elements(p_list)) i
                 WHERE api._uuid(i) IS NOT NULL)
$$;

-- True when a register holds what the operation did not know and what was not done on that computer: it is newer than
-- the operation's base, and neither of its stream nor what it says it replaces. A computer goes on under a new stream
-- after a restored or copied file, so the stream alone does not tell.
CREATE FUNCTION api._unknown_to(p_op api._operation, p_version bigint, p_stream uuid, p_operation uuid) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT coalesce(p_version > p_op.base_version, false) AND NOT coalesce(p_stream = p_op.stream_id, false)
        AND NOT coalesce(p_operation = ANY (api._ids(p_op.payload -> 'replaces')), false)
$$;

-- Holds a mark beside the one that counts. What she had held of that question from the same computer is superseded.
CREATE FUNCTION api._hold_mark(
    p_op api._operation, p_register public.mark_registers, p_state text, p_marks numeric, p_comment text
) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
BEGIN
    IF p_op.operation_schema < 3 THEN
        -- a program that knows no conflicts: the mark is kept, and said to be
        RETURN api._against('kept', 'changed_elsewhere');
    END IF;
    UPDATE public.mark_conflicts c SET state = 'superseded'
        WHERE c.evaluation_id = p_op.evaluation_id AND c.state = 'open' AND c.user_id = p_op.user_id
          AND (c.question_number, c.alternative) = (p_register.question_number, p_register.alternative)
          AND (c.stream_id = p_op.stream_id OR c.held_operation = ANY (
              api._ids(p_op.payload -> 'replaces') || api._ids(p_op.payload -> 'settles')
          ));
    INSERT INTO public.mark_conflicts (
        held_operation, evaluation_id, user_id, stream_id, question_number, alternative, held_state, held_marks,
        held_comment, version
    ) VALUES (
        p_op.op_id, p_op.evaluation_id, p_op.user_id, p_op.stream_id, p_register.question_number,
        p_register.alternative, p_state, p_marks, p_comment, p_op.new_version
    );
    RETURN api._against('conflict', 'marked_elsewhere', jsonb_build_object(
        'question_number', p_register.question_number, 'alternative', p_register.alternative,
        'state', p_register.state, 'marks', api._decimal(p_register.marks), 'comment', p_register.comment,
        'operation', p_register.last_operation
    ));
END
$$;

-- What a mark that takes effect settles: conflicts that she knew, that she names, that her own later mark replaces, and
-- those where both sides now say the same.
CREATE FUNCTION api._settle_conflicts(
    p_op api._operation, p_register public.mark_registers, p_number bigint, p_alternative text, p_state text,
    p_marks numeric, p_comment text
) RETURNS void
    LANGUAGE sql
AS $$
    UPDATE public.mark_conflicts c SET
        state = CASE WHEN c.version > p_op.base_version AND NOT n.named AND n.hers THEN 'superseded'
                     ELSE 'resolved' END,
        kept_state = p_register.state, kept_marks = p_register.marks, kept_comment = p_register.comment
    FROM public.mark_conflicts o
    CROSS JOIN LATERAL (
        SELECT o.held_operation = ANY (api._ids(p_op.payload -> 'settles')) AS named,
               o.stream_id = p_op.stream_id
                   OR o.held_operation = ANY (api._ids(p_op.payload -> 'replaces')) AS hers
    ) n
    WHERE c.held_operation = o.held_operation AND o.evaluation_id = p_op.evaluation_id AND o.state = 'open'
      AND o.user_id = p_op.user_id AND o.question_number = p_number AND o.alternative = p_alternative
      AND (o.version <= p_op.base_version OR n.named OR n.hers
           OR (o.held_state, o.held_marks, o.held_comment) IS NOT DISTINCT FROM (p_state, p_marks, p_comment))
$$;

-- A decision is undone: both marks stand beside each other again. False when there is nothing to undo any more.
CREATE FUNCTION api._reopen_conflict(p_op api._operation, p_register public.mark_registers) RETURNS boolean
    LANGUAGE plpgsql
AS $$
DECLARE
    v_conflict public.mark_conflicts;
BEGIN
    WITH opened AS (
        UPDATE public.mark_conflicts c SET state = 'open', version = p_op.new_version
            WHERE c.evaluation_id = p_op.evaluation_id AND c.state = 'resolved' AND c.user_id = p_op.user_id
              AND c.held_operation = ANY (api._ids(p_op.payload -> 'settles'))
              AND (c.question_number, c.alternative) = (p_register.question_number, p_register.alternative)
            RETURNING *
    )
    SELECT * INTO v_conflict FROM opened LIMIT 1;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF NOT api._unknown_to(p_op, p_register.version, p_register.last_stream, p_register.last_operation) THEN
        UPDATE public.mark_registers r SET
            state = v_conflict.kept_state, marks = v_conflict.kept_marks, comment = v_conflict.kept_comment,
            version = p_op.new_version, last_stream = p_op.stream_id, last_operation = p_op.op_id
            WHERE r.evaluation_id = p_op.evaluation_id AND r.question_number = p_register.question_number
              AND r.alternative = p_register.alternative;
    END IF;
    RETURN true;
END
$$;

-- As in 003; a mark that does not know another computer's is held.
CREATE OR REPLACE FUNCTION api._set_mark(p_op api._operation, p_paper jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_number bigint := api._whole(p_op.payload ->> 'question_number');
    v_alternative text := coalesce(p_op.payload ->> 'alternative', '');
    v_state text := CASE p_op.kind WHEN 'mark.clear' THEN 'follows_stamps' ELSE p_op.payload ->> 'state' END;
    v_comment text := CASE p_op.kind WHEN 'mark.clear' THEN '' ELSE coalesce(p_op.payload ->> 'comment', '') END;
    v_possible numeric := p_paper -> v_number::text ->> v_alternative;
    v_marks numeric;
    v_register public.mark_registers;
BEGIN
    IF v_possible IS NULL THEN
        RETURN api._against('refused', CASE WHEN v_number IS NULL THEN 'malformed' ELSE 'unknown_question' END);
    END IF;
    IF v_state IS NULL OR v_state NOT IN ('follows_stamps', 'marked', 'not_attempted') THEN
        RETURN api._against('refused', 'malformed');
    END IF;
    IF v_state = 'marked' THEN
        v_marks := (p_op.payload ->> 'marks')::numeric;
        IF v_marks IS NULL THEN
            RETURN api._against('refused', 'malformed');
        ELSIF NOT api._valid_marks(v_marks, v_possible) THEN
            RETURN api._against('refused', 'out_of_range', jsonb_build_object('possible', api._decimal(v_possible)));
        END IF;
    END IF;
    SELECT * INTO v_register FROM public.mark_registers r
        WHERE r.evaluation_id = p_op.evaluation_id AND r.question_number = v_number AND r.alternative = v_alternative;
    IF p_op.kind = 'mark.resolve' AND coalesce((p_op.payload ->> 'reopens')::boolean, false)
        AND api._reopen_conflict(p_op, v_register)
    THEN
        RETURN NULL;
    ELSIF api._unknown_to(p_op, v_register.version, v_register.last_stream, v_register.last_operation)
        AND (v_register.state, v_register.marks, v_register.comment) IS DISTINCT FROM (v_state, v_marks, v_comment)
    THEN
        RETURN api._hold_mark(p_op, v_register, v_state, v_marks, v_comment);
    END IF;
    PERFORM api._settle_conflicts(p_op, v_register, v_number, v_alternative, v_state, v_marks, v_comment);
    INSERT INTO public.mark_registers AS r (
        evaluation_id, question_number, alternative, state, marks, comment, version, last_stream, last_operation
    ) VALUES (
        p_op.evaluation_id, v_number, v_alternative, v_state, v_marks, v_comment, p_op.new_version,
        p_op.stream_id, p_op.op_id
    ) ON CONFLICT (evaluation_id, question_number, alternative) DO UPDATE SET
        state = EXCLUDED.state, marks = EXCLUDED.marks, comment = EXCLUDED.comment, version = EXCLUDED.version,
        last_stream = EXCLUDED.last_stream, last_operation = EXCLUDED.last_operation;
    RETURN NULL;
END
$$;

-- As in 003; what another computer drew anew meanwhile stays, and is named in the answer.
CREATE OR REPLACE FUNCTION api._delete_annotations(p_op api._operation) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_ids uuid[];
    v_stayed uuid[];
BEGIN
    IF jsonb_typeof(p_op.payload -> 'annotation_ids') IS DISTINCT FROM 'array' THEN
        RETURN api._against('refused', 'malformed');
    END IF;
    -- Read before the update, which looks at no id when the script has no ink.
    v_ids := ARRAY(SELECT i::uuid FROM jsonb_array_elements_text(p_op.payload -> 'annotation_ids') i);
    v_stayed := ARRAY(
        SELECT r.annotation_id FROM public.annotation_registers r
        WHERE r.evaluation_id = p_op.evaluation_id AND NOT r.deleted AND r.annotation_id = ANY (v_ids)
          AND api._unknown_to(p_op, r.version, r.last_stream, r.last_operation)
        ORDER BY r.annotation_id
    );
    UPDATE public.annotation_registers r
        SET deleted = true, version = p_op.new_version, last_stream = p_op.stream_id, last_operation = p_op.op_id
        WHERE r.evaluation_id = p_op.evaluation_id AND NOT r.deleted AND r.annotation_id = ANY (v_ids)
          AND r.annotation_id <> ALL (v_stayed);
    IF v_stayed <> '{}' THEN
        RETURN api._against('applied', NULL, jsonb_build_object('stayed', to_jsonb(v_stayed)));
    END IF;
    RETURN NULL;
END
$$;

-- As in 003; held while a decision between two marks is due.
CREATE OR REPLACE FUNCTION api._submission_fault(p_op api._operation) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_missing jsonb;
    v_wrong jsonb;
    v_differ jsonb;
    v_open jsonb;
    v_total numeric;
BEGIN
    SELECT jsonb_agg(q.question_number ORDER BY q.question_number) FILTER (WHERE NOT q.marked),
           jsonb_agg(q.question_number ORDER BY q.question_number) FILTER (WHERE NOT q.valid),
           coalesce(sum(q.marks), 0)
    INTO v_missing, v_wrong, v_total
    FROM (
        SELECT m.question_number, bool_or(m.kept) AS marked, sum(m.marks) FILTER (WHERE m.kept) AS marks,
               bool_and(m.marks IS NULL OR api._valid_marks(m.marks, m.possible)) AS valid
        FROM api._effective_marks(p_op.evaluation_id) m GROUP BY m.question_number
    ) q;
    IF v_missing IS NOT NULL THEN
        RETURN api._against('held', 'incomplete', jsonb_build_object('missing', v_missing));
    ELSIF v_wrong IS NOT NULL THEN
        RETURN api._against('held', 'out_of_range', jsonb_build_object('questions', v_wrong));
    END IF;
    SELECT jsonb_agg(DISTINCT c.question_number ORDER BY c.question_number) INTO v_open
        FROM public.mark_conflicts c
        WHERE c.evaluation_id = p_op.evaluation_id AND c.state = 'open' AND c.user_id = p_op.user_id;
    IF v_open IS NOT NULL THEN
        RETURN api._against('held', 'conflict_open', jsonb_build_object('questions', v_open));
    END IF;
    -- By value: "2.50" and "2.5" are the same mark.
    SELECT jsonb_agg(jsonb_build_object(
        'question_number', d.question_number, 'server', api._decimal(d.server), 'yours', api._decimal(d.yours)
    ) ORDER BY d.question_number) INTO v_differ
    FROM (
        SELECT coalesce(s.question_number, y.question_number) AS question_number, s.marks AS server, y.marks AS yours
        FROM (SELECT m.question_number, m.marks FROM api._effective_marks(p_op.evaluation_id) m WHERE m.kept) s
        FULL JOIN (
            SELECT k::integer AS question_number, v::numeric AS marks
            FROM jsonb_each_text(p_op.payload -> 'marks') j (k, v)
        ) y ON y.question_number = s.question_number
        WHERE s.marks IS DISTINCT FROM y.marks
    ) d;
    IF p_op.payload -> 'marks' IS NULL OR (p_op.payload ->> 'total')::numeric IS NULL THEN
        RETURN api._against('refused', 'malformed');
    ELSIF v_differ IS NOT NULL THEN
        RETURN api._against('held', 'marks_differ', jsonb_build_object('questions', v_differ));
    ELSIF (p_op.payload ->> 'total')::numeric <> v_total THEN
        RETURN api._against('held', 'total_differs', jsonb_build_object(
            'server', api._decimal(v_total), 'yours', api._decimal((p_op.payload ->> 'total')::numeric)
        ));
    END IF;
    RETURN NULL;
END
$$;

-- As in 004; what was held between two marks of the former teacher is kept work.
CREATE OR REPLACE FUNCTION api._record_assignment() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    INSERT INTO public.evaluation_assignments (
        evaluation_id, assignment_version, teacher_user_id, assigned_by, assigned_at
    ) VALUES (
        NEW.evaluation_id, NEW.assignment_version, NEW.teacher_user_id, api.me(),
        CASE TG_OP WHEN 'INSERT' THEN NEW.assigned_at ELSE now() END
    )
    ON CONFLICT DO NOTHING;
    -- Whoever has it from now on may mark it.
    UPDATE public.evaluation_holds h SET ended_at = now()
        WHERE h.evaluation_id = NEW.evaluation_id AND h.ended_at IS NULL;
    IF TG_OP = 'INSERT' THEN
        -- The SLA starts when the sheets were complete; assigning late or again never moves it.
        INSERT INTO public.evaluation_clock (exam_instance_id, received_at)
        SELECT NEW.exam_instance_id, coalesce(max(u.uploaded_at), NEW.assigned_at)
        FROM public.answer_sheet_uploads u WHERE u.exam_instance_id = NEW.exam_instance_id
        ON CONFLICT DO NOTHING;
    ELSIF NEW.teacher_user_id <> OLD.teacher_user_id THEN
        -- A new teacher starts clean; the former work stands in applied_operations.
        UPDATE public.mark_conflicts c SET state = 'left'
            WHERE c.evaluation_id = NEW.evaluation_id AND c.state = 'open';
        DELETE FROM public.mark_registers r WHERE r.evaluation_id = NEW.evaluation_id;
        DELETE FROM public.annotation_registers r WHERE r.evaluation_id = NEW.evaluation_id;
        DELETE FROM public.page_registers r WHERE r.evaluation_id = NEW.evaluation_id;
    END IF;
    RETURN NULL;
END
$$;

-- As in 004; a conflict is a change that her other computers have to hear of.
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

-- As in 003, for one verdict more.
CREATE OR REPLACE FUNCTION api.apply_operations(p_stream uuid, p_operations jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_caller record;
    v_stream public.streams;
    v_papers jsonb;
    v_versions jsonb := '{}';
    v_sent jsonb;
    v_answer jsonb;
    v_answers jsonb := '[]';
BEGIN
    IF p_stream IS NULL OR jsonb_typeof(p_operations) IS DISTINCT FROM 'array'
       OR jsonb_array_length(p_operations) > 50 THEN
        RAISE EXCEPTION 'a stream and a list of at most 50 operations are needed'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO v_caller FROM api._caller(p_closed_too => true);
    -- Locks in one order for everybody: the stream, then the evaluations by id. Without it: deadlocks.
    INSERT INTO public.streams (stream_id, user_id) VALUES (p_stream, v_caller.user_id) ON CONFLICT DO NOTHING;
    SELECT * INTO v_stream FROM public.streams s WHERE s.stream_id = p_stream FOR UPDATE;
    v_papers := api._lock_evaluations(v_caller.user_id, p_operations);
    FOR v_sent IN SELECT o FROM jsonb_array_elements(p_operations) WITH ORDINALITY x (o, n) ORDER BY n LOOP
        IF api._uuid(v_sent ->> 'op_id') IS NULL OR coalesce(api._whole(v_sent ->> 'seq'), 0) = 0 THEN
            RAISE EXCEPTION 'an operation has no id or no sequence number' USING ERRCODE = 'invalid_parameter_value';
        END IF;
        v_answer := api._delivery_answer(v_caller.user_id, v_stream, v_sent);
        IF v_answer IS NULL THEN
            v_answer := api._judge(
                v_caller.active, api._read_operation(v_stream, v_sent), v_sent, v_papers, v_versions
            );
            v_stream.last_estimate := (v_answer ->> 'estimated_at')::timestamptz;
            IF v_answer ->> 'verdict' IN ('applied', 'conflict') THEN
                v_versions := v_versions
                    || jsonb_build_object(lower(v_sent ->> 'evaluation_id'), v_answer -> 'version');
            END IF;
        END IF;
        v_answers := v_answers || jsonb_build_array((v_answer - 'estimated_at') || jsonb_build_object(
            'op_id', v_sent -> 'op_id', 'seq', v_sent -> 'seq'
        ));
        EXIT WHEN v_answer ->> 'verdict' NOT IN ('applied', 'kept', 'refused', 'held', 'conflict');
        v_stream.last_seq := greatest(v_stream.last_seq, (v_sent ->> 'seq')::bigint);
    END LOOP;
    -- Once for the batch: fifty updates of one row would cost more than all the rest.
    UPDATE public.evaluations e SET version = v.version::bigint
        FROM jsonb_each_text(v_versions) v (evaluation_id, version)
        WHERE e.evaluation_id = v.evaluation_id::uuid;
    UPDATE public.streams s SET last_seq = v_stream.last_seq, last_estimate = v_stream.last_estimate
        WHERE s.stream_id = p_stream AND s.user_id = v_caller.user_id;
    RETURN v_answers;
END
$$;

CREATE OR REPLACE FUNCTION api._take_effect(p_op api._operation, p_paper jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_fault jsonb;
BEGIN
    IF pg_column_size(p_op.payload) > 1048576 THEN
        RETURN api._against('refused', 'too_large');
    ELSIF api._touches_locked(p_op) THEN
        RETURN api._against('refused', 'not_returned');
    END IF;
    v_fault := CASE p_op.kind
        WHEN 'evaluation.open' THEN api._open(p_op)
        WHEN 'mark.set' THEN api._set_mark(p_op, p_paper)
        WHEN 'mark.clear' THEN api._set_mark(p_op, p_paper)
        WHEN 'mark.resolve' THEN api._set_mark(p_op, p_paper)
        WHEN 'annotation.put' THEN api._put_annotations(p_op, p_paper)
        WHEN 'annotation.delete' THEN api._delete_annotations(p_op)
        WHEN 'page.seen' THEN api._see_page(p_op)
        WHEN 'page.tag' THEN api._tag_page(p_op, p_paper)
        WHEN 'flag.raise' THEN api._raise_flag(p_op)
        WHEN 'flag.withdraw' THEN api._withdraw_flag(p_op)
        WHEN 'evaluation.hand_back' THEN api._hand_back(p_op)
        WHEN 'evaluation.submit' THEN api._submit(p_op)
        ELSE api._against('refused', 'unknown_kind')
    END;
    RETURN coalesce(v_fault, api._against('applied', NULL));
EXCEPTION
    -- Lock, timeout and connection errors are not caught: the batch is sent again.
    WHEN data_exception OR integrity_constraint_violation OR cardinality_violation OR program_limit_exceeded THEN
        RETURN api._against('refused', 'malformed', jsonb_build_object('code', SQLSTATE, 'message', SQLERRM));
END
$$;

CREATE OR REPLACE FUNCTION api._touches_locked(p_op api._operation) RETURNS boolean
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_unlocked text[];
BEGIN
    IF p_op.kind NOT IN ('mark.set', 'mark.clear', 'mark.resolve', 'annotation.put', 'annotation.delete') THEN
        RETURN false;
    END IF;
    v_unlocked := api._unlocked(p_op.evaluation_id);
    IF v_unlocked IS NULL THEN
        RETURN false;
    ELSIF p_op.kind IN ('mark.set', 'mark.clear', 'mark.resolve') THEN
        RETURN NOT coalesce(api._whole(p_op.payload ->> 'question_number')::text = ANY (v_unlocked), true);
    END IF;
    RETURN EXISTS (
        SELECT 1 FROM public.annotation_registers r
        WHERE r.evaluation_id = p_op.evaluation_id AND NOT r.deleted
          AND r.body ->> 'question_number' <> ALL (v_unlocked)
          AND r.annotation_id IN (
              SELECT i::uuid FROM jsonb_array_elements_text(
                  CASE WHEN jsonb_typeof(p_op.payload -> 'annotation_ids') = 'array'
                       THEN p_op.payload -> 'annotation_ids' ELSE '[]' END
              ) i
              UNION ALL
              SELECT (a ->> 'id')::uuid FROM jsonb_array_elements(
                  CASE WHEN jsonb_typeof(p_op.payload -> 'annotations') = 'array'
                       THEN p_op.payload -> 'annotations' ELSE '[]' END
              ) a
          )
    ) OR EXISTS (
        SELECT 1 FROM jsonb_array_elements(
            CASE WHEN jsonb_typeof(p_op.payload -> 'annotations') = 'array'
                 THEN p_op.payload -> 'annotations' ELSE '[]' END
        ) a
        WHERE a ->> 'question_number' <> ALL (v_unlocked)
    );
END
$$;

-- What of a script has two marks, or had until she decided: the held one, and what is known of the one that counts.
CREATE FUNCTION api._conflicts(p_evaluation uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'held_operation', c.held_operation, 'question_number', c.question_number, 'alternative', c.alternative,
        'state', c.held_state, 'marks', api._decimal(c.held_marks), 'comment', c.held_comment, 'version', c.version,
        'open', c.state = 'open', 'made_at', h.estimated_at, 'kept_operation', r.last_operation,
        'kept_at', k.estimated_at
    ) ORDER BY c.question_number, c.alternative, c.opened_at), '[]')
    FROM public.mark_conflicts c
    JOIN public.evaluations e ON e.evaluation_id = c.evaluation_id AND e.teacher_user_id = c.user_id
    LEFT JOIN public.applied_operations h ON h.op_id = c.held_operation
    LEFT JOIN public.mark_registers r ON r.evaluation_id = c.evaluation_id
        AND r.question_number = c.question_number AND r.alternative = c.alternative
    LEFT JOIN public.applied_operations k ON k.op_id = r.last_operation
    WHERE c.evaluation_id = p_evaluation AND c.state IN ('open', 'resolved')
$$;

CREATE OR REPLACE FUNCTION api._script_work(p_evaluation uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT api._script_registers(p_evaluation) || jsonb_build_object(
        'returned', api._returned(p_evaluation), 'conflicts', api._conflicts(p_evaluation)
    )
$$;

-- What a coordinator decides about: what came too late, and a mark that was held when its script changed hands.
CREATE FUNCTION api._is_kept(p_operation public.applied_operations) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT p_operation.verdict = 'kept' OR p_operation.verdict = 'conflict' AND EXISTS (
        SELECT 1 FROM public.mark_conflicts c WHERE c.held_operation = p_operation.op_id AND c.state = 'left'
    )
$$;

-- As in 011, with decisions between two marks, and marks that were held.
CREATE OR REPLACE FUNCTION api._former_work(p_evaluation uuid, p_teacher uuid, p_work_version int)
    RETURNS TABLE (op_id uuid, part int, kept boolean, kind text, payload jsonb, received_at timestamptz, place bigint)
    LANGUAGE sql STABLE
AS $$
    WITH paper AS MATERIALIZED (
        SELECT api._paper(e.exam_instance_id) AS paper, api._replaced(p_evaluation, p_teacher, p_work_version) AS whole
        FROM public.evaluations e WHERE e.evaluation_id = p_evaluation
    ), operation AS MATERIALIZED (
        SELECT o.op_id, o.kind, o.payload, o.received_at, api._is_kept(o) AS kept, p.paper,
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

CREATE OR REPLACE FUNCTION api._kept_seen(p_evaluation uuid, p_teacher uuid, p_work_version int) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT md5(string_agg(o.op_id || ' ' || (
        SELECT count(*) FROM public.kept_decisions d WHERE d.op_id = o.op_id
    ), ' ' ORDER BY o.received_at, o.op_id))
    FROM public.applied_operations o
    WHERE o.evaluation_id = p_evaluation AND o.user_id = p_teacher AND o.assignment_version = p_work_version
      AND api._is_kept(o)
$$;

CREATE OR REPLACE FUNCTION api.kept_work(p_evaluation uuid DEFAULT NULL, p_decided_too boolean DEFAULT false)
    RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._coordinating();
    RETURN (
        WITH piece AS (
            SELECT o.evaluation_id, o.user_id, o.assignment_version, count(*) AS operations,
                   min(o.received_at) AS first_at, max(o.received_at) AS last_at,
                   array_agg(DISTINCT o.reason) AS reasons, bool_or(o.kind = 'evaluation.submit') AS submitted
            FROM (
                SELECT a.* FROM public.applied_operations a WHERE a.verdict = 'kept'
                UNION ALL
                SELECT a.* FROM public.mark_conflicts c
                JOIN public.applied_operations a ON a.op_id = c.held_operation WHERE c.state = 'left'
            ) o
            WHERE p_evaluation IS NULL OR o.evaluation_id = p_evaluation
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

CREATE OR REPLACE FUNCTION api.read_kept(p_evaluation uuid, p_teacher uuid, p_work_version int) RETURNS jsonb
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
                       FILTER (WHERE w.kind LIKE 'mark.%' AND w.payload IS NOT NULL), '[]') AS marks
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

-- As in 011; a coordinator has seen how the script stands, so nothing that is taken is held.
CREATE OR REPLACE FUNCTION api._take_question(
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
        SELECT f.kind, f.payload, o.op_id, o.seq, o.stream_id, o.operation_schema, o.claimed_at,
               o.estimated_at, o.estimate_quality
        FROM api._former_work(p_evaluation, p_teacher, p_work_version) f
        JOIN public.applied_operations o ON o.op_id = f.op_id
        WHERE f.part = p_part AND f.payload IS NOT NULL AND (
            f.kind IN ('mark.set', 'mark.clear', 'mark.resolve', 'annotation.put', 'annotation.delete', 'page.tag',
                       'flag.raise', 'flag.withdraw')
            -- what another teacher has read is not read by this one
            OR f.kind = 'page.seen' AND NOT v_replaces
        )
        ORDER BY f.place
    LOOP
        p_version := p_version + 1;
        v_op := ROW(
            v_work.op_id, v_work.seq, v_work.stream_id, p_teacher, p_evaluation, p_work_version, p_version,
            v_work.kind, v_work.operation_schema, v_work.payload - 'reopens', v_work.claimed_at, v_work.estimated_at,
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

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
