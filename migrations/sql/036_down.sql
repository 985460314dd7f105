-- What 036 made; the functions that it replaced are those of before again before this.

REVOKE EXECUTE ON FUNCTION api.request_pages(uuid[]), api.renew_pages(uuid[]) FROM mv_coordinator;
DROP FUNCTION api.rescan_answers(), api._pin_fault(uuid, jsonb), api._has_case(uuid), api._coordinates(uuid);
