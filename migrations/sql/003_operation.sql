-- What one operation of a teacher does to the registers. Each function answers NULL when it was applied, and
-- otherwise what stood against it. Data errors are left to the caller, who turns them into a refusal.

-- An operation as read from what was sent; new_version is the evaluation's version if it is applied.
CREATE TYPE api._operation AS (
    op_id uuid, seq bigint, stream_id uuid, user_id uuid, evaluation_id uuid, assignment_version integer,
    base_version bigint, kind text, operation_schema integer, payload jsonb, claimed_at timestamptz,
    estimated_at timestamptz, estimate_quality text, new_version bigint
);

CREATE FUNCTION api._uuid(p_text text) RETURNS uuid
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN p_text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN p_text::uuid END
$$;

CREATE FUNCTION api._whole(p_text text) RETURNS bigint
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN p_text ~ '^[0-9]{1,18}$' THEN p_text::bigint END
$$;

CREATE FUNCTION api._against(p_verdict text, p_reason text, p_detail jsonb DEFAULT NULL) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT jsonb_build_object('verdict', p_verdict, 'reason', p_reason, 'detail', p_detail)
$$;

-- 2.50 is "2.5" and 3.00 is "3", as Python's decimals are compared by people.
CREATE FUNCTION api._decimal(p_value numeric) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT trim_scale(p_value)::text
$$;

-- What can be marked in a paper: one row a written question, or one for each side of an either/or question.
CREATE FUNCTION api._options(p_snapshot jsonb)
    RETURNS TABLE (
        question_number integer, alternative text, question_id uuid, question_type public.mv_question_type,
        unit text, possible numeric
    )
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT (q ->> 'question_number')::integer, coalesce(o ->> 'key', ''), (o ->> 'question_id')::uuid,
           (o ->> 'question_type')::public.mv_question_type, o ->> 'unit', (o ->> 'marks')::numeric
    FROM jsonb_array_elements(p_snapshot -> 'questions') q
    CROSS JOIN LATERAL jsonb_array_elements(
        CASE WHEN jsonb_typeof(q -> 'alternatives') = 'array' AND q -> 'alternatives' <> '[]'
             THEN q -> 'alternatives' ELSE jsonb_build_array(q - 'key') END
    ) o
    WHERE q ->> 'question_type' <> 'MCQ'
$$;

