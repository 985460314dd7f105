-- A faulty question is awarded or dropped in every exam that had it, of whatever template: decided at once, worked out exam
-- by exam by the worker. What a decision holds for are the versions up to the one that was faulty; a corrected question
-- counts as it is marked.

-- Where a question stands in papers: one row a place, also as one side of an either/or question. Written with the paper,
-- which never changes.
CREATE TABLE public.paper_questions (
    exam_instance_id uuid NOT NULL
        CONSTRAINT fk_paper_questions_exam_instance_id REFERENCES public.exam_instances ON DELETE CASCADE,
    question_number integer NOT NULL,
    question_id uuid NOT NULL,
    version integer NOT NULL,
    CONSTRAINT pk_paper_questions PRIMARY KEY (exam_instance_id, question_number, question_id)
);
CREATE INDEX ix_paper_questions_question ON public.paper_questions (question_id, exam_instance_id);
COMMENT ON INDEX public.ix_paper_questions_question IS 'api.rescore_step, api.question_use: the exams that had a question';

-- What cannot be read in a paper of the web platform's is left out: no exam fails by it.
CREATE FUNCTION api._paper_places(p_snapshot jsonb) RETURNS TABLE (question_number int, question_id uuid, version int)
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT DISTINCT ON (1, 2) f.number::int, f.question_id, f.version::int
    FROM (
        SELECT api._whole(q ->> 'question_number') AS number, api._uuid(o ->> 'question_id') AS question_id,
               coalesce(nullif(api._whole(o ->> 'version'), 0), 1) AS version
        FROM jsonb_path_query(p_snapshot, 'lax $.questions[*]') q
        CROSS JOIN LATERAL (SELECT q UNION ALL SELECT jsonb_path_query(q, 'lax $.alternatives[*]')) s (o)
    ) f
    WHERE f.number < 100000 AND f.question_id IS NOT NULL AND f.version < 1000000
    ORDER BY 1, 2, 3
$$;

CREATE FUNCTION api._note_paper() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    INSERT INTO public.paper_questions (exam_instance_id, question_number, question_id, version)
        SELECT NEW.exam_instance_id, p.question_number, p.question_id, p.version
        FROM api._paper_places(NEW.exam_snapshot) p;
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_exam_instances_paper AFTER INSERT ON public.exam_instances
    FOR EACH ROW EXECUTE FUNCTION api._note_paper();
INSERT INTO public.paper_questions (exam_instance_id, question_number, question_id, version)
    SELECT x.exam_instance_id, p.question_number, p.question_id, p.version
    FROM public.exam_instances x CROSS JOIN LATERAL api._paper_places(x.exam_snapshot) p;

-- NULL: all versions, as decisions before this revision meant.
ALTER TABLE public.question_decisions ADD COLUMN through_version integer,
    ADD CONSTRAINT ck_question_decisions_through_version CHECK (through_version > 0);
CREATE INDEX ix_question_decisions_question ON public.question_decisions (question_id, template_id, decision_number);
COMMENT ON INDEX public.ix_question_decisions_question IS 'api._fault_of: what was decided about a question, in all templates';

-- The work that a decision makes: exams up to `after`, by id, are done. One at a time for a question; the next decision
-- ends the one before, for it looks at the same exams.
CREATE TABLE public.question_rescorings (
    rescoring_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_question_rescorings PRIMARY KEY,
    question_id uuid NOT NULL,
    adjustment text NOT NULL,
    through_version integer NOT NULL,
    reason text NOT NULL,
    decided_by uuid NOT NULL CONSTRAINT fk_question_rescorings_decided_by REFERENCES public.users ON DELETE RESTRICT,
    decided_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    exams integer NOT NULL,
    after uuid,
    done integer DEFAULT 0 NOT NULL,
    rescored integer DEFAULT 0 NOT NULL,
    finished_at timestamptz,
    CONSTRAINT ck_question_rescorings_adjustment CHECK (adjustment IN ('award', 'drop', 'none')),
    CONSTRAINT ck_question_rescorings_through_version CHECK (through_version > 0),
    CONSTRAINT ck_question_rescorings_reason CHECK (btrim(reason) <> ''),
    CONSTRAINT ck_question_rescorings_done CHECK (done >= 0 AND rescored BETWEEN 0 AND done)
);
CREATE UNIQUE INDEX uq_question_rescorings_open ON public.question_rescorings (question_id) WHERE finished_at IS NULL;
COMMENT ON INDEX public.uq_question_rescorings_open IS 'api.rescore_step: what is to be worked out';
CREATE INDEX ix_question_rescorings_question ON public.question_rescorings (question_id, decided_at);
COMMENT ON INDEX public.ix_question_rescorings_question IS 'api._fault_of: what was decided about a question last';

DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['paper_questions', 'question_rescorings'] LOOP
        EXECUTE format(
            'CREATE TRIGGER tr_%1$s_truncate BEFORE TRUNCATE ON public.%1$I
                FOR EACH STATEMENT EXECUTE FUNCTION api._refuse_truncate()', v_table
        );
        EXECUTE format('ALTER TABLE public.%1$I ENABLE ALWAYS TRIGGER tr_%1$s_truncate', v_table);
        EXECUTE format('REVOKE ALL ON TABLE public.%I FROM PUBLIC', v_table);
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', v_table);
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION api._exams_with(p_template uuid, p_question uuid) RETURNS uuid[]
    LANGUAGE sql STABLE
AS $$
    SELECT ARRAY(
        SELECT DISTINCT x.exam_instance_id
        FROM public.paper_questions p JOIN public.exam_instances x ON x.exam_instance_id = p.exam_instance_id
        WHERE p.question_id = p_question AND x.template_id = p_template
        ORDER BY 1
    )
$$;

-- Results ---------------------------------------------------------------------------------------------------------

-- As in 011; up to the version that a decision is about, and as if one more decision were made (p_decision on p_question).
DROP FUNCTION api._adjusted_questions(uuid, jsonb);
CREATE FUNCTION api._adjusted_questions(
    p_template uuid, p_snapshot jsonb, p_question uuid DEFAULT NULL, p_decision text DEFAULT NULL,
    p_through int DEFAULT NULL
) RETURNS TABLE (question_number int, question_id uuid, adjustment text, is_mcq boolean, marks numeric)
    LANGUAGE sql STABLE
AS $$
    WITH newest AS MATERIALIZED (
        SELECT DISTINCT ON (d.question_id) d.question_id, d.decision, d.decision_number, d.through_version
        FROM (
            SELECT e.question_id, e.decision, e.decision_number, e.through_version
            FROM public.question_decisions e WHERE e.template_id = p_template AND e.decision <> 'declined'
            UNION ALL SELECT p_question, p_decision, 2147483647, p_through WHERE p_question IS NOT NULL
        ) d
        ORDER BY d.question_id, d.decision_number DESC
    )
    SELECT DISTINCT ON (1) (q ->> 'question_number')::int, n.question_id, n.decision,
           q ->> 'question_type' = 'MCQ', (q ->> 'marks')::numeric
    FROM newest n
    CROSS JOIN LATERAL jsonb_array_elements(p_snapshot -> 'questions') q
    CROSS JOIN LATERAL (SELECT q UNION ALL SELECT jsonb_path_query(q, 'lax $.alternatives[*]')) s (o)
    WHERE n.decision IN ('award', 'drop') AND o ->> 'question_id' = n.question_id::text
      AND (n.through_version IS NULL OR coalesce(api._whole(o ->> 'version'), 1) <= n.through_version)
    ORDER BY 1, n.decision_number DESC
$$;

