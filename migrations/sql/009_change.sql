-- Every change of what matters is audited, whoever makes it. A difference waits in _changes until its transaction ends:
-- the entry that a function writes of the same thing takes it along as "changes", and what nobody has told by then gets
-- an entry of its own. So no change goes without an entry, and none has two.

-- Unlogged: a row lives no longer than its transaction, and dies with it in a crash.
CREATE UNLOGGED TABLE api._changes (
    written_in xid8 DEFAULT pg_catalog.pg_current_xact_id() NOT NULL,
    resource_type text NOT NULL,
    resource_key text NOT NULL,
    resource_id uuid,
    act text NOT NULL,
    named text,
    changes jsonb NOT NULL,
    hidden text[] DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_changes PRIMARY KEY (written_in, resource_type, resource_key)
);
REVOKE ALL ON TABLE api._changes FROM PUBLIC;
ALTER TABLE api._changes ENABLE ROW LEVEL SECURITY;

-- What may not stand in a log that nobody can ever clear: secrets, and what says who a student or parent is, so that
-- a person can still be made anonymous. That it changed is said.
CREATE FUNCTION api._hidden(p_table name, p_column text, p_row jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT p_column ~ '(password|secret|verifier|token)' OR CASE p_table
        WHEN 'users' THEN p_row ->> 'role' IN ('student', 'parent') AND p_column IN (
            'email', 'first_name', 'last_name', 'phone', 'student_photo_url', 'school_name'
        ) OR p_column = 'phone'
        WHEN 'subscriptions' THEN p_column = 'payment_gateway_ref'
        ELSE false
    END
$$;

-- Documents are named by their SHA-256, and so is everything that is long.
CREATE FUNCTION api._told(p_column text, p_value jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE
        WHEN coalesce(p_value, 'null') = 'null' THEN 'null'
        WHEN p_column IN ('exam_snapshot', 'annotation_data') OR length(p_value::text) > 4000 THEN
            jsonb_build_object('sha256', encode(sha256(convert_to(p_value::text, 'UTF8')), 'hex'))
        ELSE p_value
    END
$$;

-- One difference on another: what was first, and what is now.
CREATE FUNCTION api._joined(p_first jsonb, p_then jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT coalesce(jsonb_object_agg(k, jsonb_build_object(
        'old', coalesce(p_first -> k, p_then -> k) -> 'old', 'new', coalesce(p_then -> k, p_first -> k) -> 'new'
    )), '{}')
    FROM (SELECT jsonb_object_keys(p_first) UNION SELECT jsonb_object_keys(p_then)) x (k)
$$;

-- Arguments of the trigger: the kind of thing, the column with its id, the column that names it where that is no
-- uuid, and what goes before the columns' names where the row is only a part of the thing.
CREATE FUNCTION api._note_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_old jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}'::jsonb ELSE to_jsonb(OLD) END;
    v_new jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}'::jsonb ELSE to_jsonb(NEW) END;
    v_row jsonb := v_old || v_new;
    v_id uuid := CASE WHEN TG_ARGV[1] <> '' THEN (v_row ->> TG_ARGV[1])::uuid END;
    v_changes jsonb;
    v_hidden text[];
BEGIN
    SELECT coalesce(jsonb_object_agg(TG_ARGV[3] || k, jsonb_build_object(
               'old', api._told(k, v_old -> k), 'new', api._told(k, v_new -> k)
           )) FILTER (WHERE NOT api._hidden(TG_TABLE_NAME, k, v_row)), '{}'),
           coalesce(array_agg(TG_ARGV[3] || k) FILTER (WHERE api._hidden(TG_TABLE_NAME, k, v_row)), '{}')
    INTO v_changes, v_hidden
    FROM jsonb_object_keys(v_row) k
    -- As text: 1.0 and 1.00 are equal, yet a reader gets another one.
    WHERE nullif(v_old -> k, 'null')::text IS DISTINCT FROM nullif(v_new -> k, 'null')::text
      AND k NOT IN ('created_at', 'updated_at', 'last_login_at', 'version')
       OR TG_OP <> 'UPDATE' AND k = 'version' AND TG_TABLE_NAME IN ('questions', 'question_schemes');
    IF v_changes = '{}' AND v_hidden = '{}' THEN
        RETURN NULL;
    END IF;
    INSERT INTO api._changes AS c (resource_type, resource_key, resource_id, act, named, changes, hidden)
    VALUES (
        TG_ARGV[0], concat_ws(' ', v_id, v_row ->> nullif(TG_ARGV[2], '')), v_id,
        CASE WHEN TG_ARGV[3] <> '' THEN 'changed' ELSE
            CASE TG_OP WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'changed' ELSE 'deleted' END
        END,
        v_row ->> nullif(TG_ARGV[2], ''), v_changes, v_hidden
    ) ON CONFLICT (written_in, resource_type, resource_key) DO UPDATE SET
        act = CASE WHEN c.act <> 'changed' AND EXCLUDED.act = 'changed' THEN c.act ELSE EXCLUDED.act END,
        changes = api._joined(c.changes, EXCLUDED.changes), hidden = c.hidden || EXCLUDED.hidden;
    RETURN NULL;
END
$$;

-- What an entry says of a difference.
CREATE FUNCTION api._difference(p_change api._changes) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'key', p_change.named,
        'hidden', (SELECT to_jsonb(array_agg(DISTINCT h ORDER BY h)) FROM unnest(p_change.hidden) h)
    )) || jsonb_build_object('changes', (
        SELECT coalesce(jsonb_object_agg(k, v), '{}') FROM jsonb_each(p_change.changes) c (k, v)
        WHERE (v -> 'old')::text <> (v -> 'new')::text
    ))
