"""The gazetted holidays of a year: each is offered beside what is entered, and all that are chosen come at once.

They are kept as an import, as those of a file are, so that they can be taken back later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date, tzinfo
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import UserError
from mv_desktop.domain.holiday import Consequence, HolidayDraft, HolidayRow, Move
from mv_desktop.domain.holiday_import import Gazetted, Offer, Standing, offers, taken
from mv_desktop.domain.import_history import Bringing, SourceFile
from mv_desktop.domain.record_import import Put
from mv_desktop.ui.admin.exchange import TablePlace, unstopped
from mv_desktop.ui.admin.move_box import MoveBox
from mv_desktop.ui.admin.overview import Importer
from mv_desktop.ui.tasks import Task, Tasks
from mv_desktop.ui.text import LANGUAGES, language, said, tr, tr_count
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.deadline_text import day, longest_day
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.sign_label import SignLabel

_LANE = "office"
_FIRST_YEAR, _YEARS_AHEAD = 2024, 3
_LONGEST_REASON = 500
_ESTIMATED = ("(estimated)", "(अनुमानित)")


class ImportPlace(Protocol):
    """What it asks of `offline.office.holiday.Holidays`."""

    def all(self) -> tuple[HolidayRow, ...]:
        """Every holiday, by date."""
        ...

    def regions(self) -> tuple[tuple[str, str], ...]:
        """The states whose holidays can be imported, code and name."""
        ...

    def gazetted(self, year: int, region: str, language: str) -> tuple[Gazetted, ...]:
        """The gazetted holidays of a year."""
        ...


class HolidayImport(Importer):
    """What is new is chosen already; what is there cannot be; what has another name on that day can.

    Args:
        place: says what is entered and what is gazetted.
        table: enters what is chosen, and keeps that it did.
        naming: by what a holiday is called in the list of imports.

    Attributes:
        year, region, names: whose holidays, and in which language.
        tree: what is offered, with a box for each.
        moves: which deadlines would move, and whether they shall.
        busy: something is asked of the server.
    """

    def __init__(
        self,
        place: ImportPlace,
        table: TablePlace,
        naming: tuple[str, ...],
        today: date,
        tasks: Tasks,
        clock: Clock,
        zone: tzinfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._place, self._table, self._naming = place, table, naming
        self._tasks, self._clock, self._zone = tasks, clock, zone
        self._offers: tuple[Offer, ...] = ()
        self._items: list[QTreeWidgetItem] = []
        self._asked: Task[Any] | None = None
        self.busy = False
        self.setWindowTitle(tr("Gazetted holidays of a year"))
        self.year, self.region, self.names = (
            self._box(name) for name in (tr("Year"), tr("State or territory"), tr("Names in"))
        )
        for year in range(_FIRST_YEAR, today.year + _YEARS_AHEAD + 1):
            self.year.addItem(str(year), year)
        # Who imports in autumn wants the year to come.
        self.year.setCurrentIndex(self.year.findData(today.year + (today.month >= 10)))
        self.region.addItem(tr("All of India"), "")
        for code, name in LANGUAGES.items():
            self.names.addItem(name, code)
        self.names.setCurrentIndex(self.names.findData(language()))
        self.tree = QTreeWidget(self)
        self.tree.setRootIsDecorated(False)
        self.tree.setAccessibleName(tr("Gazetted holidays of a year"))
        self.tree.setHeaderLabels([tr("Day"), tr("Holiday"), tr("Is entered")])
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.setColumnWidth(0, self.tree.fontMetrics().horizontalAdvance(longest_day()) + spacing(14))
        self.note, self.moves = SignLabel(self), MoveBox(self)
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(_LONGEST_REASON)
        self.reason.setMinimumHeight(spacing(8))
        self.reason.setPlaceholderText(tr("Reason, kept in the history"))
        self.reason.setAccessibleName(tr("Reason"))
        self.save = PrimaryButton(tr("Save"), self)
        self._build()
        for box in (self.year, self.region, self.names):
            box.currentIndexChanged.connect(self._on_asked)
        self.tree.itemChanged.connect(self._on_tree_item_changed)
        self.save.clicked.connect(self._on_save_clicked)
        self.reason.returnPressed.connect(self._on_save_clicked)
        self._run(place.regions, self._on_regions)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> tuple[Offer, ...]:
        """What is ticked."""
        return tuple(
            offer
            for offer, item in zip(self._offers, self._items, strict=True)
            if item.checkState(0) == Qt.CheckState.Checked
        )

    # -- private ---------------------------------------------------------------------------------------------

    def _box(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setMinimumHeight(spacing(8))
        return box

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(spacing(2))
        for box in (self.year, self.region, self.names):
            label = QLabel(box.accessibleName(), self)
            label.setBuddy(box)
            top.addWidget(label)
            top.addWidget(box, int(box is self.region))
        cancel = QPushButton(tr("Close"), self)
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(spacing(2))
        foot.addWidget(self.reason, 1)
        foot.addWidget(cancel)
        foot.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(4), spacing(4), spacing(4), spacing(4))
        column.setSpacing(spacing(3))
        column.addLayout(top)
        column.addWidget(self.tree, 1)
        column.addWidget(self.note)
        column.addWidget(self.moves)
        column.addLayout(foot)
        self.resize(spacing(190), spacing(150))

    def _run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> Task[Any]:
        self.busy = True
        self.save.setEnabled(False)
        return self._tasks.run(_LANE, work, partial(self._on_done, done), self._on_failed, receiver=self)

    def _ask(self) -> None:
        self.moves.withdraw()
        self._show_offers(())  # of another year: without a server, they would be entered under this one
        if self._asked is not None:
            self._asked.cancel()
        year, region, names = (box.currentData() for box in (self.year, self.region, self.names))
        self._asked = self._run(
            lambda: offers(self._place.gazetted(year, region, names), self._place.all()), self._on_offers
        )

    def _show_offers(self, found: Sequence[Offer]) -> None:
        before = self.tree.blockSignals(True)
        self._offers = tuple(found)
        self.tree.clear()
        self._items = []
        for offer in found:
            item = QTreeWidgetItem([day(offer.day, year=True), offer.name, _standing_text(offer)])
            if offer.standing is Standing.THERE:  # without a box
                for column in range(3):
                    item.setForeground(column, current_theme().color("muted"))
            else:
                chosen = offer.standing is Standing.NEW
                item.setCheckState(0, Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked)
            self.tree.addTopLevelItem(item)
            self._items.append(item)
        self.tree.blockSignals(before)
        if self._items:
            self.tree.setCurrentItem(self._items[0])

    def _tell(self) -> None:
        count = len(self.chosen)
        words = tr_count("{count} holiday is chosen.", "{count} holidays are chosen.", count)
        if any(mark in offer.name for offer in self._offers for mark in _ESTIMATED):
            words += " " + tr("Days that go by the moon are worked out ahead: look at the gazette.")
        self.note.say("info", words)
        self.save.setEnabled(bool(count) and not self.busy)

    def _write(self, what: Bringing, found: Consequence, moving: Sequence[Move]) -> None:
        reason, weighed = self.reason.text().strip(), (found, moving)
        bring_in = partial(self._table.bring_in, what, reason, weighed, unstopped)
        self._run(bring_in, partial(self._on_saved, len(what.puts)))

    def _bringing(self) -> Bringing:
        """What is chosen, under the name by which it is found among the imports."""
        name = tr(
            "Gazetted holidays of {year}: {region}", year=self.year.currentText(), region=self.region.currentText()
        )
        puts = tuple(Put(number, None, draft) for number, draft in enumerate(taken(self.chosen), 1))
        return Bringing(SourceFile(name), puts, tuple(field.name for field in fields(HolidayDraft)), self._naming)

    def _weigh(self, puts: Sequence[Put]) -> Consequence:
        found = self._table.consequence(puts)
        if found is None:
            raise TypeError("holidays move deadlines")
        return found

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_done(self, done: Callable[[Any], None], result: object) -> None:
        self.busy = False
        done(result)

    def _on_failed(self, error: Exception) -> None:
        self.busy = False
        self._tell()
        if isinstance(error, UserError):
            self.note.say("warning", said(str(error)))
        else:
            self._tasks.error.emit(error)

    def _on_regions(self, found: Sequence[tuple[str, str]]) -> None:
        before = self.region.blockSignals(True)
        for code, name in found:
            self.region.addItem(name, code)
        self.region.blockSignals(before)
        self._ask()

    def _on_asked(self, _index: int) -> None:
        self._ask()

    def _on_offers(self, found: Sequence[Offer]) -> None:
        self._show_offers(found)
        self._tell()

    def _on_tree_item_changed(self, _item: QTreeWidgetItem, _column: int) -> None:
        self.moves.withdraw()
        self._tell()

    def _on_save_clicked(self) -> None:
        if self.busy or not self.chosen:
            return
        if not self.reason.text().strip():
            self.reason.setFocus()
            self.note.say("info", tr("Say why: it stands in the history beside the change."))
            return
        self.moves.withdraw()
        what = self._bringing()
        self._run(partial(self._weigh, what.puts), partial(self._on_weighed, what))

    def _on_weighed(self, what: Bringing, found: Consequence) -> None:
        self._tell()
        if found.moves:
            go_on = partial(self._write, what, found)
            self.moves.ask(found, go_on, self._clock.now(), self._zone, self.reason)
        else:
            self._write(what, found, ())

    def _on_saved(self, count: int, import_id: UUID) -> None:
        words = tr_count("{count} holiday was entered.", "{count} holidays were entered.", count)
        self.imported.emit(words, import_id)
        self.accept()

    # -- Qt --------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.moves.asking:
            self.moves.refuse()
        elif event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:  # Enter is of the field with the keyboard
            super().keyPressEvent(event)


def _standing_text(offer: Offer) -> str:
    match offer.standing:
        case Standing.NEW:
            return tr("new")
        case Standing.THERE:
            return tr("there already")
    return tr("there by another name: {names}", names=", ".join(offer.others))
