-- api._changes is empty whenever nobody writes, so it is planned for as a table of one page that is best read through;
-- and a connection keeps its plan. In a transaction that writes ten thousand questions it read through ten thousand rows
-- for each of them, and its commit outlived the time that a statement has.
ALTER FUNCTION api._tell_change() SET enable_seqscan = off;
ALTER FUNCTION api._audit(text, uuid, text, uuid, jsonb) SET enable_seqscan = off;
-- The same with schemes, while a new bank is filled from files.
ALTER FUNCTION api._questions_written() SET enable_seqscan = off;
