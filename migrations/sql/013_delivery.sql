-- Delivery: how much one call may carry and how much of it is stored, what a restored server lacks, and sums to compare.

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
    -- A program that bounds what it sends never comes near; an older one halves what is refused, down to one.
    IF jsonb_array_length(p_operations) > 1 AND pg_column_size(p_operations) > 4194304 THEN
        RAISE EXCEPTION 'at most 4 MB of operations are taken in one call' USING ERRCODE = 'invalid_parameter_value';
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
            v_answer := api._judge_bounded(
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

-- What is larger than any operation may be has no effect wherever the script is, and only its fingerprint is stored. Whose
-- script it never was, is told that first, as ever.
CREATE FUNCTION api._judge_bounded(
    p_active boolean, p_op api._operation, p_sent jsonb, p_papers jsonb, p_versions jsonb
) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_op api._operation := p_op;
    v_answer jsonb;
BEGIN
    IF coalesce(pg_column_size(v_op.payload), 0) <= 1048576 OR NOT EXISTS (
        SELECT 1 FROM public.evaluation_assignments a
        WHERE a.evaluation_id = v_op.evaluation_id AND a.assignment_version = v_op.assignment_version
          AND a.teacher_user_id = v_op.user_id
    ) THEN
        RETURN api._judge(p_active, v_op, p_sent, p_papers, p_versions);
    END IF;
    v_answer := api._against('refused', 'too_large');
    SELECT CASE WHEN e.teacher_user_id = v_op.user_id
                THEN coalesce((p_versions ->> v_op.evaluation_id::text)::bigint, e.version) ELSE 0 END
        INTO v_op.new_version FROM public.evaluations e WHERE e.evaluation_id = v_op.evaluation_id;
    PERFORM api._store_verdict(v_op, p_sent, v_answer);
    RETURN v_answer || jsonb_build_object(
        'version', v_op.new_version, 'already', false, 'estimated_at', v_op.estimated_at
    );
END
$$;

-- The ledger is kept for ever: of what is larger than `p_most` bytes it keeps that it was, and how to know it again.
CREATE FUNCTION api._stored_payload(p_payload jsonb, p_most int) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN pg_column_size(p_payload) > p_most THEN jsonb_build_object(
        'sha256', encode(sha256(convert_to(p_payload::text, 'UTF8')), 'hex'), 'bytes', pg_column_size(p_payload)
    ) ELSE p_payload END
$$;

CREATE OR REPLACE FUNCTION api._same_operation(p_before public.applied_operations, p_user uuid, p_sent jsonb)
    RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT p_before.user_id = p_user AND (
        p_before.reason IS NOT DISTINCT FROM 'malformed_envelope'
        OR (p_before.kind, p_before.evaluation_id::text)
            IS NOT DISTINCT FROM (p_sent ->> 'kind', lower(p_sent ->> 'evaluation_id'))
            AND (p_before.payload IS NOT DISTINCT FROM p_sent -> 'payload'
                 OR p_before.payload ? 'sha256' AND p_before.payload = api._stored_payload(p_sent -> 'payload', 0))
    )
$$;

CREATE OR REPLACE FUNCTION api._store_verdict(p_op api._operation, p_sent jsonb, p_answer jsonb) RETURNS void
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
        CASE WHEN p_answer ->> 'reason' = 'malformed_envelope' THEN api._stored_payload(p_sent, 8192)
             WHEN p_answer ->> 'reason' = 'never_assigned' THEN api._stored_payload(p_op.payload, 8192)
             ELSE api._stored_payload(p_op.payload, 1048576) END,
        p_op.claimed_at, p_op.estimated_at, p_op.estimate_quality, p_answer ->> 'verdict', p_answer ->> 'reason',
        nullif(p_answer -> 'detail', 'null'), p_op.new_version
    )
$$;

-- How far the server is in streams of the caller's, and by which operation. Restored from a backup it knows less than it
-- once confirmed, and the program sends that again. A stream that it does not know, or that is not hers, is not in the
-- answer.
CREATE FUNCTION api.stream_state(p_streams uuid[]) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_caller record;
BEGIN
    IF p_streams IS NULL OR cardinality(p_streams) > 100 THEN
        RAISE EXCEPTION 'at most 100 streams are asked for' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO v_caller FROM api._caller(p_closed_too => true);
    RETURN (
        SELECT coalesce(jsonb_object_agg(s.stream_id, jsonb_build_object('last', s.last_seq, 'operation', o.op_id)), '{}')
        FROM public.streams s
        LEFT JOIN public.applied_operations o ON o.stream_id = s.stream_id AND o.seq = s.last_seq
        WHERE s.stream_id = ANY (p_streams) AND s.user_id = v_caller.user_id
    );
END
$$;

-- What stands on the caller's scripts, short enough to ask for all of them: a fingerprint of the marks and one of what is
-- drawn, the number of annotations, the sum of what they carry, and how many decisions between two marks are due. The
-- program makes the same of what it has.
CREATE FUNCTION api.script_sums(p_evaluations uuid[]) RETURNS jsonb
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
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'evaluation_id', e.evaluation_id, 'assignment_version', e.assignment_version, 'version', e.version,
            'marks', m.print, 'ink', a.print, 'annotations', a.number, 'carried', trim_scale(a.carried)::text,
            'conflicts', (
                SELECT count(*) FROM public.mark_conflicts c
                WHERE c.evaluation_id = e.evaluation_id AND c.user_id = v_caller.user_id AND c.state = 'open'
            )
        )), '[]')
        FROM public.evaluations e
        CROSS JOIN LATERAL (
            SELECT encode(sha256(convert_to(coalesce(string_agg(
                concat_ws('|', r.question_number, r.alternative, r.state, coalesce(trim_scale(r.marks)::text, ''),
                          r.comment),
                E'\n' ORDER BY r.question_number, r.alternative COLLATE "C"), ''), 'UTF8')), 'hex') AS print
            FROM public.mark_registers r WHERE r.evaluation_id = e.evaluation_id
        ) m
        CROSS JOIN LATERAL (
            SELECT count(*) AS number, coalesce(sum((r.body ->> 'marks')::numeric), 0) AS carried,
                encode(sha256(convert_to(coalesce(string_agg(
                    concat_ws('|', r.annotation_id, r.page_number, r.pdf_page,
                              coalesce(r.body ->> 'question_number', '')),
                    E'\n' ORDER BY r.annotation_id), ''), 'UTF8')), 'hex') AS print
            FROM public.annotation_registers r WHERE r.evaluation_id = e.evaluation_id AND NOT r.deleted
        ) a
        WHERE e.evaluation_id = ANY (p_evaluations) AND e.teacher_user_id = v_caller.user_id
    );
END
$$;

REVOKE EXECUTE ON FUNCTION api._judge_bounded(boolean, api._operation, jsonb, jsonb, jsonb),
    api._stored_payload(jsonb, int), api.stream_state(uuid[]), api.script_sums(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.stream_state(uuid[]), api.script_sums(uuid[]) TO mv_teacher;
