ALTER FUNCTION api._questions_written() RESET enable_seqscan;
ALTER FUNCTION api._audit(text, uuid, text, uuid, jsonb) RESET enable_seqscan;
ALTER FUNCTION api._tell_change() RESET enable_seqscan;
