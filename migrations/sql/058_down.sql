-- What 058 added, in the opposite order; old versions of questions are lost.

DROP FUNCTION api._import_new(uuid, uuid, jsonb, boolean, text);
DROP FUNCTION api._audit_all(text, uuid, text, uuid[], jsonb);
DROP TRIGGER tr_question_schemes_search_changed ON public.question_schemes;
DROP TRIGGER tr_question_schemes_search ON public.question_schemes;
DROP TRIGGER tr_questions_search_changed ON public.questions;
DROP TRIGGER tr_questions_search ON public.questions;
DROP FUNCTION api._questions_written();
CREATE TRIGGER tr_questions_search AFTER INSERT OR UPDATE OF question_text, topic, correct_answer_text, explanation,
        tags, mcq_choices, version ON public.questions
    FOR EACH ROW EXECUTE FUNCTION api._question_written();
CREATE TRIGGER tr_question_schemes_search AFTER INSERT OR UPDATE ON public.question_schemes
    FOR EACH ROW EXECUTE FUNCTION api._question_written();
DROP FUNCTION api.similar_questions(text, uuid, int);
DROP FUNCTION api._comparable(text);
DROP FUNCTION api.question_use(uuid);
DROP TRIGGER tr_questions_version ON public.questions;
DROP FUNCTION api._keep_version();
DROP TABLE public.question_versions;
