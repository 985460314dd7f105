-- The doors to the comment bank: changes in and an answer for each out, and what is new.

CREATE FUNCTION api.apply_comment_changes(p_changes jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_sent jsonb;
    v_before public.comment_changes;
    v_answer jsonb;
    v_answers jsonb := '[]';
BEGIN
    IF jsonb_typeof(p_changes) IS DISTINCT FROM 'array' OR jsonb_array_length(p_changes) > 50 THEN
        RAISE EXCEPTION 'a list of at most 50 changes is needed' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT c.user_id INTO v_me FROM api._caller() c;
    -- One person's batches follow one another, and everybody locks comments in one order.
    PERFORM 1 FROM public.staff_logins l WHERE l.user_id = v_me FOR NO KEY UPDATE;
    PERFORM 1 FROM public.bank_comments b
        WHERE b.comment_id = ANY (ARRAY(
            SELECT api._uuid(c ->> 'comment_id') FROM jsonb_array_elements(p_changes) c
        )) ORDER BY b.comment_id FOR NO KEY UPDATE;
    FOR v_sent IN SELECT c FROM jsonb_array_elements(p_changes) WITH ORDINALITY x (c, n) ORDER BY n LOOP
        IF api._uuid(v_sent ->> 'change_id') IS NULL THEN
            RAISE EXCEPTION 'a change has no id' USING ERRCODE = 'invalid_parameter_value';
        END IF;
        SELECT * INTO v_before FROM public.comment_changes c WHERE c.change_id = (v_sent ->> 'change_id')::uuid;
        IF NOT FOUND AND pg_column_size(v_sent) > 65536 THEN
            v_answer := jsonb_build_object('verdict', 'refused', 'reason', 'too_large');  -- and nothing is kept of it
        ELSIF NOT FOUND THEN
            v_answer := api._judge_comment(v_me, v_sent);
            INSERT INTO public.comment_changes (change_id, user_id, comment_id, kind, payload, answer)
            VALUES ((v_sent ->> 'change_id')::uuid, v_me, api._uuid(v_sent ->> 'comment_id'),
                    coalesce(v_sent ->> 'kind', ''), v_sent, v_answer);
        ELSIF v_before.user_id = v_me AND v_before.comment_id::text = lower(v_sent ->> 'comment_id') THEN
            v_answer := v_before.answer;
        ELSE
            v_answer := jsonb_build_object('verdict', 'refused', 'reason', 'change_id_reused');
        END IF;
        v_answers := v_answers || jsonb_build_array(v_answer || jsonb_build_object(
            'change_id', v_sent -> 'change_id'
        ));
    END LOOP;
    RETURN v_answers;
END
$$;

-- In a subtransaction: what fails half-way leaves nothing, and the rest of the batch goes on.
CREATE FUNCTION api._judge_comment(p_user uuid, p_sent jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
BEGIN
    RETURN CASE p_sent ->> 'kind'
        WHEN 'put' THEN api._put_comment(p_user, p_sent)
        WHEN 'use' THEN api._use_comment(p_user, p_sent)
        ELSE jsonb_build_object('verdict', 'refused', 'reason', 'unknown_kind')
    END;
EXCEPTION
    WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded THEN
        RETURN jsonb_build_object('verdict', 'refused', 'reason', 'malformed', 'code', SQLSTATE);
END
$$;

-- Who made a comment changes it, and who directs whatever is shared. A change that may not be, or that did not know
-- of the last one, is kept as a comment of the sender's own: no words are ever lost.
CREATE FUNCTION api._put_comment(p_user uuid, p_sent jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_now public.bank_comments;
    v_new public.bank_comments;
    v_may boolean;
    v_same boolean;
BEGIN
    v_new := jsonb_populate_record(NULL::public.bank_comments, jsonb_build_object(
        'comment_id', p_sent -> 'comment_id', 'text', btrim(p_sent ->> 'text', E' \t\r\n'), 'marks', p_sent -> 'marks',
        'question_id', p_sent -> 'question_id', 'shared', coalesce((p_sent ->> 'shared')::boolean, false),
        'archived', coalesce((p_sent ->> 'archived')::boolean, false)
    ));
    SELECT * INTO v_now FROM public.bank_comments b WHERE b.comment_id = v_new.comment_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM api._insert_comment(v_new, p_user, NULL);
        RETURN jsonb_build_object('verdict', 'applied', 'version', 1);
    END IF;
    v_may := v_now.owner_user_id = p_user OR v_now.shared AND api._directs(p_user);
    v_same := (v_now.text, v_now.marks, v_now.question_id)
        IS NOT DISTINCT FROM (v_new.text, v_new.marks, v_new.question_id);
    IF NOT v_may OR NOT v_same AND v_now.version IS DISTINCT FROM (p_sent ->> 'base_version')::integer THEN
        v_new.comment_id := (p_sent ->> 'change_id')::uuid;
        v_new.shared := false;
        PERFORM api._insert_comment(v_new, p_user, v_now.comment_id);
        RETURN jsonb_build_object(
            'verdict', 'copied', 'reason', CASE WHEN v_may THEN 'changed' ELSE 'not_yours' END,
            'copy_id', v_new.comment_id, 'version', 1,
            'by', CASE WHEN v_may THEN api._staff_name(v_now.changed_by) END
        );
    END IF;
    IF NOT v_same OR (v_now.shared, v_now.archived) <> (v_new.shared, v_new.archived) THEN
        UPDATE public.bank_comments b
            SET text = v_new.text, marks = v_new.marks, question_id = v_new.question_id, shared = v_new.shared,
                archived = v_new.archived, changed_by = p_user, changed_at = clock_timestamp(), version = b.version + 1
            WHERE b.comment_id = v_now.comment_id;
        v_now.version := v_now.version + 1;
        IF v_now.owner_user_id <> p_user THEN
            PERFORM api._audit('comment.changed', p_user, 'comment', v_now.comment_id);
        END IF;
    END IF;
    RETURN jsonb_build_object('verdict', 'applied', 'version', v_now.version);
END
$$;

CREATE FUNCTION api._insert_comment(p_new public.bank_comments, p_user uuid, p_copy_of uuid) RETURNS void
    LANGUAGE sql
AS $$
    INSERT INTO public.bank_comments (
        comment_id, owner_user_id, changed_by, text, marks, question_id, shared, archived, copy_of
    ) VALUES (
        p_new.comment_id, p_user, p_user, p_new.text, p_new.marks, p_new.question_id, p_new.shared, p_new.archived,
        p_copy_of
    )
$$;

CREATE FUNCTION api._use_comment(p_user uuid, p_sent jsonb) RETURNS jsonb
    LANGUAGE plpgsql
AS $$
DECLARE
    v_comment uuid := (p_sent ->> 'comment_id')::uuid;
BEGIN
    UPDATE public.bank_comments b SET uses = b.uses + 1
        WHERE b.comment_id = v_comment AND (b.shared OR b.owner_user_id = p_user);
    IF NOT FOUND THEN
        RETURN jsonb_build_object('verdict', 'refused', 'reason', 'unknown_comment');
    END IF;
    INSERT INTO public.comment_uses AS u (comment_id, user_id, uses) VALUES (v_comment, p_user, 1)
        ON CONFLICT (comment_id, user_id) DO UPDATE SET uses = u.uses + 1;
    RETURN jsonb_build_object('verdict', 'applied');
END
$$;

CREATE FUNCTION api._directs(p_user uuid) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT u.is_coordinator OR u.role = 'admin' FROM public.users u WHERE u.user_id = p_user
$$;

CREATE FUNCTION api._staff_name(p_user uuid) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT u.first_name || ' ' || u.last_name FROM public.users u WHERE u.user_id = p_user
$$;

-- What changed since p_after, as far as the caller sees it, and where to go on from. The oldest transaction that still
-- runs is the limit: whatever commits after this answer has a number that is asked for again.
CREATE FUNCTION api.pull_comments(p_after bigint) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid;
    v_now bigint := pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::bigint;
    -- A number from the future is of another server, of which this one is a copy.
    v_after bigint := CASE WHEN p_after > v_now THEN 0 ELSE coalesce(p_after, 0) END;
BEGIN
    SELECT c.user_id INTO v_me FROM api._caller() c;
    RETURN jsonb_build_object(
        'cursor', v_now,
        'comments', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'comment_id', b.comment_id, 'text', b.text, 'marks', api._decimal(b.marks),
                'question_id', b.question_id, 'shared', b.shared, 'archived', b.archived,
                'owner_id', b.owner_user_id, 'owner_name', api._staff_name(b.owner_user_id),
                'changed_by', b.changed_by, 'changed_by_name', api._staff_name(b.changed_by),
                'changed_at', b.changed_at, 'version', b.version, 'uses', coalesce(u.uses, 0), 'all_uses', b.uses
            )), '[]')
            FROM public.bank_comments b
            LEFT JOIN public.comment_uses u ON u.comment_id = b.comment_id AND u.user_id = v_me
            WHERE b.changed_in >= v_after AND (b.shared OR b.owner_user_id = v_me)
        ),
        'gone', (
            SELECT coalesce(jsonb_agg(b.comment_id), '[]') FROM public.bank_comments b
            WHERE b.changed_in >= v_after AND b.was_shared AND NOT b.shared AND b.owner_user_id <> v_me
        )
    );
END
$$;
