"""The question bank."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, literal_column, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.domain.question import Choice, QuestionDifficulty, QuestionStatus, QuestionType, Scheme, Stored
from mv_desktop.models.base import Base, CreatedAt, Name100, NewUuid, Text10, Text255, UpdatedAt
from mv_desktop.models.document import Document
from mv_desktop.models.enums import QUESTION_DIFFICULTY, QUESTION_STATUS, QUESTION_TYPE


class Question(Base):
    """One question as it is now; papers hold copies (`exam_instances.exam_snapshot`)."""

    __tablename__ = "questions"

    question_id: Mapped[NewUuid]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    class_name: Mapped[Text10] = mapped_column("class")
    unit: Mapped[Name100]
    topic: Mapped[Text255 | None]
    question_type: Mapped[QuestionType] = mapped_column(QUESTION_TYPE)
    marks: Mapped[int]
    difficulty: Mapped[QuestionDifficulty | None] = mapped_column(QUESTION_DIFFICULTY)
    question_text: Mapped[str | None]
    question_image_url: Mapped[str | None]
    diagram_image_url: Mapped[str | None]
    mcq_choices: Mapped[tuple[Choice, ...] | None] = mapped_column(Document(tuple[Choice, ...]))
    mcq_correct_choices: Mapped[tuple[str, ...] | None] = mapped_column(Document(tuple[str, ...]))
    correct_answer_text: Mapped[str | None]
    correct_answer_image_url: Mapped[str | None]
    explanation: Mapped[str | None]
    explanation_image_url: Mapped[str | None]
    cbse_year: Mapped[int | None]
    tags: Mapped[list[str] | None] = mapped_column(ARRAY(String()))
    status: Mapped[QuestionStatus] = mapped_column(QUESTION_STATUS, server_default=text("'draft'"))
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    __table_args__ = (
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("class IN ('X', 'XII')", name="class"),
        CheckConstraint("cbse_year BETWEEN 2000 AND 2100", name="cbse_year"),
        CheckConstraint(
            "btrim(coalesce(question_text, '')) <> '' OR btrim(coalesce(question_image_url, '')) <> ''",
            name="text_or_image",
        ),
        CheckConstraint(
            "question_type <> 'MCQ' OR CASE WHEN jsonb_typeof(mcq_choices) = 'array' "
            "THEN jsonb_array_length(mcq_choices) > 0 ELSE false END",
            name="mcq_choices",
        ),
        CheckConstraint(
            "question_type <> 'MCQ' OR CASE WHEN jsonb_typeof(mcq_correct_choices) = 'array' "
            "THEN jsonb_array_length(mcq_correct_choices) > 0 ELSE false END",
            name="mcq_correct_choices",
        ),
        CheckConstraint(
            "(question_type = 'MCQ' AND marks = 1) OR (question_type = 'VSA' AND marks = 2) "
            "OR (question_type = 'SA' AND marks = 3) OR (question_type = 'LA' AND marks IN (5, 6))",
            name="marks_of_type",
        ),
        Index("ix_questions_class_unit", "class", "unit"),
        Index("ix_questions_type", "question_type"),
        Index("ix_questions_active", "status", postgresql_where=text("status = 'active'")),
        Index(
            "ix_questions_to_draw",
            "class",
            "unit",
            "question_type",
            "status",
            postgresql_where=text("status = 'active'"),
        ),
        Index("ix_questions_tags", "tags", postgresql_using="gin"),
        Index(
            "ix_questions_choices",
            "mcq_choices",
            postgresql_using="gin",
            postgresql_ops={"mcq_choices": "jsonb_path_ops"},
        ),
        Index(
            "ix_questions_text",
            "question_text",
            postgresql_using="gin",
            postgresql_ops={"question_text": "gin_trgm_ops"},
        ),
        Index("ix_questions_created_by", "created_by", postgresql_where=text("created_by IS NOT NULL")),
        Index("ix_questions_kind", "unit", "question_type", "marks", "difficulty", "class", "status"),
        Index("ix_questions_changed", "updated_at", "question_id"),
        Index("ix_questions_year", "cbse_year", postgresql_where=text("cbse_year IS NOT NULL")),
        Index("ix_questions_unused", "status", "updated_at", postgresql_where=text("status <> 'active'")),
    )


class QuestionScheme(Base):
    """How one version of a written question is marked (revision 003)."""

    __tablename__ = "question_schemes"

    question_id: Mapped[UUID] = mapped_column(
        ForeignKey("questions.question_id", ondelete="RESTRICT"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scheme: Mapped[Scheme] = mapped_column(Document(Scheme))

    __table_args__ = (CheckConstraint("version > 0", name="version"),)


class QuestionVersionRow(Base):
    """What a question was before it got a new version, kept by trigger; the newest is the row of `questions`."""

    __tablename__ = "question_versions"

    question_id: Mapped[UUID] = mapped_column(ForeignKey("questions.question_id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[Stored] = mapped_column(Document(Stored))
    replaced_at: Mapped[CreatedAt]
    replaced_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))

    __table_args__ = (
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("jsonb_typeof(content) = 'object'", name="content"),
    )


class QuestionSearch(Base):
    """What a question is found by (revision 042): kept by triggers, read through `api.find_questions` only."""

    __tablename__ = "question_search"

    question_id: Mapped[UUID] = mapped_column(ForeignKey("questions.question_id", ondelete="CASCADE"), primary_key=True)
    document: Mapped[str] = mapped_column(TSVECTOR())
    text_key: Mapped[int] = mapped_column(BigInteger())

    __table_args__ = (
        Index("ix_question_search_document", "document", postgresql_using="gin"),
        Index("ix_question_search_text", "text_key"),
    )


class QuestionWord(Base):
    """A word that ever stood in a question; what is mistyped is looked for among these."""

    __tablename__ = "question_words"

    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)

    __table_args__ = (
        Index("ix_question_words_alike", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}),
        Index(
            "ix_question_words_sound",
            literal_column("api._sound(word)").label("sound"),
            postgresql_using="gin",
            postgresql_ops={"sound": "gin_trgm_ops"},
        ),
    )


class QuestionReview(Base):
    """How a teacher's question gets into the bank (revision 050); `change` and `before` are empty since 066."""

    __tablename__ = "question_reviews"

    question_id: Mapped[UUID] = mapped_column(ForeignKey("questions.question_id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str]
    change: Mapped[Stored | None] = mapped_column(Document(Stored))
    submitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    submitted_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime | None]
    before: Mapped[Stored | None] = mapped_column(Document(Stored))
    left_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('written', 'waiting', 'rejected', 'approved')", name="state"),
        CheckConstraint(
            "(submitted_by IS NULL) = (submitted_at IS NULL) AND (state <> 'waiting' OR submitted_by IS NOT NULL)",
            name="submitted",
        ),
        CheckConstraint(
            "(decided_by IS NULL) = (decided_at IS NULL)"
            " AND (state NOT IN ('rejected', 'approved') OR decided_by IS NOT NULL)",
            name="decided",
        ),
        Index("ix_question_reviews_open", "state", postgresql_where=text("state IN ('waiting', 'rejected')")),
    )


