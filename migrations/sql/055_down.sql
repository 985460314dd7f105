-- As in 040.
CREATE OR REPLACE FUNCTION api.put_parents(p_student uuid, p_seen timestamptz, p_parents jsonb, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_found record;
    v_unknown text;
BEGIN
    IF jsonb_typeof(p_parents) IS DISTINCT FROM 'array' OR jsonb_array_length(p_parents) > 10 OR EXISTS (
        SELECT 1 FROM jsonb_array_elements(p_parents) p
        WHERE jsonb_typeof(p) <> 'object' OR jsonb_typeof(p -> 'email') IS DISTINCT FROM 'string'
           OR coalesce(p ->> 'relationship', '') NOT IN ('father', 'mother', 'guardian', 'other')
           OR jsonb_typeof(p -> 'is_primary') IS DISTINCT FROM 'boolean'
    ) OR (SELECT count(*) FROM jsonb_array_elements(p_parents) p WHERE (p ->> 'is_primary')::boolean) > 1
      OR (SELECT count(*) - count(DISTINCT lower(btrim(p ->> 'email'))) FROM jsonb_array_elements(p_parents) p) > 0
    THEN
        RETURN api._refused('malformed');
    END IF;
    SELECT * INTO v_found FROM api._family_member(p_student, p_seen, ARRAY['student']);
    IF v_found.refusal IS NOT NULL THEN
        RETURN v_found.refusal;
    END IF;
    SELECT min(p ->> 'email') INTO v_unknown FROM jsonb_array_elements(p_parents) p
        WHERE NOT EXISTS (
            SELECT 1 FROM public.users u WHERE lower(u.email) = lower(btrim(p ->> 'email')) AND u.role = 'parent'
        );
    IF v_unknown IS NOT NULL THEN
        RETURN api._refused('no_parent', jsonb_build_object('email', v_unknown));
    END IF;
    DELETE FROM public.parent_student_mappings m
        WHERE m.student_user_id = p_student AND m.parent_user_id NOT IN (
            SELECT u.user_id FROM jsonb_array_elements(p_parents) p
            JOIN public.users u ON lower(u.email) = lower(btrim(p ->> 'email'))
        );
    INSERT INTO public.parent_student_mappings (parent_user_id, student_user_id, relationship, is_primary)
        SELECT u.user_id, p_student, (p ->> 'relationship')::public.mv_relationship_type, (p ->> 'is_primary')::boolean
        FROM jsonb_array_elements(p_parents) p
        JOIN public.users u ON lower(u.email) = lower(btrim(p ->> 'email'))
        ON CONFLICT (parent_user_id, student_user_id) DO UPDATE
            SET relationship = EXCLUDED.relationship, is_primary = EXCLUDED.is_primary;
    -- whoever has the student open learns of it as of everything else
    UPDATE public.users u SET updated_at = clock_timestamp() WHERE u.user_id = p_student;
    PERFORM api._audit('user.parents_changed', v_me, 'user', p_student, jsonb_build_object(
        'reason', v_reason, 'hidden', '["parents"]'::jsonb
    ));
    RETURN jsonb_build_object('done', true, 'updated_at', (
        SELECT u.updated_at FROM public.users u WHERE u.user_id = p_student
    ));
END
$$;

-- As in 049.
CREATE OR REPLACE FUNCTION api.known_people(p_emails text[]) RETURNS TABLE (number int, user_id uuid, role text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._admin();
    IF p_emails IS NULL OR cardinality(p_emails) > 1000 THEN
        RAISE EXCEPTION 'that is no list of people' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN QUERY
        SELECT e.number::int, u.user_id, u.role::text
        FROM unnest(p_emails) WITH ORDINALITY e (email, number)
        JOIN public.users u ON lower(u.email) = lower(btrim(e.email))
        ORDER BY e.number;
END
$$;
