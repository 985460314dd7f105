-- What a teacher has finished, wherever she marked it: to be listed, searched by script code, and read again.

-- The code that stands for a student, as domain/evaluation.py makes it: the id as a number, by letters and digits that
-- cannot be mistaken for one another. Only the number's rest by 24² · 32³ matters, so 64 bits are enough to find it.
CREATE FUNCTION api._script_code(p_exam uuid) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    v_hex text := replace(p_exam::text, '-', '');
    v_rest bigint := 0;
    v_letters text := '';
    v_others text := '';
BEGIN
    FOR v_word IN 0..3 LOOP
        v_rest := (v_rest * 4294967296 + ('x' || substr(v_hex, 1 + 8 * v_word, 8))::bit(32)::bigint) % 18874368;
    END LOOP;
    FOR v_place IN 1..2 LOOP
        v_letters := v_letters || substr('ABCDEFGHJKLMNPQRSTUVWXYZ', 1 + (v_rest % 24)::int, 1);
        v_rest := v_rest / 24;
    END LOOP;
    FOR v_place IN 1..3 LOOP
        v_others := v_others || substr('23456789ABCDEFGHJKLMNPQRSTUVWXYZ', 1 + (v_rest % 32)::int, 1);
        v_rest := v_rest / 32;
    END LOOP;
    RETURN v_letters || '-' || v_others;
END
$$;

-- The latest first, those before (p_before, p_before_id) only when a moment is given. p_search is part of a code, with
-- or without its dash, in capitals or not; NULL or '' for all.
CREATE FUNCTION api.finished_scripts(p_search text, p_before timestamptz, p_before_id uuid, p_limit int) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_code text := upper(replace(btrim(coalesce(p_search, '')), '-', ''));
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    RETURN (
        SELECT coalesce(jsonb_agg(to_jsonb(f) ORDER BY f.completed_at DESC, f.evaluation_id DESC), '[]')
        FROM (
            SELECT e.evaluation_id, e.exam_instance_id, e.completed_at, e.sla_deadline,
                   e.sla_hours_allocated AS sla_hours, e.sla_breached,
                   coalesce(k.received_at, e.assigned_at) AS received_at, t.template_name AS title, x.class,
                   x.exam_type, x.total_marks,
                   (
                       SELECT count(*) FROM public.question_marks m WHERE m.evaluation_id = e.evaluation_id
                   ) AS written,
                   (
                       SELECT coalesce(sum(greatest(1, jsonb_array_length(coalesce(p.pages, '[]')))), 0)
                       FROM public.answer_sheet_uploads u
                       LEFT JOIN public.page_files p ON p.upload_id = u.upload_id
                       WHERE u.exam_instance_id = e.exam_instance_id
                   ) AS pages
            FROM public.evaluations e
            JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
            JOIN public.exam_templates t ON t.template_id = x.template_id
            LEFT JOIN public.evaluation_clock k ON k.exam_instance_id = e.exam_instance_id
            WHERE e.teacher_user_id = v_me AND e.status = 'completed' AND e.completed_at IS NOT NULL
              AND (p_before IS NULL OR (e.completed_at, e.evaluation_id) < (p_before, p_before_id))
              AND (v_code = '' OR strpos(replace(api._script_code(e.exam_instance_id), '-', ''), v_code) > 0)
            ORDER BY e.completed_at DESC, e.evaluation_id DESC
            LIMIT least(greatest(p_limit, 1), 200)
        ) f
    );
END
$$;
