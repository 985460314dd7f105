-- Many students and parents at once, from a file, and back.

-- Whose addresses these are, numbered from 1; of nobody's there is no row. By the owner's rights, because row security
-- lets no index be asked with lower().
CREATE FUNCTION api.known_people(p_emails text[]) RETURNS TABLE (number int, user_id uuid, role text)
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

-- A part of a file; all parts in one transaction, so that none of it stands when one fails. p_rows: [{"values" (as
-- api.enrol takes them), "parents": [{"email", "relationship", "is_primary", "first_name", "last_name"}]}]; a parent with
-- names whom nobody knows is entered, too. Answers who they are, in their order; or what was refused of which row, from 0.
CREATE FUNCTION api.enrol_all(p_role text, p_rows jsonb, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_row jsonb;
    v_parent jsonb;
    v_answer jsonb;
    v_people jsonb := '[]';
    v_number int := 0;
BEGIN
    PERFORM api._admin();
    IF jsonb_typeof(p_rows) IS DISTINCT FROM 'array' OR jsonb_array_length(p_rows) > 1000 OR EXISTS (
        SELECT 1 FROM jsonb_array_elements(p_rows) r
        WHERE jsonb_typeof(r) <> 'object' OR jsonb_typeof(coalesce(r -> 'parents', '[]')) <> 'array'
           OR jsonb_array_length(coalesce(r -> 'parents', '[]')) > 10
    ) THEN
        RETURN api._refused('malformed');
    END IF;
    FOR v_row IN SELECT r FROM jsonb_array_elements(p_rows) r LOOP
        v_answer := api.enrol(p_role, v_row -> 'values', p_reason);
        IF v_answer ? 'refused' THEN
            RETURN v_answer || jsonb_build_object('row', v_number);
        END IF;
        v_people := v_people || jsonb_build_array(v_answer -> 'user_id');
        IF p_role = 'student' AND jsonb_array_length(coalesce(v_row -> 'parents', '[]')) > 0 THEN
            FOR v_parent IN SELECT p FROM jsonb_array_elements(v_row -> 'parents') p LOOP
                IF v_parent ->> 'first_name' IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM public.users u WHERE lower(u.email) = lower(btrim(v_parent ->> 'email'))
                ) THEN
                    PERFORM api.enrol('parent', jsonb_build_object(
                        'email', v_parent ->> 'email', 'first_name', v_parent ->> 'first_name',
                        'last_name', v_parent ->> 'last_name'
                    ), p_reason);
                END IF;
            END LOOP;
            v_answer := api.put_parents(
                (v_answer ->> 'user_id')::uuid, (v_answer ->> 'updated_at')::timestamptz, (
                    SELECT jsonb_agg(p - 'first_name' - 'last_name') FROM jsonb_array_elements(v_row -> 'parents') p
                ), p_reason
            );
            IF v_answer ? 'refused' THEN
                RETURN v_answer || jsonb_build_object('row', v_number);
            END IF;
        END IF;
        v_number := v_number + 1;
    END LOOP;
    RETURN jsonb_build_object('done', true, 'people', v_people);
EXCEPTION WHEN invalid_parameter_value THEN
    -- of the address or the names of one of them
    RETURN api._refused('wrong', jsonb_build_object('row', v_number, 'why', SQLERRM));
END
$$;

-- Takes back that somebody was entered: who she was goes as with api.anonymise, so that the address is free, and with a
-- student her parents who were entered with her, belong to nobody else and are as they were then. Who has an exam, a
-- subscription or (of a parent) children keeps her name, and her account is closed.
CREATE FUNCTION api.unenrol(p_user uuid, p_seen timestamptz, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_found record;
    v_parents uuid[];
    v_parent record;
    v_answer jsonb;
BEGIN
    PERFORM api._admin();
    SELECT * INTO v_found FROM api._account_holder(p_user, p_seen);
    IF v_found.refusal IS NOT NULL THEN
        RETURN v_found.refusal;
    ELSIF EXISTS (SELECT 1 FROM public.exam_instances x WHERE x.student_user_id = p_user)
        OR EXISTS (SELECT 1 FROM public.subscriptions s WHERE s.student_user_id = p_user)
        OR EXISTS (SELECT 1 FROM public.parent_student_mappings m WHERE m.parent_user_id = p_user)
    THEN
        RETURN api.put_account(p_user, p_seen, false, p_reason) || '{"gone": false}';
    END IF;
    v_parents := ARRAY(
        SELECT m.parent_user_id FROM public.parent_student_mappings m WHERE m.student_user_id = p_user
    );
    v_answer := api.anonymise(p_user, p_seen, p_reason);
    FOR v_parent IN
        SELECT u.user_id, u.updated_at FROM public.users u
        WHERE u.user_id = ANY (v_parents) AND u.role = 'parent' AND u.created_at = (v_found.person).created_at
          AND u.updated_at = u.created_at AND u.password_hash = '!'
          AND NOT EXISTS (SELECT 1 FROM public.parent_student_mappings m WHERE m.parent_user_id = u.user_id)
        ORDER BY u.user_id
    LOOP
        PERFORM api.anonymise(v_parent.user_id, v_parent.updated_at, p_reason);
    END LOOP;
    RETURN v_answer || '{"gone": true}';
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.known_people(text[]), api.enrol_all(text, jsonb, text),
    api.unenrol(uuid, timestamptz, text) TO mv_admin;
