"""The models read what SQL wrote and write what SQL reads, with every field of a newer version kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from ipaddress import ip_address
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row
from pydantic import ValidationError
from sqlalchemy import Engine, Enum, cast, create_engine, inspect, literal, make_url, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import InvalidRequestError, StatementError
from sqlalchemy.orm import Session, undefer

from mv_desktop.domain.annotation.shape import PenStroke, Stamp, TextNote, UnknownAnnotation
from mv_desktop.domain.question import QuestionType
from mv_desktop.domain.setting import ConfigValue
from mv_desktop.models import (
    AnnotationRegister,
    AnswerSheetUpload,
    AppliedOperation,
    AuditLog,
    Base,
    CommentChangeRow,
    Evaluation,
    EvaluationReturn,
    EvaluationVersion,
    ExamAdjustment,
    ExamInstance,
    ExamTemplate,
    NoticeRow,
    PageFile,
    PageVersion,
    Question,
    QuestionChange,
    QuestionReview,
    QuestionScheme,
    QuestionVersionRow,
    RecordImportRow,
    StudentMcqAnswer,
    SystemConfig,
    User,
)
from mv_desktop.models.document import Document
from tests.factories.rows import Rows
from tests.fakes.server import CloneDatabase

MOMENT = datetime(2026, 7, 15, 6, 0, 0, 123456, tzinfo=UTC)
ID = "0192f7aa-1111-7222-8333-444455556666"
NEW = {"of_a_newer_version": {"nested": [1, "zwei", None]}}

CHOICES = [{"id": "A", "text": "$2x$", "image": None, **NEW}, {"id": "B", "text": "", "image": "s3://b.png"}]
STEPS = [{"text": "expands", "marks": "0.5", "part": None, **NEW}, {"text": "solves", "marks": "1.5", "part": "ii"}]
SCHEME = {"answer": "$x = 2$", "solution": ["$2x = 4$"], "steps": STEPS, **NEW}
SECTION = {
    "section": "A", "title": "Choices", "question_type": "MCQ", "marks_per_question": 1, "question_count": 2,
    "units": {"Matrices": 2}, "weights": {}, "either_or": 0, **NEW,
}  # fmt: skip
CONFIG = {"schema": 1, "total_marks": 2, "duration_minutes": 10, "sections": [SECTION], **NEW}
CONTENT = {
    "question_id": ID, "version": 1, "question_type": "VSA", "marks": "2", "unit": "Matrices", "topic": None,
    "question_text": "Find $x$.", "question_image_url": None, "diagram_image_url": None, "choices": CHOICES,
    "correct": ["B"], "scheme": SCHEME,
}  # fmt: skip
SNAPSHOT = {
    "schema": 1,
    "template": CONFIG,
    "seed": 17,
    "questions": [
        {
            **CONTENT,
            "question_number": 1,
            "section": "A",
            "alternatives": [{**CONTENT, "key": "a", **NEW}, {**CONTENT, "key": "b"}],
            **NEW,
        }
    ],
    **NEW,
}
_INK = {"id": ID, "color": "#c1121f", "question_number": 21, "alternative": None, "marks": "1.0", **NEW}
ANNOTATIONS = [
    {**_INK, "type": "stamp", "stamp": "tick", "x": 0.42, "y": 0.31, "size": 0.03},
    {**_INK, "type": "pen", "points": [[0.1, 0.2, 0.5], [0.2, 0.2, 1.0]], "width": 0.002},
    {**_INK, "type": "text", "x": 0.1, "y": 0.9, "width": 0.3, "text": "see $x^2$", "size": 0.018},
    {**_INK, "type": "hologram", "depth": 3},
]
DOCUMENT = {
    "schema": 1,
    "questions": [{"question_number": 21, "state": "not_attempted", "alternative": None, "marks": None, **NEW}],
    "pages": [
        {
            "page_number": 1,
            "pdf_page": 0,
            "rotation": 90,
            "annotated_s3_key": None,
            "seen": {"seconds": 12.5, "largest_share": 0.9, **NEW},
            "annotations": ANNOTATIONS,
            **NEW,
        }
    ],
    **NEW,
}
EVENT = {
    "login": "mv_0", "program": "0.1", "reason": "ill", "changes": {"status": {"old": "a", "new": None, **NEW}}, **NEW,
}  # fmt: skip

# the column, what Rows.insert needs beside it, and a value with a newer version's fields wherever there may be some
DOCUMENTS: list[tuple[Any, Any]] = [
    (Question.mcq_choices, CHOICES),
    (Question.mcq_correct_choices, ["A", "B"]),
    (ExamTemplate.config, CONFIG),
    (ExamInstance.exam_snapshot, SNAPSHOT),
    (StudentMcqAnswer.selected_choices, ["B"]),
    (AnswerSheetUpload.questions_on_page, [21, 22]),
    (Evaluation.annotation_data, DOCUMENT),
    (AuditLog.event_data, EVENT),
    (SystemConfig.config_value, {"a": [1, 2.5, "x", None, True]}),
    (QuestionScheme.scheme, SCHEME),
    *((AnnotationRegister.body, annotation) for annotation in ANNOTATIONS),
    (AppliedOperation.payload, {"kind": "mark.set", "marks": "2.5", **NEW}),
    (AppliedOperation.detail, {"missing": [24], **NEW}),
    (CommentChangeRow.payload, {"text": "Sign error", **NEW}),
    (CommentChangeRow.answer, {"verdict": "applied", **NEW}),
    (EvaluationVersion.evaluation, {"status": "completed", **NEW}),
    (EvaluationVersion.exam, {"total_score": 3, **NEW}),
    (EvaluationVersion.marks, [{"question_number": 2, **NEW}]),
    (EvaluationVersion.work, {"marks": [], **NEW}),
    (EvaluationReturn.questions, [{"question_number": 2, "reason": "Look again", **NEW}]),
    (
        ExamAdjustment.questions,
        [{"question_number": 2, "question_id": ID, "adjustment": "drop", "awarded": "0.5", "possible": "2", **NEW}],
    ),
    (PageVersion.pages, [{"width": 1240, "height": 1754, "source": "jpeg", **NEW}]),
    (PageFile.pages, [{"width": 1240, "height": 1754, "source": "pdf", **NEW}]),
    (RecordImportRow.after, {"email": "a@b.in", "parents": ""}),
    (RecordImportRow.before, {"topic": None, "tags": ["a"], "scheme": SCHEME}),
    (QuestionReview.change, {"topic": "Order", "scheme": SCHEME}),
    (QuestionReview.before, {"topic": None, "scheme": SCHEME}),
    (QuestionChange.change, {"topic": "Order", "scheme": SCHEME}),
    (QuestionChange.base, {"topic": None, "scheme": SCHEME}),
    (QuestionChange.before, {"topic": None, "scheme": SCHEME}),
    (QuestionVersionRow.content, {"unit": "Matrices", "mcq_choices": [{"id": "A", "text": "$x$"}], **NEW}),
    (NoticeRow.data, {"script": "A-17", "minutes_late": 12.5, **NEW}),
]


@pytest.fixture(scope="module")
def engine(shared_database: CloneDatabase) -> Iterator[Engine]:
    made = create_engine(make_url(shared_database.owner_url).set(drivername="postgresql+psycopg"))
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on the shared database; nothing of it is ever committed."""
    with engine.connect() as connection, Session(connection) as made:
        yield made
        made.rollback()


