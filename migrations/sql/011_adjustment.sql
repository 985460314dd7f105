-- A faulty question: a coordinator proposes that everybody who had it gets its marks, or that it counts for nobody; an
-- admin decides so for all exams of a template, and may take it back. Snapshots, the marks that teachers gave and the
-- totals of their evaluations stay as they are; the result of an exam changes, and what it would be without stands beside.

-- question_id is the id in the snapshots: it outlives the question in the bank.
CREATE TABLE public.question_proposals (
    proposal_id uuid DEFAULT gen_random_uuid() CONSTRAINT pk_question_proposals PRIMARY KEY,
    template_id uuid NOT NULL
        CONSTRAINT fk_question_proposals_template_id REFERENCES public.exam_templates ON DELETE RESTRICT,
    question_id uuid NOT NULL,
    adjustment text NOT NULL,
    reason text NOT NULL,
    proposed_by uuid NOT NULL CONSTRAINT fk_question_proposals_proposed_by REFERENCES public.users ON DELETE RESTRICT,
    proposed_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT ck_question_proposals_adjustment CHECK (adjustment IN ('award', 'drop')),
    CONSTRAINT ck_question_proposals_reason CHECK (btrim(reason) <> '')
);
CREATE INDEX ix_question_proposals_template ON public.question_proposals (template_id, question_id);
COMMENT ON INDEX public.ix_question_proposals_template IS 'what was proposed about a question; the check when a template goes';

-- The latest of a question that was not declined holds; 'none' takes back. A decision ends the proposal that was open.
CREATE TABLE public.question_decisions (
    template_id uuid NOT NULL
        CONSTRAINT fk_question_decisions_template_id REFERENCES public.exam_templates ON DELETE RESTRICT,
    decision_number integer NOT NULL,
    question_id uuid NOT NULL,
    decision text NOT NULL,
    proposal_id uuid
        CONSTRAINT fk_question_decisions_proposal_id REFERENCES public.question_proposals ON DELETE RESTRICT,
    reason text NOT NULL,
    decided_by uuid NOT NULL CONSTRAINT fk_question_decisions_decided_by REFERENCES public.users ON DELETE RESTRICT,
    decided_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_question_decisions PRIMARY KEY (template_id, decision_number),
    CONSTRAINT uq_question_decisions_proposal_id UNIQUE (proposal_id),
    CONSTRAINT ck_question_decisions_decision_number CHECK (decision_number > 0),
    CONSTRAINT ck_question_decisions_decision CHECK (decision IN ('award', 'drop', 'none', 'declined')),
    CONSTRAINT ck_question_decisions_declined CHECK (decision <> 'declined' OR proposal_id IS NOT NULL),
    CONSTRAINT ck_question_decisions_reason CHECK (btrim(reason) <> '')
);

-- An exam whose result is adjusted now: by which questions, up to which decision, and its result as it is without that.
-- questions: [{"question_number", "question_id", "adjustment", "awarded", "possible"}], marks as decimal strings.
CREATE TABLE public.exam_adjustments (
    exam_instance_id uuid CONSTRAINT pk_exam_adjustments PRIMARY KEY
        CONSTRAINT fk_exam_adjustments_exam_instance_id REFERENCES public.exam_instances ON DELETE CASCADE,
    decision_number integer NOT NULL,
    questions jsonb NOT NULL,
    total_marks integer NOT NULL,
    mcq_score numeric(6, 2),
    manual_score numeric(6, 2),
    total_score numeric(6, 2),
    percentage numeric(5, 2),
    adjusted_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT ck_exam_adjustments_decision_number CHECK (decision_number > 0),
    CONSTRAINT ck_exam_adjustments_questions CHECK (jsonb_typeof(questions) = 'array' AND questions <> '[]')
);

DO $$
DECLARE
    v_table text;
    v_role text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['question_proposals', 'question_decisions', 'exam_adjustments'] LOOP
        IF v_table = 'exam_adjustments' THEN
            EXECUTE 'CREATE TRIGGER tr_exam_adjustments_truncate BEFORE TRUNCATE ON public.exam_adjustments
                FOR EACH STATEMENT EXECUTE FUNCTION api._refuse_truncate()';
            EXECUTE 'ALTER TABLE public.exam_adjustments ENABLE ALWAYS TRIGGER tr_exam_adjustments_truncate';
        ELSE
            EXECUTE format(
                'CREATE TRIGGER tr_%1$s_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.%1$I
                    FOR EACH STATEMENT EXECUTE FUNCTION public.mv_refuse_change()', v_table
            );
            EXECUTE format('ALTER TABLE public.%1$I ENABLE ALWAYS TRIGGER tr_%1$s_append_only', v_table);
        END IF;
        EXECUTE format('REVOKE ALL ON TABLE public.%I FROM PUBLIC', v_table);
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', v_table);
        FOREACH v_role IN ARRAY ARRAY['coordinator', 'admin'] LOOP
            EXECUTE format('GRANT SELECT ON public.%1$I TO mv_%2$s', v_table, v_role);
            EXECUTE format(
                'CREATE POLICY %2$s_reads ON public.%1$I FOR SELECT TO mv_%2$s USING ((SELECT api.me()) IS NOT NULL)',
                v_table, v_role
            );
        END LOOP;
    END LOOP;
