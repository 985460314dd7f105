"""Many students, parents and members of staff at once, from files: one class each."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any
from uuid import UUID

from mv_desktop.core.ids import IdSource
from mv_desktop.domain.family import ParentDraft, ParentLine, StudentDraft, read_parents
from mv_desktop.domain.holiday import Consequence, Move
from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.member import MemberDraft, lines_of
from mv_desktop.domain.record import Opened
from mv_desktop.domain.record_import import Done, Put, Told, at_row, tell
from mv_desktop.offline.office.import_history import KeptTable, Together

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_PART = 250
"""So many are entered by one call; between two it is asked whether to go on. All calls are one transaction."""
Wrong = Mapping[int, tuple[str, str]]
"""By the number of a row the draft's attribute that is wrong, and why, in English."""


class PeopleTable:
    """What all of them have. None of it moves a deadline.

    Args:
        connect: a session on the person's own login.
    """

    roles: tuple[str, ...] = ()
    """Whose they are, as the database names it."""

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect
        self._passwords: list[tuple[str, str, str]] = []

    def opened(self, keys: Sequence[str]) -> Sequence[Opened[Any]]:
        """These as they stand; what is no id of one is left out."""
        with self._connect() as session:
            return self._open(session, _ids(keys))

    def alike(self, drafts: Sequence[Any]) -> Sequence[Opened[Any]]:
        """Those who have one of these addresses already."""
        from mv_desktop.services.people import known_people

        with self._connect() as session:
            known = known_people(session, [draft.email for draft in drafts])
            return self._open(session, [user_id for user_id, role in known.values() if role in self.roles])

    def wrong(self, puts: Sequence[Put]) -> Wrong:
        """What only the server knows to be wrong: addresses that are somebody else's, and those that are nobody's."""
        from mv_desktop.services.people import known_people

        found: dict[int, tuple[str, str]] = {}
        with self._connect() as session:
            known = known_people(session, [put.draft.email for put in puts])
            for number, (user_id, _) in known.items():
                put = puts[number]
                if put.opened is None or put.opened.key != str(user_id):
                    found[put.row] = ("email", "Somebody has this address already.")
            return {**self._wrong_names(session, [put for put in puts if put.row not in found]), **found}

    def passwords(self) -> tuple[tuple[str, str, str], ...]:
        """Name, address and first password of each who was made last; they are forgotten with this."""
        told, self._passwords = tuple(self._passwords), []
        return told

    def consequence(self, puts: Sequence[Put]) -> Consequence | None:
        """No deadline moves."""
        del puts
        return None

    def put(
        self, puts: Sequence[Put], reason: str, weighed: tuple[Consequence, Sequence[Move]] | None, told: Told
    ) -> tuple[Done, ...]:
        """Write all of them, or none; who is taken away is not answered.

        Raises:
            UserError: of a row, and why.
            ImportStoppedError: nobody wants it any more.
        """
        del weighed
        new = [put for put in puts if put.opened is None]
        others = [put for put in puts if put.opened is not None]
        before: dict[str, Put] = {}
        with self._connect() as session:
            for start in range(0, len(new), _PART):
                part = new[start : start + _PART]
                before |= zip(map(str, self._add(session, part, reason)), part, strict=True)
                tell(told, min(start + _PART, len(new)), len(puts))
            for number, put in enumerate(others, 1):
                with at_row(put):
                    if put.opened is not None and self._change(session, put.opened, put.draft, reason):
                        before[put.opened.key] = put
                tell(told, len(new) + number, len(puts))
            now = self._open(session, _ids(before))
        return tuple(Done(one, before[one.key].opened, before[one.key].row) for one in now)

    # -- of each -------------------------------------------------------------------------------------------------

    def _open(self, session: Session, ids: Sequence[UUID]) -> Sequence[Opened[Any]]:
        raise NotImplementedError

    def _wrong_names(self, session: Session, puts: Sequence[Put]) -> Wrong:
        """Addresses that a draft names and that are nobody's who could be meant."""
        raise NotImplementedError

    def _add(self, session: Session, puts: Sequence[Put], reason: str) -> Sequence[UUID]:
        raise NotImplementedError

    def _change(self, session: Session, opened: Opened[Any], draft: Any | None, reason: str) -> bool:  # noqa: ANN401
        """Change one, or take her away (without a draft): False."""
        raise NotImplementedError


class KeptPeople(KeptTable):
    """A table of people whose imports are kept: a `PeoplePlace`."""

    def __init__(self, table: PeopleTable, connect: Together, subject: str, ids: IdSource) -> None:
        super().__init__(table, connect, subject, ids)
        self._people = table

    def wrong(self, puts: Sequence[Put]) -> Wrong:
        """What only the server knows to be wrong."""
        return self._people.wrong(puts)

    def passwords(self) -> tuple[tuple[str, str, str], ...]:
        """Name, address and first password of each who was made last; they are forgotten with this."""
        return self._people.passwords()