-- The possible marks by question and alternative: {"1": {}, "21": {"": "2"}, "33": {"a": "5", "b": "5"}}.
CREATE FUNCTION api._paper(p_exam uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    WITH snapshot AS MATERIALIZED (
        SELECT x.exam_snapshot AS paper FROM public.exam_instances x WHERE x.exam_instance_id = p_exam
    ), written AS (
        SELECT o.question_number, jsonb_object_agg(o.alternative, o.possible::text) AS possible
        FROM snapshot s CROSS JOIN LATERAL api._options(s.paper) o GROUP BY o.question_number
    )
    SELECT jsonb_object_agg(q ->> 'question_number', coalesce(w.possible, '{}'))
    FROM snapshot s CROSS JOIN LATERAL jsonb_array_elements(s.paper -> 'questions') q
    LEFT JOIN written w ON w.question_number = (q ->> 'question_number')::integer
$$;

CREATE FUNCTION api._open(p_op api._operation) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE public.evaluations e
        SET status = 'in_progress', started_at = greatest(p_op.estimated_at, e.assigned_at)
        WHERE e.evaluation_id = p_op.evaluation_id AND e.status = 'assigned';
    IF FOUND THEN
        PERFORM api._audit(
            'evaluation.started', p_op.user_id, 'evaluation', p_op.evaluation_id,
            jsonb_build_object('op_id', p_op.op_id, 'estimated_at', p_op.estimated_at)
        );
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION api._set_mark(p_op api._operation, p_paper jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_number bigint := api._whole(p_op.payload ->> 'question_number');
    v_alternative text := coalesce(p_op.payload ->> 'alternative', '');
    v_state text := CASE p_op.kind WHEN 'mark.clear' THEN 'follows_stamps' ELSE p_op.payload ->> 'state' END;
    v_comment text := CASE p_op.kind WHEN 'mark.clear' THEN '' ELSE coalesce(p_op.payload ->> 'comment', '') END;
    v_possible numeric := p_paper -> v_number::text ->> v_alternative;
    v_marks numeric;
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

-- NaN and Infinity are greater than every number, so the first comparison refuses them too.
CREATE FUNCTION api._valid_marks(p_marks numeric, p_possible numeric) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN p_marks BETWEEN 0 AND p_possible THEN p_marks % 0.5 = 0 ELSE false END
$$;

-- NULL when the annotation may stand, else the reason against it.
CREATE FUNCTION api._annotation_fault(p_annotation jsonb, p_paper jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    v_number text := p_annotation ->> 'question_number';
    v_alternative text := coalesce(p_annotation ->> 'alternative', '');
BEGIN
    IF api._uuid(p_annotation ->> 'id') IS NULL OR jsonb_typeof(p_annotation -> 'type') IS DISTINCT FROM 'string' THEN
        RETURN 'malformed';
    ELSIF v_number IS NOT NULL AND (
        NOT p_paper ? v_number OR v_alternative <> '' AND NOT (p_paper -> v_number) ? v_alternative
    ) THEN
        RETURN 'unknown_question';
    -- What it carries may be anything small; the sum of a question's is judged at submission.
    ELSIF abs((p_annotation ->> 'marks')::numeric) >= 1000 THEN
        RETURN 'out_of_range';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION api._put_annotations(p_op api._operation, p_paper jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_annotations jsonb := p_op.payload -> 'annotations';
    v_fault text;
BEGIN
    IF jsonb_typeof(v_annotations) IS DISTINCT FROM 'array' OR jsonb_array_length(v_annotations) > 2000 THEN
        RETURN api._against('refused', 'malformed');
    END IF;
    SELECT f.fault INTO v_fault
    FROM jsonb_array_elements(v_annotations) a
    CROSS JOIN LATERAL (SELECT api._annotation_fault(a, p_paper) AS fault) f
    WHERE f.fault IS NOT NULL LIMIT 1;
    IF v_fault IS NOT NULL THEN
        RETURN api._against('refused', v_fault);
    END IF;
    -- What was deleted and comes back is placed anew, on top, as it is on the teacher's screen.
    INSERT INTO public.annotation_registers AS r (
        evaluation_id, annotation_id, page_number, pdf_page, body, deleted, version, last_stream, last_operation,
        placed_seq
    )
    SELECT p_op.evaluation_id, (a ->> 'id')::uuid, (a ->> 'page_number')::integer,
           coalesce((a ->> 'pdf_page')::integer, 0), a - 'page_number' - 'pdf_page', false, p_op.new_version,
           p_op.stream_id, p_op.op_id, p_op.new_version * 10000 + n
    FROM jsonb_array_elements(v_annotations) WITH ORDINALITY x (a, n)
    ON CONFLICT (evaluation_id, annotation_id) DO UPDATE SET
        page_number = EXCLUDED.page_number, pdf_page = EXCLUDED.pdf_page, body = EXCLUDED.body, deleted = false,
        version = EXCLUDED.version, last_stream = EXCLUDED.last_stream, last_operation = EXCLUDED.last_operation,
        placed_seq = CASE WHEN r.deleted THEN EXCLUDED.placed_seq ELSE r.placed_seq END;
    RETURN NULL;
END
$$;

CREATE FUNCTION api._delete_annotations(p_op api._operation) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_ids uuid[];
BEGIN
    IF jsonb_typeof(p_op.payload -> 'annotation_ids') IS DISTINCT FROM 'array' THEN
        RETURN api._against('refused', 'malformed');
    END IF;
    -- Read before the update, which looks at no id when the script has no ink.
    v_ids := ARRAY(SELECT i::uuid FROM jsonb_array_elements_text(p_op.payload -> 'annotation_ids') i);
    UPDATE public.annotation_registers r
        SET deleted = true, version = p_op.new_version, last_stream = p_op.stream_id, last_operation = p_op.op_id
        WHERE r.evaluation_id = p_op.evaluation_id AND NOT r.deleted AND r.annotation_id = ANY (v_ids);
    RETURN NULL;
END
$$;

CREATE FUNCTION api._see_page(p_op api._operation) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_seconds numeric := (p_op.payload ->> 'seconds')::numeric;
    v_share numeric := (p_op.payload ->> 'largest_share')::numeric;
BEGIN
    IF v_seconds IS NULL OR v_share IS NULL THEN
        RETURN api._against('refused', 'malformed');
    ELSIF v_seconds NOT BETWEEN 0 AND 10000000 OR v_share NOT BETWEEN 0 AND 1 THEN
        RETURN api._against('refused', 'out_of_range');
    END IF;
    INSERT INTO public.page_registers AS r (
        evaluation_id, page_number, pdf_page, seen_seconds, largest_share, version
    ) VALUES (
        p_op.evaluation_id, (p_op.payload ->> 'page_number')::integer,
        coalesce((p_op.payload ->> 'pdf_page')::integer, 0), v_seconds, v_share, p_op.new_version
    ) ON CONFLICT (evaluation_id, page_number, pdf_page) DO UPDATE SET
        seen_seconds = greatest(r.seen_seconds, EXCLUDED.seen_seconds),
        largest_share = greatest(r.largest_share, EXCLUDED.largest_share), version = EXCLUDED.version;
    RETURN NULL;
END
$$;

CREATE FUNCTION api._tag_page(p_op api._operation, p_paper jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_numbers jsonb := p_op.payload -> 'question_numbers';
BEGIN
    IF jsonb_typeof(v_numbers) IS DISTINCT FROM 'array' THEN
        RETURN api._against('refused', 'malformed');
    ELSIF EXISTS (SELECT 1 FROM jsonb_array_elements_text(v_numbers) n WHERE NOT p_paper ? coalesce(n, '')) THEN
        RETURN api._against('refused', 'unknown_question');
    END IF;
    INSERT INTO public.page_registers AS r (evaluation_id, page_number, pdf_page, question_numbers, version)
    VALUES (
        p_op.evaluation_id, (p_op.payload ->> 'page_number')::integer,
        coalesce((p_op.payload ->> 'pdf_page')::integer, 0),
        ARRAY(SELECT n::integer FROM jsonb_array_elements_text(v_numbers) WITH ORDINALITY x (n, i) ORDER BY i),
        p_op.new_version
    ) ON CONFLICT (evaluation_id, page_number, pdf_page) DO UPDATE SET
        question_numbers = EXCLUDED.question_numbers, version = EXCLUDED.version;
    RETURN NULL;
END
$$;

CREATE FUNCTION api._raise_flag(p_op api._operation) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
BEGIN
    IF length(p_op.payload ->> 'reason') > 200 THEN
        RETURN api._against('refused', 'malformed');
    END IF;
    INSERT INTO public.evaluation_flags AS f (
        flag_id, evaluation_id, page_number, pdf_page, reason, comment, raised_by, raised_at
    ) VALUES (
        (p_op.payload ->> 'flag_id')::uuid, p_op.evaluation_id, (p_op.payload ->> 'page_number')::integer,
        (p_op.payload ->> 'pdf_page')::integer, p_op.payload ->> 'reason', coalesce(p_op.payload ->> 'comment', ''),
        p_op.user_id, p_op.estimated_at
    ) ON CONFLICT (flag_id) DO UPDATE SET reason = EXCLUDED.reason, comment = EXCLUDED.comment
        WHERE f.evaluation_id = EXCLUDED.evaluation_id AND f.raised_by = EXCLUDED.raised_by;
    IF NOT FOUND THEN
        RETURN api._against('refused', 'malformed');
    END IF;
    PERFORM api._audit(
        'evaluation.flagged', p_op.user_id, 'evaluation', p_op.evaluation_id,
        jsonb_build_object('op_id', p_op.op_id, 'reason', p_op.payload ->> 'reason')
    );
    RETURN NULL;
END
$$;
