-- The hours stay as they are and are a counter again.
DROP TRIGGER tr_consultations_hours ON public.consultations;
DROP TRIGGER tr_subscriptions_hours ON public.subscriptions;
DROP INDEX public.ix_consultations_day;
CREATE INDEX ix_subscriptions_hours_over ON public.subscriptions (start_date DESC, subscription_id)
    WHERE teacher_hours_used > teacher_hours_limit;
COMMENT ON INDEX public.ix_subscriptions_hours_over IS 'api.subscriptions: the few with more hours than they give';
