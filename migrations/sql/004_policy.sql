-- Who may read what 004 added, and what is held no more.

REVOKE ALL ON TABLE public.evaluation_holds FROM PUBLIC;
ALTER TABLE public.evaluation_holds ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON public.evaluation_holds TO mv_teacher, mv_coordinator, mv_admin;
-- Not by way of evaluations, whose own policy asks here.
CREATE POLICY teacher_reads ON public.evaluation_holds FOR SELECT TO mv_teacher USING (EXISTS (
    SELECT 1 FROM public.evaluation_assignments a
    WHERE a.evaluation_id = evaluation_holds.evaluation_id AND a.teacher_user_id = (SELECT api.me())
));
CREATE POLICY coordinator_reads ON public.evaluation_holds FOR SELECT TO mv_coordinator
    USING ((SELECT api.me()) IS NOT NULL);
CREATE POLICY admin_reads ON public.evaluation_holds FOR SELECT TO mv_admin USING ((SELECT api.me()) IS NOT NULL);

-- The policies of all that hangs on an evaluation ask this one, so they leave held scripts out with it.
ALTER POLICY teacher_reads ON public.evaluations USING (
    teacher_user_id = (SELECT api.me()) AND NOT EXISTS (
        SELECT 1 FROM public.evaluation_holds h
        WHERE h.evaluation_id = evaluations.evaluation_id AND h.ended_at IS NULL
    )
);

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.finished_scripts(text, timestamptz, uuid, int) TO mv_teacher;
