DROP FUNCTION api.give_samples(int, timestamptz);
DROP INDEX public.ix_second_markings_evaluation_id;
ALTER TABLE public.script_samples DROP COLUMN tried_at;
-- Before, only people gave: whoever has it stands for the worker.
UPDATE public.second_markings SET given_by = teacher_user_id WHERE given_by IS NULL;
ALTER TABLE public.second_markings ALTER COLUMN given_by SET NOT NULL;