-- The result of an exam with what holds of its questions, from its result without; no questions: nothing holds.
CREATE FUNCTION api._adjusted_result(
    p_exam uuid, p_template uuid, p_snapshot jsonb, p_total int, p_mcq numeric, p_manual numeric,
    p_question uuid DEFAULT NULL, p_decision text DEFAULT NULL, p_through int DEFAULT NULL,
    OUT questions jsonb, OUT total_marks int, OUT mcq_score numeric, OUT manual_score numeric, OUT total_score numeric,
    OUT percentage numeric
)
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_found record;
BEGIN
    SELECT jsonb_agg(jsonb_build_object(
               'question_number', g.question_number, 'question_id', g.question_id, 'adjustment', g.adjustment,
               'awarded', api._decimal(g.awarded), 'possible', api._decimal(g.marks)
           ) ORDER BY g.question_number) AS questions,
           coalesce(sum(g.change) FILTER (WHERE g.is_mcq), 0) AS mcq,
           coalesce(sum(g.change) FILTER (WHERE NOT g.is_mcq), 0) AS manual,
           coalesce(sum(g.marks) FILTER (WHERE g.adjustment = 'drop'), 0) AS dropped
    INTO v_found
    FROM (
        SELECT q.*, w.awarded,
               CASE q.adjustment WHEN 'award' THEN greatest(q.marks - w.awarded, 0) ELSE -w.awarded END AS change
        FROM api._adjusted_questions(p_template, p_snapshot, p_question, p_decision, p_through) q
        CROSS JOIN LATERAL (
            SELECT coalesce((
                SELECT a.marks_awarded FROM public.student_mcq_answers a
                WHERE q.is_mcq AND a.exam_instance_id = p_exam AND a.question_number = q.question_number
            ), (
                SELECT m.marks_awarded FROM public.question_marks m
                WHERE NOT q.is_mcq AND m.exam_instance_id = p_exam AND m.question_number = q.question_number
            ), 0) AS awarded
        ) w
    ) g;
    questions := v_found.questions;
    IF questions IS NULL THEN
        RETURN;
    END IF;
    total_marks := greatest(p_total - v_found.dropped, 0);
    mcq_score := greatest(coalesce(p_mcq, 0) + v_found.mcq, 0);
    manual_score := greatest(coalesce(p_manual, 0) + v_found.manual, 0);
    total_score := least(mcq_score + manual_score, total_marks);
    percentage := round(100 * total_score / nullif(total_marks, 0), 2);
END
$$;

-- As in 011; what follows from the decisions is worked out by api._adjusted_result, of which the preview asks the same.
CREATE OR REPLACE FUNCTION api._adjust_result() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_plain public.exam_adjustments;
    v_known boolean;
    v_number int;
    v_found record;