END
$$;

-- Also as one side of an either/or question.
CREATE FUNCTION api._has_question(p_snapshot jsonb, p_question uuid) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT jsonb_path_exists(
        p_snapshot, '$.questions[*] ? (@.question_id == $id || @.alternatives[*].question_id == $id)',
        jsonb_build_object('id', p_question)
    )
$$;

-- What holds of a paper's questions now. Of an either/or question one side is enough, and the whole question is meant:
-- nobody knows what who took the other side would have done. Of two decisions on one question the later counts.
CREATE FUNCTION api._adjusted_questions(p_template uuid, p_snapshot jsonb)
    RETURNS TABLE (question_number int, question_id uuid, adjustment text, is_mcq boolean, marks numeric)
    LANGUAGE sql STABLE
AS $$
    WITH newest AS (
        SELECT DISTINCT ON (d.question_id) d.question_id, d.decision, d.decision_number
        FROM public.question_decisions d
        WHERE d.template_id = p_template AND d.decision <> 'declined'
        ORDER BY d.question_id, d.decision_number DESC
    )
    SELECT DISTINCT ON (1) (q ->> 'question_number')::int, n.question_id, n.decision,
           q ->> 'question_type' = 'MCQ', (q ->> 'marks')::numeric
    FROM newest n
    JOIN jsonb_array_elements(p_snapshot -> 'questions') q
        ON q ->> 'question_id' = n.question_id::text
        OR q @> jsonb_build_object('alternatives', jsonb_build_array(jsonb_build_object('question_id', n.question_id)))
    WHERE n.decision IN ('award', 'drop')
    ORDER BY 1, n.decision_number DESC
$$;

-- The result of an exam follows the decisions while it is evaluated, whoever writes it and whenever it is completed.
-- Who writes scores knows nothing of adjustments: what she changes is meant without them, what she leaves alone stays as
-- it was without them. So writing a score as it is works everything out anew.
CREATE FUNCTION api._adjust_result() RETURNS trigger
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
    IF v_number IS NULL THEN
        IF v_known THEN
            DELETE FROM public.exam_adjustments a WHERE a.exam_instance_id = NEW.exam_instance_id;
        END IF;
        RETURN NEW;
    END IF;
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
        FROM api._adjusted_questions(NEW.template_id, NEW.exam_snapshot) q
        CROSS JOIN LATERAL (
            SELECT coalesce((
                SELECT a.marks_awarded FROM public.student_mcq_answers a
                WHERE q.is_mcq AND a.exam_instance_id = NEW.exam_instance_id AND a.question_number = q.question_number
            ), (
                SELECT m.marks_awarded FROM public.question_marks m
                WHERE NOT q.is_mcq AND m.exam_instance_id = NEW.exam_instance_id
                  AND m.question_number = q.question_number
            ), 0) AS awarded
        ) w
    ) g;
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
    NEW.total_marks := greatest(NEW.total_marks - v_found.dropped, 0);
    NEW.mcq_score := greatest(coalesce(NEW.mcq_score, 0) + v_found.mcq, 0);
    NEW.manual_score := greatest(coalesce(NEW.manual_score, 0) + v_found.manual, 0);
    NEW.total_score := least(NEW.mcq_score + NEW.manual_score, NEW.total_marks);
    NEW.percentage := round(100 * NEW.total_score / nullif(NEW.total_marks, 0), 2);
    IF OLD.status <> 'evaluated' THEN
        PERFORM api._audit('exam.rescored', api.me(), 'exam', NEW.exam_instance_id, jsonb_build_object(
            'questions', v_found.questions, 'total_score', api._decimal(NEW.total_score)
        ));
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER tr_exam_instances_adjust
    BEFORE UPDATE OF status, total_marks, mcq_score, manual_score, total_score, percentage ON public.exam_instances
    FOR EACH ROW WHEN (OLD.status = 'evaluated' OR NEW.status = 'evaluated')
    EXECUTE FUNCTION api._adjust_result();

