"""What came out of a damaged file, on the real server."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from mv_desktop.core.clock import SystemClock
from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import PutAnnotations, SetMark
from mv_desktop.offline.block import BLOCK
from mv_desktop.offline.sync import Synchroniser
from tests.factories.local import open_store
from tests.factories.marking import School

KEY = MarkKey(2)


def mark(marks: str) -> SetMark:
    return SetMark(KEY, GivenMark(MarkState.MARKED, Decimal(marks)))


def test_the_operations_of_a_damaged_file_are_each_there_once_and_do_not_conflict_with_her_own(
    school: School, tmp_path: Path
) -> None:
    asha = school.person()
    script = school.script(asha)
    store = open_store(tmp_path, SystemClock())
    sync = Synchroniser(store, asha.session, SystemClock())
    sync.run()
    store.record(script, mark("0.5"))
    sync.run()
    late = [store.record(script, mark("0")).op_id]
    sync.run()  # the server has it; the answer to it is lost below
    with store._vault.transaction() as db:
        db.execute(
            "UPDATE journal SET state = 'pending', verdict = NULL, answered_at = NULL WHERE op_id = ?", (str(late[0]),)
        )
    for n in range(100):
        stamp = Stamp(id=store._ids(), stamp="tick", x=0.5, y=0.5, question_number=2, marks="0")
        late.append(store.record(script, PutAnnotations((Placed(PageRef(1), stamp),))).op_id)
        late.append(store.record(script, mark(str(n % 2))).op_id)
    store._vault.close()
    path = store._vault.home / "work.db"
    data = bytearray(path.read_bytes())
    for block in range(10, len(data) // BLOCK, 8):
        data[block * BLOCK : (block + 1) * BLOCK] = bytes(BLOCK)
    path.write_bytes(data)

    again = open_store(tmp_path, SystemClock())
    with again._vault.reading() as db:
        rescued = [row["op_id"] for row in db.execute("SELECT op_id FROM journal ORDER BY entry")]
    assert 100 < len(rescued) < len(late)
    sync = Synchroniser(again, asha.session, SystemClock())
    result = sync.run()
    assert (result.message, result.pending) == ("", 0)
    stored = school.select("SELECT op_id::text, verdict FROM applied_operations WHERE evaluation_id = %s", script)
    by_id = dict(stored)
    assert len(by_id) == len(stored)
    assert {by_id[op_id] for op_id in rescued} == {"applied"}
    assert len(stored) == 1 + len({*rescued, str(late[0])})
    assert sync.run(thorough=True).differences == ()
    assert [note.kind for note in again.status().messages] == ["rescued"]
    again._vault.close()
