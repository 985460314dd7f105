-- Who may read the comment bank: one's own and what is shared. Nobody writes but through the functions.

ALTER TABLE public.bank_comments ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.comment_uses ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.comment_changes ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON public.bank_comments TO mv_teacher, mv_coordinator, mv_admin;
DO $$
DECLARE
    v_role text;
BEGIN
    FOREACH v_role IN ARRAY ARRAY['teacher', 'coordinator', 'admin'] LOOP
        -- A personal comment is nobody else's, not even a coordinator's.
        EXECUTE format(
            'CREATE POLICY %1$s_reads ON public.bank_comments FOR SELECT TO mv_%1$s
                USING ((SELECT api.me()) = CASE WHEN shared THEN (SELECT api.me()) ELSE owner_user_id END)',
            v_role
        );
    END LOOP;
END
$$;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.apply_comment_changes(jsonb), api.pull_comments(bigint)
    TO mv_teacher, mv_coordinator, mv_admin;