BEGIN
    SELECT * INTO v_plain FROM public.exam_adjustments a WHERE a.exam_instance_id = OLD.exam_instance_id;
    v_known := FOUND;
    IF v_known THEN
        IF (NEW.total_marks, NEW.mcq_score, NEW.manual_score)
            IS NOT DISTINCT FROM (OLD.total_marks, OLD.mcq_score, OLD.manual_score)
        THEN
            NEW.total_score := v_plain.total_score;
            NEW.percentage := CASE WHEN NEW.percentage IS NOT DISTINCT FROM OLD.percentage
                                   THEN v_plain.percentage ELSE NEW.percentage END;
        END IF;
        NEW.total_marks := CASE WHEN NEW.total_marks = OLD.total_marks
                                THEN v_plain.total_marks ELSE NEW.total_marks END;
        NEW.mcq_score := CASE WHEN NEW.mcq_score IS NOT DISTINCT FROM OLD.mcq_score
                              THEN v_plain.mcq_score ELSE NEW.mcq_score END;
        NEW.manual_score := CASE WHEN NEW.manual_score IS NOT DISTINCT FROM OLD.manual_score
                                 THEN v_plain.manual_score ELSE NEW.manual_score END;
        IF (NEW.total_marks, NEW.mcq_score, NEW.manual_score)
            IS DISTINCT FROM (v_plain.total_marks, v_plain.mcq_score, v_plain.manual_score)
        THEN
            NEW.total_score := coalesce(NEW.mcq_score, 0) + coalesce(NEW.manual_score, 0);
            NEW.percentage := CASE WHEN NEW.status = 'evaluated'
                                   THEN round(100 * NEW.total_score / nullif(NEW.total_marks, 0), 2) END;
        END IF;
    END IF;
    IF NEW.status = 'evaluated' THEN
        SELECT max(d.decision_number) INTO v_number
            FROM public.question_decisions d WHERE d.template_id = NEW.template_id;
    END IF;
    SELECT r.* INTO v_found FROM api._adjusted_result(
        NEW.exam_instance_id, NEW.template_id, NEW.exam_snapshot, NEW.total_marks, NEW.mcq_score, NEW.manual_score
    ) r WHERE v_number IS NOT NULL;
    IF v_found.questions IS NULL THEN
        IF v_known THEN
            DELETE FROM public.exam_adjustments a WHERE a.exam_instance_id = NEW.exam_instance_id;
        END IF;
        RETURN NEW;
    END IF;
    INSERT INTO public.exam_adjustments AS a (
        exam_instance_id, decision_number, questions, total_marks, mcq_score, manual_score, total_score, percentage
    ) VALUES (
        NEW.exam_instance_id, v_number, v_found.questions, NEW.total_marks, NEW.mcq_score, NEW.manual_score,
        NEW.total_score, NEW.percentage
    ) ON CONFLICT (exam_instance_id) DO UPDATE SET
        decision_number = EXCLUDED.decision_number, questions = EXCLUDED.questions, total_marks = EXCLUDED.total_marks,
        mcq_score = EXCLUDED.mcq_score, manual_score = EXCLUDED.manual_score, total_score = EXCLUDED.total_score,
        percentage = EXCLUDED.percentage, adjusted_at = EXCLUDED.adjusted_at;
    NEW.total_marks := v_found.total_marks;
    NEW.mcq_score := v_found.mcq_score;
    NEW.manual_score := v_found.manual_score;
    NEW.total_score := v_found.total_score;
    NEW.percentage := v_found.percentage;
    IF OLD.status <> 'evaluated' THEN
        PERFORM api._audit('exam.rescored', api.me(), 'exam', NEW.exam_instance_id, jsonb_build_object(
            'questions', v_found.questions, 'total_score', api._decimal(NEW.total_score)
        ));
    END IF;
    RETURN NEW;
END
$$;

-- Everywhere ------------------------------------------------------------------------------------------------------

