-- What 042 added, in the opposite order. Questions stay as they are; that a file can be taken back would be lost.

DROP FUNCTION api.undo_question_import(uuid, text);
DROP FUNCTION api.import_questions(uuid, text, jsonb, boolean, text);
DROP FUNCTION api.same_questions(text[]);
DROP FUNCTION api.find_questions(text, jsonb, timestamptz, uuid, int);
DROP FUNCTION api._bank_statement(text, jsonb, timestamptz, uuid, int);
DROP FUNCTION api._search_query(text);
DROP TRIGGER tr_question_schemes_search ON public.question_schemes;
DROP TRIGGER tr_questions_search ON public.questions;
DROP FUNCTION api._question_written();
DROP FUNCTION api._index_question(uuid);
DROP FUNCTION api._question_text(public.questions);
DROP FUNCTION api._text_key(text);
DROP FUNCTION api._words(text);
DROP TABLE public.question_import_rows;
DROP TABLE public.question_imports;
DROP INDEX public.ix_questions_unused;
DROP INDEX public.ix_questions_year;
DROP INDEX public.ix_questions_changed;
DROP TABLE public.question_words;
DROP TABLE public.question_search;
