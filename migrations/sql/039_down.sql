DROP FUNCTION api.put_staff(uuid, timestamptz, jsonb, text), api._put_teacher_limits(uuid, uuid, jsonb, text),
    api.people(text[], text, jsonb, uuid, int), api._people_query(text[], text, jsonb, uuid, int),
    api._words_condition(text);
DROP INDEX public.ix_users_closed, public.ix_users_role_name, public.ix_users_words;