-- What holds of a question: in how many templates which adjustment, how many decisions there were (the next one names
-- that number), and the last one's work.
CREATE FUNCTION api._fault_of(p_question uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object(
        'seen', (SELECT count(*) FROM public.question_decisions d WHERE d.question_id = p_question),
        'holds', (
            SELECT coalesce(jsonb_object_agg(h.decision, h.templates), '{}') FROM (
                SELECT n.decision, count(*) AS templates FROM (
                    SELECT DISTINCT ON (d.template_id) d.decision FROM public.question_decisions d
                    WHERE d.question_id = p_question AND d.decision <> 'declined'
                    ORDER BY d.template_id, d.decision_number DESC
                ) n WHERE n.decision <> 'none' GROUP BY 1
            ) h
        ),
        'last', (
            SELECT jsonb_build_object(
                'rescoring_id', r.rescoring_id, 'adjustment', r.adjustment, 'through_version', r.through_version,
                'reason', r.reason, 'by', api._staff_name(r.decided_by), 'at', r.decided_at, 'exams', r.exams,
                'done', r.done, 'rescored', r.rescored, 'finished_at', r.finished_at
            )
            FROM public.question_rescorings r WHERE r.question_id = p_question
            ORDER BY r.decided_at DESC LIMIT 1
        )
    )
$$;

-- Nothing would be left of an exam: each of its questions is dropped, or is this one.
CREATE FUNCTION api._nothing_left(p_question uuid, p_through int) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (
        SELECT 1
        FROM (
            SELECT DISTINCT p.exam_instance_id FROM public.paper_questions p
            WHERE p.question_id = p_question AND p.version <= p_through
        ) h
        JOIN public.exam_instances x ON x.exam_instance_id = h.exam_instance_id
        WHERE NOT EXISTS (
            SELECT 1 FROM public.paper_questions o
            WHERE o.exam_instance_id = h.exam_instance_id AND NOT EXISTS (
                SELECT 1 FROM public.paper_questions s
                WHERE s.exam_instance_id = o.exam_instance_id AND s.question_number = o.question_number AND (
                    s.question_id = p_question AND s.version <= p_through OR (
                        SELECT d.decision = 'drop' AND s.version <= coalesce(d.through_version, s.version)
                        FROM public.question_decisions d
                        WHERE d.question_id = s.question_id AND d.template_id = x.template_id
                          AND d.decision <> 'declined' AND s.question_id <> p_question
                        ORDER BY d.decision_number DESC LIMIT 1
                    )
                )
            )
        )
    )
$$;

-- What an adjustment of a question would do, before anything is done. p_through: up to which version of it. Results are
-- worked out of the newest p_limit exams that have one; of these as many are named as a person can look through.
CREATE FUNCTION api.preview_adjustment(p_question uuid, p_adjustment text, p_through int, p_limit int DEFAULT 2000)
    RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_answer jsonb;
BEGIN
    PERFORM api._admin();
    IF p_adjustment IS NULL OR p_adjustment NOT IN ('award', 'drop', 'none') OR p_through IS NULL OR p_through < 1
        OR p_limit IS NULL OR p_limit NOT BETWEEN 1 AND 10000
    THEN
        RETURN api._refused('malformed');
    END IF;
    WITH had AS MATERIALIZED (
        SELECT p.exam_instance_id, max(p.version) AS version,
               bool_or(p_adjustment = 'none' OR p.version <= p_through) AS meant
        FROM public.paper_questions p WHERE p.question_id = p_question GROUP BY 1
    ), exam AS MATERIALIZED (
        SELECT h.version, h.meant, x.exam_instance_id, x.student_user_id, x.template_id, x.status, x.submitted_at
        FROM had h JOIN public.exam_instances x ON x.exam_instance_id = h.exam_instance_id
    ), chosen AS MATERIALIZED (
        SELECT e.exam_instance_id FROM exam e WHERE e.status = 'evaluated'
        ORDER BY e.submitted_at DESC NULLS LAST, e.exam_instance_id LIMIT p_limit
    ), result AS MATERIALIZED (
        SELECT x.exam_instance_id, x.student_user_id, x.template_id, x.submitted_at,
               x.total_score AS old_score, x.total_marks AS old_marks, x.percentage AS old_percentage,
               coalesce(r.total_score, w.score) AS new_score, coalesce(r.total_marks, w.total) AS new_marks,
               CASE WHEN r.questions IS NULL THEN w.percentage ELSE r.percentage END AS new_percentage
        FROM chosen c
        JOIN public.exam_instances x ON x.exam_instance_id = c.exam_instance_id
        LEFT JOIN public.exam_adjustments a ON a.exam_instance_id = x.exam_instance_id
        CROSS JOIN LATERAL (
            SELECT CASE WHEN a.exam_instance_id IS NULL THEN x.total_marks ELSE a.total_marks END AS total,
                   CASE WHEN a.exam_instance_id IS NULL THEN x.mcq_score ELSE a.mcq_score END AS mcq,
                   CASE WHEN a.exam_instance_id IS NULL THEN x.manual_score ELSE a.manual_score END AS manual,
                   CASE WHEN a.exam_instance_id IS NULL THEN x.total_score ELSE a.total_score END AS score,
                   CASE WHEN a.exam_instance_id IS NULL THEN x.percentage ELSE a.percentage END AS percentage
        ) w
        CROSS JOIN LATERAL api._adjusted_result(
            x.exam_instance_id, x.template_id, x.exam_snapshot, w.total, w.mcq, w.manual, p_question, p_adjustment,
            p_through
        ) r
    ), changed AS MATERIALIZED (
        SELECT * FROM result r
        WHERE (r.old_score, r.old_marks, r.old_percentage) IS DISTINCT FROM (r.new_score, r.new_marks, r.new_percentage)
    )
    SELECT jsonb_build_object(
        'exams', (SELECT count(*) FROM exam e WHERE e.meant),
        'evaluated', (SELECT count(*) FROM exam e WHERE e.meant AND e.status = 'evaluated'),
        'students', (SELECT count(DISTINCT e.student_user_id) FROM exam e WHERE e.meant),
        'versions', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('version', v.version, 'exams', v.exams) ORDER BY v.version), '[]')
            FROM (SELECT e.version, count(*) AS exams FROM exam e GROUP BY 1) v
        ),
        'looked_at', (SELECT count(*) FROM result),
        'changed', (SELECT count(*) FROM changed),
        'raised', (SELECT count(*) FROM changed c WHERE c.new_percentage > coalesce(c.old_percentage, -1)),
        'lowered', (SELECT count(*) FROM changed c WHERE c.new_percentage < c.old_percentage),
        'named', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'exam', n.exam_instance_id, 'student', u.first_name || ' ' || u.last_name, 'template', t.template_name,
                'old', jsonb_build_array(api._decimal(n.old_score), n.old_marks, api._decimal(n.old_percentage)),
                'new', jsonb_build_array(api._decimal(n.new_score), n.new_marks, api._decimal(n.new_percentage))
            ) ORDER BY n.submitted_at DESC NULLS LAST, n.exam_instance_id), '[]')
            FROM (
                SELECT * FROM changed c ORDER BY c.submitted_at DESC NULLS LAST, c.exam_instance_id LIMIT 500
            ) n
            JOIN public.users u ON u.user_id = n.student_user_id
            JOIN public.exam_templates t ON t.template_id = n.template_id
        )
    ) INTO v_answer;
    RETURN v_answer || jsonb_build_object(
        'fault', api._fault_of(p_question),
        'nothing_left', p_adjustment = 'drop' AND api._nothing_left(p_question, p_through)
    );
