DROP FUNCTION api.student_data(uuid, text), api.anonymise(uuid, timestamptz, text),
    api.put_parents(uuid, timestamptz, jsonb, text), api._family_member(uuid, timestamptz, text[]),
    api.enrol(text, jsonb, text);
