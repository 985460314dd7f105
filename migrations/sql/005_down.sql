-- Everything 005 made, in the opposite order.

DROP FUNCTION api.pull_comments(bigint), api.apply_comment_changes(jsonb), api._judge_comment(uuid, jsonb),
    api._put_comment(uuid, jsonb), api._use_comment(uuid, jsonb), api._directs(uuid), api._staff_name(uuid);
DROP FUNCTION api._insert_comment(public.bank_comments, uuid, uuid);
DROP TABLE public.comment_changes, public.comment_uses, public.bank_comments;
DROP FUNCTION api._stamp_comment();
