-- The board: what who coordinates sees of everybody's work, what has changed since she looked, and many scripts moved at once.

-- What the board shows and has changed, for an hour. evaluation_id is NULL for what is no script: people, their absences and
-- limits, the working hours, what waits for a first teacher. No foreign key: that a script has gone is told, too.
CREATE TABLE api._board_changes (
    change_id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_board_changes PRIMARY KEY,
    written_in bigint NOT NULL,
    evaluation_id uuid,
    changed_at timestamptz DEFAULT now() NOT NULL
);
CREATE INDEX ix_board_changes_written ON api._board_changes (written_in);
COMMENT ON INDEX api.ix_board_changes_written IS 'api.board_changes: what has changed since a transaction';
REVOKE ALL ON TABLE api._board_changes FROM PUBLIC;
ALTER TABLE api._board_changes ENABLE ROW LEVEL SECURITY;

-- Each entry takes a few that are too old away: nobody has to think of them.
CREATE FUNCTION api._note_board(p_evaluation uuid) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO api._board_changes (written_in, evaluation_id)
        VALUES (pg_current_xact_id()::text::bigint, p_evaluation);
    DELETE FROM api._board_changes b WHERE b.change_id IN (
        SELECT o.change_id FROM api._board_changes o WHERE o.changed_at < now() - interval '1 hour'
        ORDER BY o.change_id LIMIT 3 FOR UPDATE SKIP LOCKED
    );
END
$$;

CREATE FUNCTION api._note_board_script() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM api._note_board(OLD.evaluation_id);
    ELSE
        PERFORM api._note_board(NEW.evaluation_id);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION api._note_board_rest() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._note_board(NULL);
    RETURN NULL;
END
$$;

CREATE TRIGGER tr_evaluations_board AFTER INSERT OR DELETE ON public.evaluations
    FOR EACH ROW EXECUTE FUNCTION api._note_board_script();
CREATE TRIGGER tr_evaluations_board_update
    AFTER UPDATE OF teacher_user_id, assignment_version, status, started_at, sla_deadline ON public.evaluations
    FOR EACH ROW WHEN (
        (OLD.teacher_user_id, OLD.assignment_version, OLD.status, OLD.started_at, OLD.sla_deadline) IS DISTINCT FROM
        (NEW.teacher_user_id, NEW.assignment_version, NEW.status, NEW.started_at, NEW.sla_deadline)
    ) EXECUTE FUNCTION api._note_board_script();
CREATE TRIGGER tr_evaluation_holds_board AFTER INSERT OR UPDATE OF ended_at ON public.evaluation_holds
    FOR EACH ROW EXECUTE FUNCTION api._note_board_script();
CREATE TRIGGER tr_exam_instances_board AFTER UPDATE OF status ON public.exam_instances
    FOR EACH ROW WHEN (OLD.status <> NEW.status AND 'uploaded' IN (OLD.status, NEW.status))
    EXECUTE FUNCTION api._note_board_rest();
CREATE TRIGGER tr_users_board AFTER UPDATE OF is_active, role, first_name, last_name ON public.users
    FOR EACH STATEMENT EXECUTE FUNCTION api._note_board_rest();
CREATE TRIGGER tr_staff_logins_board AFTER INSERT OR UPDATE OF revoked_at, locked_at ON public.staff_logins
    FOR EACH STATEMENT EXECUTE FUNCTION api._note_board_rest();
DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['teacher_absences', 'teacher_limits', 'teacher_conflicts', 'holidays', 'system_config']
    LOOP
        EXECUTE format(
            'CREATE TRIGGER tr_%1$s_board AFTER INSERT OR UPDATE OR DELETE ON public.%1$I
                FOR EACH STATEMENT EXECUTE FUNCTION api._note_board_rest()', v_table
        );
    END LOOP;
END
$$;

