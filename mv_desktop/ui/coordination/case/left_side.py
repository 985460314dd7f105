"""What stands on the left of the cases: the list, or the pages of the script that is looked at."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from mv_desktop.domain.case import Case, CaseFile
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.returned import Pinned
from mv_desktop.ui.canvas.page_look import Pin
from mv_desktop.ui.coordination.case.case_list import CaseList
from mv_desktop.ui.coordination.case.page_panel import CasePagePanel


class LeftSide(QStackedWidget):
    """The list at first. The list comes back by itself where there are no pages.

    Signals:
        turned(bool): pages are shown, or the list.
    """

    turned = Signal(bool)

    def __init__(self, cases: CaseList, pages: CasePagePanel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._list, self._pages = cases, pages
        self._usable = False
        self.addWidget(cases)
        self.addWidget(pages)

    @property
    def at_pages(self) -> bool:
        """She looks at pages."""
        return self.currentWidget() is self._pages

    @property
    def can_turn(self) -> bool:
        """There is something else to look at."""
        return self.at_pages or self._usable

    def show_case(self, case: Case | None, file: CaseFile | None, pins: Mapping[int, Pinned]) -> None:
        """Show its pages where pages are shown, with the spot that it is about and with what is pinned."""
        marked: dict[PageRef, tuple[Pin, ...]] = {}
        if case is not None and case.page is not None and case.spot is not None:
            marked[case.page] = (Pin(case.spot),)
        for number, pin in sorted(pins.items()):
            marked[pin.page] = (*marked.get(pin.page, ()), Pin(pin.spot, str(number)))
        key, first = ("", None) if case is None else (case.key, case.page)
        self._pages.show_sheets(key, None if file is None else file.looked_at, first)
        self._pages.show_pins(marked)
        self._usable = file is not None and file.visible
        if self.at_pages and (case is None or (file is not None and not file.visible)):
            self.turn(focus=True)

    def turn(self, *, focus: bool) -> None:
        """From one to the other, with the keyboard."""
        if not self.can_turn:
            return
        self.setCurrentWidget(self._list if self.at_pages else self._pages)
        self.turned.emit(self.at_pages)
        if focus:
            self.take_focus()

    def to_list(self) -> CaseList:
        """Show the list, for who searches in it."""
        if self.at_pages:
            self.turn(focus=False)
        return self._list

    def step(self, by: int) -> None:
        """To another page, while pages are shown."""
        if self.at_pages:
            self._pages.step(by)

    def take_focus(self) -> None:
        """The keyboard goes to what is shown."""
        if self.at_pages:
            self._pages.look.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._list.take_focus()