-- The latest decision on a question, of whatever kind, and what holds now; a row also where nobody ever decided.
CREATE FUNCTION api._question_state(
    p_template uuid, p_question uuid, OUT decision_number int, OUT decided_by text, OUT decided_at timestamptz,
    OUT adjustment text, OUT proposal_id uuid
)
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(d.decision_number, 0), api._staff_name(d.decided_by), d.decided_at, coalesce((
               SELECT h.decision FROM public.question_decisions h
               WHERE h.template_id = p_template AND h.question_id = p_question AND h.decision <> 'declined'
               ORDER BY h.decision_number DESC LIMIT 1
           ), 'none'), (
               SELECT p.proposal_id FROM public.question_proposals p
               WHERE p.template_id = p_template AND p.question_id = p_question AND NOT EXISTS (
                   SELECT 1 FROM public.question_decisions c WHERE c.proposal_id = p.proposal_id
               )
           )
    FROM (SELECT) one
    LEFT JOIN LATERAL (
        SELECT * FROM public.question_decisions l
        WHERE l.template_id = p_template AND l.question_id = p_question ORDER BY l.decision_number DESC LIMIT 1
    ) d ON true
$$;

-- The exams of a template that had a question, by id.
CREATE FUNCTION api._exams_with(p_template uuid, p_question uuid) RETURNS uuid[]
    LANGUAGE sql STABLE
AS $$
    SELECT ARRAY(
        SELECT x.exam_instance_id FROM public.exam_instances x
        WHERE x.template_id = p_template AND api._has_question(x.exam_snapshot, p_question)
        ORDER BY x.exam_instance_id
    )
$$;

-- One proposal of a question at a time.
CREATE FUNCTION api.propose_adjustment(p_template uuid, p_question uuid, p_adjustment text, p_reason text)
    RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._coordinating();
    v_reason text := api._checked_reason(p_reason);
    v_state record;
    v_exams int;
    v_proposal uuid;
BEGIN
    IF p_adjustment IS NULL OR p_adjustment NOT IN ('award', 'drop') THEN
        RETURN api._refused('malformed');
    END IF;
    PERFORM 1 FROM public.exam_templates t WHERE t.template_id = p_template FOR NO KEY UPDATE;
    v_exams := cardinality(api._exams_with(p_template, p_question));
    IF v_exams = 0 THEN
        RETURN api._refused('unknown');
    END IF;
    SELECT * INTO v_state FROM api._question_state(p_template, p_question);
    IF v_state.proposal_id IS NOT NULL THEN
        RETURN (
            SELECT api._refused('proposed', jsonb_build_object(
                'by', api._staff_name(p.proposed_by), 'at', p.proposed_at, 'adjustment', p.adjustment
            ))
            FROM public.question_proposals p WHERE p.proposal_id = v_state.proposal_id
        );
    ELSIF v_state.adjustment = p_adjustment THEN
        RETURN api._refused('same');
    END IF;
    INSERT INTO public.question_proposals (template_id, question_id, adjustment, reason, proposed_by)
        VALUES (p_template, p_question, p_adjustment, v_reason, v_me) RETURNING proposal_id INTO v_proposal;
    PERFORM api._audit('question.adjustment_proposed', v_me, 'question', p_question, jsonb_build_object(
        'template', p_template, 'proposal', v_proposal, 'adjustment', p_adjustment, 'reason', v_reason
    ));
    RETURN jsonb_build_object('done', true, 'proposal_id', v_proposal, 'exams', v_exams);
END
$$;

-- The next decision on a question. Who calls has locked the template.
CREATE FUNCTION api._decide_question(
    p_me uuid, p_template uuid, p_question uuid, p_decision text, p_proposal uuid, p_reason text
) RETURNS int
    LANGUAGE sql
AS $$
    INSERT INTO public.question_decisions (
        template_id, decision_number, question_id, decision, proposal_id, reason, decided_by
    )
    SELECT p_template, 1 + coalesce(max(d.decision_number), 0), p_question, p_decision, p_proposal, p_reason, p_me
    FROM public.question_decisions d WHERE d.template_id = p_template
    RETURNING decision_number
$$;

-- In all exams of the template, in one transaction. p_seen: the number of the latest decision on this question that the
-- caller saw, 0 for none. p_adjustment 'none' takes back what holds.
CREATE FUNCTION api.adjust_question(p_template uuid, p_question uuid, p_seen int, p_adjustment text, p_reason text)
    RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_state record;
    v_exams uuid[];
    v_number int;
    v_rescored int;
