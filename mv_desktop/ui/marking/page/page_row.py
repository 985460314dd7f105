"""What the list of pages says of one page."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt

from mv_desktop.domain.evaluation import PageInfo, Twin
from mv_desktop.domain.flag import FlagReason
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.script import Seen
from mv_desktop.domain.submission import READABLE_SECONDS
from mv_desktop.ui.marking.flow.flag_text import flag_text
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.text import numbers_text, said, tr, tr_count
from mv_desktop.ui.theme import ColorRole

ROW_ROLE = Qt.ItemDataRole.UserRole
"""The `PageRow` itself."""


@dataclass(frozen=True, slots=True)
class PageRow:
    """What one row says.

    Attributes:
        seen: it was shown at a readable size for long enough.
        inked: something stands on it.
        here: its picture is on this computer.
        problem: why it cannot be shown, "" when it can.
        rescan: a new scan was asked for, and that is not answered.
        questions: the numbers known to be answered on it.
        blank: nothing seems to be written on it.
        flags: what else the coordinator was told of it, each in words, with what was answered.
        waits: something that the coordinator was told of it is not answered.
        tagged: the teacher said which questions are on it.
        twin: another page that is the very same file.
    """

    ref: PageRef
    seen: bool
    inked: bool
    here: bool
    problem: str
    rescan: bool
    questions: tuple[int, ...]
    blank: bool = False
    flags: tuple[str, ...] = ()
    waits: bool = False
    tagged: bool = False
    twin: Twin | None = None

    @property
    def signs(self) -> tuple[tuple[str, ColorRole], ...]:
        """The icons, from the left, and their colours."""
        signs: list[tuple[str, ColorRole]] = []
        if self.problem:
            signs.append(("warning", "danger"))
        elif not self.here:
            signs.append(("download", "muted"))
        if self.rescan or self.flags:
            signs.append(("flag", "soon" if self.waits else "muted"))
        if self.twin is not None:
            signs.append(("copy", "soon"))
        if self.blank:
            signs.append(("page", "soon"))
        if self.inked:
            signs.append(("pen", "muted"))
        if self.seen:
            signs.append(("check", "done"))
        return tuple(signs)

    @property
    def words(self) -> str:
        """All that the row says, a line each: what its icons mean."""
        lines = [tr("Page {page}", page=self.ref.label)]
        if self.questions:
            listed = ", ".join(map(str, self.questions))
            lines.append(tr_count("Question {numbers}", "Questions {numbers}", len(self.questions), numbers=listed))
        if self.tagged:
            lines.append(tr("As you tagged it"))
        if self.problem:
            lines.append(tr("Cannot be shown: {problem}", problem=said(self.problem)))
        elif not self.here:
            lines.append(tr("Not on this computer yet"))
        if self.rescan:
            lines.append(tr("A rescan was asked for"))
        lines += [tr("Flagged: {flag}", flag=flag) for flag in self.flags]
        if self.twin is not None:
            code, other = self.twin
            of_another = tr("The same file as page {other} of {code}", other=other, code=code)
            lines.append(of_another if code else tr("The same file as page {other}", other=other))
        if self.blank:
            lines.append(tr("Looks blank"))
        lines.append(tr("Has ink") if self.inked else tr("No ink"))
        lines.append(tr("Read") if self.seen else tr("Not read yet"))
        return "\n".join(lines)

    @property
    def questions_text(self) -> str:
        """The questions in short: "Q21, 22", "Q23–27"."""
        return f"{tr('Q')}{numbers_text(self.questions)}" if self.questions else ""


def page_row(session: MarkingSession, info: PageInfo, *, blank: bool) -> PageRow:
    """What the list says of a page now."""
    seen = session.script.seen.get(info.ref, Seen())
    flags, rescan = session.flags_on(info.ref), session.rescan_asked(info.ref)
    return PageRow(
        ref=info.ref,
        seen=seen.seconds >= READABLE_SECONDS,
        inked=session.script.ink_on(info.ref) > 0,
        here=info.here,
        problem=info.problem,
        rescan=rescan,
        questions=session.questions_on(info.ref),
        blank=blank,
        tagged=bool(session.script.tags.get(info.ref)),
        twin=info.twin,
        flags=tuple(flag_text(flag) for flag in flags if flag.reason != FlagReason.RESCAN or flag.answered),
        waits=any(not flag.answered for flag in flags),
    )
