DROP TRIGGER tr_student_mcq_answers_analytics ON public.student_mcq_answers;
DROP TRIGGER tr_student_mcq_answers_analytics_changed ON public.student_mcq_answers;
DROP TRIGGER tr_student_mcq_answers_analytics_gone ON public.student_mcq_answers;
DROP TRIGGER tr_exam_instances_analytics_gone ON public.exam_instances;
DROP TRIGGER tr_exam_instances_analytics_changed ON public.exam_instances;
CREATE TRIGGER tr_exam_instances_analytics_changed
    AFTER UPDATE OF status, total_marks, mcq_score, manual_score, total_score, percentage ON public.exam_instances
    FOR EACH ROW WHEN (OLD.status = 'evaluated' OR NEW.status = 'evaluated') EXECUTE FUNCTION api._note_result();
