"""What is handed in, on the screen: where a question stands, what would change, what was said, and what is decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mv_desktop.domain.question import QuestionStatus
from mv_desktop.domain.question_draft import QuestionDraft
from mv_desktop.domain.question_review import Approval, Approved, Remark, RemarkKind, Standing, standing
from mv_desktop.domain.record import Difference, Opened
from mv_desktop.ui.admin.act import Act
from mv_desktop.ui.admin.difference_table import DifferenceTable
from mv_desktop.ui.admin.question_difference import in_the_form
from mv_desktop.ui.admin.subject import Subject
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.keyed_model import Sign
from mv_desktop.ui.widgets.tone_label import ToneLabel

APPROVE = Act("record.approve", "Approve", why=False, many=True)
REJECT = Act("record.reject", "Do not approve …")
REMARK = Act("record.remark", "Say something …")
REVIEW_ACTS = (APPROVE, REJECT, REMARK)
"""What an admin does with what is handed in."""

STANDINGS: dict[Standing, str] = {
    Standing.DRAFT: "Draft",
    Standing.WAITING: "Waits for approval",
    Standing.REJECTED: "Not approved",
    Standing.ACTIVE: "Active",
    Standing.CHANGED: "Active, and changed",
    Standing.ARCHIVED: "Archived",
}
"""What each is called, in English."""
_SIGNS = {
    Standing.DRAFT: Sign("page", "soon"),
    Standing.WAITING: Sign("clock", "soon"),
    Standing.REJECTED: Sign("warning", "danger"),
    Standing.ACTIVE: Sign("done", "done"),
    Standing.CHANGED: Sign("done", "soon"),
    Standing.ARCHIVED: Sign("close", "muted"),
}
_DONE: dict[RemarkKind, str] = {
    RemarkKind.SUBMITTED: "{who} handed it in, {when}",
    RemarkKind.TAKEN_BACK: "{who} took it back, {when}",
    RemarkKind.REMARKED: "{who}, {when}",
    RemarkKind.APPROVED: "{who} approved it, {when}",
    RemarkKind.REJECTED: "{who} did not approve it, {when}",
    RemarkKind.UNDONE: "{who} took the approval back, {when}",
}


class ReviewPlace(Protocol):
    """As `offline.office.question_review.QuestionReviews`."""

    def due(self) -> int:
        """How many wait for an admin."""
        ...

    def approve(self, rows: Sequence[Approval], words: str) -> Approved:
        """Take these into the bank."""
        ...

    def undo(self, rows: Sequence[Approval]) -> Approved:
        """Take these approvals back."""
        ...

    def reject(self, opened: Opened[QuestionDraft], words: str) -> None:
        """Say what is wrong with it."""
        ...

    def remark(self, question: UUID, words: str) -> None:
        """Say something of it."""
        ...


def standing_sign(where: Standing) -> Sign:
    """The icon of where a question stands."""
    return _SIGNS[where]


def standing_of(draft: QuestionDraft) -> Standing:
    """Where a question stands on the server, whatever is typed."""
    return standing(QuestionStatus(draft.stood), draft.review.state)


def review_facts(draft: QuestionDraft, when: Callable[[datetime], str], labels: Mapping[str, str]) -> str:
    """Where it stands on its way, who wrote it and its change, and what was said last; "" where nothing was."""
    where, review = standing_of(draft), draft.review
    first = [
        tr(STANDINGS[where]) if where in {Standing.WAITING, Standing.REJECTED, Standing.CHANGED} else "",
        tr("Written by {name}.", name=review.author) if review.author else "",
        tr("The change is by {name}.", name=review.proposer) if review.proposer else "",
    ]
    said = remark_text(review.remarks[-1], when) if review.remarks else ""
    return "\n".join(filter(None, (" · ".join(filter(None, first)), *stale_facts(draft, labels), said)))


def stale_facts(draft: QuestionDraft, labels: Mapping[str, str]) -> list[str]:
    """What is said of a change that was written for an older version, line by line."""
    review = draft.review
    if review.base_version is None or review.base_version >= draft.version:
        return []
    lines = [
        tr(
            "The change was written for version {old}. The question has version {new} now.",
            old=review.base_version,
            new=draft.version,
        )
    ]
    told, hidden = in_the_form([one for one in review.differences if one.column in review.moved])
    fields = dict.fromkeys(tr(labels.get(name, name)) for name in (*(one.column for one in told), *hidden))
    if fields:
        lines.append(
            tr(
                "Changed otherwise meanwhile: {fields}. Whoever wrote the change looks at it and hands it in again,"
                " before it can be approved.",
                fields=", ".join(fields),
            )
        )
    return lines


def remark_text(remark: Remark, when: Callable[[datetime], str]) -> str:
    """Who said what and when, in the language spoken."""
    done = tr(_DONE[remark.kind], who=remark.by, when=when(remark.at))
    return tr("{done}: {words}", done=done, words=remark.words) if remark.words else f"{done}."


def told_approvals(done: int, left: int, *, undone: bool) -> str:
    """What is said of how many were approved, or are no more."""
    if undone:
        words = tr_count("{count} approval is taken back.", "{count} approvals are taken back.", done)
        rest = tr_count(
            "{count} stays: it was changed since, or a paper was made of it.",
            "{count} stay: they were changed since, or papers were made of them.",
            left,
        )
    else:
        words = tr_count("{count} question is approved.", "{count} questions are approved.", done)
        rest = tr_count(
            "{count} was changed meanwhile, and stays as it is.",
            "{count} were changed meanwhile, and stay as they are.",
            left,
        )
    return f"{words} {rest}" if left else words


class ReviewView(QWidget):
    """Below the form: what the change of an active question does, and all that was said of it.

    Args:
        subject: names the columns.
        when: a moment as people say it today.

    Attributes:
        differences: hidden where nothing is to change.
    """

    def __init__(self, subject: Subject, when: Callable[[datetime], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._when = when
        self._change = ToneLabel("", "text", self, strong=True)
        self.differences = DifferenceTable(subject.labels, subject.difference, self)
        self._heading = ToneLabel(tr("What was said"), "text", self, strong=True)
        self._said = ToneLabel("", "text", self)
        self._said.setWordWrap(True)
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, spacing(3), 0, 0)
        column.setSpacing(spacing(2))
        for part in (self._change, self.differences, self._heading, self._said):
            column.addWidget(part)
        self.show_draft(None)

    @property
    def said(self) -> str:
        """All that was said, line by line."""
        return self._said.text()

    def show_draft(self, draft: QuestionDraft | None) -> None:
        """What is known of this one."""
        review = None if draft is None else draft.review
        changed: tuple[Difference, ...] = () if review is None else review.differences
        remarks = () if review is None else review.remarks
        told, hidden = in_the_form(changed)
        where = Standing.ACTIVE if draft is None else standing_of(draft)
        self._change.setText(
            tr("What would change") if where is not Standing.CHANGED else tr("What would change, once it is handed in")
        )
        self.differences.show_differences(told, hidden)
        self._said.setText("\n".join(remark_text(remark, self._when) for remark in remarks))
        for part, shown in (
            (self._change, bool(changed)),
            (self.differences, bool(changed)),
            (self._heading, bool(remarks)),
            (self._said, bool(remarks)),
        ):
            part.setVisible(shown)