END
$$;

-- In every exam that had the question, up to a version of it: decided now, for the templates of all of them and for what
-- else its class has; worked out by api.rescore_step. p_seen: how many decisions about it the caller saw. Whoever has an
-- open script with it is told, and it is fetched anew by her computer.
CREATE FUNCTION api.adjust_everywhere(
    p_question uuid, p_seen int, p_adjustment text, p_through int, p_reason text
) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_templates uuid[];
    v_template uuid;
    v_exams int;
    v_state record;
    v_before jsonb;
    v_rescoring uuid;
    v_decided int := 0;
    v_teacher record;
BEGIN
    IF p_adjustment IS NULL OR p_adjustment NOT IN ('award', 'drop', 'none') OR p_through IS NULL
        OR p_through NOT BETWEEN 1 AND 1000000
    THEN
        RETURN api._refused('malformed');
    END IF;
    SELECT count(DISTINCT p.exam_instance_id) INTO v_exams
        FROM public.paper_questions p
        WHERE p.question_id = p_question AND (p_adjustment = 'none' OR p.version <= p_through);
    IF v_exams = 0 THEN
        RETURN api._refused('unused');
    END IF;
    v_templates := ARRAY(
        SELECT x.template_id FROM public.paper_questions p
            JOIN public.exam_instances x ON x.exam_instance_id = p.exam_instance_id WHERE p.question_id = p_question
        UNION SELECT t.template_id FROM public.exam_templates t
            JOIN public.questions q ON q.question_id = p_question AND q.class = t.class WHERE p_adjustment <> 'none'
        UNION SELECT d.template_id FROM public.question_decisions d WHERE d.question_id = p_question
        ORDER BY 1
    );
    PERFORM 1 FROM public.exam_templates t WHERE t.template_id = ANY (v_templates)
        ORDER BY t.template_id FOR NO KEY UPDATE;
    v_before := api._fault_of(p_question);
    IF (v_before ->> 'seen')::int IS DISTINCT FROM p_seen THEN
        RETURN api._refused('changed', jsonb_build_object('by', (
            SELECT api._staff_name(d.decided_by) FROM public.question_decisions d WHERE d.question_id = p_question
            ORDER BY d.decided_at DESC LIMIT 1
        )));
    ELSIF p_adjustment = 'drop' AND api._nothing_left(p_question, p_through) THEN
        RETURN api._refused('nothing_left');
    END IF;
    FOREACH v_template IN ARRAY v_templates LOOP
        SELECT s.adjustment, s.proposal_id, (
            SELECT d.through_version FROM public.question_decisions d
            WHERE d.template_id = v_template AND d.question_id = p_question AND d.decision <> 'declined'
            ORDER BY d.decision_number DESC LIMIT 1
        ) AS through_version INTO v_state FROM api._question_state(v_template, p_question) s;
        CONTINUE WHEN v_state.adjustment = p_adjustment
            AND (p_adjustment = 'none' OR v_state.through_version = p_through);
        INSERT INTO public.question_decisions (
            template_id, decision_number, question_id, decision, proposal_id, reason, decided_by, through_version
        )
        SELECT v_template, 1 + coalesce(max(d.decision_number), 0), p_question, p_adjustment, v_state.proposal_id,
               v_reason, v_me, CASE WHEN p_adjustment <> 'none' THEN p_through END
        FROM public.question_decisions d WHERE d.template_id = v_template;
        v_decided := v_decided + 1;
    END LOOP;
    IF v_decided = 0 THEN
        RETURN api._refused('same');
    END IF;
    UPDATE public.question_rescorings r SET finished_at = clock_timestamp()
        WHERE r.question_id = p_question AND r.finished_at IS NULL;
    INSERT INTO public.question_rescorings (question_id, adjustment, through_version, reason, decided_by, exams)
        SELECT p_question, p_adjustment, p_through, v_reason, v_me, count(DISTINCT p.exam_instance_id)
        FROM public.paper_questions p WHERE p.question_id = p_question
        RETURNING rescoring_id INTO v_rescoring;
    PERFORM api._audit(
        CASE p_adjustment WHEN 'award' THEN 'question.awarded' WHEN 'drop' THEN 'question.dropped'
                          ELSE 'question.adjustment_taken_back' END,
        v_me, 'question', p_question, jsonb_build_object(
            'rescoring', v_rescoring, 'before', v_before -> 'holds', 'through_version', p_through, 'reason', v_reason,
            'exams', v_exams, 'templates', v_decided
        )
    );
    FOR v_teacher IN
        SELECT e.teacher_user_id AS id, count(DISTINCT e.evaluation_id) AS scripts
        FROM public.paper_questions p
        JOIN public.evaluations e ON e.exam_instance_id = p.exam_instance_id AND e.status <> 'completed'
        WHERE p.question_id = p_question AND p.version <= p_through AND api._hold_reason(e.evaluation_id) IS NULL
        GROUP BY 1 ORDER BY 1
    LOOP
        PERFORM api._tell(v_teacher.id, CASE p_adjustment WHEN 'award' THEN 'question.awarded'
            WHEN 'drop' THEN 'question.dropped' ELSE 'question.as_marked' END,
            jsonb_build_object('count', v_teacher.scripts), v_rescoring::text);
    END LOOP;
    PERFORM api._defer('score.rescore', '{}');
    RETURN jsonb_build_object('done', true, 'rescoring_id', v_rescoring, 'exams', v_exams);
