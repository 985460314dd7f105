"""What a subject may have beside list and form: another way to see its rows, and a way to bring many in at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QWidget


class Overview(QWidget):
    """A subclass paints.

    Signals:
        record_chosen(str): look at this record.
        new_wanted(draft): make one that begins with this.
    """

    record_chosen = Signal(str)
    new_wanted = Signal(object)

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show these rows of the list."""
        raise NotImplementedError

    def show_draft(self, draft: Any) -> None:  # noqa: ANN401 - of the subject's own
        """The form shows this now."""
        raise NotImplementedError


class Importer(QDialog):
    """Brings many records in at once, all or none.

    Signals:
        imported(str, object): what came of it, in the language spoken, and by what the subject takes it back
            (`Subject.take_back`); None where it does not.
    """

    imported = Signal(str, object)
