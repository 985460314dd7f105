-- As in 025, but nothing is searched for what is too old while the oldest is not: with ten thousand entries of this hour each
-- new one read all of them.
CREATE OR REPLACE FUNCTION api._note_board(p_evaluation uuid) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO api._board_changes (written_in, evaluation_id)
        VALUES (pg_current_xact_id()::text::bigint, p_evaluation);
    IF (SELECT b.changed_at FROM api._board_changes b ORDER BY b.change_id LIMIT 1) < now() - interval '1 hour' THEN
        DELETE FROM api._board_changes b WHERE b.change_id IN (
            SELECT o.change_id FROM api._board_changes o WHERE o.changed_at < now() - interval '1 hour'
            ORDER BY o.change_id LIMIT 3 FOR UPDATE SKIP LOCKED
        );
    END IF;
END
$$;
