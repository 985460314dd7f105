-- Old versions of a question, where it was used and how students did on it, and questions that are nearly the same.

-- What a question was before it got a new version; its scheme of then stands in question_schemes. The row of `questions`
-- is the newest.
CREATE TABLE public.question_versions (
    question_id uuid NOT NULL
        CONSTRAINT fk_question_versions_question_id REFERENCES public.questions ON DELETE CASCADE,
    version integer NOT NULL,
    content jsonb NOT NULL,
    replaced_at timestamptz DEFAULT now() NOT NULL,
    replaced_by uuid CONSTRAINT fk_question_versions_replaced_by REFERENCES public.users ON DELETE RESTRICT,
    CONSTRAINT pk_question_versions PRIMARY KEY (question_id, version),
    CONSTRAINT ck_question_versions_version CHECK (version > 0),
    CONSTRAINT ck_question_versions_content CHECK (jsonb_typeof(content) = 'object')
);
CREATE TRIGGER tr_question_versions_append_only BEFORE UPDATE OR TRUNCATE ON public.question_versions
    FOR EACH STATEMENT EXECUTE FUNCTION public.mv_refuse_change();
ALTER TABLE public.question_versions ENABLE ALWAYS TRIGGER tr_question_versions_append_only;
REVOKE ALL ON TABLE public.question_versions FROM PUBLIC;
ALTER TABLE public.question_versions ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON public.question_versions TO mv_admin;
CREATE POLICY admin_reads ON public.question_versions FOR SELECT TO mv_admin USING ((SELECT api.me()) IS NOT NULL);

-- Whoever writes, also the web platform.
CREATE FUNCTION api._keep_version() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    INSERT INTO public.question_versions (question_id, version, content, replaced_by)
        VALUES (OLD.question_id, OLD.version, to_jsonb(OLD) - 'question_id' - 'version' - 'status', (
            SELECT l.user_id FROM public.staff_logins l WHERE l.login_name = session_user
        ))
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_questions_version AFTER UPDATE OF version ON public.questions
    FOR EACH ROW WHEN (NEW.version > OLD.version) EXECUTE FUNCTION api._keep_version();

-- Of questions that got a new version before this revision, what papers hold of the ones before.
INSERT INTO public.question_versions (question_id, version, content, replaced_at)
SELECT DISTINCT ON (q.question_id, p.version) q.question_id, p.version, jsonb_build_object(
           'class', x.class, 'unit', o -> 'unit', 'topic', o -> 'topic', 'question_type', o -> 'question_type',
           'marks', (o ->> 'marks')::numeric::int, 'question_text', o -> 'question_text',
           'question_image_url', o -> 'question_image_url', 'mcq_choices', o -> 'choices',
           'mcq_correct_choices', o -> 'correct'
       ), x.created_at
FROM public.questions q
JOIN public.paper_questions p ON p.question_id = q.question_id AND p.version < q.version
JOIN public.exam_instances x ON x.exam_instance_id = p.exam_instance_id
CROSS JOIN LATERAL jsonb_path_query(x.exam_snapshot, 'lax $.questions[*]') s (place)
CROSS JOIN LATERAL (SELECT s.place UNION ALL SELECT jsonb_path_query(s.place, 'lax $.alternatives[*]')) k (o)
WHERE q.version > 1 AND o ->> 'question_id' = q.question_id::text
  AND coalesce(api._whole(o ->> 'version'), 1) = p.version
ORDER BY q.question_id, p.version, x.created_at;

-- Use -------------------------------------------------------------------------------------------------------------

