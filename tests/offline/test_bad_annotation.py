"""Bad annotations on the teacher's computer: the script opens, all of it is kept, and work on it goes on."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from mv_desktop.core.errors import NotAllowedError
from mv_desktop.domain.annotation.shape import PenStroke, TextNote, UnknownAnnotation, annotation_json
from mv_desktop.domain.exchange import PulledAnnotation
from mv_desktop.domain.identifier import AnnotationId, MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import DeleteAnnotations, SetMark
from mv_desktop.offline.registers import compact
from mv_desktop.offline.sync import Synchroniser
from tests.factories.bad_ink import BROKEN, PEN, STAMP, TEXT, numbered
from tests.factories.local import NOW, assigned, evaluation_id, open_store, pulled, tick
from tests.fakes.clock import FakeClock
from tests.fakes.sync_server import FakeSyncServer

ONE = evaluation_id(1)
NO_MARK = SetMark(MarkKey(4), GivenMark(MarkState.NOT_ATTEMPTED))


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path)
    yield opened
    opened._vault.close()


def mirror(store, bodies, **values):
    """Let the server have annotations of these bodies, whose ids are 1, 2, …, on page 1."""
    script = pulled(
        1,
        annotations=tuple(
            PulledAnnotation(UUID(int=number), 1, 0, body, number) for number, body in enumerate(bodies, 1)
        ),
        **values,
    )
    store.mirror([assigned(script)], [script], [ONE])
    return script


def bodies(store):
    return [annotation_json(placed.annotation) for placed in store.open_script(ONE).script.ink.values()]


def change_journal(store, **values):
    """Let the only operation in the journal be what another version of the program wrote."""
    with store._vault.transaction() as db:
        for name, value in values.items():
            db.execute(f"UPDATE journal SET {name} = ?", (value,))


def test_whatever_the_server_has_is_opened_and_kept_through_all_ways(store, tmp_path):
    expected = [numbered(number, body) for number, body in enumerate(BROKEN.values(), 1)]
    mirror(store, expected)
    assert bodies(store) == expected
    store.rebuild(ONE)
    assert bodies(store) == expected
    script = store.open_script(ONE).script
    delete = DeleteAnnotations(tuple(script.ink))
    store.record(ONE, delete, inverse=script.inverse(delete))
    assert bodies(store) == []
    (entry,) = store.history(ONE)
    (back,) = entry.inverse
    store.record(ONE, back, undoes=entry.op_id)
    assert bodies(store) == expected
    *_, sent = store.pending(10).operations
    assert [{k: v for k, v in item.items() if "page" not in k} for item in sent.payload["annotations"]] == expected


def test_an_entry_whose_id_is_missing_or_another_goes_by_the_id_of_its_row(store):
    odd = [{"type": "stamp"}, {"id": "none", "type": "pen"}, STAMP, {}]
    mirror(store, odd)
    assert bodies(store) == odd
    assert list(store.open_script(ONE).script.ink) == [AnnotationId(UUID(int=number)) for number in range(1, 5)]


def test_placeholders_count_as_the_queue_says(store):
    mirror(store, [numbered(1, STAMP | {"size": "wide", "question_number": 2, "marks": "1"})])
    view = store.open_script(ONE)
    assert view.script.marked == store.queue(NOW)[0].marked == 1


def test_work_that_a_newer_version_wrote_down_neither_closes_the_script_nor_is_lost(store):
    mirror(store, [])
    store.record(ONE, NO_MARK)
    change_journal(store, kind="mark.dream", payload='{"of": "sheep"}')
    store.rebuild(ONE)
    assert store.open_script(ONE).script.given == {}
    assert store.history(ONE) == ()
    assert len(store.pending(10).operations) == 1
    store.record(ONE, NO_MARK)
    assert len(store.history(ONE)) == 1


def test_an_operation_that_cannot_be_undone_here_is_no_step(store):
    mirror(store, [])
    store.record(ONE, NO_MARK, inverse=(NO_MARK,))
    change_journal(store, inverse='[{"kind": "mark.dream", "payload": {}}]')
    (entry,) = store.history(ONE)
    assert (entry.operation, entry.inverse) == (NO_MARK, ())


def test_an_answer_to_what_a_newer_version_wrote_has_the_script_fetched_anew(tmp_path):
    clock = FakeClock(NOW)
    server = FakeSyncServer(pulled(1))
    store = open_store(tmp_path, clock)
    sync = Synchroniser(store, server.connect, clock, server)
    sync.run()
    store.record(ONE, NO_MARK)
    change_journal(store, kind="mark.dream")  # here only: the server gets what was written
    sync.run()
    assert store.pending(10).operations == ()
    assert store.open_script(ONE).script.given == {NO_MARK.key: NO_MARK.given}
    store._vault.close()


def test_set_aside_work_of_a_newer_version_waits_again(store):
    mirror(store, [])
    recorded = store.record(ONE, NO_MARK)
    store.set_aside(recorded.op_id, "the server fails on it")
    change_journal(store, kind="mark.dream")
    store.take_back_set_aside()
    assert len(store.pending(10).operations) == 1


@pytest.mark.parametrize(
    ("program", "sentence"),
    [("2.1", "Install version 2.1 or later to change it"), ("", "Install the newest version to change it")],
)
def test_a_script_of_a_newer_schema_is_read_and_not_changed(store, program, sentence):
    mirror(store, [numbered(1, STAMP)], newer_program=program)
    view = store.open_script(ONE)
    assert view.read_only
    assert sentence in view.read_only_reason
    assert len(view.script.ink) == 1
    with pytest.raises(NotAllowedError, match="newer version"):
        store.record(ONE, NO_MARK)
    mirror(store, [numbered(1, STAMP)], version=1)
    assert not store.open_script(ONE).read_only
    store.record(ONE, NO_MARK)


def test_ten_megabytes_of_ink_are_kept_and_changed(store):
    points = [[round(0.1 + 0.8 * (n % 997) / 997, 4), round(0.1 + 0.8 * n / 300_000, 5), 0.5] for n in range(300_000)]
    large = [
        numbered(1, TEXT | {"text": "x" * 5_000_000}),
        numbered(2, PEN | {"points": points}),
        *(numbered(n, STAMP | {"x": round(n % 100 / 100, 2)}) for n in range(3, 5_003)),
    ]
    mirror(store, large)
    script = store.open_script(ONE).script
    text, pen, *stamps = (placed.annotation for placed in script.ink.values())
    assert isinstance(text, TextNote)
    assert isinstance(pen, PenStroke)
    assert (len(text.text), len(pen.points), len(stamps)) == (5_000_000, 300_000, 5_000)
    assert json.loads(compact(annotation_json(pen)))["points"] == points
    assert not any(isinstance(stamp, UnknownAnnotation) for stamp in stamps)
    store.record(ONE, DeleteAnnotations((AnnotationId(UUID(int=2)),)))
    assert len(store.open_script(ONE).script.ink) == 5_001


def test_two_entries_of_one_id_are_one(store):
    script = pulled(1, annotations=(PulledAnnotation(UUID(int=1), 1, 0, numbered(1, STAMP), 1),) * 2)
    store.mirror([assigned(script)], [script], [ONE])
    view = store.open_script(ONE).script
    assert (len(view.ink), view.ink_on(PageRef(1))) == (1, 1)
    twice = tick(1).annotation, tick(1).annotation
    assert twice[0] == twice[1]
