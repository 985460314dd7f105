-- As in 028, in the order of the index: planned on an empty table, and kept for the session, it read and sorted all entries.
ALTER FUNCTION api._note_board(uuid) SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off;