-- Where a question was used, and how those did who had it: sums from which domain/item_statistic.py works out facility and
-- discrimination. A choice question that was left out earned nothing; of an either/or question who took this side counts.
-- Results are those without what is awarded or dropped.
CREATE FUNCTION api.question_use(p_question uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_is_choice boolean := EXISTS (
        SELECT 1 FROM public.questions q WHERE q.question_id = p_question AND q.question_type = 'MCQ'
    );
BEGIN
    PERFORM api._admin();
    RETURN (
        WITH exam AS MATERIALIZED (
            SELECT h.version, x.exam_instance_id, x.student_user_id, x.template_id, x.created_at,
                   x.status = 'evaluated' AS done,
                   CASE WHEN a.exam_instance_id IS NULL THEN x.total_marks ELSE a.total_marks END AS total,
                   CASE WHEN a.exam_instance_id IS NULL THEN x.total_score ELSE a.total_score END AS score
            FROM (
                SELECT p.exam_instance_id, max(p.version) AS version FROM public.paper_questions p
                WHERE p.question_id = p_question GROUP BY 1
            ) h
            JOIN public.exam_instances x ON x.exam_instance_id = h.exam_instance_id
            LEFT JOIN public.exam_adjustments a ON a.exam_instance_id = x.exam_instance_id
        ), given AS (
            SELECT e.*, m.marks_awarded AS awarded, m.marks_possible AS possible, NULL::jsonb AS chosen
            FROM public.question_marks m JOIN exam e ON e.exam_instance_id = m.exam_instance_id
            WHERE m.question_id = p_question AND e.done
            UNION ALL
            SELECT e.*, coalesce(c.marks_awarded, 0), coalesce(c.marks_possible, 1), coalesce(c.selected_choices, '[]')
            FROM exam e
            LEFT JOIN public.student_mcq_answers c ON c.exam_instance_id = e.exam_instance_id
                AND c.question_id = p_question
            WHERE v_is_choice AND e.done
        ), answer AS MATERIALIZED (
            SELECT g.version, g.exam_instance_id, g.chosen, g.awarded, g.possible,
                   (g.awarded / g.possible)::float8 AS item, least(greatest(
                       (g.score - g.awarded) / nullif(g.total - g.possible, 0), 0
                   ), 1)::float8 AS rest
            FROM given g
        ), newest AS (
            SELECT a.version, min(a.exam_instance_id::text)::uuid AS exam_instance_id FROM answer a
            WHERE a.chosen IS NOT NULL GROUP BY 1 ORDER BY 1 DESC LIMIT 1
        ), correct AS (
            SELECT n.version, (
                SELECT o -> 'correct' FROM public.exam_instances x
                CROSS JOIN LATERAL jsonb_path_query(x.exam_snapshot, 'lax $.questions[*]') s (place)
                CROSS JOIN LATERAL (
                    SELECT s.place UNION ALL SELECT jsonb_path_query(s.place, 'lax $.alternatives[*]')
                ) k (o)
                WHERE x.exam_instance_id = n.exam_instance_id AND o ->> 'question_id' = p_question::text LIMIT 1
            ) AS choices
            FROM newest n
        )
        SELECT jsonb_build_object(
            'exams', (SELECT count(*) FROM exam),
            'students', (SELECT count(DISTINCT e.student_user_id) FROM exam e),
            'first_at', (SELECT min(e.created_at) FROM exam e), 'last_at', (SELECT max(e.created_at) FROM exam e),
            'versions', (
                SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'version', v.version, 'exams', v.exams, 'students', v.students, 'answered', v.answered,
                    'mean', v.mean
                ) ORDER BY v.version DESC), '[]')
                FROM (
                    SELECT e.version, count(*) AS exams, count(DISTINCT e.student_user_id) AS students,
                           count(a.exam_instance_id) AS answered, avg(a.awarded)::float8 AS mean
                    FROM exam e LEFT JOIN answer a ON a.exam_instance_id = e.exam_instance_id GROUP BY 1
                ) v
            ),
            'templates', (
                SELECT coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'exams', t.exams)
                                          ORDER BY t.exams DESC, t.name), '[]')
                FROM (
                    SELECT k.template_name AS name, count(*) AS exams FROM exam e
                    JOIN public.exam_templates k ON k.template_id = e.template_id
                    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20
                ) t
            ),
            'answered', (SELECT count(*) FROM answer),
            'mean', (SELECT avg(a.awarded)::float8 FROM answer a),
            'possible', (SELECT max(a.possible)::float8 FROM answer a),
            'sums', (
                SELECT jsonb_build_array(count(*), coalesce(sum(a.item), 0), coalesce(sum(a.item * a.item), 0),
                                         coalesce(sum(a.rest), 0), coalesce(sum(a.rest * a.rest), 0),
                                         coalesce(sum(a.item * a.rest), 0))
                FROM answer a WHERE a.rest IS NOT NULL
            ),
            'choices_of', (SELECT c.version FROM correct c),
            'choices', (
                SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'choice', t.choice, 'count', t.count, 'rest', t.rest, 'right', t.is_right
                ) ORDER BY t.choice = '', t.choice), '[]')
                FROM (
                    SELECT k.choice, count(*) AS count, avg(a.rest) AS rest, bool_or(c.choices ? k.choice) AS is_right
                    FROM correct c
                    JOIN answer a ON a.version = c.version
                    CROSS JOIN LATERAL (
                        SELECT jsonb_array_elements_text(a.chosen)
                        UNION ALL SELECT '' WHERE jsonb_array_length(a.chosen) = 0
                    ) k (choice)
                    GROUP BY 1
                ) t
            )
        )
    );
