"""The pages of what is a signed-in person's own, beside her preferences."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from mv_desktop.core.ids import IdSource
from mv_desktop.ui.shell.own_port import OwnPlace
from mv_desktop.ui.shell.preference_table import PreferencePage
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr


def own_pages(
    own: OwnPlace, tasks: Tasks, ids: IdSource, *, teaches: bool, compared: bool = False
) -> tuple[PreferencePage, ...]:
    """Absences, for who teaches, second markings where there are any (`compared`), and the password.

    Each is imported when it is first looked at.
    """
    password = PreferencePage("password", tr("Password"), partial(_password, own, tasks))
    absences = PreferencePage("absences", tr("Absences"), partial(_absences, own, tasks, ids))
    agreement = PreferencePage("agreement", tr("Second markings"), partial(_agreement, own, tasks))
    hers = (absences, agreement) if compared else (absences,)
    return (*hers, password) if teaches else (password,)


def _password(own: OwnPlace, tasks: Tasks, parent: QWidget) -> QWidget:
    from mv_desktop.ui.shell.password_page import PasswordPage

    return PasswordPage(own, tasks, parent)


def _agreement(own: OwnPlace, tasks: Tasks, parent: QWidget) -> QWidget:
    from mv_desktop.ui.shell.agreement_page import AgreementPage

    return AgreementPage(own, tasks, parent)


def _absences(own: OwnPlace, tasks: Tasks, ids: IdSource, parent: QWidget) -> QWidget:
    from mv_desktop.ui.shell.absence_page import AbsencePage

    return AbsencePage(own, tasks, ids, parent)
