-- What 053 made; the functions that it replaced are those of before again before this. Questions keep the places of their
-- pictures, and the store their files.

DROP TRIGGER tr_questions_pictures ON public.questions;
DROP FUNCTION api._check_pictures(), api.answer_picture_request(uuid, uuid, text, timestamptz),
    api.pending_picture_requests(int),
    api.store_picture(text, text, text, text, text, bigint, text, int, int, text), api.pictures_to_check(int),
    api.request_pictures(text[], uuid[], uuid[], boolean), api._seen_places(uuid, text[], uuid[], uuid[]),
    api._places_of(jsonb);
DROP TABLE public.picture_requests;
DROP TABLE public.question_pictures;
-- Before, no key stood there twice: the first request of each picture stays.
DELETE FROM public.upload_requests r USING public.upload_requests o
    WHERE r.s3_key = o.s3_key AND (o.requested_at, o.request_id) < (r.requested_at, r.request_id);
DROP INDEX public.uq_upload_requests_s3_key;
ALTER TABLE public.upload_requests ADD CONSTRAINT uq_upload_requests_s3_key UNIQUE (s3_key);
