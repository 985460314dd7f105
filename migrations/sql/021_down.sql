DROP FUNCTION api.score_submitted_exams(int);
DROP FUNCTION api._is_stuck(uuid);
DROP FUNCTION api._is_unscored(uuid, numeric, jsonb);