END
$$;

-- Nearly the same -------------------------------------------------------------------------------------------------

-- Letters, digits and signs as they count when two texts are compared: without capitals, spaces and what only sets maths.
CREATE FUNCTION api._comparable(p_text text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT btrim(regexp_replace(
        lower(regexp_replace(p_text, '\\(left|right|displaystyle|text|mathrm|,|;|!|quad)|[$]', ' ', 'g')), '\s+', ' ', 'g'
    ))
$$;

-- The questions most like a text, with how alike they are (0 to 1, by their trigrams). Candidates come from the index of
-- words: whoever shares all but a few of the words shares all words of one of three parts of them. p_not: the question
-- itself, NULL for a new one.
CREATE FUNCTION api.similar_questions(p_text text, p_not uuid DEFAULT NULL, p_limit int DEFAULT 3)
    RETURNS TABLE (question_id uuid, status text, class text, unit text, alike real, opening text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_text text := api._comparable(left(p_text, 4000));
    v_parts text[];
    v_query text;
    v_found uuid[];
BEGIN
    PERFORM api._admin();
    IF p_limit IS NULL OR p_limit NOT BETWEEN 1 AND 20 THEN
        RAISE EXCEPTION 'this cannot be looked for' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Long words are rare, so each part gets some. Numbers, which are changed first, stand together.
    v_parts := ARRAY(
        SELECT string_agg(quote_literal(w.word), ' & ')
        FROM (
            SELECT o.word, CASE WHEN o.word ~ '^[0-9]+$' THEN 0 ELSE row_number() OVER (
                PARTITION BY o.word ~ '^[0-9]+$' ORDER BY length(o.word) DESC, o.word
            ) % 3 END AS part
            FROM unnest(api._words(v_text)) o (word)
        ) w
        GROUP BY w.part ORDER BY w.part
    );
    v_found := ARRAY(
        SELECT s.question_id FROM public.question_search s WHERE s.text_key = api._text_key(p_text) LIMIT 20
    );
    -- Who shares most comes first.
    FOR v_query IN
        SELECT q.query FROM (
            SELECT array_to_string(v_parts, ' & ') AS query, 0 AS place
            UNION ALL SELECT v_parts[i] || ' & ' || v_parts[j], 1 FROM generate_subscripts(v_parts, 1) i
                JOIN generate_subscripts(v_parts, 1) j ON i < j WHERE cardinality(v_parts) > 2
            UNION ALL SELECT p, 2 FROM unnest(v_parts) p WHERE cardinality(v_parts) > 1 AND p ~ '&'
        ) q
        WHERE q.query <> '' ORDER BY q.place
    LOOP
        EXIT WHEN cardinality(v_found) >= 120;
        -- planned for these words: a rare one wants another plan than a common one
        EXECUTE 'SELECT $2 || ARRAY(
            SELECT s.question_id FROM public.question_search s
            WHERE s.document @@ $1::pg_catalog.tsquery LIMIT 80
        )' INTO v_found USING v_query, v_found;
    END LOOP;
    RETURN QUERY
        SELECT q.question_id, q.status::text, q.class::text, q.unit::text, c.alike, left(q.question_text, 300)
        FROM (SELECT DISTINCT f.id FROM unnest(v_found) f (id)) d
        JOIN public.questions q ON q.question_id = d.id AND q.question_id IS DISTINCT FROM p_not
        CROSS JOIN LATERAL (
            SELECT public.similarity(v_text, api._comparable(left(q.question_text, 4000))) AS alike
        ) c
        WHERE c.alike >= 0.6
        ORDER BY c.alike DESC, q.question_id LIMIT p_limit;
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.question_use(uuid), api.similar_questions(text, uuid, int) TO mv_admin;