@pytest.fixture
def rows(session: Session) -> Rows:
    """Rows in that same transaction."""
    return Rows(_raw(session))


def _raw(session: Session) -> psycopg.Connection:
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    return connection


@pytest.mark.parametrize(("column", "value"), DOCUMENTS)
def test_a_document_comes_back_as_sql_wrote_it_with_the_fields_of_a_newer_version(
    session: Session, rows: Rows, column: Any, value: Any
) -> None:
    table = column.class_.__tablename__
    key = rows.of(table, **{column.key: value})
    first = next(iter(column.class_.__table__.columns))  # what Rows returns
    loaded = session.scalars(select(column).where(first == key)).one()
    assert not isinstance(loaded, dict | list)
    written = session.scalar(select(cast(literal(loaded, column.type), JSONB)))
    assert _said(written) == _said(value)


def _said(value: Any) -> Any:
    """Without fields that say nothing: a field that is None and one that is not there mean the same."""
    if isinstance(value, dict):
        return {name: _said(item) for name, item in value.items() if item is not None}
    return [_said(item) for item in value] if isinstance(value, list) else value


def test_every_jsonb_column_is_a_document_and_is_tested_above(owner: psycopg.Connection) -> None:
    found = owner.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type IN ('jsonb', 'json')"
    ).fetchall()
    modelled = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Document)
    }
    assert modelled == set(found) == {(column.class_.__tablename__, column.key) for column, _ in DOCUMENTS}


