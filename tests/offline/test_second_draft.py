"""What is typed of a second marking is in her own file, through every end of the program, until it is handed in."""

from decimal import Decimal
from uuid import UUID

import pytest

from mv_desktop.core.errors import InvalidError
from mv_desktop.core.ids import id_source
from mv_desktop.domain.identifier import EvaluationId, MarkingId, MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import SetMark
from mv_desktop.domain.second import SecondDraft, draft_json
from mv_desktop.offline import meta
from mv_desktop.offline.disk import NewerFileError
from mv_desktop.offline.layout import VERSIONS
from mv_desktop.offline.second_draft import SecondDrafts
from tests.factories.local import NOW, open_store
from tests.fakes.clock import FakeClock

MARKING, OTHER = MarkingId(UUID(int=7)), MarkingId(UUID(int=8))
EMPTY = SecondDraft(MARKING, "Board exam", "XII")
MARK = SetMark(MarkKey(2), GivenMark(MarkState.MARKED, Decimal("1.5"), "half a step"))


def opened(folder, clock):
    store = open_store(folder, clock)
    return store, SecondDrafts(store._vault, id_source(clock))


def test_a_draft_outlives_the_program_and_a_marking_that_was_taken_back(tmp_path):
    clock = FakeClock(NOW)
    store, drafts = opened(tmp_path, clock)
    assert drafts.begin(EMPTY) == EMPTY
    assert len(drafts.record_all(EvaluationId(MARKING), [(MARK, (), None)])) == 1
    drafts.comment(MARKING, "page 3 is faint")
    store._vault.close()

    store, drafts = opened(tmp_path, clock)
    kept = SecondDraft(MARKING, "Board exam", "XII", (MARK,), "page 3 is faint")
    assert drafts.all() == (kept,)
    drafts.lose(MARKING)
    drafts.lose(OTHER)
    assert [draft.gone for draft in drafts.all()] == [True]
    assert drafts.begin(EMPTY) == kept, "given to her again, she goes on where she was"
    drafts.drop(MARKING)
    assert drafts.all() == ()
    with pytest.raises(InvalidError):
        drafts.record_all(EvaluationId(MARKING), [(MARK, (), None)])
    store._vault.close()


@pytest.mark.parametrize(
    "newer",
    [
        draft_json(EMPTY).replace('"draft": 1', '"draft": 2, "place": 3'),
        draft_json(EMPTY.done([MARK])).replace("mark.set", "mark.dictate"),
        '{"version": 9}',
    ],
)
def test_a_draft_of_a_newer_program_is_left_as_it_is(tmp_path, newer):
    store, drafts = opened(tmp_path, FakeClock(NOW))
    with store._vault.transaction() as db:
        meta.write(db, f"second_marking:{MARKING}", newer)
    assert (drafts.all(), drafts.unreadable()) == ((), 1)
    drafts.lose(MARKING)
    with pytest.raises(InvalidError, match="newer version"):
        drafts.begin(EMPTY)
    with pytest.raises(InvalidError):
        drafts.record_all(EvaluationId(MARKING), [(MARK, (), None)])
    with store._vault.reading() as db:
        assert meta.read(db, f"second_marking:{MARKING}") == newer
    store._vault.close()


def test_in_a_file_of_a_newer_program_drafts_are_read_and_nothing_is_written(tmp_path):
    clock = FakeClock(NOW)
    store, drafts = opened(tmp_path, clock)
    drafts.begin(EMPTY)
    drafts.record_all(EvaluationId(MARKING), [(MARK, (), None)])
    with store._vault.transaction() as db:
        db.execute(f"PRAGMA user_version = {len(VERSIONS) + 1}")
    store._vault.close()

    store, drafts = opened(tmp_path, clock)
    assert store.read_only
    assert drafts.all() == (EMPTY.done([MARK]),)
    for change in (
        lambda: drafts.begin(EMPTY),
        lambda: drafts.comment(MARKING, "x"),
        lambda: drafts.lose(MARKING),
        lambda: drafts.drop(MARKING),
    ):
        with pytest.raises(NewerFileError):
            change()
    assert drafts.all() == (EMPTY.done([MARK]),)
    store._vault.close()
