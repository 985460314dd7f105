-- Everything 010 made, in the opposite order. api.pending_page_requests becomes that of 003 again before this.

ALTER POLICY teacher_reads ON public.page_requests USING (user_id = (SELECT api.me()));

DROP FUNCTION api.renew_pages(uuid[]), api.confirm_upload(uuid, text), api.uploads_to_confirm(int),
    api.answer_upload_request(uuid, text, text, timestamptz), api.pending_upload_requests(int), api.finish_upload(uuid),
    api.request_upload(uuid, text, uuid, text, text, bigint, text, boolean),
    api._upload_answer(public.upload_requests), api._upload_fault(uuid, text, uuid, bigint, text);
DROP TABLE public.upload_requests;
