-- What can be answered instead of a question has pictures of its own. They stand in the scheme, beside its words.

-- As in 053: who may see a question may see those pictures, too.
CREATE OR REPLACE FUNCTION api._seen_places(p_user uuid, p_places text[], p_evaluations uuid[], p_questions uuid[])
    RETURNS text[]
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    p_places := ARRAY(SELECT DISTINCT p FROM unnest(p_places) p WHERE char_length(p) BETWEEN 1 AND 1000);
    IF api._directs(p_user) THEN
        RETURN p_places;
    END IF;
    RETURN ARRAY(
        SELECT l.place
        FROM public.evaluations e
        JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
        CROSS JOIN LATERAL api._places_of(x.exam_snapshot) l (place)
        WHERE e.evaluation_id = ANY (p_evaluations) AND l.place = ANY (p_places)
          AND e.teacher_user_id = p_user AND api._hold_reason(e.evaluation_id) IS NULL
        UNION  -- who marks a script a second time knows it by that marking only
        SELECT l.place
        FROM public.second_markings m
        JOIN public.evaluations e ON e.evaluation_id = m.evaluation_id
        JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
        CROSS JOIN LATERAL api._places_of(x.exam_snapshot) l (place)
        WHERE m.marking_id = ANY (p_evaluations) AND m.teacher_user_id = p_user AND l.place = ANY (p_places)
          AND api._marks_second(p_user, e.evaluation_id)
        UNION
        SELECT l.place
        FROM public.questions q
        LEFT JOIN public.question_schemes s ON s.question_id = q.question_id AND s.version = q.version
        CROSS JOIN LATERAL api._places_of(to_jsonb(q) || jsonb_build_object('scheme', s.scheme)) l (place)
        WHERE q.question_id = ANY (p_questions) AND l.place = ANY (p_places)
          AND (q.status = 'active' OR q.created_by = p_user)
        UNION
        SELECT u.place
        FROM (
            SELECT 's3://' || r.s3_bucket || '/' || r.s3_key AS place FROM public.upload_requests r
            WHERE r.user_id = p_user AND r.kind = 'question_image' AND r.arrived_at IS NOT NULL
        ) u
        WHERE u.place = ANY (p_places)
    );
END
$$;

-- As api._check_pictures: staff name only pictures that the worker has found sound, and those that the question had. Each
-- version has a scheme of its own.
CREATE FUNCTION api._check_scheme_pictures() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM public.staff_logins l WHERE l.login_name = session_user) AND EXISTS (
        SELECT 1 FROM api._places_of(NEW.scheme) n (place)
        WHERE NOT EXISTS (
              SELECT 1 FROM public.question_pictures c
              WHERE c.picture_id = md5(n.place)::uuid AND c.checked_at IS NOT NULL AND c.problem IS NULL
          )
          AND n.place NOT IN (
              SELECT api._places_of(s.scheme) FROM public.question_schemes s WHERE s.question_id = NEW.question_id
          )
    ) THEN
        RAISE EXCEPTION 'a picture that nobody has looked at'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_questions_pictures';
    END IF;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION api._check_scheme_pictures() FROM PUBLIC;
CREATE TRIGGER tr_question_schemes_pictures BEFORE INSERT OR UPDATE OF scheme ON public.question_schemes
    FOR EACH ROW WHEN (NEW.scheme ? 'alternatives') EXECUTE FUNCTION api._check_scheme_pictures();
