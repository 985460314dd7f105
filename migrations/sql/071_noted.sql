-- Lists, reports, dashboards and papers that staff write out of the program are noted: who, when, what, how many rows, as
-- which kind of file, and what it was narrowed to.

-- Called once the rows are read and the file lies ready beside its place, which it gets only when this was committed.
-- p_what: a list, by the name that the program gives it; who may read it may note it, nobody else.
-- p_file: its name; of a path only what stands behind the last separator is kept. '' for what goes to a printer.
-- p_filters: {"class": "XII", …}. The words that somebody looked for among people may be a student's name or address, which
-- must not stay where nothing is ever cleared: of them only that there were some.
CREATE FUNCTION api.note_export(p_what text, p_rows int, p_format text, p_file text, p_filters jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_file text := right(regexp_replace(coalesce(p_file, ''), '^.*[/\\]', ''), 255);
    v_filters jsonb := p_filters;
BEGIN
    PERFORM FROM api._caller();  -- who asks, before what she asks is looked at
    IF p_what IN (
        'plan', 'member', 'student', 'parent', 'subscription', 'template', 'holiday', 'setting', 'question', 'audit',
        'first_password', 'paper'
    ) THEN
        v_me := api._admin();
    ELSIF p_what = 'own_question' THEN
        SELECT c.user_id INTO v_me FROM api._caller() c WHERE c.role = 'teacher';
        IF NOT FOUND THEN
            RAISE EXCEPTION 'only a teacher has questions of her own' USING ERRCODE = 'insufficient_privilege';
        END IF;
    ELSIF p_what IN (
        'report.days', 'report.plans', 'report.teachers', 'report.volume', 'report.pace', 'report.questions',
        'insight.units', 'insight.predicted', 'insight.lowest', 'insight.leaders', 'insight.volumes', 'insight.due',
        'insight.plans', 'insight.questions', 'insight.choices'
    ) THEN
        v_me := api._coordinating(p_admins_too => true);
    ELSE
        RAISE EXCEPTION 'there is no such list' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF p_rows IS NULL OR p_rows < 0 THEN
        RAISE EXCEPTION 'a list has no rows or some' USING ERRCODE = 'invalid_parameter_value';
    ELSIF p_format IS NULL OR p_format NOT IN ('csv', 'xlsx', 'pdf', 'png', 'svg', 'print') THEN
        RAISE EXCEPTION 'there is no such kind of file' USING ERRCODE = 'invalid_parameter_value';
    ELSIF (v_file = '') <> (p_format = 'print') THEN
        RAISE EXCEPTION 'a file has a name, and paper has none' USING ERRCODE = 'invalid_parameter_value';
    ELSIF jsonb_typeof(p_filters) IS DISTINCT FROM 'object' THEN
        RAISE EXCEPTION 'filters are an object' USING ERRCODE = 'invalid_parameter_value';
    ELSIF (SELECT count(*) > 20 OR bool_or(
            f.key !~ '^[a-z][a-z_]{0,39}$' OR jsonb_typeof(f.value) <> 'string' OR length(f.value #>> '{}') > 200
        ) FROM jsonb_each(p_filters) f)
    THEN
        RAISE EXCEPTION 'at most 20 filters of at most 200 characters' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF p_filters ? 'words' AND p_what IN ('member', 'student', 'parent', 'subscription', 'audit') THEN
        v_filters := p_filters || '{"words": "…"}';
    END IF;
    PERFORM api._audit('export.written', v_me, 'export', NULL, jsonb_strip_nulls(jsonb_build_object(
        'key', p_what, 'rows', p_rows, 'format', p_format, 'file', nullif(v_file, ''), 'filters', v_filters
    )));
    RETURN '{"done": true}';
END
$$;

REVOKE EXECUTE ON FUNCTION api.note_export(text, int, text, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.note_export(text, int, text, text, jsonb) TO mv_teacher, mv_coordinator, mv_admin;
