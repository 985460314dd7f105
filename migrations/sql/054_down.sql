-- What 054 added, in the opposite order. What was decided goes on holding, of all versions of a question.

DROP FUNCTION api._told_adjustments(uuid);
DROP FUNCTION api.question_fault(uuid);
DROP FUNCTION api.rescore_step(int, uuid);
DROP FUNCTION api.adjust_everywhere(uuid, int, text, int, text);
DROP FUNCTION api.preview_adjustment(uuid, text, int, int);
DROP FUNCTION api._nothing_left(uuid, int);
DROP FUNCTION api._fault_of(uuid);
DROP FUNCTION api._adjusted_result(uuid, uuid, jsonb, int, numeric, numeric, uuid, text, int);
DROP FUNCTION api._adjusted_questions(uuid, jsonb, uuid, text, int);
DROP TABLE public.question_rescorings;
DROP INDEX public.ix_question_decisions_question;
ALTER TABLE public.question_decisions DROP COLUMN through_version;
DROP TRIGGER tr_exam_instances_paper ON public.exam_instances;
DROP FUNCTION api._note_paper();
DROP FUNCTION api._paper_places(jsonb);
DROP TABLE public.paper_questions;
