DROP FUNCTION api.script_sums(uuid[]);
DROP FUNCTION api.stream_state(uuid[]);
DROP FUNCTION api._judge_bounded(boolean, api._operation, jsonb, jsonb, jsonb);
DROP FUNCTION api._stored_payload(jsonb, int);