END
$$;

-- The next exams of a decision's work, by id; answers how many, 0 when nothing is left anywhere (p_rescoring: there).
-- Each call is whole or not at all; what was done is never done again.
CREATE FUNCTION api.rescore_step(p_limit int, p_rescoring uuid DEFAULT NULL) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_job public.question_rescorings;
    v_exams uuid[];
    v_rescored int;
BEGIN
    IF session_user <> 'mv_worker' THEN
        PERFORM api._admin();
    END IF;
    SELECT * INTO v_job FROM public.question_rescorings r
        WHERE r.finished_at IS NULL AND (p_rescoring IS NULL OR r.rescoring_id = p_rescoring)
        ORDER BY r.decided_at, r.rescoring_id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND OR p_limit IS NULL OR p_limit NOT BETWEEN 1 AND 1000 THEN
        RETURN 0;
    END IF;
    v_exams := ARRAY(
        SELECT DISTINCT p.exam_instance_id FROM public.paper_questions p
        WHERE p.question_id = v_job.question_id
          AND p.exam_instance_id > coalesce(v_job.after, '00000000-0000-0000-0000-000000000000')
        ORDER BY 1 LIMIT p_limit
    );
    -- Scripts before exams, each by id, as operations lock them. Also of what is not completed yet: whoever submits at
    -- this moment has done so before the decision, or sees it.
    PERFORM 1 FROM public.evaluations e WHERE e.exam_instance_id = ANY (v_exams)
        ORDER BY e.evaluation_id FOR NO KEY UPDATE;
    PERFORM 1 FROM public.exam_instances x WHERE x.exam_instance_id = ANY (v_exams)
        ORDER BY x.exam_instance_id FOR NO KEY UPDATE;
    v_rescored := api._rescore(v_job.decided_by, v_exams, NULL);
    -- so that its teacher's computer fetches it anew, and says so beside the question
    UPDATE public.evaluations e SET version = e.version + 1
        WHERE e.exam_instance_id = ANY (v_exams) AND e.status <> 'completed';
    UPDATE public.question_rescorings r SET
        after = coalesce(v_exams[cardinality(v_exams)], r.after), done = r.done + cardinality(v_exams),
        rescored = r.rescored + v_rescored,
        finished_at = CASE WHEN cardinality(v_exams) < p_limit THEN clock_timestamp() END
        WHERE r.rescoring_id = v_job.rescoring_id
        RETURNING r.* INTO v_job;
    IF v_job.finished_at IS NOT NULL THEN
        PERFORM api._tell_coordinators(
            'question.rescored', jsonb_build_object('count', v_job.rescored), v_job.rescoring_id::text
        );
    END IF;
    RETURN greatest(cardinality(v_exams), 1);