class QuestionChange(Base):
    """What a question that is in the bank is to become, by one teacher (revision 066)."""

    __tablename__ = "question_changes"

    question_id: Mapped[UUID] = mapped_column(ForeignKey("questions.question_id", ondelete="CASCADE"), primary_key=True)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"), primary_key=True)
    state: Mapped[str]
    change: Mapped[Stored] = mapped_column(Document(Stored))
    base: Mapped[Stored] = mapped_column(Document(Stored))
    base_version: Mapped[int]
    written_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    submitted_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime | None]
    before: Mapped[Stored | None] = mapped_column(Document(Stored))
    left_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('written', 'waiting', 'rejected', 'approved')", name="state"),
        CheckConstraint("jsonb_typeof(change) = 'object' AND jsonb_typeof(base) = 'object'", name="change"),
        CheckConstraint("base_version > 0", name="base_version"),
        CheckConstraint("state <> 'waiting' OR submitted_at IS NOT NULL", name="submitted"),
        CheckConstraint(
            "(decided_by IS NULL) = (decided_at IS NULL)"
            " AND (state NOT IN ('rejected', 'approved') OR decided_by IS NOT NULL)",
            name="decided",
        ),
        Index("ix_question_changes_made_by", "made_by"),
        Index("ix_question_changes_open", "state", postgresql_where=text("state IN ('waiting', 'rejected')")),
    )


class QuestionRemark(Base):
    """What somebody said of a question on its way into the bank (revision 050)."""

    __tablename__ = "question_remarks"

    remark_id: Mapped[NewUuid]
    question_id: Mapped[UUID] = mapped_column(ForeignKey("questions.question_id", ondelete="CASCADE"))
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    made_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    kind: Mapped[str]
    words: Mapped[str]
    about: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    version: Mapped[int | None]

    __table_args__ = (
        CheckConstraint(
            "kind IN ('submitted', 'taken_back', 'remarked', 'approved', 'rejected', 'undone')", name="kind"
        ),
        CheckConstraint(
            "length(words) <= 2000 AND (kind NOT IN ('remarked', 'rejected') OR words <> '')", name="words"
        ),
        CheckConstraint("version IS NULL OR (version > 1 AND kind = 'approved')", name="version"),
        Index("ix_question_remarks_question", "question_id", "made_at"),
    )
