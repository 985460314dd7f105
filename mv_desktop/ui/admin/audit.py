"""The audit log in the office: who did what, when, to what; never written here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Protocol
from uuid import UUID

from PySide6.QtWidgets import QWidget

from mv_desktop.core.clock import Clock
from mv_desktop.domain.audit_chain import Break
from mv_desktop.domain.audit_entry import NOBODY, AuditEntry, AuditSearch, ChainState, audit_search
from mv_desktop.domain.export_note import ExportNote, list_note
from mv_desktop.domain.record import Slice, Wanted
from mv_desktop.ui.admin.audit_view import AuditView
from mv_desktop.ui.admin.audit_words import about_text, event_text, kind_text
from mv_desktop.ui.admin.name_words import name_text
from mv_desktop.ui.admin.subject import Choice, Column, Viewed
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.deadline_text import longest_moment, moment
from mv_desktop.ui.widgets.keyed_model import Sign

_FILE_COLUMNS = (
    "Entry", "When", "Who", "Role", "Signed in as", "From the address", "Event", "What was done", "To what", "Id",
    "Why", "Changes", "Besides",
)  # fmt: skip
_PEOPLE = {"student": "student", "parent": "parent", "teacher": "member", "admin": "member"}
"""Which subject has a person, by her role now."""
_RECORDS = frozenset({"holiday", "plan", "question", "setting", "subscription", "template"})
"""Kinds that the log and the office call the same."""
_BROKEN = {
    Break.MISSING: "Entry {number} is missing.",
    Break.CHANGED: "Entry {number}, or its seal, was changed.",
    Break.INSERTED: "Entry {number} was inserted later.",
    Break.REORDERED: "Entry {number} stands in another’s place.",
}


class AuditPlace(Protocol):
    """As `offline.office.audit.AuditLog`."""

    def page(self, search: AuditSearch, after: AuditEntry | None) -> Slice[AuditEntry]:
        """Entries from the newest on, or those behind `after`."""
        ...

    def people(self) -> tuple[tuple[UUID, str], ...]:
        """Who may have done something with a login of her own."""
        ...

    def events(self) -> tuple[str, ...]:
        """The different events that the log has."""
        ...

    def save(
        self,
        search: AuditSearch,
        path: Path,
        title: str,
        headings: Sequence[str],
        line: Callable[[AuditEntry], Sequence[str | int]],
        told: Callable[[int, int], None],
        note: ExportNote,
    ) -> int:
        """Write what is looked for into a file, which is noted."""
        ...

    def check(self, told: Callable[[int, int], None]) -> ChainState:
        """Go through the seals of the whole log."""
        ...


class AuditSubject(Viewed):
    """Entries from the newest on.

    Args:
        zone: the school's.
    """

    kind = "audit"
    title = "Audit log"
    columns = (
        Column("When", longest_moment),
        Column("Who", "Meenakshi Venkataraghavan"),
        Column("What was done", "Second markings: given to a second teacher"),
        Column("To what"),
    )
    choices = (
        Choice("person", "Who", ((NOBODY, "A program"),), fetched=True),
        Choice("what", "What was done", fetched=True),
    )
    days = True
    search = "Script’s code, id, e-mail address, plan or setting"
    files = True
    check = "Check the seals"
    others = ("record.same_record", "record.same_person")
    leading = True

    def __init__(self, place: AuditPlace, clock: Clock, zone: tzinfo) -> None:
        self._place, self._clock, self._zone = place, clock, zone

    # -- on the GUI thread -----------------------------------------------------------------------------------

    def key(self, row: AuditEntry) -> str:
        return str(row.number)

    def text(self, row: AuditEntry, column: int) -> str:
        return (
            moment(row.at, self._clock.now(), self._zone),
            row.by or tr("A program"),
            event_text(row.event),
            self._about(row) or "–",
        )[column]

    def sign(self, row: AuditEntry, column: int) -> Sign | None:
        if column:
            return None
        if row.event.startswith("security."):
            return Sign("warning", "danger")
        return Sign("lock", "muted") if row.sealed else Sign("clock", "muted")

    def color(self, row: AuditEntry, column: int) -> ColorRole | None:
        return "muted" if column == 1 and not row.by else None

    def view(self, parent: QWidget) -> AuditView:
        return AuditView(self._zone, parent)

    def alike(self, other: str, row: AuditEntry) -> Wanted | None:
        if other == "record.same_person":
            return Wanted(choices={"person": NOBODY if row.actor is None else str(row.actor)})
        if row.exam is not None:
            return Wanted(str(row.exam))
        return Wanted(row.record) if row.record else None

    def leads(self, row: AuditEntry) -> tuple[str, str] | None:
        if not row.record:
            return None
        if row.kind == "user":
            found = row.names.get(row.record)
            role = "" if found is None else found.role
            return (_PEOPLE[role], row.record) if role in _PEOPLE else None
        return (row.kind, row.record) if row.kind in _RECORDS else None

    def called(self, row: AuditEntry) -> Mapping[str, tuple[str, str]]:
        return {} if row.actor is None else {"person": (str(row.actor), row.by)}

    # -- on the lane -----------------------------------------------------------------------------------------

    def values(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        kinds: dict[str, list[tuple[str, str]]] = {}
        for event in self._place.events():
            kinds.setdefault(event.partition(".")[0], []).append((event, event_text(event)))
        what: list[tuple[str, str]] = []
        for kind in sorted(kinds, key=kind_text):
            what += [(kind, tr("{kind}: all", kind=kind_text(kind))), *sorted(kinds[kind], key=lambda pair: pair[1])]
        return {"person": [(str(user), name) for user, name in self._place.people()], "what": what}

    def page(self, wanted: Wanted, after: AuditEntry | None) -> Slice[AuditEntry]:
        return self._place.page(self._searched(wanted), after)

    # -- on a lane of its own --------------------------------------------------------------------------------

    def save(self, wanted: Wanted, path: Path, told: Callable[[int, int], None]) -> int:
        headings = [tr(heading) for heading in _FILE_COLUMNS]
        note = list_note(self.kind, wanted)
        return self._place.save(self._searched(wanted), path, tr(self.title), headings, self._line, told, note)

    def examine(self, told: Callable[[int, int], None]) -> tuple[str, str]:
        found = self._place.check(told)
        check = found.check
        unsealed = tr_count("{count} entry is not sealed yet.", "{count} entries are not sealed yet.", found.unsealed)
        if check.fault is not None:
            sound = tr_count("{count} entry before it is sound;", "{count} entries before it are sound;", check.sound)
            after = tr("what comes after it was not looked at. Compare with a backup.")
            return "warning", f"{tr(_BROKEN[check.fault.kind], number=f'{check.fault.number:,}')} {sound} {after}"
        if check.newest is None:
            return "info", f"{tr('Nothing is sealed yet.')} {unsealed}"
        sound = tr(
            "Nothing was altered up to entry {number}: {count} in a row are as they were sealed.",
            number=f"{check.newest.number:,}",
            count=f"{check.sound:,}",
        )
        return "done", f"{sound} {unsealed}"

    # -- private ---------------------------------------------------------------------------------------------

    def _about(self, row: AuditEntry) -> str:
        """Short, in a list: a script's code, a person without her role; plans and settings as they are looked for."""
        name = row.names.get(row.record)
        if name is None or row.exam is not None or row.name or row.kind == "plan":
            return about_text(row)
        return name_text(name, self._zone)

    def _searched(self, wanted: Wanted) -> AuditSearch:
        return audit_search(wanted.words, wanted.choices, self._zone)

    def _line(self, entry: AuditEntry) -> tuple[str | int, ...]:
        changes = "; ".join(f"{one.column}: {_plain(one.before)} → {_plain(one.after)}" for one in entry.differences)
        hidden = "; ".join(f"{name}: …" for name in entry.hidden)
        return (
            entry.number,
            f"{entry.at.astimezone(self._zone):%Y-%m-%d %H:%M:%S}",
            *(entry.by, entry.role, entry.login, entry.address, entry.event),
            *(event_text(entry.event), about_text(entry), entry.record, entry.reason),
            "; ".join(filter(None, (changes, hidden))),
            json.dumps(dict(entry.rest), ensure_ascii=False) if entry.rest else "",
        )


def _plain(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
