-- What 037 made; the functions that it replaced are those of before again before this.

DROP FUNCTION api.rescan_file(uuid), api._page_of(uuid), api._rescan_of(uuid);
-- Before, such a row would be read as one about the page itself.
DELETE FROM public.page_requests WHERE file_id IS NOT NULL;
DROP INDEX public.ix_page_requests_file;
ALTER TABLE public.page_requests DROP COLUMN file_id;
