"""Makes one script of the demo: the paper, the student's answer sheets, and the marking done so far.

Rows that the web platform would write are written as the database's owner; marking is sent by the teacher's own login
through the same function as every teacher's work.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mv_desktop.demo.answer_sheet import FileForm, Outcome, SheetFile, SheetStyle, StudentAnswer, write_pages
from mv_desktop.demo.population import Person, staff
from mv_desktop.demo.question_bank import content_of_class, shipped_templates
from mv_desktop.demo.scan import Fault
from mv_desktop.demo.school_seed import units
from mv_desktop.demo.script_marking import DemoMarking, HandedIn, handed_in
from mv_desktop.demo.script_plan import DemoState, ScriptPlan
from mv_desktop.domain.evaluation import EvaluationStatus
from mv_desktop.domain.exam import ExamSnapshot, ExamStatus, build_paper
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.marks import score_mcq, totals
from mv_desktop.domain.question import PaperQuestion, SnapshotQuestion
from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.domain.subscription import SubscriptionStatus
from mv_desktop.models.evaluation import Evaluation, EvaluationClock
from mv_desktop.models.exam_instance import AnswerSheetUpload, ExamInstance, StudentMcqAnswer, UnansweredQuestion
from mv_desktop.models.subscription import Subscription
from mv_desktop.pages.storage import ObjectStore

_NAMESPACE = UUID("b7b0a5c2-4e0f-5a8e-8a43-736372697074")
_LOCK = 0x6D76
"""The space of advisory locks in which a script's number is locked while it is made."""
_PATIENCE = "10min"
_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
_EXAM_STATUS = {
    DemoState.CREATED: ExamStatus.CREATED,
    DemoState.SITTING: ExamStatus.IN_PROGRESS,
    DemoState.SUBMITTED_MCQ: ExamStatus.SUBMITTED_MCQ,
    DemoState.PENDING_UPLOAD: ExamStatus.PENDING_UPLOAD,
    DemoState.UPLOADED: ExamStatus.PENDING_UPLOAD,  # and then the step that puts the worker to work
    DemoState.ASSIGNED: ExamStatus.PENDING_EVALUATION,
    DemoState.MARKING: ExamStatus.PENDING_EVALUATION,
    DemoState.EVALUATED: ExamStatus.PENDING_EVALUATION,  # the teacher's submission makes it evaluated
}
_OUTCOMES = (
    *((Outcome.RIGHT,) * 9),
    *((Outcome.SLIP,) * 4),
    *((Outcome.WRONG,) * 3),
    *((Outcome.UNFINISHED,) * 2),
    Outcome.NOT_ATTEMPTED,
)
_STYLES = (
    SheetStyle(dpi=200),
    SheetStyle(dpi=150, form=FileForm.PHOTO, black=True),
    SheetStyle(dpi=200, form=FileForm.PDF),
    SheetStyle(dpi=200, faults={1: Fault.SKEWED, 2: Fault.DIM}),
    SheetStyle(dpi=150, form=FileForm.PNG, ruled=False),
    SheetStyle(dpi=300, faults={2: Fault.BLURRED}, blank_page=1),
    SheetStyle(dpi=200, out_of_order=True, faults={1: Fault.UPSIDE_DOWN}),
    SheetStyle(dpi=150, form=FileForm.PDF, black=True, out_of_order=True),
)

