"""Parents as a subject of the office."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol
from uuid import UUID

from mv_desktop.domain.family import FamilyRow, ParentDraft, parent_faults
from mv_desktop.domain.record import Change, Fault, Opened, Slice, Wanted
from mv_desktop.ui.admin.act import Act, Once
from mv_desktop.ui.admin.choice_words import RELATIONS
from mv_desktop.ui.admin.exchange import Exchange, FilePlace
from mv_desktop.ui.admin.field import Field
from mv_desktop.ui.admin.member import CLOSE, REOPEN
from mv_desktop.ui.admin.people_exchange import PeopleExchange, PeoplePlace
from mv_desktop.ui.admin.student import (
    ANONYMISE,
    STATES,
    able_account,
    address_text,
    anonymous_question,
    close_text,
    sign_in_lines,
)
from mv_desktop.ui.admin.subject import Choice, Column, Subject
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.keyed_model import Sign


class ParentPlace(Protocol):
    """As `offline.office.family.Parents`."""

    def page(self, wanted: Wanted, after: UUID | None) -> Slice[FamilyRow]:
        """Parents by name, behind the one with the id `after`."""
        ...

    def open(self, user_id: UUID) -> Opened[ParentDraft]:
        """One of them."""
        ...

    def save(self, opened: Opened[ParentDraft], draft: ParentDraft, reason: str) -> None:
        """Write what differs."""
        ...

    def add(self, draft: ParentDraft, reason: str) -> UUID:
        """Enter one; answers who she is."""
        ...

    def close(self, opened: Opened[ParentDraft], reason: str) -> None:
        """Close the account on the web platform."""
        ...

    def reopen(self, opened: Opened[ParentDraft], reason: str) -> None:
        """Open it again."""
        ...

    def anonymise(self, opened: Opened[ParentDraft], reason: str) -> None:
        """Take away for good what says who this is."""
        ...

    def changes(self, user_id: UUID) -> tuple[Change, ...]:
        """What was changed."""
        ...


class ParentSubject(Subject):
    """Whose children learn. Who belongs to whom is written with the student."""

    kind = "parent"
    title = "Parents"
    columns = (Column("Name"), Column("E-mail", "somebody.longer@home.example"), Column("Phone", "+91 98765 43210"))
    choices = (Choice("state", "Account", STATES),)
    fields = (
        Field("first_name", "First name"),
        Field("last_name", "Last name"),
        Field("email", "E-mail", help="For signing in to the web platform."),
        Field("phone", "Phone"),
    )
    new = "New parent"
    acts = (CLOSE, REOPEN, ANONYMISE)

    naming = ("email",)

    def __init__(self, place: ParentPlace, table: PeoplePlace | None = None) -> None:
        self._place, self.table = place, table
        self._people = table

    # -- on the GUI thread -----------------------------------------------------------------------------------

    def key(self, row: FamilyRow) -> str:
        return str(row.user_id)

    def text(self, row: FamilyRow, column: int) -> str:
        return (f"{row.first_name} {row.last_name}", row.email, row.phone)[column]

    def sign(self, row: FamilyRow, column: int) -> Sign | None:
        return None if column or row.is_active else Sign("close", "muted")

    def color(self, row: FamilyRow, column: int) -> ColorRole | None:
        del column
        return None if row.is_active else "muted"

    def exchange(self, files: FilePlace | None) -> Exchange:
        return super().exchange(files) if self._people is None else PeopleExchange(self, self._people, files)

    def name(self, draft: ParentDraft) -> str:
        return f"{draft.first_name} {draft.last_name}".strip()

    def blank(self) -> ParentDraft:
        return ParentDraft("", "", "", "")

    def faults(self, draft: ParentDraft) -> Sequence[Fault]:
        return parent_faults(draft)

    def facts(self, draft: ParentDraft) -> str:
        """The children, and what the parent is to each."""
        lines = []
        if draft.anonymous:
            lines.append(tr("Made anonymous: nobody knows any more who this was."))
        elif not draft.is_active:
            lines.append(tr("The account is closed."))
        children = ", ".join(f"{name} ({tr(RELATIONS[kind])})" for name, kind in draft.children)
        lines.append(tr("Children: {names}", names=children) if children else tr("No children are entered."))
        lines += sign_in_lines(draft)
        return "\n".join(lines)

    def effect(self, draft: ParentDraft, before: ParentDraft | None) -> str:
        if before is not None:
            return address_text() if draft.email.strip().casefold() != before.email.casefold() else ""
        return tr("The web platform gives the first password: by “forgotten password”, with this address.")

    def able(self, act: Act, draft: ParentDraft) -> bool:
        return able_account(act, anonymous=draft.anonymous, is_active=draft.is_active)

    def asked(self, act: Act, draft: ParentDraft) -> str:
        if act == CLOSE:
            return close_text(self.name(draft))
        return anonymous_question(self.name(draft)) if act == ANONYMISE else ""

    # -- on the lane -----------------------------------------------------------------------------------------

    def page(self, wanted: Wanted, after: FamilyRow | None) -> Slice[FamilyRow]:
        return self._place.page(wanted, None if after is None else after.user_id)

    def open(self, key: str) -> Opened[ParentDraft]:
        return self._place.open(UUID(key))

    def save(self, opened: Opened[ParentDraft] | None, draft: ParentDraft, reason: str) -> str:
        if opened is None:
            return str(self._place.add(draft, reason))
        self._place.save(opened, draft, reason)
        return opened.key

    def act(self, act: Act, opened: Opened[ParentDraft], reason: str, target: Path | None) -> Once | None:
        del target
        {CLOSE: self._place.close, REOPEN: self._place.reopen, ANONYMISE: self._place.anonymise}[act](opened, reason)
        return None

    def changes(self, key: str) -> Sequence[Change]:
        return self._place.changes(UUID(key))
