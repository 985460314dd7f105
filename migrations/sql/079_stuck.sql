-- As in 026, and admins are told too: they alone can read the log, which says more.
CREATE OR REPLACE FUNCTION api._tell_stuck() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_data jsonb := jsonb_build_object('exam_instance_id', NEW.resource_id, 'script', api._script_code(NEW.resource_id));
    v_key text := NEW.resource_id || ' ' || (NEW.created_at AT TIME ZONE 'UTC')::date;
    v_admin uuid;
BEGIN
    PERFORM api._tell_coordinators('exam.stuck', v_data, v_key);
    FOR v_admin IN SELECT u.user_id FROM public.users u WHERE u.role = 'admin' AND u.is_active ORDER BY u.user_id LOOP
        PERFORM api._tell(v_admin, 'exam.stuck', v_data, v_key);
    END LOOP;
    RETURN NULL;
END
$$;
