DROP FUNCTION api._defer(text, jsonb, text);
DROP SCHEMA procrastinate CASCADE;