BEGIN
    IF p_adjustment IS NULL OR p_adjustment NOT IN ('award', 'drop', 'none') THEN
        RETURN api._refused('malformed');
    END IF;
    PERFORM 1 FROM public.exam_templates t WHERE t.template_id = p_template FOR NO KEY UPDATE;
    v_exams := api._exams_with(p_template, p_question);
    IF v_exams = '{}' THEN
        RETURN api._refused('unknown');
    END IF;
    SELECT * INTO v_state FROM api._question_state(p_template, p_question);
    IF v_state.decision_number IS DISTINCT FROM p_seen THEN
        RETURN api._refused('changed', jsonb_build_object(
            'by', v_state.decided_by, 'at', v_state.decided_at, 'adjustment', v_state.adjustment,
            'decision_number', v_state.decision_number
        ));
    ELSIF v_state.adjustment = p_adjustment THEN
        RETURN api._refused('same');
    END IF;
    -- Scripts before exams, each by id, as operations lock them. Also of what is not completed yet: whoever submits at
    -- this moment has done so before the decision, or sees it.
    PERFORM 1 FROM public.evaluations e WHERE e.exam_instance_id = ANY (v_exams)
        ORDER BY e.evaluation_id FOR NO KEY UPDATE;
    PERFORM 1 FROM public.exam_instances x WHERE x.exam_instance_id = ANY (v_exams)
        ORDER BY x.exam_instance_id FOR NO KEY UPDATE;
    BEGIN
        v_number := api._decide_question(
            v_me, p_template, p_question, p_adjustment, v_state.proposal_id, v_reason
        );
        v_rescored := api._rescore(v_me, v_exams, v_number);
        IF EXISTS (
            SELECT 1 FROM public.exam_instances x
            WHERE x.exam_instance_id = ANY (v_exams) AND x.status = 'evaluated' AND x.total_marks <= 0
        ) THEN
            RAISE EXCEPTION 'nothing left' USING ERRCODE = 'MV002';
        END IF;
    EXCEPTION WHEN SQLSTATE 'MV002' THEN
        RETURN api._refused('nothing_left');
    END;
    PERFORM api._audit(
        CASE p_adjustment WHEN 'award' THEN 'question.awarded' WHEN 'drop' THEN 'question.dropped'
                          ELSE 'question.adjustment_taken_back' END,
        v_me, 'question', p_question, jsonb_build_object(
            'template', p_template, 'decision_number', v_number, 'before', v_state.adjustment, 'reason', v_reason,
            'exams', cardinality(v_exams), 'rescored', v_rescored
        ) || jsonb_strip_nulls(jsonb_build_object('proposal', v_state.proposal_id))
    );
    RETURN jsonb_build_object(
        'done', true, 'decision_number', v_number, 'exams', cardinality(v_exams), 'rescored', v_rescored
    );
END
$$;

-- Works out the results among these exams anew; answers how many changed. Each gets an entry with what was and what is.
CREATE FUNCTION api._rescore(p_me uuid, p_exams uuid[], p_number int) RETURNS int
    LANGUAGE plpgsql
AS $$
DECLARE
    v_count int;
BEGIN
    UPDATE public.exam_instances x SET mcq_score = x.mcq_score
        WHERE x.exam_instance_id = ANY (p_exams) AND x.status = 'evaluated';
    -- In one statement, as api._audit would one by one.
    WITH told AS (
        DELETE FROM api._changes c
        WHERE c.written_in = pg_catalog.pg_current_xact_id() AND c.resource_type = 'exam'
          AND c.resource_id = ANY (p_exams)
        RETURNING c.resource_id, api._difference(c) AS difference
    )
    INSERT INTO public.audit_logs (
        event_type, actor_user_id, actor_role, actor_ip, resource_type, resource_id, event_data, created_at
    )
    SELECT 'exam.rescored', p_me, (SELECT u.role FROM public.users u WHERE u.user_id = p_me), inet_client_addr(),
           'exam', t.resource_id, t.difference || jsonb_strip_nulls(jsonb_build_object(
               'decision_number', p_number, 'login', session_user
           )), clock_timestamp()
    FROM told t ORDER BY t.resource_id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$$;

