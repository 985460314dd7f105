DROP FUNCTION api.unenrol(uuid, timestamptz, text), api.enrol_all(text, jsonb, text), api.known_people(text[]);
