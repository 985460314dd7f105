"""Writing a question with formulas: how long after a key the preview shows it, all of it typeset.

- question_form.typing: letters and formulas typed into a new question, key by key. Budget: 100 ms, 95th percentile.
- question_form.long: the same below a question with forty formulas. Budget: 100 ms, 95th percentile.
- question_form.key: of these, in which the window does nothing else. Budget: 50 ms, the longest.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from mv_desktop.ui.admin.math_preview import MathPreview
from mv_desktop.ui.admin.question import QuestionSubject
from mv_desktop.ui.admin.record_screen import RecordScreen
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.theme import apply_theme
from mv_desktop.ui.widgets.toast import ToastTray
from tests.bench.display import use_offscreen
from tests.bench.report import report
from tests.fakes.clock import FakeClock
from tests.fakes.plan_place import FakeDrafts
from tests.fakes.question_place import NOW, FakeQuestions

_TYPED = r"Find the value of $\int_0^1 x^2 e^{3x} dx$ and of $\frac{a+b}{c}$, where $\sqrt{x} = 5$ and $A = \pi r^2$."
_LONG = "\n".join(rf"Line {n}: $\frac{{{n}}}{{x}} + \sqrt{{{n}}}$" for n in range(40))
_PATIENCE_S = 5.0


def main() -> int:
    use_offscreen()
    app = QApplication([])
    apply_theme(app, "light")
    tasks, host = Tasks(), QWidget()
    host.resize(1286, 700)
    subject = QuestionSubject(FakeQuestions(), lambda: UUID(int=999))
    messages = ToastTray(host, tasks)
    screen = RecordScreen(subject, FakeDrafts(), tasks, FakeClock(NOW), ZoneInfo("Asia/Kolkata"), messages)
    screen.setParent(host)
    screen.resize(host.size())
    host.show()
    _until(app, lambda: not tasks.busy and screen.settled)
    screen.actions_by_id["record.new"].trigger()
    preview = screen.findChild(MathPreview)
    control = screen.panel.form.editor("question_text").control
    assert isinstance(preview, MathPreview)
    assert isinstance(control, QPlainTextEdit)
    control.setFocus()
    _type(app, control, preview, "Warm $x^2$ ")
    samples, keys = _type(app, control, preview, _TYPED)
    report("question_form.typing", samples, letters=len(_TYPED))
    control.setPlainText(_LONG)
    _until(app, lambda: preview.complete)
    control.moveCursor(control.textCursor().MoveOperation.End)
    more, longer = _type(app, control, preview, " and $x^3$ too")
    report("question_form.long", more, formulas=_LONG.count("$"))
    report("question_form.key", keys + longer)
    host.hide()
    tasks.shutdown()
    return 0


def _type(
    app: QApplication, control: QPlainTextEdit, preview: MathPreview, words: str
) -> tuple[list[float], list[float]]:
    """Key by key: milliseconds until the preview shows it, and those in which the key itself was taken."""
    shown, taken = [], []
    for letter in words:
        begun = time.perf_counter()
        QTest.keyClicks(control, letter)
        taken.append((time.perf_counter() - begun) * 1000)
        wanted = control.toPlainText().strip()
        _until(app, partial(_shows, preview, wanted))
        preview.grab()
        shown.append((time.perf_counter() - begun) * 1000)
    return shown, taken


def _shows(preview: MathPreview, words: str) -> bool:
    return preview.complete and preview.text.startswith(words)


def _until(app: QApplication, settled: Callable[[], bool]) -> None:
    end = time.perf_counter() + _PATIENCE_S
    while not settled():
        assert time.perf_counter() < end, "it does not come to rest"
        app.processEvents()


if __name__ == "__main__":
    sys.exit(main())
