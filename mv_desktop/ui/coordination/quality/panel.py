"""What is asked before something is done with a sample: to whom, why, or of which script."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from mv_desktop.domain.evaluation import searched_code
from mv_desktop.domain.identifier import EvaluationId, MarkingId, UserId
from mv_desktop.domain.quality import Sample, SecondTeacher
from mv_desktop.ui.coordination.choice_line import ChoiceLine
from mv_desktop.ui.coordination.panel import Panel
from mv_desktop.ui.coordination.quality.wording import teacher_label
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.sign_label import SignLabel


class GivePanel(Panel):
    """Asks to whom a sample goes; those who could are offered in the server's order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Give it"), parent, reasoned=False)
        self._sample: EvaluationId | None = None
        self.name = ChoiceLine(tr("To whom"), tr("Type a name"), self)
        self.name.chosen.connect(self.tell_ready)
        self._note = SignLabel(self)
        self.body.addLayout(_row(tr("To"), self.name, self))
        self.body.addWidget(self._note)

    @property
    def ready(self) -> bool:
        return self.teacher is not None

    @property
    def sample(self) -> EvaluationId | None:
        """What is given."""
        return self._sample

    @property
    def teacher(self) -> UserId | None:
        """Who is named."""
        value = self.name.value
        return value.user_id if isinstance(value, SecondTeacher) else None

    @property
    def told(self) -> str:
        """What is said of who could have it."""
        return self._note.text

    def begin(self, sample: Sample) -> None:
        """Ask about a sample; who could have it is not known yet."""
        self._sample = sample.evaluation_id
        self.name.offer_values({})
        self.name.forget()
        self._say(tr("Give {code} to a second teacher", code=sample.code), tr("Give it"))
        self._note.say("info", tr("The server is asked who could have it …"))
        self.show()
        self.tell_ready()
        self.name.setFocus()

    def offer(self, teachers: Sequence[SecondTeacher]) -> None:
        """These could have it, best first."""
        self.name.offer_values({teacher_label(teacher): teacher for teacher in teachers})
        if teachers:
            words = tr("Best: {name}. She is told, and sees nothing of the first marking.", name=teachers[0].name)
            self._note.say("info", words)
        else:
            self._note.say("warning", tr("Nobody could have it: all have had the script, may not, or coordinate."))


class TakeBackPanel(Panel):
    """Asks why a sample is taken from whoever has it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Take it back"), parent)
        self._marking: MarkingId | None = None

    @property
    def marking(self) -> MarkingId | None:
        """What is taken back."""
        return self._marking

    def begin(self, sample: Sample) -> None:
        """Ask about a sample that somebody has."""
        self._marking = sample.marking_id
        words = tr("Take {code} back from {name}; it waits again", code=sample.code, name=sample.second)
        self._say(words, tr("Take it back"))
        self.reason.setText("")
        self.show()
        self.tell_ready()
        self.reason.setFocus()


class AskPanel(Panel):
    """Asks which completed script should be marked a second time, and why."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Choose it"), parent)
        self._code = QLineEdit(self)
        self._code.setAccessibleName(tr("Script code"))
        self._code.setPlaceholderText(tr("Script code"))
        self._code.setMinimumHeight(spacing(8))
        self._code.setMaximumWidth(spacing(60))
        self._code.textChanged.connect(self._on_code_text_changed)
        self.body.addLayout(_row(tr("Script code"), self._code, self))

    @property
    def ready(self) -> bool:
        return bool(self.code)

    @property
    def code(self) -> str:
        """What was typed, as codes are written."""
        found = searched_code(self._code.text())
        return f"{found[:2]}-{found[2:]}" if found else self._code.text().strip()

    def begin(self) -> None:
        """Ask; what was typed before stays, so that nothing is lost to a fault."""
        self._say(tr("Have a completed script marked a second time"), tr("Choose it"))
        self.show()
        self.tell_ready()
        self._code.setFocus()
        self._code.selectAll()

    def clear(self) -> None:
        """Forget what was typed: it is done."""
        self._code.clear()
        self.reason.clear()

    def _on_code_text_changed(self, _text: str) -> None:
        self.tell_ready()


def _row(words: str, line: QWidget, parent: QWidget) -> QHBoxLayout:
    label = QLabel(words, parent)
    label.setBuddy(line)
    row = QHBoxLayout()
    row.setSpacing(spacing(2))
    row.addWidget(label)
    row.addWidget(line, 1)
    row.addStretch(1)
    return row