TeacherSession = Callable[[Person], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class ScriptSeeder:
    """Makes scripts one by one; a script that is already there is left alone.

    Attributes:
        owner: opens a session of the database's owner that commits at its end.
        as_teacher: opens a session of a member of staff, by her own login.
        store: where answer sheets go.
        calendar: working hours and holidays.
        now: the moment all deadlines are measured from, aware.
    """

    owner: Callable[[], AbstractContextManager[Session]]
    as_teacher: TeacherSession
    store: ObjectStore
    calendar: WorkCalendar
    now: datetime

    def make(self, plan: ScriptPlan) -> None:
        """Make one script, in one transaction, and then the marking done so far."""
        with self.owner() as session:
            _alone(session, plan)
            exam = session.get(ExamInstance, exam_id(plan))
            if exam is None:
                found = self._write(session, plan)
            elif plan.state.has_marks and _is_unmarked(session, plan):
                # A program made the script and ended before the marking: where the answers stand is found by
                # writing them again.
                work = student_work(plan, exam.exam_snapshot)
                found = handed_in(work.answers, sheet_files(plan, work))
            else:
                found = None
        if found is not None and plan.state.has_marks:
            self._mark(plan, found)

    def _write(self, session: Session, plan: ScriptPlan) -> HandedIn | None:
        """Write the script's rows and files; what was handed in for a teacher, if anything."""
        paper, template_id = _paper(session, plan)
        work = student_work(plan, paper)
        found = None
        times = self._times(plan, paper.template.duration_minutes)
        exam = _exam(plan, paper, template_id, times)
        session.add(exam)
        session.flush()
        if times.submitted is not None:
            score = _answer_mcq(session, plan, paper, work, times)
            _score_mcq_exam(session, plan, paper, score)
        if plan.state.has_pages and work.answers:
            files = sheet_files(plan, work)
            found = handed_in(work.answers, files)
            _declare_unanswered(session, plan, work.answers, times)
            self._upload(session, plan, files, times.received)
        if plan.state is DemoState.UPLOADED:
            exam.status = ExamStatus.UPLOADED
            session.flush()
        if plan.teacher is not None:
            session.add(self._evaluation(plan, times.received))
        self._count(session, plan, times)
        return found

    def _times(self, plan: ScriptPlan, minutes: int) -> ExamTimes:
        received = plan.received(self.calendar, self.now) if plan.state.has_pages else self.now
        if plan.state is DemoState.CREATED:
            return ExamTimes(self.now - timedelta(minutes=25), None, None, received)
        if plan.state is DemoState.SITTING:
            started = self.now - timedelta(minutes=minutes) / 3
            return ExamTimes(started - timedelta(minutes=5), started, None, received)
        submitted = received - timedelta(minutes=20)
        started = submitted - timedelta(minutes=minutes - plan.number % 7)
        return ExamTimes(started - timedelta(minutes=5), started, submitted, received)

    def _count(self, session: Session, plan: ScriptPlan, times: ExamTimes) -> None:
        """Count the exam in its student's month. It comes last: the row stays locked until the script is written."""
        session.flush()
        session.execute(
            update(Subscription)
            .where(
                Subscription.student_user_id == plan.pupil.student.user_id,
                Subscription.status == SubscriptionStatus.ACTIVE,
                Subscription.last_counter_reset_date <= times.created.astimezone(self.calendar.hours.zone).date(),
            )
            .values(exams_used_this_month=Subscription.exams_used_this_month + 1)
        )

    def _upload(self, session: Session, plan: ScriptPlan, files: Sequence[SheetFile], received: datetime) -> None:
        for page_number, file in enumerate(files, start=1):
            data = file.data
            if plan.broken_page and page_number == 2:
                data = data[: len(data) // 3]  # the upload broke off
            key = f"answer-sheets/{exam_id(plan)}/{page_number:03}.{_EXTENSIONS[file.mime_type]}"
            self.store.put(key, data, content_type=file.mime_type)
            session.add(
                AnswerSheetUpload(
                    upload_id=uuid5(_NAMESPACE, key),
                    exam_instance_id=exam_id(plan),
                    student_user_id=plan.pupil.student.user_id,
                    page_number=page_number,
                    s3_bucket=self.store.bucket,
                    s3_key=key,
                    file_size_bytes=len(data),
                    mime_type=file.mime_type,
                    questions_on_page=file.questions_on_page or None,
                    uploaded_at=received - timedelta(seconds=20 * (len(files) - page_number)),
                )
            )
        session.add(EvaluationClock(exam_instance_id=exam_id(plan), received_at=received))
        session.flush()  # before the evaluation, whose trigger would start the clock itself

    def _evaluation(self, plan: ScriptPlan, received: datetime) -> Evaluation:
        assigned = min(received + timedelta(minutes=3), self.now)
        due = self.calendar.deadline(received, plan.sla_hours).due
        return Evaluation(
            evaluation_id=evaluation_id(plan),
            exam_instance_id=exam_id(plan),
            teacher_user_id=_teacher(plan).user_id,
            assigned_at=assigned,
            created_at=assigned,
            sla_deadline=due,
            sla_hours_allocated=plan.sla_hours,
            sla_breached=due < self.now,
            status=EvaluationStatus.ASSIGNED,
        )

    def _mark(self, plan: ScriptPlan, found: HandedIn) -> None:
        with self.as_teacher(_teacher(plan)) as session:
            DemoMarking(session, EvaluationId(evaluation_id(plan)), found, plan.number).send(
                share=plan.share if plan.state is DemoState.MARKING else 1.0,
                submit=plan.state is DemoState.EVALUATED,
            )


@dataclass(frozen=True, slots=True)
class ExamTimes:
    """When what happened to an exam; what has not happened is None.

    Attributes:
        created: the paper was made.
        started, submitted: the sitting.
        received: the last answer sheet came, or would have if the student had got that far.
    """

    created: datetime
    started: datetime | None
    submitted: datetime | None
    received: datetime

    @property
    def taken(self) -> timedelta | None:
        """How long the student sat, once she has submitted."""
        return None if self.started is None or self.submitted is None else self.submitted - self.started


@dataclass(frozen=True, slots=True)
class StudentWork:
    """What a student makes of a paper.

    Attributes:
        choices: by the number of the MCQ.
        answers: to the written questions, in the paper's order, also those not attempted.
    """

    choices: Mapping[int, tuple[str, ...]]
    answers: tuple[StudentAnswer, ...]


def student_work(plan: ScriptPlan, paper: ExamSnapshot) -> StudentWork:
    """The same whenever it is asked, so that a demo whose making was broken off can be gone on with."""
    chance = random.Random(plan.number)
    choices = {
        question.question_number: _selected(question, chance)
        for question in paper.questions
        if not question.question_type.written
    }
    return StudentWork(choices, student_answers(paper, chance))


def sheet_files(plan: ScriptPlan, work: StudentWork) -> tuple[SheetFile, ...]:
    """The files in which the student sends it; the same whenever it is asked."""
    return write_pages(work.answers, seed=plan.number, style=_style(plan))


def _is_unmarked(session: Session, plan: ScriptPlan) -> bool:
    evaluation = session.get(Evaluation, evaluation_id(plan))
    return evaluation is not None and evaluation.status is EvaluationStatus.ASSIGNED


def _alone(session: Session, plan: ScriptPlan) -> None:
    """Wait until no other program is making this script; drawing its pages may take longer than a query may."""
    limits = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    session.execute(select(*(func.set_config(name, _PATIENCE, True) for name in limits)))
    session.execute(select(func.pg_advisory_xact_lock(_LOCK, plan.number)))


def exam_id(plan: ScriptPlan) -> UUID:
    """The same on every computer."""
    return uuid5(_NAMESPACE, f"exam/{plan.number}")


def evaluation_id(plan: ScriptPlan) -> UUID:
    """The same on every computer."""
    return uuid5(_NAMESPACE, f"evaluation/{plan.number}")


def student_answers(paper: ExamSnapshot, chance: random.Random) -> tuple[StudentAnswer, ...]:
    """What a student makes of a paper's written questions."""
    answers = []
    for question in paper.questions:
        if question.question_type.written:
            key, option = chance.choice(question.options)
            lines = option.scheme.solution or (option.scheme.answer,)
            answers.append(StudentAnswer(question.question_number, lines, chance.choice(_OUTCOMES), key))
    return tuple(answers)


def _teacher(plan: ScriptPlan) -> Person:
    if plan.teacher is None:
        raise ValueError(f"script {plan.number} has no teacher")
    return staff()[plan.teacher]


def _style(plan: ScriptPlan) -> SheetStyle:
    return _STYLES[plan.number % len(_STYLES)]


def _paper(session: Session, plan: ScriptPlan) -> tuple[ExamSnapshot, UUID]:
    template = next(
        template
        for template in shipped_templates(units(session))
        if (template.class_name, template.exam_type, template.unit) == (plan.class_name, plan.exam_type, plan.unit)
    )
    bank = content_of_class(plan.class_name)
    return build_paper(template.config, bank, plan.number, only_unit=plan.unit), template.template_id


def _exam(plan: ScriptPlan, paper: ExamSnapshot, template_id: UUID, times: ExamTimes) -> ExamInstance:
    taken = times.taken
    return ExamInstance(
        exam_instance_id=exam_id(plan),
        student_user_id=plan.pupil.student.user_id,
        template_id=template_id,
        exam_snapshot=paper,
        exam_type=plan.exam_type,
        class_name=plan.class_name,
        total_marks=paper.template.total_marks,
        duration_minutes=paper.template.duration_minutes,
        started_at=times.started,
        submitted_at=times.submitted,
        time_taken_minutes=None if taken is None else taken // timedelta(minutes=1),
        status=_EXAM_STATUS[plan.state],
        created_at=times.created,
    )


def _answer_mcq(
    session: Session, plan: ScriptPlan, paper: ExamSnapshot, work: StudentWork, times: ExamTimes
) -> Decimal:
    score = Decimal(0)
    each = (times.taken or timedelta()) / len(paper.questions)
    for place, question in enumerate(paper.questions, start=1):
        if not question.question_type.written:
            selected = work.choices[question.question_number]
            awarded = score_mcq(question.correct, selected)
            score += awarded
            session.add(
                StudentMcqAnswer(
                    exam_instance_id=exam_id(plan),
                    question_number=question.question_number,
                    question_id=UUID(question.question_id),
                    selected_choices=selected,
                    is_correct=awarded > 0,
                    marks_awarded=awarded,
                    marks_possible=question.marks,
                    answered_at=(times.started or times.created) + each * place,
                )
            )
    return score


def _selected(question: SnapshotQuestion, chance: random.Random) -> tuple[str, ...]:
    if chance.random() < 0.75:
        return question.correct
    return (chance.choice(_choices(question)),)


def _choices(question: PaperQuestion) -> list[str]:
    return [choice.id for choice in question.choices]


def _score_mcq_exam(session: Session, plan: ScriptPlan, paper: ExamSnapshot, score: Decimal) -> None:
    exam = session.get_one(ExamInstance, exam_id(plan))
    exam.mcq_score = score
    if all(not question.question_type.written for question in paper.questions):
        result = totals((), score, paper.template.total_marks)
        exam.total_score, exam.percentage, exam.status = result.total, result.percentage, ExamStatus.EVALUATED


def _declare_unanswered(session: Session, plan: ScriptPlan, answers: Sequence[StudentAnswer], times: ExamTimes) -> None:
    skipped = [answer.question_number for answer in answers if answer.outcome is Outcome.NOT_ATTEMPTED]
    session.add_all(
        UnansweredQuestion(exam_instance_id=exam_id(plan), question_number=number, declared_at=times.received)
        for number in skipped[: len(skipped) - len(skipped) // 3]  # some forget to say so
    )
