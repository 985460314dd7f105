-- Holidays and working hours change together with the deadlines that move by them, or the deadlines stay: one admin says
-- which, having seen each. Deadlines are worked out where holidays are read (domain/sla.py); here it is checked that
-- nothing is otherwise than it was seen.

ALTER TABLE public.deadline_changes DROP CONSTRAINT ck_deadline_changes_kind;
ALTER TABLE public.deadline_changes ADD CONSTRAINT ck_deadline_changes_kind
    CHECK (kind IN ('extended', 'excused', 'returned', 'moved'));

-- Another text when any holiday or the working hours are otherwise.
CREATE FUNCTION api._calendar_state() RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT encode(sha256(convert_to(
        coalesce((
            SELECT string_agg(h.holiday_id || ' ' || extract(epoch FROM h.updated_at), ',' ORDER BY h.holiday_id)
            FROM public.holidays h
        ), '') || '/' || coalesce((
            SELECT extract(epoch FROM c.updated_at)::text || c.config_value
            FROM public.system_config c WHERE c.config_key = 'sla_working_hours'
        ), ''), 'UTF8')), 'hex')
$$;

CREATE FUNCTION api.calendar_state() RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._admin();
    RETURN api._calendar_state();
END
$$;

-- One change of the calendar: {"kind": "holiday", "key", "seen", "values"}, without seen for a new one and without values
-- to take one away; or {"kind": "setting", "seen", "values": {"config_value"}} for the working hours.
CREATE FUNCTION api._change_calendar(p_change jsonb, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_values jsonb := nullif(p_change -> 'values', 'null');
    v_seen timestamptz := (p_change ->> 'seen')::timestamptz;
BEGIN
    IF p_change ->> 'kind' = 'setting' AND v_seen IS NOT NULL THEN
        RETURN api.put_record('setting', 'sla_working_hours', v_seen, v_values, p_reason);
    ELSIF p_change ->> 'kind' IS DISTINCT FROM 'holiday' THEN
        RETURN api._refused('malformed');
    ELSIF v_values IS NULL THEN
        RETURN api.delete_holiday(api._uuid(p_change ->> 'key'), v_seen, p_reason);
    END IF;
    RETURN api.put_record('holiday', p_change ->> 'key', v_seen, v_values, p_reason);
END
$$;

-- The assignment version, not that of the marks: who marks meanwhile does not stand in the way.
CREATE FUNCTION api._move_deadline(p_me uuid, p_move jsonb, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_evaluation public.evaluations;
    v_seen timestamptz := (p_move ->> 'seen')::timestamptz;
    v_after timestamptz := (p_move ->> 'after')::timestamptz;
BEGIN
    SELECT * INTO v_evaluation FROM public.evaluations e
        WHERE e.evaluation_id = api._uuid(p_move ->> 'evaluation') FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN api._refused('unknown_script');
    ELSIF v_evaluation.status = 'completed' OR v_evaluation.sla_deadline IS DISTINCT FROM v_seen
        OR v_evaluation.assignment_version IS DISTINCT FROM (p_move ->> 'version')::int
    THEN
        RETURN api._refused('script_changed', jsonb_build_object(
            'script', api._script_code(v_evaluation.exam_instance_id)
        ));
    ELSIF v_after IS NULL OR NOT isfinite(v_after) OR v_after = v_seen OR v_after <= now()
        OR v_after > now() + interval '60 days'
    THEN
        -- Nobody is late because a holiday was taken away.
        RETURN api._refused('no_deadline');
    END IF;
    -- A breach that nobody had noticed yet is one, and moving the deadline does not end it.
    UPDATE public.evaluations e SET
        sla_deadline = v_after, sla_breached = e.sla_breached OR e.sla_deadline < now()
        WHERE e.evaluation_id = v_evaluation.evaluation_id;
    RETURN api._note_deadline(p_me, v_evaluation.evaluation_id, 'moved', v_seen, v_after, p_reason);
END
$$;

-- All of it or nothing. p_state: api.calendar_state() as it was when the deadlines were worked out. p_moves: the scripts
-- whose deadlines move, [{"evaluation", "seen", "version", "after"}]; [] when all stay as they are.
CREATE FUNCTION api.put_calendar(p_state text, p_changes jsonb, p_moves jsonb, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_answer jsonb := '{"done": true}';
    v_one jsonb;
BEGIN
    IF jsonb_typeof(p_changes) IS DISTINCT FROM 'array' OR jsonb_typeof(p_moves) IS DISTINCT FROM 'array'
        OR jsonb_array_length(p_changes) NOT BETWEEN 1 AND 400 OR jsonb_array_length(p_moves) > 20000
    THEN
        RETURN api._refused('malformed');
    END IF;
    -- Who writes a holiday by itself waits, and so does who changes the hours.
    LOCK TABLE public.holidays IN EXCLUSIVE MODE;
    PERFORM 1 FROM public.system_config c WHERE c.config_key = 'sla_working_hours' FOR NO KEY UPDATE;
    IF api._calendar_state() IS DISTINCT FROM p_state THEN
        RETURN api._refused('calendar_changed');
    END IF;
    BEGIN
        FOR v_one IN SELECT c FROM jsonb_array_elements(p_changes) c LOOP
            v_answer := api._change_calendar(v_one, v_reason);
            IF v_answer ? 'refused' THEN
                RAISE EXCEPTION 'refused' USING ERRCODE = 'MV003';
            END IF;
        END LOOP;
        -- Scripts by id, as everybody locks them.
        FOR v_one IN SELECT m FROM jsonb_array_elements(p_moves) m ORDER BY m ->> 'evaluation' LOOP
            v_answer := api._move_deadline(v_me, v_one, v_reason);
            IF v_answer ? 'refused' THEN
                RAISE EXCEPTION 'refused' USING ERRCODE = 'MV003';
            END IF;
        END LOOP;
    EXCEPTION
        WHEN SQLSTATE 'MV003' THEN
            RETURN v_answer;
        WHEN data_exception OR cannot_coerce THEN
            RETURN api._refused('malformed');
    END;
    RETURN jsonb_build_object('done', true, 'moved', jsonb_array_length(p_moves));
END
$$;

REVOKE EXECUTE ON FUNCTION api._calendar_state(), api.calendar_state(), api._change_calendar(jsonb, text),
    api._move_deadline(uuid, jsonb, text), api.put_calendar(text, jsonb, jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.calendar_state(), api.put_calendar(text, jsonb, jsonb, text) TO mv_admin;