$$;

-- As in 003, and with the difference of the same thing that this transaction made before.
CREATE OR REPLACE FUNCTION api._audit(
    p_event text, p_actor uuid, p_resource_type text, p_resource uuid, p_data jsonb DEFAULT '{}'
) RETURNS void
    LANGUAGE sql
AS $$
    WITH told AS (
        DELETE FROM api._changes c
        WHERE c.written_in = pg_catalog.pg_current_xact_id() AND c.resource_type = p_resource_type
          AND c.resource_key = p_resource::text
        RETURNING api._difference(c) AS difference
    )
    INSERT INTO public.audit_logs (
        event_type, actor_user_id, actor_role, actor_ip, resource_type, resource_id, event_data, created_at
    )
    SELECT p_event, p_actor, (SELECT u.role FROM public.users u WHERE u.user_id = p_actor), inet_client_addr(),
           p_resource_type, p_resource,
           coalesce((SELECT t.difference FROM told t), '{}') || p_data || jsonb_build_object('login', session_user),
           clock_timestamp()
$$;

-- At the transaction's end, of what no function has told. Whoever has a login is named by it, also when she is closed;
-- the owner and the worker are nobody, and their logins stand in the entry.
CREATE FUNCTION api._tell_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_change api._changes;
    v_difference jsonb;
BEGIN
    DELETE FROM api._changes c
        WHERE c.written_in = NEW.written_in AND c.resource_type = NEW.resource_type
          AND c.resource_key = NEW.resource_key
        RETURNING * INTO v_change;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    v_difference := api._difference(v_change);
    IF v_change.act <> 'changed' OR v_difference -> 'changes' <> '{}' OR v_change.hidden <> '{}' THEN
        PERFORM api._audit(
            v_change.resource_type || '.' || v_change.act,
            (SELECT l.user_id FROM public.staff_logins l WHERE l.login_name = session_user),
            v_change.resource_type, v_change.resource_id, v_difference
        );
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER tr_changes_told AFTER INSERT ON api._changes
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION api._tell_change();

CREATE TRIGGER tr_users_change AFTER INSERT OR UPDATE OR DELETE ON public.users
    FOR EACH ROW EXECUTE FUNCTION api._note_change('user', 'user_id', '', '');
CREATE TRIGGER tr_staff_logins_change AFTER INSERT OR UPDATE OR DELETE ON public.staff_logins
    FOR EACH ROW EXECUTE FUNCTION api._note_change('user', 'user_id', '', 'login.');
CREATE TRIGGER tr_parent_student_mappings_change AFTER INSERT OR UPDATE OR DELETE ON public.parent_student_mappings
    FOR EACH ROW EXECUTE FUNCTION api._note_change('mapping', 'mapping_id', '', '');
CREATE TRIGGER tr_subscription_plans_change AFTER INSERT OR UPDATE OR DELETE ON public.subscription_plans
    FOR EACH ROW EXECUTE FUNCTION api._note_change('plan', '', 'plan_type', '');
