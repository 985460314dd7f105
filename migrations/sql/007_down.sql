-- Everything 007 made, in the opposite order; the functions of 003 and 006 are put back before this.

DROP FUNCTION api.change_role(uuid, text, boolean, text), api.change_email(uuid, text, text),
    api.reactivate_person(uuid, text), api.deactivate_person(uuid, text), api.unlock_person(uuid, text),
    api.lock_person(uuid, text), api.reset_password(uuid, text, text),
    api.create_person(text, boolean, text, text, text, text, text);
DROP FUNCTION api._free_person(uuid, boolean), api._end_sessions(name), api._put_groups(name, public.mv_user_role, boolean), api._checked_role(text),
    api._checked_email(text, uuid), api._checked_name(text, text), api._refuse_foreign_role(name),
    api._keep_an_admin(uuid), api._login_of(uuid), api._other_person(uuid, uuid), api._begin_people_change(text),
    api._admin();
DROP FUNCTION api._keep_digest(uuid, text), api._check_verifier(text), api._newcomer(boolean);
DROP TABLE api._verifiers, api._people_turn;
ALTER TABLE public.staff_logins DROP COLUMN locked_at, DROP COLUMN must_change_password;