class _FamilyTable(PeopleTable):
    def _add(self, session: Session, puts: Sequence[Put], reason: str) -> Sequence[UUID]:
        from mv_desktop.services.family import RowRefusedError, add_many

        try:
            return add_many(session, self.roles[0], [put.draft for put in puts], reason)
        except RowRefusedError as refused:
            with at_row(puts[refused.number]):
                raise refused.error from refused


class StudentTable(_FamilyTable):
    """Students, with their parents; parents who are named and not known are entered with them."""

    roles = ("student",)

    def _open(self, session: Session, ids: Sequence[UUID]) -> Sequence[Opened[StudentDraft]]:
        from mv_desktop.services.family import open_students

        return open_students(session, ids)

    def _wrong_names(self, session: Session, puts: Sequence[Put]) -> Wrong:
        from mv_desktop.services.people import known_people

        written = sorted(puts, key=lambda put: put.opened is not None)  # as `put` does: new ones first
        named = [(put.row, read_parents(put.draft.parents)) for put in written]
        emails = [one.email for _, parents in named for one in parents]
        known = {emails[number].casefold(): role for number, (_, role) in known_people(session, emails).items()}
        found: dict[int, tuple[str, str]] = {}
        entered: set[str] = set()
        for row, parents in named:
            faults = [why for one in parents if (why := _parent_fault(one, known, entered))]
            if faults:  # then nobody of this row is entered either
                found[row] = ("parents", faults[0])
            else:
                entered |= {one.email.casefold() for one in parents if one.first_name}
        return found

    def _change(self, session: Session, opened: Opened[StudentDraft], draft: StudentDraft | None, reason: str) -> bool:
        from mv_desktop.services.family import put_student, remove

        user_id = UUID(opened.key)
        if draft is None:
            remove(session, user_id, opened.seen, reason)
            return False
        put_student(session, user_id, opened.seen, draft, opened.draft, reason)
        return True


class ParentTable(_FamilyTable):
    """Parents."""

    roles = ("parent",)

    def _open(self, session: Session, ids: Sequence[UUID]) -> Sequence[Opened[ParentDraft]]:
        from mv_desktop.services.family import open_parents

        return open_parents(session, ids)

    def _wrong_names(self, session: Session, puts: Sequence[Put]) -> Wrong:
        del session, puts
        return {}

    def _change(self, session: Session, opened: Opened[ParentDraft], draft: ParentDraft | None, reason: str) -> bool:
        from mv_desktop.services.family import put_parent, remove

        user_id = UUID(opened.key)
        if draft is None:
            remove(session, user_id, opened.seen, reason)
            return False
        put_parent(session, user_id, opened.seen, draft, opened.draft, reason)
        return True


class MemberTable(PeopleTable):
    """Members of staff. Each new one gets a first password, which is answered once and kept nowhere."""

    roles = ("teacher", "admin")

    def put(
        self, puts: Sequence[Put], reason: str, weighed: tuple[Consequence, Sequence[Move]] | None, told: Told
    ) -> tuple[Done, ...]:
        self._passwords = []
        try:
            return super().put(puts, reason, weighed, told)
        except BaseException:
            self._passwords = []  # nobody was made
            raise

    def _open(self, session: Session, ids: Sequence[UUID]) -> Sequence[Opened[MemberDraft]]:
        from mv_desktop.services.member import open_members

        return open_members(session, ids)

    def _wrong_names(self, session: Session, puts: Sequence[Put]) -> Wrong:
        from mv_desktop.services.people import known_people

        named = [(put.row, email) for put in puts for email in lines_of(put.draft.conflicts)]
        known = known_people(session, [email for _, email in named])
        return {
            row: ("conflicts", "No student has one of these addresses.")
            for number, (row, _) in enumerate(named)
            if known.get(number, (None, ""))[1] != "student"
        }

    def _add(self, session: Session, puts: Sequence[Put], reason: str) -> Sequence[UUID]:
        from mv_desktop.services.member import add_member

        made = []
        for put in puts:
            with at_row(put):
                user_id, password = add_member(session, put.draft, reason)
            draft = put.draft
            self._passwords.append((f"{draft.first_name} {draft.last_name}", draft.email, password))
            made.append(user_id)
        return made

    def _change(self, session: Session, opened: Opened[MemberDraft], draft: MemberDraft | None, reason: str) -> bool:
        from mv_desktop.services.member import put_member
        from mv_desktop.services.staff import deactivate_person

        user_id = UserId(UUID(opened.key))
        if draft is None:
            deactivate_person(session, user_id, reason)
            return False
        put_member(session, user_id, opened.seen, draft, opened.draft, reason)
        return True


def _parent_fault(one: ParentLine, known: Mapping[str, str], entered: Container[str]) -> str:
    """Why somebody cannot be a parent, "" where she can: known as one, with names, or entered by a row before."""
    role = known.get(one.email.casefold())
    if role is not None:
        return "" if role == "parent" else "An address is no parent’s."
    if one.first_name or one.email.casefold() in entered:
        return ""
    return "No parent has this address: write her name behind it."


def _ids(keys: Sequence[str] | Mapping[str, object]) -> list[UUID]:
    found = []
    for key in keys:
        try:
            found.append(UUID(key))
        except ValueError:
            continue  # no id: the row says so
    return found