CREATE TRIGGER tr_subscriptions_change AFTER INSERT OR UPDATE OR DELETE ON public.subscriptions
    FOR EACH ROW EXECUTE FUNCTION api._note_change('subscription', 'subscription_id', '', '');
CREATE TRIGGER tr_holidays_change AFTER INSERT OR UPDATE OR DELETE ON public.holidays
    FOR EACH ROW EXECUTE FUNCTION api._note_change('holiday', 'holiday_id', '', '');
CREATE TRIGGER tr_system_config_change AFTER INSERT OR UPDATE OR DELETE ON public.system_config
    FOR EACH ROW EXECUTE FUNCTION api._note_change('setting', '', 'config_key', '');
CREATE TRIGGER tr_exam_templates_change AFTER INSERT OR UPDATE OR DELETE ON public.exam_templates
    FOR EACH ROW EXECUTE FUNCTION api._note_change('template', 'template_id', '', '');
CREATE TRIGGER tr_questions_change AFTER INSERT OR UPDATE OR DELETE ON public.questions
    FOR EACH ROW EXECUTE FUNCTION api._note_change('question', 'question_id', '', '');
CREATE TRIGGER tr_question_schemes_change AFTER INSERT OR UPDATE OR DELETE ON public.question_schemes
    FOR EACH ROW EXECUTE FUNCTION api._note_change('scheme', 'question_id', 'version', '');
CREATE TRIGGER tr_teacher_absences_change AFTER INSERT OR UPDATE OR DELETE ON public.teacher_absences
    FOR EACH ROW EXECUTE FUNCTION api._note_change('absence', 'absence_id', '', '');

-- Only the columns that say something: a teacher's every batch counts evaluations.version.
CREATE TRIGGER tr_evaluations_change AFTER INSERT OR DELETE OR UPDATE OF
    evaluation_id, exam_instance_id, teacher_user_id, assigned_at, sla_deadline, sla_hours_allocated, sla_breached,
    status, started_at, completed_at, total_manual_marks, annotation_data, assignment_version, submitted_claimed_at,
    submitted_estimated_at, submitted_quality, submitted_punctuality
    ON public.evaluations FOR EACH ROW EXECUTE FUNCTION api._note_change('evaluation', 'evaluation_id', '', '');
-- When a script came in decides when it is due; the first time is told with its evaluation.
CREATE TRIGGER tr_evaluation_clock_change AFTER UPDATE OR DELETE ON public.evaluation_clock
    FOR EACH ROW EXECUTE FUNCTION api._note_change('exam', 'exam_instance_id', '', 'clock.');
-- Sheets are put by students, and there are many; that one is replaced, moved or taken away is for the log.
CREATE TRIGGER tr_answer_sheet_uploads_change AFTER UPDATE OR DELETE ON public.answer_sheet_uploads
    FOR EACH ROW EXECUTE FUNCTION api._note_change('upload', 'upload_id', '', '');
-- The digest of a sheet is what every computer compares with. The worker writes it once; another one is for the log.
CREATE TRIGGER tr_page_files_change AFTER UPDATE ON public.page_files
    FOR EACH ROW WHEN (
        (OLD.upload_id, OLD.sha256, OLD.bytes, OLD.pages, OLD.problem) IS DISTINCT FROM
        (NEW.upload_id, NEW.sha256, NEW.bytes, NEW.pages, NEW.problem)
    ) EXECUTE FUNCTION api._note_change('upload', 'upload_id', '', 'file.');
CREATE TRIGGER tr_page_files_gone AFTER DELETE ON public.page_files
    FOR EACH ROW EXECUTE FUNCTION api._note_change('upload', 'upload_id', '', 'file.');
-- Sitting an exam is the student's doing and evaluation.completed tells its first result; every other change of a
-- result is for the log, and so is an exam that goes.
CREATE TRIGGER tr_exam_instances_change AFTER UPDATE ON public.exam_instances
    FOR EACH ROW WHEN (
        OLD.status = 'evaluated'
        OR (OLD.student_user_id, OLD.template_id, OLD.total_marks) IS DISTINCT FROM
           (NEW.student_user_id, NEW.template_id, NEW.total_marks)
    ) EXECUTE FUNCTION api._note_change('exam', 'exam_instance_id', '', '');
CREATE TRIGGER tr_exam_instances_gone AFTER DELETE ON public.exam_instances
    FOR EACH ROW EXECUTE FUNCTION api._note_change('exam', 'exam_instance_id', '', '');

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
