DROP FUNCTION api.start_subscription(text, jsonb, text), api.subscriptions(text, jsonb, uuid, int),
    api._subscriptions_query(text, jsonb, uuid, int);
DROP INDEX public.ix_subscriptions_start;
