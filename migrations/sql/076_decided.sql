-- What is decided about a script reaches its teacher: answers to her flags, questions that come back, deadlines, scripts and
-- pages that are taken out or come again, and what became of work that was kept.

-- Of one decision, to whom it concerns and not to whoever made it. Who raised a flag is told of its answer, and who had the
-- script before, of what she had marked.
CREATE FUNCTION api._tell_decided(p_event text, p_actor uuid, p_evaluation uuid, p_data jsonb) RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    v_kind text := CASE p_event
        WHEN 'evaluation.flag_answered' THEN 'flag.answered'
        WHEN 'evaluation.returned' THEN 'script.returned'
        WHEN 'evaluation.deadline_extended' THEN 'script.extended'
        WHEN 'evaluation.deadline_excused' THEN 'script.excused'
        WHEN 'evaluation.withdrawn' THEN 'script.withdrawn'
        WHEN 'evaluation.released' THEN 'script.released'
        WHEN 'evaluation.kept_taken' THEN 'work.taken'
        WHEN 'evaluation.kept_declined' THEN 'work.declined'
        WHEN 'page.replaced' THEN 'page.replaced'
        WHEN 'page.restored' THEN 'page.replaced'
        WHEN 'page.excluded' THEN 'page.excluded'
        WHEN 'page.included' THEN 'page.included'
    END;
    v_script public.evaluations;
    v_told uuid;
BEGIN
    IF v_kind IS NULL OR p_evaluation IS NULL THEN
        RETURN;
    END IF;
    SELECT * INTO v_script FROM public.evaluations e WHERE e.evaluation_id = p_evaluation;
    v_told := CASE split_part(v_kind, '.', 1)
        WHEN 'flag' THEN (
            SELECT f.raised_by FROM public.evaluation_flags f WHERE f.flag_id = (p_data ->> 'flag')::uuid
        )
        WHEN 'work' THEN (p_data ->> 'teacher')::uuid
        ELSE v_script.teacher_user_id
    END;
    IF v_told IS DISTINCT FROM p_actor THEN
        PERFORM api._tell(v_told, v_kind, jsonb_build_object(
            'evaluation_id', p_evaluation, 'script', api._script_code(v_script.exam_instance_id),
            'due_at', v_script.sla_deadline
        ));
    END IF;
END
$$;

-- As in 008, and whom it concerns is told.
CREATE OR REPLACE FUNCTION api._told(p_event text, p_actor uuid, p_evaluation uuid, p_data jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM api._audit(p_event, p_actor, 'evaluation', p_evaluation, p_data);
    PERFORM api._tell_decided(p_event, p_actor, p_evaluation, p_data);
    RETURN '{"done": true}';
END
$$;

-- As in 011, and whom it concerns is told.
CREATE OR REPLACE FUNCTION api._told_page(p_event text, p_me uuid, p_exam uuid, p_evaluation uuid, p_data jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE public.evaluations e SET version = e.version + 1 WHERE e.evaluation_id = p_evaluation;
    PERFORM api._audit(
        p_event, p_me, CASE WHEN p_evaluation IS NULL THEN 'exam' ELSE 'evaluation' END,
        coalesce(p_evaluation, p_exam), p_data
    );
    PERFORM api._tell_decided(p_event, p_me, p_evaluation, p_data);
    RETURN '{"done": true}';
END
$$;

REVOKE EXECUTE ON FUNCTION api._tell_decided(text, uuid, uuid, jsonb) FROM PUBLIC;
