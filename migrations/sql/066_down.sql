-- What 066 added, in the opposite order. What a question's own writer wrote beside it goes back; what others wrote of it, and
-- what was said of that, would be lost.

DELETE FROM public.question_remarks m WHERE m.about IS NOT NULL;
INSERT INTO public.question_reviews AS r (
    question_id, state, change, submitted_by, submitted_at, decided_by, decided_at, before, left_at
)
    SELECT c.question_id, c.state, c.change, CASE WHEN c.submitted_at IS NOT NULL THEN c.made_by END, c.submitted_at,
           c.decided_by, c.decided_at, c.before, c.left_at
    FROM public.question_changes c JOIN public.questions q ON q.question_id = c.question_id AND q.created_by = c.made_by
    WHERE q.status <> 'draft'
    ON CONFLICT (question_id) DO UPDATE SET state = EXCLUDED.state, change = EXCLUDED.change,
        submitted_by = EXCLUDED.submitted_by, submitted_at = EXCLUDED.submitted_at, decided_by = EXCLUDED.decided_by,
        decided_at = EXCLUDED.decided_at, before = EXCLUDED.before, left_at = EXCLUDED.left_at;
DROP FUNCTION api._tell_approved(uuid, jsonb);
DROP FUNCTION api._approve_question(uuid, uuid, text, uuid);
DROP FUNCTION api._own_written(uuid, uuid, boolean);
DROP FUNCTION api._about(uuid, uuid);
DROP FUNCTION api._remark(uuid, uuid, text, text, uuid, int);
DROP FUNCTION api._review_of(public.questions, uuid);
DROP FUNCTION api._moved(public.questions, public.question_changes);
DROP FUNCTION api._change_shown(public.questions);
ALTER TABLE public.question_remarks DROP COLUMN version, DROP COLUMN about;
DROP TABLE public.question_changes;
