-- The one door through which a teacher changes marks: a batch of operations in, a verdict for each out.

CREATE FUNCTION api.apply_operations(p_stream uuid, p_operations jsonb) RETURNS jsonb
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
            IF v_answer ->> 'verdict' = 'applied' THEN
                v_versions := v_versions
                    || jsonb_build_object(lower(v_sent ->> 'evaluation_id'), v_answer -> 'version');
            END IF;
        END IF;
        v_answers := v_answers || jsonb_build_array((v_answer - 'estimated_at') || jsonb_build_object(
            'op_id', v_sent -> 'op_id', 'seq', v_sent -> 'seq'
        ));
        EXIT WHEN v_answer ->> 'verdict' NOT IN ('applied', 'kept', 'refused', 'held');
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

-- Locks what the batch names of the caller's evaluations, and answers their papers. A stranger locks nothing.
CREATE FUNCTION api._lock_evaluations(p_user uuid, p_operations jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_evaluations uuid[] := ARRAY(
        SELECT DISTINCT a.evaluation_id
        FROM jsonb_array_elements(p_operations) o
        JOIN public.evaluation_assignments a ON a.evaluation_id = api._uuid(o ->> 'evaluation_id')
        WHERE a.teacher_user_id = p_user
    );
BEGIN
    PERFORM 1 FROM public.evaluations e WHERE e.evaluation_id = ANY (v_evaluations)
        ORDER BY e.evaluation_id FOR NO KEY UPDATE;
    RETURN (
        SELECT coalesce(jsonb_object_agg(e.evaluation_id, api._paper(e.exam_instance_id)), '{}')
        FROM public.evaluations e WHERE e.evaluation_id = ANY (v_evaluations)
    );
END
$$;

-- The stored answer of an operation that came before, or what is wrong with the delivery; NULL for a new one.
CREATE FUNCTION api._delivery_answer(p_user uuid, p_stream public.streams, p_sent jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_seq bigint := (p_sent ->> 'seq')::bigint;
    v_before public.applied_operations;
    v_known boolean;
BEGIN
    IF p_stream.user_id <> p_user THEN
        RETURN jsonb_build_object('verdict', 'stream_not_yours');
    END IF;
    SELECT * INTO v_before FROM public.applied_operations a WHERE a.op_id = (p_sent ->> 'op_id')::uuid;
    v_known := FOUND;
    IF v_seq > p_stream.last_seq + 1 THEN
        RETURN jsonb_build_object('verdict', 'gap', 'expected', p_stream.last_seq + 1);
    ELSIF v_known AND NOT api._same_operation(v_before, p_user, p_sent) THEN
        PERFORM api._audit(
            'security.operation_id_reused', p_user, 'operation', v_before.op_id,
            jsonb_build_object('kind', p_sent -> 'kind')
        );
        RETURN api._against('refused', 'op_id_reused') || '{"already": false}';
    ELSIF v_known THEN
        RETURN api._against(v_before.verdict, v_before.reason, v_before.detail)
            || jsonb_build_object('version', v_before.new_version, 'already', true);
    ELSIF v_seq <= p_stream.last_seq THEN
        RETURN jsonb_build_object('verdict', 'seq_reused', 'expected', p_stream.last_seq + 1);
    ELSIF api._whole(p_sent ->> 'schema') > (api._setting('operation_schema') ->> 'max')::int THEN
        RETURN jsonb_build_object('verdict', 'unsupported_schema');
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION api._same_operation(p_before public.applied_operations, p_user uuid, p_sent jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT p_before.user_id = p_user AND (
        p_before.reason IS NOT DISTINCT FROM 'malformed_envelope'
        OR (p_before.kind, p_before.evaluation_id::text, p_before.payload)
            IS NOT DISTINCT FROM (p_sent ->> 'kind', lower(p_sent ->> 'evaluation_id'), p_sent -> 'payload')
    )
$$;

-- The operation as columns, with the moment it was probably made. What cannot be read is NULL.
CREATE FUNCTION api._read_operation(p_stream public.streams, p_sent jsonb) RETURNS api._operation
    LANGUAGE plpgsql
AS $$
DECLARE
    v_op api._operation;
    v_now timestamptz := clock_timestamp();
    v_beacon timestamptz;
    v_elapsed bigint := api._whole(p_sent ->> 'since_beacon_ms');
    v_wall_elapsed bigint := api._whole(p_sent ->> 'wall_since_ms');
BEGIN
    v_op.op_id := (p_sent ->> 'op_id')::uuid;
    v_op.seq := (p_sent ->> 'seq')::bigint;
    v_op.stream_id := p_stream.stream_id;
    v_op.user_id := p_stream.user_id;
    v_op.evaluation_id := api._uuid(p_sent ->> 'evaluation_id');
    v_op.assignment_version := CASE WHEN api._whole(p_sent ->> 'assignment_version') < 1000000000
        THEN (p_sent ->> 'assignment_version')::integer END;
    v_op.base_version := api._whole(p_sent ->> 'base_version');
    v_op.kind := p_sent ->> 'kind';
    v_op.operation_schema := api._whole(p_sent ->> 'schema');
    v_op.payload := CASE WHEN jsonb_typeof(p_sent -> 'payload') = 'object' THEN p_sent -> 'payload' END;
    BEGIN
        v_op.claimed_at := (p_sent ->> 'wall')::timestamptz;
    EXCEPTION WHEN data_exception THEN
        v_op.claimed_at := NULL;  -- a clock set to nonsense is no reason to refuse work
    END;
    SELECT b.issued_at INTO v_beacon FROM public.clock_beacons b
        WHERE b.beacon_id = api._uuid(p_sent ->> 'beacon_id') AND b.user_id = p_stream.user_id;
    v_op.estimate_quality := CASE
        WHEN v_beacon IS NULL THEN 'none' WHEN v_elapsed IS NOT NULL THEN 'monotonic'
        WHEN v_wall_elapsed IS NOT NULL THEN 'wall' ELSE 'none'
    END;
    v_op.estimated_at := CASE v_op.estimate_quality
        WHEN 'monotonic' THEN v_beacon + least(v_elapsed, 40000000000) * interval '1 millisecond'
        WHEN 'wall' THEN v_beacon + least(v_wall_elapsed, 40000000000) * interval '1 millisecond'
        ELSE v_now
    END;
    -- Never after its receipt, and never before the operation that was made before it.
    v_op.estimated_at := least(greatest(v_op.estimated_at, p_stream.last_estimate), v_now);
    RETURN v_op;
END
$$;

-- p_versions: how far this very batch has brought an evaluation, where it has.
CREATE FUNCTION api._judge(
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
        END);
        -- What is not hers any more says nothing of how far the other teacher is.
        v_op.new_version := CASE WHEN v_evaluation.teacher_user_id = v_op.user_id THEN v_evaluation.version ELSE 0 END;
    END IF;
    IF v_answer ->> 'reason' IS NULL THEN
        v_op.new_version := v_evaluation.version + 1;
        v_answer := api._take_effect(v_op, p_papers -> v_op.evaluation_id::text);
        IF v_answer ->> 'verdict' <> 'applied' THEN
            v_op.new_version := v_evaluation.version;
        END IF;
    END IF;
    PERFORM api._store_verdict(v_op, p_sent, v_answer);
    RETURN v_answer || jsonb_build_object(
        'version', v_op.new_version, 'already', false, 'estimated_at', v_op.estimated_at
    );
END
$$;

-- In a subtransaction: what fails half-way leaves nothing, and the rest of the batch goes on.
CREATE FUNCTION api._take_effect(p_op api._operation, p_paper jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_fault jsonb;
BEGIN
    IF pg_column_size(p_op.payload) > 1048576 THEN
        RETURN api._against('refused', 'too_large');
    END IF;
    v_fault := CASE p_op.kind
        WHEN 'evaluation.open' THEN api._open(p_op)
        WHEN 'mark.set' THEN api._set_mark(p_op, p_paper)
        WHEN 'mark.clear' THEN api._set_mark(p_op, p_paper)
        WHEN 'annotation.put' THEN api._put_annotations(p_op, p_paper)
        WHEN 'annotation.delete' THEN api._delete_annotations(p_op)
        WHEN 'page.seen' THEN api._see_page(p_op)
        WHEN 'page.tag' THEN api._tag_page(p_op, p_paper)
        WHEN 'flag.raise' THEN api._raise_flag(p_op)
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

CREATE FUNCTION api._store_verdict(p_op api._operation, p_sent jsonb, p_answer jsonb) RETURNS void
    LANGUAGE sql
AS $$
    -- Of an envelope that could not be read everything is stored as it came, in payload.
    INSERT INTO public.applied_operations (
        op_id, stream_id, seq, user_id, evaluation_id, assignment_version, base_version, kind, operation_schema,
        payload, claimed_at, estimated_at, estimate_quality, verdict, reason, detail, new_version
    ) VALUES (
        p_op.op_id, p_op.stream_id, p_op.seq, p_op.user_id,
        coalesce(p_op.evaluation_id, '00000000-0000-0000-0000-000000000000'), coalesce(p_op.assignment_version, 0),
        coalesce(p_op.base_version, 0), coalesce(p_op.kind, ''), coalesce(p_op.operation_schema, 0),
        CASE WHEN p_answer ->> 'reason' = 'malformed_envelope' THEN p_sent ELSE p_op.payload END,
        p_op.claimed_at, p_op.estimated_at, p_op.estimate_quality, p_answer ->> 'verdict', p_answer ->> 'reason',
        nullif(p_answer -> 'detail', 'null'), p_op.new_version
    )
$$;
