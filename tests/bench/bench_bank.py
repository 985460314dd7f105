"""The comment bank with 2,000 comments, half of them with maths, as a teacher feels it.

The marking screen runs offscreen in a window of 1366×768 on a script in memory. Times are from the key to the end of
the paint that shows the result. The reference is what finding alone takes: the same words in the same comments.

- `bank.open`: the key C, until the panel is on the screen; also the first time, and just after a comment was used,
  which makes the index anew. Budget: 50 ms.
- `bank.filter`: a letter typed or taken away, until the list shows what is found. Budget: 16 ms.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.ids import id_source
from mv_desktop.demo.question_bank import content_of_class
from mv_desktop.domain.comment import BankComment, CommentIndex
from mv_desktop.ui.actions import Scope, build_actions
from mv_desktop.ui.canvas.image_cache import ImageCache
from mv_desktop.ui.garbage import Collector, spare_what_stays
from mv_desktop.ui.marking.bank.bank_desk import BankDesk
from mv_desktop.ui.marking.bank.bank_list import CommentList
from mv_desktop.ui.marking.port import OpenedScript
from mv_desktop.ui.marking.screen import MarkingScreen
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.theme import apply_theme
from tests.bench.display import use_offscreen
from tests.bench.report import report
from tests.factories.comment import comment
from tests.factories.queue_row import CALENDAR
from tests.factories.script import script_view
from tests.fakes import hand
from tests.fakes.bank_store import FakeBankStore
from tests.fakes.messages import KeptMessages
from tests.fakes.picture_source import small_script
from tests.fakes.script_store import FakeScriptStore

COMMENTS, OPENINGS, ROUNDS = 2_000, 40, 12
TYPED = ("sign error", "the", "x^2", "step 2 of", "no such words")
_PATIENCE_S = 60.0


def main() -> None:
    """Measure, print, and take everything away."""
    use_offscreen()
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-"))
    app = QApplication(sys.argv)
    apply_theme(app, "light")
    bench = Bench(app)
    try:
        bench.measure()
    finally:
        bench.close()
        shutil.rmtree(folder, ignore_errors=True)


class Watch(QObject):
    """Counts paints, when they are done."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.app)
        self._bench = bench
        self._inside = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Paint or self._inside:
            return False
        self._inside = True
        QCoreApplication.sendEvent(watched, event)
        self._inside = False
        self._bench.painted += 1
        return True


class Bench:
    """A script open for marking, and a full bank.

    Attributes:
        painted: how often the list was painted.
    """

    painted = 0

    def __init__(self, app: QApplication) -> None:
        self.app = app
        self.tasks, clock = Tasks(), SystemClock()
        Collector(self.tasks)
        self.images = ImageCache()
        self.comments = _comments()
        messages, ids = KeptMessages(), id_source(clock)
        self.screen = MarkingScreen(FakeScriptStore(), self.tasks, self.images, ids, clock, CALENDAR, messages)
        store = FakeBankStore(*self.comments)
        self.desk = BankDesk(
            *(self.screen, self.screen.views, lambda: self.screen.session, store, self.tasks, ids, clock, messages)
        )
        self.screen.actions_by_id.update(build_actions(self.screen, Scope.MARKING, self.desk.handlers()))
        self.screen.resize(1366, 768)
        self.screen.show()
        self.screen.activateWindow()
        pages, pictures = small_script(3)
        self.screen.show_script(OpenedScript(script_view(1, pages=pages)), pictures)
        self.rest()
        spare_what_stays()
        watch, listed = Watch(self), self.desk.panel.findChild(CommentList)
        assert listed is not None
        listed.viewport().installEventFilter(watch)
        hand.hover(self.screen.view, hand.spot(self.screen.view, 1, 0.3, 0.3))

    def measure(self) -> None:
        """Open again and again, then type."""
        opened = []
        for number in range(OPENINGS):
            opened.append(self.timed(lambda: hand.press("C", self.screen.view)))
            self.rest()
            hand.press("Return" if number % 4 == 3 else "Escape")
            self.rest()
        report("bank.open", opened, comments=COMMENTS)
        hand.press("C", self.screen.view)
        self.rest()
        typed: list[float] = []
        for _ in range(ROUNDS):
            for text in TYPED:
                typed += [self.timed(partial(hand.type_text, letter)) for letter in text]
                typed += [self.timed(partial(hand.press, "Backspace")) for _ in text]
                self.rest()
        report("bank.filter", typed, self.reference(), comments=COMMENTS)

    def reference(self) -> float:
        """Finding alone, on average over the words that are typed, in milliseconds."""
        index = CommentIndex(self.comments)
        prefixes = [text[: end + 1] for text in TYPED for end in range(len(text))]
        start = time.perf_counter()
        for prefix in prefixes:
            index.find(prefix, None)
        return (time.perf_counter() - start) * 1000 / len(prefixes)

    def timed(self, act: Callable[[], object]) -> float:
        """Milliseconds from `act` to the end of the paint that shows what it did."""
        start = time.perf_counter()
        self.painted = 0
        act()
        self.app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
        # where nothing is found nothing of the list is painted
        while not self.painted and self.desk.panel.listed and time.perf_counter() < start + _PATIENCE_S:
            self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
        return (time.perf_counter() - start) * 1000

    def rest(self) -> None:
        """Until nothing is being done: formulas are typeset, uses are written down."""
        end = time.perf_counter() + _PATIENCE_S
        quiet = 0
        while quiet < 3:
            QTest.qWait(2)
            quiet = 0 if self.tasks.busy else quiet + 1
            if time.perf_counter() > end:
                raise TimeoutError("the program did not come to rest")

    def close(self) -> None:
        """End everything."""
        self.screen.shutdown()
        self.images.shutdown()
        self.tasks.shutdown()
        self.screen.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.screen.close()


def _comments() -> list[BankComment]:
    """What a large school may have: words of schemes, half with maths; every tenth for a question of the script."""
    dice = random.Random(20260715)
    steps = [
        step.text for name in ("X", "XII") for question in content_of_class(name) for step in question.scheme.steps
    ]
    texts = [f"{dice.choice(('Sign error', 'Well done', 'Check', 'Missing'))}: {text}" for text in steps]
    own = uuid5(NAMESPACE_URL, "v")
    return [
        comment(
            number + 1,
            texts[number % len(texts)],
            str(dice.choice(("0", "0.5", "1", "1.5", "2"))),
            shared=dice.random() < 0.5,
            question_id=own if number % 10 == 0 else None,
            uses=dice.randrange(20),
            all_uses=dice.randrange(20, 400),
        )
        for number in range(COMMENTS)
    ]


if __name__ == "__main__":
    main()
