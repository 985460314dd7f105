-- As in 068. Who was with a teacher for no longer than she may in all of the last 31 days was not in the month that runs:
-- that is a part of them, and finding its hours costs more than adding up all.
CREATE OR REPLACE FUNCTION api._over_hours(p_day date) RETURNS SETOF uuid
    LANGUAGE sql STABLE ROWS 100
AS $$
    SELECT s.subscription_id
    FROM (
        SELECT c.subscription_id, sum(c.hours) AS hours FROM public.consultations c
        WHERE c.held_on > p_day - 31 GROUP BY c.subscription_id
    ) c
    JOIN public.subscriptions s ON s.subscription_id = c.subscription_id
    WHERE c.hours > s.teacher_hours_limit
      AND api._hours_used(s.subscription_id, s.billing_day_of_month, p_day) > s.teacher_hours_limit
$$;
