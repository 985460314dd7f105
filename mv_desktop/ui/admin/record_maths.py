"""Words with formulas in a form: how they will look, above it, and symbols by keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from mv_desktop.ui.admin.math_preview import MathPreview
from mv_desktop.ui.admin.record_panel import RecordPanel
from mv_desktop.ui.admin.subject import Subject
from mv_desktop.ui.admin.symbol_palette import SymbolPalette
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.widgets.formula import FormulaPress


class RecordMaths(QObject):
    """Of a subject that is previewed.

    Attributes:
        preview: what is typed as it will look.
    """

    def __init__(self, subject: Subject, tasks: Tasks, screen: QWidget) -> None:
        super().__init__(screen)
        self._subject, self._screen = subject, screen
        self._panel: RecordPanel | None = None
        self.preview = MathPreview(FormulaPress(tasks), screen)

    @property
    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """What its command does."""
        return {"record.symbol": self._ask_symbol}

    def attach(self, panel: RecordPanel) -> None:
        """Follow the form of this panel."""
        self._panel = panel
        panel.put_above(self.preview)
        panel.form.shown.connect(self._on_form_shown)

    # -- private ---------------------------------------------------------------------------------------------

    def _ask_symbol(self) -> None:
        control = QApplication.focusWidget()
        if self._panel is None or not isinstance(control, QLineEdit | QPlainTextEdit):
            return
        if self._panel.form.isAncestorOf(control):
            SymbolPalette(control, self._screen).open()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_form_shown(self) -> None:
        if self._panel is None:
            return
        form = self._panel.form
        beside = "" if form.differs else self._subject.preview_before(form.seen)
        self.preview.show_text(beside + self._subject.preview(form.typed))
