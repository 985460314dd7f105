DROP FUNCTION api.refused_work(timestamptz);
DROP INDEX public.ix_evaluation_assignments_again;
DROP INDEX public.ix_applied_operations_refused;
DROP FUNCTION api.moved_to(uuid[]);
DROP FUNCTION api._moved_on(uuid, uuid, int);
DROP FUNCTION api._short_name(uuid);
