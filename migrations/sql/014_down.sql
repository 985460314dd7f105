DROP FUNCTION api.import_operations(uuid, text, jsonb);
DROP FUNCTION api.restore_computer(uuid, uuid, text);
DROP FUNCTION api.revoke_computer(uuid, uuid, text);
DROP FUNCTION api.computers(uuid);
DROP FUNCTION api.computer_wiped(uuid, int);
DROP FUNCTION api.meet_computer(uuid, text, text);
DROP TABLE public.computers;
