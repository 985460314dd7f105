-- Whoever has a person open in a form is told that somebody was faster when what can be written there was changed, and
-- not because that person signed in, chose another password or confirmed her address meanwhile.
CREATE FUNCTION public.mv_keep_person_updated_at() RETURNS trigger
    LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
    v_edited public.users := NEW;
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.updated_at := now();
        RETURN NEW;
    END IF;
    v_edited.last_login_at := OLD.last_login_at;
    v_edited.password_hash := OLD.password_hash;
    v_edited.email_verified := OLD.email_verified;
    IF v_edited IS DISTINCT FROM OLD OR NEW IS NOT DISTINCT FROM OLD THEN
        NEW.updated_at := clock_timestamp();
    END IF;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION public.mv_keep_person_updated_at() FROM PUBLIC;

DROP TRIGGER tr_users_updated_at ON public.users;
CREATE TRIGGER tr_users_updated_at BEFORE INSERT OR UPDATE ON public.users
    FOR EACH ROW EXECUTE FUNCTION public.mv_keep_person_updated_at();