def test_what_a_document_holds_has_types(session: Session, rows: Rows) -> None:
    rows.evaluation(annotation_data=DOCUMENT)
    page = session.scalars(select(Evaluation.annotation_data)).one().pages[0]
    assert [type(annotation) for annotation in page.annotations] == [Stamp, PenStroke, TextNote, UnknownAnnotation]
    assert page.annotations[0].carried == Decimal("1.0")
    assert page.seen is not None
    assert page.seen.largest_share == 0.9
    rows.exam(exam_snapshot=SNAPSHOT)
    snapshot = session.scalars(select(ExamInstance.exam_snapshot).where(ExamInstance.total_marks == 80)).all()[-1]
    assert [step.marks for step in snapshot.questions[0].alternatives[1].scheme.steps] == [
        Decimal("0.5"),
        Decimal("1.5"),
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (Question.mcq_choices, [{"text": "without an id"}]),
        (StudentMcqAnswer.selected_choices, {"B": True}),
        (AnswerSheetUpload.questions_on_page, ["twenty-one"]),
        (ExamTemplate.config, {"schema": 1}),
        (EvaluationVersion.marks, {"question_number": 2}),
        (EvaluationVersion.work, [1]),
        (PageFile.pages, [{"width": "wide", "height": 1, "source": "pdf"}]),
    ],
)
def test_what_has_another_shape_is_refused_both_ways(session: Session, rows: Rows, column: Any, value: Any) -> None:
    with pytest.raises(StatementError, match="validation error"):
        session.scalar(select(cast(literal(value, column.type), JSONB)))
    rows.of(column.class_.__tablename__, **{column.key: value})
    with pytest.raises(ValidationError):
        session.scalars(select(column)).all()


def test_nothing_is_null_except_in_a_setting_where_it_is_json(session: Session, rows: Rows) -> None:
    question = Question(
        class_name="X", unit="Circles", question_type=QuestionType.VSA, marks=2, question_text="Find $r$."
    )
    session.add_all([question, SystemConfig(config_key="nothing", config_value=ConfigValue(None))])
    session.flush()
    raw = rows.connection.execute("SELECT mcq_choices IS NULL FROM questions").fetchall()
    assert raw == [(True,)]
    raw = rows.connection.execute(
        "SELECT config_value = 'null' FROM system_config WHERE config_key = 'nothing'"
    ).fetchall()
    assert raw == [(True,)]
    session.expire_all()
    assert question.mcq_choices is None
    assert session.get_one(SystemConfig, "nothing").config_value == ConfigValue(None)


def test_a_document_is_searched_by_what_it_contains_and_by_path(session: Session, rows: Rows) -> None:
    found = rows.question("MCQ", mcq_choices=CHOICES)
    rows.question("MCQ")
    query = select(Question.question_id).where(Question.mcq_choices.contains([{"image": "s3://b.png"}]))
    assert session.scalars(query).all() == [found]
    exam = rows.exam(exam_snapshot=SNAPSHOT)
    seed = ExamInstance.exam_snapshot["seed"]
    assert session.scalars(select(ExamInstance.exam_instance_id).where(seed.as_integer() == 17)).all() == [exam]


