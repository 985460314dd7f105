"""Second markings on her real file and a real server: kept, taken back, handed in elsewhere, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from mv_desktop.core.errors import OfflineError, RefusedError
from mv_desktop.core.ids import id_source
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.identifier import EvaluationId, MarkingId
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import SetMark
from mv_desktop.domain.script import MarkedScript
from mv_desktop.domain.second import SecondDraft, SecondMark, missing, second_marks
from mv_desktop.offline.layout import VERSIONS
from mv_desktop.offline.second import SecondMarkings
from mv_desktop.offline.second_draft import SecondDrafts
from mv_desktop.services.quality import give_sample, take_sample_back
from tests.database.test_quality import KEYS, sampled
from tests.factories.local import NOW, open_store
from tests.factories.marking import Person, School
from tests.fakes.clock import FakeClock
from tests.fakes.desk import MemoryPages


class Computer:
    """One of hers."""

    def __init__(self, folder: Path, person: Person) -> None:
        self.folder, self.person, self.plugged = folder, person, True
        self.open()

    def open(self) -> None:
        clock = FakeClock(NOW)
        self.store = open_store(self.folder, clock)
        self.drafts = SecondDrafts(self.store._vault, id_source(clock))
        self.markings = SecondMarkings(self.connect, self.drafts, MemoryPages(), dict)

    @contextmanager
    def connect(self) -> Iterator[Session]:
        if not self.plugged:
            raise OfflineError("The server does not answer.")
        with self.person.session() as session:
            yield session

    def mark(self, marking: MarkingId, *marks: str) -> tuple[SecondMark, ...]:
        """Type these; what would be handed in."""
        given = self.markings.read(marking)
        draft = self.drafts.begin(SecondDraft(marking, given.title, given.class_name))
        script = MarkedScript(
            ExamSnapshot.model_validate_json(given.snapshot), declared_unanswered=given.declared_unanswered
        )
        typed = [
            SetMark(key, GivenMark(MarkState.MARKED, Decimal(mark))) for key, mark in zip(KEYS, marks, strict=False)
        ]
        for operation in (*draft.operations, *typed):
            script.apply(operation)
        self.drafts.record_all(EvaluationId(marking), [(one, (), None) for one in typed])
        return () if missing(script) else second_marks(script)

    def states(self) -> list[tuple[int, bool]]:
        """Of each draft: how much was typed, and whether it is hers no more."""
        return [(len(draft.given), draft.gone) for draft in self.markings.look().drafts]


def test_a_draft_goes_through_all_that_may_happen_to_a_marking(school: School, tmp_path: Path) -> None:
    asha, meera, priya = school.person(), school.person(), school.person(is_coordinator=True)
    script, marking = sampled(school, priya, asha, meera)
    desk, laptop = Computer(tmp_path / "desk", meera), Computer(tmp_path / "laptop", meera)
    (task,) = desk.markings.look().waiting or ()
    assert (task.marking_id, task.questions) == (marking, 3)
    desk.mark(marking, "1", "2")
    assert desk.states() == [(2, False)]

    with priya.session() as session:
        take_sample_back(session, marking, "She is ill")
    look = desk.markings.look()
    assert (look.waiting, look.trouble, look.lost) == ((), None, ())
    assert desk.states() == [(2, True)]
    with pytest.raises(RefusedError):
        desk.markings.read(marking)
    with priya.session() as session:
        again = give_sample(session, script, meera.user_id)
    assert again != marking
    desk.drafts.drop(marking)

    here, there = desk.mark(again, "1", "2", "3"), laptop.mark(again, "1", "2", "3.5")
    desk.plugged = False
    look = desk.markings.look()
    assert (look.waiting, str(look.trouble)) == (None, "The server does not answer.")
    with pytest.raises(OfflineError):
        desk.markings.hand_in(again, here, "")
    assert desk.states() == [(3, False)]
    desk.plugged = True
    laptop.markings.hand_in(again, there, "neat")
    assert laptop.states() == []
    laptop.markings.hand_in(again, there, "neat")  # the answer was lost, and it is sent again
    with pytest.raises(RefusedError):
        desk.markings.hand_in(again, here, "")
    assert desk.states() == [(3, True)]
    marks = "SELECT second_marks FROM sample_marks ORDER BY question_number"
    assert school.select(marks) == [(1,), (2,), (Decimal("3.5"),)]

    with desk.store._vault.transaction() as db:
        db.execute(f"PRAGMA user_version = {len(VERSIONS) + 1}")
    desk.store._vault.close()
    desk.open()
    other, third = sampled(school, priya, asha, meera)
    look = desk.markings.look()
    assert [one.marking_id for one in look.waiting or ()] == [third]
    assert [len(draft.given) for draft in look.drafts] == [3]
    assert other
    for computer in (desk, laptop):
        computer.store._vault.close()


def test_in_a_file_that_can_only_be_read_what_is_lost_is_told_and_not_written(school: School, tmp_path: Path) -> None:
    asha, meera, priya = school.person(), school.person(), school.person(is_coordinator=True)
    _, marking = sampled(school, priya, asha, meera)
    desk = Computer(tmp_path, meera)
    desk.mark(marking, "1")
    with priya.session() as session:
        take_sample_back(session, marking, "She is ill")
    with desk.store._vault.transaction() as db:
        db.execute(f"PRAGMA user_version = {len(VERSIONS) + 1}")
    desk.store._vault.close()
    desk.open()
    look = desk.markings.look()
    assert "can only be read" in str(look.trouble)
    assert [(len(draft.given), draft.gone) for draft in look.drafts] == [(1, False)]
    desk.store._vault.close()