-- What has changed since a mark that an earlier answer gave, at p_since by the server's clock; without one, the first
-- mark: ask for it before reading. {"mark", "at", "scripts": […], "rest"}, or "stale" when all has to be read again.
-- A mark is the oldest transaction that was not over then: what it and later ones write is told, maybe twice, never not.
CREATE FUNCTION api.board_changes(p_mark bigint DEFAULT NULL, p_since timestamptz DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_answer jsonb := jsonb_build_object(
        'mark', pg_snapshot_xmin(pg_current_snapshot())::text::bigint, 'at', clock_timestamp()
    );
    v_scripts uuid[];
    v_rest boolean;
BEGIN
    PERFORM api._coordinating(p_admins_too => true);
    IF p_mark IS NULL OR p_since IS NULL OR p_since < now() - interval '30 minutes' THEN
        RETURN v_answer || '{"stale": true}';
    END IF;
    SELECT coalesce(array_agg(DISTINCT b.evaluation_id) FILTER (WHERE b.evaluation_id IS NOT NULL), '{}'),
           coalesce(bool_or(b.evaluation_id IS NULL), false)
        INTO v_scripts, v_rest
        FROM api._board_changes b WHERE b.written_in >= p_mark;
    IF cardinality(v_scripts) > 2000 THEN
        RETURN v_answer || '{"stale": true}';
    END IF;
    RETURN v_answer || jsonb_build_object('scripts', to_jsonb(v_scripts), 'rest', v_rest);
END
$$;

-- Every open script, or those of p_evaluations that are open. held: why nobody marks it; the teacher is the last one then.
CREATE FUNCTION api.board_scripts(p_evaluations uuid[] DEFAULT NULL)
    RETURNS TABLE (
        evaluation_id uuid, exam_instance_id uuid, student_user_id uuid, teacher_user_id uuid, class text, exam_type text,
        sla_deadline timestamptz, assignment_version int, started boolean, held text
    )
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._coordinating(p_admins_too => true);
    RETURN QUERY
        SELECT e.evaluation_id, e.exam_instance_id, x.student_user_id, e.teacher_user_id, x.class::text,
               x.exam_type::text, e.sla_deadline, e.assignment_version, e.started_at IS NOT NULL, h.kind
        FROM public.evaluations e
        JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
        LEFT JOIN public.evaluation_holds h ON h.evaluation_id = e.evaluation_id AND h.ended_at IS NULL
        WHERE e.status <> 'completed' AND (p_evaluations IS NULL OR e.evaluation_id = ANY (p_evaluations));
END
$$;

-- Who marks, and whoever marks no more but has open scripts. last_seen: when the server last heard of her.
CREATE FUNCTION api.board_teachers()
    RETURNS TABLE (
        user_id uuid, name text, marks boolean, daily_limit int, classes text[], given_today int, barred uuid[],
        last_seen timestamptz
    )
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._coordinating(p_admins_too => true);
    RETURN QUERY
        WITH marking AS MATERIALIZED (SELECT * FROM api.markers(now())),
        holding AS MATERIALIZED (
            SELECT DISTINCT e.teacher_user_id FROM public.evaluations e WHERE e.status <> 'completed'
        )
        SELECT u.user_id, u.first_name || ' ' || u.last_name, m.user_id IS NOT NULL, m.daily_limit, m.classes,
               coalesce(m.given_today, 0), coalesce(m.barred, '{}'), greatest(
                   u.last_login_at,
                   (SELECT max(b.issued_at) FROM public.clock_beacons b WHERE b.user_id = u.user_id),
                   (SELECT max(c.last_seen_at) FROM public.computers c WHERE c.user_id = u.user_id)
               )
        FROM public.users u
        LEFT JOIN marking m ON m.user_id = u.user_id
        WHERE m.user_id IS NOT NULL OR u.user_id IN (SELECT h.teacher_user_id FROM holding h)
        ORDER BY u.user_id;
END
$$;

-- When the teacher of each script last fetched pages of it: it may lie on her computer, with work that was not sent.
CREATE FUNCTION api.board_checkouts(p_evaluations uuid[])
    RETURNS TABLE (evaluation_id uuid, fetched_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._coordinating(p_admins_too => true);
    IF cardinality(p_evaluations) > 2000 THEN
        RAISE EXCEPTION 'at most 2000 scripts at once' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN QUERY
        SELECT e.evaluation_id, max(r.requested_at)
        FROM public.evaluations e
        JOIN public.answer_sheet_uploads u ON u.exam_instance_id = e.exam_instance_id
        JOIN public.page_requests r ON r.upload_id = u.upload_id AND r.user_id = e.teacher_user_id
        WHERE e.evaluation_id = ANY (p_evaluations)
        GROUP BY e.evaluation_id;
END
$$;

-- Why a script may not go to a teacher, or into the pool where she is NULL; locks it.
CREATE FUNCTION api._fault_of_move(p_evaluation uuid, p_version int, p_teacher uuid) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_fault jsonb := api._fault_of_script(p_evaluation, p_version);
    v_hold text;
BEGIN
    IF v_fault IS NOT NULL THEN
        RETURN v_fault;
    END IF;
    -- In a statement of its own: it must see what was committed while the script's lock was waited for.
    v_hold := api._hold_reason(p_evaluation);
    IF v_hold = 'withdrawn' OR p_teacher IS NULL AND v_hold IS NOT NULL THEN
        RETURN api._held(p_evaluation);
    ELSIF p_teacher IS NULL THEN
        RETURN NULL;
    ELSIF NOT api._is_teaching(p_teacher) THEN
        RETURN api._refused('no_teacher');
    ELSIF v_hold IS NULL AND EXISTS (
        SELECT 1 FROM public.evaluations e WHERE e.evaluation_id = p_evaluation AND e.teacher_user_id = p_teacher
    ) THEN
        RETURN api._refused('same_teacher');
    END IF;
    RETURN NULL;
END
$$;

-- One script of many, after api._fault_of_move found nothing.
CREATE FUNCTION api._move_one(p_me uuid, p_evaluation uuid, p_teacher uuid, p_reason text, p_note jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_before public.evaluations;
    v_held boolean := api._hold_reason(p_evaluation) IS NOT NULL;
    v_version int;
BEGIN
    SELECT * INTO v_before FROM public.evaluations e WHERE e.evaluation_id = p_evaluation;
    v_version := v_before.assignment_version;
    IF p_teacher IS NULL THEN
        INSERT INTO public.evaluation_holds (evaluation_id, assignment_version, kind, reason, held_by)
            VALUES (p_evaluation, v_version, 'handed_back', p_reason, p_me);
        PERFORM api._audit('evaluation.pooled', p_me, 'evaluation', p_evaluation, p_note || jsonb_build_object(
            'from', v_before.teacher_user_id, 'reason', p_reason
        ));
    ELSE
        v_version := (api._give(p_evaluation, p_teacher, p_reason) ->> 'assignment_version')::int;
        PERFORM api._audit('evaluation.moved', p_me, 'evaluation', p_evaluation, p_note || jsonb_build_object(
            'from', v_before.teacher_user_id, 'to', p_teacher, 'reason', p_reason, 'from_pool', v_held
        ));
        PERFORM api._tell(p_teacher, 'script.assigned', jsonb_build_object(
            'evaluation_id', p_evaluation, 'script', api._script_code(v_before.exam_instance_id),
            'due_at', v_before.sla_deadline
        ), p_evaluation || ' ' || v_version);
    END IF;
    RETURN jsonb_build_object(
        'evaluation', p_evaluation, 'version', v_version, 'to', p_teacher,
        'from', CASE WHEN NOT v_held THEN v_before.teacher_user_id END
    );
END
$$;

-- Many scripts at once, all or none: [{"evaluation", "version", "teacher"}], at most 2000; version is the assignment that
-- the caller saw, no teacher is the pool. {"done", "batch", "moved": […], "away": […]}, or, when anything stands in the
-- way, {"refused": "some", "scripts": [{"evaluation", "refused", …}]}, and nothing was done. p_undoes names an earlier batch
-- that this one takes back. Deadlines stay.
CREATE FUNCTION api.move_scripts(p_moves jsonb, p_reason text, p_undoes uuid DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_reason text := api._checked_reason(p_reason);
    v_batch uuid := gen_random_uuid();
    v_note jsonb;
    v_move record;
    v_fault jsonb;
    v_faults jsonb[] := '{}';
    v_moved jsonb[] := '{}';
BEGIN
    IF jsonb_typeof(p_moves) IS DISTINCT FROM 'array' OR jsonb_array_length(p_moves) NOT BETWEEN 1 AND 2000 OR (
        SELECT count(DISTINCT m.evaluation) <> count(*) FROM jsonb_to_recordset(p_moves) AS m (evaluation uuid)
    ) THEN
        RAISE EXCEPTION 'a list of 1 to 2000 scripts is needed, each once' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    v_note := jsonb_strip_nulls(jsonb_build_object('batch', v_batch, 'undoes', p_undoes));
    -- All are locked, in the order that everybody keeps, before anything is written.
    FOR v_move IN
        SELECT m.evaluation, m.version, m.teacher
        FROM jsonb_to_recordset(p_moves) AS m (evaluation uuid, version int, teacher uuid) ORDER BY m.evaluation
    LOOP
        v_fault := api._fault_of_move(v_move.evaluation, v_move.version, v_move.teacher);
        IF v_fault IS NOT NULL THEN
            v_faults := v_faults || (v_fault || jsonb_build_object('evaluation', v_move.evaluation));
        END IF;
    END LOOP;
    IF cardinality(v_faults) > 0 THEN
        RETURN api._refused('some', jsonb_build_object('scripts', to_jsonb(v_faults)));
    END IF;
    FOR v_move IN
        SELECT m.evaluation, m.teacher
        FROM jsonb_to_recordset(p_moves) AS m (evaluation uuid, teacher uuid) ORDER BY m.evaluation
    LOOP
        v_moved := v_moved || api._move_one(v_me, v_move.evaluation, v_move.teacher, v_reason, v_note);
    END LOOP;
    RETURN jsonb_build_object('done', true, 'batch', v_batch, 'moved', to_jsonb(v_moved), 'away', (
        SELECT coalesce(jsonb_agg(t.teacher ORDER BY t.teacher), '[]')
        FROM (SELECT DISTINCT m.teacher FROM jsonb_to_recordset(p_moves) AS m (teacher uuid)) t
        WHERE api._warnings(t.teacher) ? 'away'
    ));
END
$$;

REVOKE EXECUTE ON FUNCTION api._note_board(uuid), api._note_board_script(), api._note_board_rest(),
    api.board_changes(bigint, timestamptz), api.board_scripts(uuid[]), api.board_teachers(), api.board_checkouts(uuid[]),
    api._fault_of_move(uuid, int, uuid), api._move_one(uuid, uuid, uuid, text, jsonb),
    api.move_scripts(jsonb, text, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.board_changes(bigint, timestamptz), api.board_scripts(uuid[]), api.board_teachers(),
    api.board_checkouts(uuid[]) TO mv_coordinator, mv_admin;
GRANT EXECUTE ON FUNCTION api.move_scripts(jsonb, text, uuid) TO mv_coordinator;
