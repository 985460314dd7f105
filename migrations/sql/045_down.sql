-- As in 001.
DROP TRIGGER tr_users_updated_at ON public.users;
CREATE TRIGGER tr_users_updated_at BEFORE INSERT OR UPDATE ON public.users
    FOR EACH ROW EXECUTE FUNCTION public.mv_keep_updated_at();
DROP FUNCTION public.mv_keep_person_updated_at();