CREATE FUNCTION api.decline_adjustment(p_proposal uuid, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_me uuid := api._admin();
    v_reason text := api._checked_reason(p_reason);
    v_proposal public.question_proposals;
    v_decided record;
BEGIN
    SELECT * INTO v_proposal FROM public.question_proposals p WHERE p.proposal_id = p_proposal;
    IF NOT FOUND THEN
        RETURN api._refused('unknown');
    END IF;
    PERFORM 1 FROM public.exam_templates t WHERE t.template_id = v_proposal.template_id FOR NO KEY UPDATE;
    SELECT api._staff_name(d.decided_by) AS who, d.decided_at INTO v_decided
        FROM public.question_decisions d WHERE d.proposal_id = p_proposal;
    IF FOUND THEN
        RETURN api._refused('changed', jsonb_build_object('by', v_decided.who, 'at', v_decided.decided_at));
    END IF;
    PERFORM api._decide_question(
        v_me, v_proposal.template_id, v_proposal.question_id, 'declined', p_proposal, v_reason
    );
    PERFORM api._audit('question.adjustment_declined', v_me, 'question', v_proposal.question_id, jsonb_build_object(
        'template', v_proposal.template_id, 'proposal', p_proposal, 'reason', v_reason
    ));
    RETURN '{"done": true}';
END
$$;

-- Every question of which something was proposed or decided, of one template or of all, open proposals first.
CREATE FUNCTION api.question_adjustments(p_template uuid DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM api._coordinating(p_admins_too => true);
    RETURN (
        WITH question AS (
            SELECT p.template_id, p.question_id FROM public.question_proposals p
            UNION SELECT d.template_id, d.question_id FROM public.question_decisions d
        )
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'template_id', q.template_id, 'template', t.template_name, 'question_id', q.question_id,
            'adjustment', s.adjustment, 'decision_number', s.decision_number,
            'proposal', CASE WHEN p.proposal_id IS NOT NULL THEN jsonb_build_object(
                'proposal_id', p.proposal_id, 'adjustment', p.adjustment, 'reason', p.reason,
                'by', api._staff_name(p.proposed_by), 'at', p.proposed_at
            ) END,
            'decisions', (
                SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'decision_number', d.decision_number, 'decision', d.decision, 'reason', d.reason,
                    'by', api._staff_name(d.decided_by), 'at', d.decided_at
                ) ORDER BY d.decision_number), '[]')
                FROM public.question_decisions d
                WHERE d.template_id = q.template_id AND d.question_id = q.question_id
            )
        ) ORDER BY p.proposal_id IS NULL, coalesce(p.proposed_at, s.decided_at), q.question_id), '[]')
        FROM question q
        JOIN public.exam_templates t ON t.template_id = q.template_id
        CROSS JOIN LATERAL api._question_state(q.template_id, q.question_id) s
        LEFT JOIN public.question_proposals p ON p.proposal_id = s.proposal_id
        WHERE p_template IS NULL OR q.template_id = p_template
    );
END
$$;

-- For the worker: results of the last day that a decision does not show in, because their writer looked at the database
-- as it had been before the decision. Answers how many were worked out anew.
CREATE FUNCTION api.rescore_exams(p_limit int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_exams uuid[];
BEGIN
    v_exams := ARRAY(
        SELECT x.exam_instance_id
        FROM (
            SELECT d.template_id, max(d.decision_number) AS number FROM public.question_decisions d GROUP BY 1
        ) n
        JOIN public.exam_instances x ON x.template_id = n.template_id AND x.status = 'evaluated'
            AND x.updated_at > now() - interval '1 day'
        LEFT JOIN public.exam_adjustments a ON a.exam_instance_id = x.exam_instance_id
        WHERE coalesce(a.decision_number, 0) < n.number AND (
            a.exam_instance_id IS NOT NULL
            OR EXISTS (SELECT 1 FROM api._adjusted_questions(x.template_id, x.exam_snapshot))
        )
        ORDER BY x.exam_instance_id LIMIT greatest(least(p_limit, 1000), 0)
    );
    PERFORM 1 FROM public.exam_instances x WHERE x.exam_instance_id = ANY (v_exams)
        ORDER BY x.exam_instance_id FOR NO KEY UPDATE;
    PERFORM api._rescore(NULL, v_exams, NULL);
    RETURN cardinality(v_exams);
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.propose_adjustment(uuid, uuid, text, text) TO mv_coordinator;
GRANT EXECUTE ON FUNCTION api.adjust_question(uuid, uuid, int, text, text), api.decline_adjustment(uuid, text)
    TO mv_admin;
GRANT EXECUTE ON FUNCTION api.question_adjustments(uuid) TO mv_coordinator, mv_admin;
GRANT EXECUTE ON FUNCTION api.rescore_exams(int) TO mv_worker;