# Values for columns that may be NULL, so that each is read once with something in it.
FILLED: dict[str, dict[str, Any]] = {
    "users": {"phone": "+91 98", "student_class": "XII", "school_name": "KV", "last_login_at": MOMENT},
    "subscription_plans": {"description": "all", "teacher_hours_per_month": "1.50", "annual_price_paise": 1},
    "subscriptions": {"teacher_hours_limit": "2.25", "last_counter_reset_date": date(2026, 7, 1)},
    "questions": {"difficulty": "hard", "cbse_year": 2024, "tags": ["hots", "ncert"], "topic": "Inverse"},
    "exam_templates": {"specific_unit": "Matrices"},
    "exam_instances": {"started_at": MOMENT, "submitted_at": MOMENT, "percentage": "87.50", "time_taken_minutes": 9},
    "answer_sheet_uploads": {"file_size_bytes": 5_000_000_000, "mime_type": "image/jpeg"},
    "evaluations": {"started_at": MOMENT, "total_manual_marks": "12.50", "submitted_punctuality": "claimed"},
    "question_marks": {"unit": "Matrices", "teacher_comment": "see step 2", "marks_awarded": "1.5"},
    "audit_logs": {
        "actor_role": "admin",
        "actor_ip": "2001:db8::7",
        "resource_type": "user",
        "resource_id": UUID(int=7),
    },
    "holidays": {"holiday_type": "national"},
    "system_config": {"description": "for the test"},
    "staff_logins": {"revoked_at": MOMENT},
    "notice_readers": {"mailed_at": MOMENT},
    "notice_mails": {"ended_at": MOMENT, "outcome": "sent"},
    "notices": {"read_at": MOMENT},
    "evaluation_assignments": {"reason": "ill"},
    "mark_registers": {"state": "marked", "marks": "2.50", "last_stream": UUID(int=7), "last_operation": UUID(int=8)},
    "page_registers": {"seen_seconds": "1.25", "question_numbers": [21, 22]},
    "evaluation_flags": {"page_number": 1, "pdf_page": 2},
    "streams": {"last_estimate": MOMENT},
    "applied_operations": {"claimed_at": MOMENT, "estimated_at": MOMENT, "reason": "reassigned"},
    "page_files": {"problem": "It is empty."},
    "page_requests": {"address": "https://s3", "expires_at": MOMENT, "signed_at": MOMENT, "problem": "none"},
}


MODELS = sorted((mapper.class_ for mapper in Base.registry.mappers), key=lambda model: model.__name__)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_model_loads_what_sql_wrote(session: Session, rows: Rows, model: Any) -> None:
    table = model.__table__
    key = rows.of(table.name, **FILLED.get(table.name, {}))
    first = next(iter(table.columns))
    last = list(table.columns)[:2][-1]
    raw = sql.SQL("SELECT * FROM {} WHERE {} = %s ORDER BY {} DESC").format(
        *map(sql.Identifier, (table.name, first.name, last.name))
    )
    found = rows.connection.cursor(row_factory=dict_row).execute(raw, (key,)).fetchone()
    assert found is not None
    identity = tuple(found[column.name] for column in table.primary_key)
    loaded = session.get_one(model, identity, options=[undefer("*")])
    for attribute in inspect(model).column_attrs:
        column = attribute.columns[0]
        value = getattr(loaded, attribute.key)
        if isinstance(column.type, Document):
            continue  # compared above
        assert value == found[column.name], column.name
        if isinstance(column.type, Enum) and value is not None:
            assert isinstance(value, column.type.enum_class)


def test_an_address_in_the_log_is_read_as_one(session: Session, rows: Rows) -> None:
    for address in ("192.0.2.7", "2001:db8::7"):
        rows.audit(actor_ip=address)
    assert {*session.scalars(select(AuditLog.actor_ip))} == {ip_address("192.0.2.7"), ip_address("2001:db8::7")}


def test_a_password_hash_is_never_loaded_by_chance(session: Session, rows: Rows) -> None:
    rows.user()
    person = session.scalars(select(User)).one()
    with pytest.raises(InvalidRequestError, match="password_hash"):
        _ = person.password_hash
