"""The line above the queue: the search, and which scripts are shown."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from mv_desktop.domain.evaluation import QueueRow, WorkState
from mv_desktop.ui.queue.row_filter import RowFilter
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.exam_type_text import EXAM_TYPES, exam_type_text
from mv_desktop.ui.widgets.search_field import SearchField

_FINISHED = "finished"


class FilterBar(QWidget):
    """Search and filters.

    Signals:
        changed(): what is wanted changed.

    Attributes:
        search: where one types.
        classes, types, states: the filters.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchField(tr("Search script or paper"), self)
        self.search.setMinimumWidth(spacing(60))
        self.search.setMaximumWidth(spacing(90))
        self.classes = self._choice(tr("Class"), [(tr("All classes"), "")])
        self.types = self._choice(tr("Type of exam"), [(tr("All types"), "")])
        self.states = self._choice(
            tr("State"),
            [
                (tr("Open scripts"), ""),
                (tr("Not started"), WorkState.NEW.value),
                (tr("Started"), WorkState.STARTED.value),
                (tr("Finished scripts"), _FINISHED),
            ],
        )
        self.search.textChanged.connect(self.changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(spacing(2))
        for widget in (self.search, self.classes, self.types, self.states):
            widget.setMinimumHeight(spacing(8))
            row.addWidget(widget)
        self._size()

    @property
    def wanted(self) -> RowFilter:
        """What the search and the filters say."""
        state = self.states.currentData()
        return RowFilter(
            self.search.text(),
            self.classes.currentData() or "",
            self.types.currentData() or "",
            WorkState(state) if state and state != _FINISHED else None,
            done=state == _FINISHED,
        )

    def offer(self, rows: Iterable[QueueRow]) -> None:
        """Offer the classes and types that there are, keeping what is chosen."""
        found = list(rows)
        _offer(self.classes, [(f"{tr('Class')} {name}", name) for name in sorted({row.class_name for row in found})])
        _offer(self.types, [(exam_type_text(kind), kind) for kind in sorted({row.exam_type for row in found})])

    def toggle_finished(self) -> None:
        """Show what is finished, or what is open again."""
        finished = self.states.findData(_FINISHED)
        self.states.setCurrentIndex(0 if self.states.currentIndex() == finished else finished)

    def clear(self) -> None:
        """Want all open scripts again."""
        for box in (self.classes, self.types, self.states):
            box.setCurrentIndex(0)
        self.search.clear()

    # -- private ---------------------------------------------------------------------------------------------

    def _choice(self, name: str, items: list[tuple[str, str]]) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for text, value in items:
            box.addItem(text, value)
        box.currentIndexChanged.connect(self.changed)
        return box

    def _size(self) -> None:
        """Widths by the longest choice there can be, so that nothing jumps when rows come."""
        classes, metrics = [tr("All classes"), f"{tr('Class')} XII"], self.fontMetrics()
        for box, words in ((self.classes, classes), (self.types, [tr("All types"), *map(tr, EXAM_TYPES.values())])):
            box.setMinimumWidth(max(map(metrics.horizontalAdvance, words)) + spacing(10))

    # -- Qt --------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.PaletteChange} and hasattr(self, "states"):
            self._size()


def _offer(box: QComboBox, items: list[tuple[str, str]]) -> None:
    """Put `items` below the first choice of `box`, without a signal when the choice stays."""
    if [(box.itemText(n), box.itemData(n)) for n in range(1, box.count())] == items:
        return
    chosen = box.currentData()
    box.blockSignals(True)
    while box.count() > 1:
        box.removeItem(1)
    for text, value in items:
        box.addItem(text, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    box.blockSignals(False)