END
$$;

CREATE FUNCTION api.question_fault(p_question uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._admin();
    RETURN api._fault_of(p_question);
END
$$;

-- What a teacher is told beside a question of her script.
CREATE FUNCTION api._told_adjustments(p_evaluation uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('question_number', q.question_number, 'adjustment', q.adjustment)
                              ORDER BY q.question_number), '[]')
    FROM public.evaluations e
    JOIN public.exam_instances x ON x.exam_instance_id = e.exam_instance_id
    CROSS JOIN LATERAL api._adjusted_questions(x.template_id, x.exam_snapshot) q
    WHERE e.evaluation_id = p_evaluation
$$;

CREATE OR REPLACE FUNCTION api._script_work(p_evaluation uuid) RETURNS jsonb
    LANGUAGE sql STABLE
AS $$
    SELECT api._script_registers(p_evaluation) || jsonb_build_object(
        'returned', api._returned(p_evaluation), 'conflicts', api._conflicts(p_evaluation),
        'adjusted', api._told_adjustments(p_evaluation)
    )
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.preview_adjustment(uuid, text, int, int), api.question_fault(uuid),
    api.adjust_everywhere(uuid, int, text, int, text) TO mv_admin;
GRANT EXECUTE ON FUNCTION api.rescore_step(int, uuid) TO mv_admin, mv_worker;
