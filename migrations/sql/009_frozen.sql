-- What row triggers do not see. TRUNCATE empties a table without looking at its rows; nobody but the owner may, and
-- from now on not even the owner. Also when a session plays the replica, which switches ordinary triggers off.

CREATE FUNCTION api._refuse_truncate() RETURNS trigger
    LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
    RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
END
$$;
REVOKE EXECUTE ON FUNCTION api._refuse_truncate() FROM PUBLIC;

DO $$
DECLARE
    v_table name;
BEGIN
    FOR v_table IN
        SELECT c.relname FROM pg_catalog.pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'alembic_version'
          AND pg_catalog.pg_has_role(current_user, c.relowner, 'USAGE')
          -- 32: the trigger sees TRUNCATE; those that are only added to have one
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND t.tgtype & 32 <> 0)
    LOOP
        EXECUTE format(
            'CREATE TRIGGER tr_%1$s_truncate BEFORE TRUNCATE ON public.%1$I
                FOR EACH STATEMENT EXECUTE FUNCTION api._refuse_truncate()', v_table
        );
        EXECUTE format('ALTER TABLE public.%1$I ENABLE ALWAYS TRIGGER tr_%1$s_truncate', v_table);
    END LOOP;
END
$$;

-- An exam without a written part has no evaluation that would hold it.
CREATE FUNCTION api._refuse_gone_exam() RETURNS trigger
    LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
    RAISE EXCEPTION 'the result of exam % stays', OLD.exam_instance_id
        USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
END
$$;
REVOKE EXECUTE ON FUNCTION api._refuse_gone_exam() FROM PUBLIC;
CREATE TRIGGER tr_exam_instances_result BEFORE DELETE ON public.exam_instances
    FOR EACH ROW WHEN (OLD.status = 'evaluated') EXECUTE FUNCTION api._refuse_gone_exam();

-- Once completed, an evaluation keeps what is known of its submission too, and the image is compared, not the value:
-- 1.0 and 1.00 are equal in jsonb, yet the text a reader gets differs. Its deadline and whether it was kept stay open:
-- a coordinator may excuse it. Whatever lets a script be returned is in the function, not here.
DROP TRIGGER tr_evaluations_final ON public.evaluations;
CREATE TRIGGER tr_evaluations_final BEFORE UPDATE ON public.evaluations
    FOR EACH ROW WHEN (
        OLD.status = 'completed'
        AND record_image_ne(
            ROW(OLD.status, OLD.teacher_user_id, OLD.exam_instance_id, OLD.assignment_version, OLD.assigned_at,
                OLD.sla_hours_allocated, OLD.started_at, OLD.completed_at, OLD.total_manual_marks,
                OLD.annotation_data, OLD.submitted_claimed_at, OLD.submitted_estimated_at, OLD.submitted_quality,
                OLD.submitted_punctuality),
            ROW(NEW.status, NEW.teacher_user_id, NEW.exam_instance_id, NEW.assignment_version, NEW.assigned_at,
                NEW.sla_hours_allocated, NEW.started_at, NEW.completed_at, NEW.total_manual_marks,
                NEW.annotation_data, NEW.submitted_claimed_at, NEW.submitted_estimated_at, NEW.submitted_quality,
                NEW.submitted_punctuality)
        )
    ) EXECUTE FUNCTION api._refuse_final_evaluation();
