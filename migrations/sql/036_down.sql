-- What 036 made; the functions that it replaced are those of 032 again before this.

REVOKE EXECUTE ON FUNCTION api.request_pages(uuid[]), api.renew_pages(uuid[]) FROM mv_coordinator;
DROP FUNCTION api.rescan_answers(), api._has_case(uuid), api._coordinates(uuid);
