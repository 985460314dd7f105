"""What must be there after the program was killed or the power failed, whatever it was in the middle of."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from mv_desktop.domain.operation import from_payload
from mv_desktop.domain.script import MarkedScript
from mv_desktop.offline import projection
from mv_desktop.offline.registers import Layer
from mv_desktop.pages.cache import PageCache
from tests.chaos.child import ONE, TWO, open_pages, page_of
from tests.factories.local import open_store


def verify(folder: Path, said: list[str]) -> tuple[list[str], list[str]]:
    """Open what is in `folder` and compare it with what the program `said` was done.

    Returns:
        What of that is lost, and what is wrong otherwise.
    """
    store = open_store(folder)
    wrong = [store._vault.notice] if store._vault.notice else []
    try:
        with store._vault.reading() as db:
            rows = {row["op_id"]: row["state"] for row in db.execute("SELECT * FROM journal ORDER BY entry")}
            script = db.execute("SELECT * FROM script WHERE evaluation_id = ?", (str(TWO),)).fetchone()
        sent = store.pending(1_000_000).operations
        if [str(one.op_id) for one in sent] != [op_id for op_id, state in rows.items() if state == "pending"]:
            wrong.append("what waits is not what is sent")
        first = sent[0].seq if sent else 0
        if [one.seq for one in sent] != list(range(first, first + len(sent))):
            wrong.append("the numbers have gaps")
        if script is not None:
            wrong += _look(store, sent)
        pages = open_pages(store)
        for number in range(1, len(said) + 10):
            if pages.has(UUID(int=number)) and pages.read(UUID(int=number), 0, "full") != page_of(number).pages[0].full:
                wrong.append(f"page {number} is not whole")
        lost = [line for line in said if not _there(line, rows, 0 if script is None else script["version"], pages)]
    finally:
        store._vault.close()
    return lost, wrong


def _there(line: str, states: dict[str, str], version: int, pages: PageCache) -> bool:
    """What a line of the program says is so."""
    match line.split():
        case ["saved", op_id]:
            return op_id in states
        case ["answered", op_id]:
            return states.get(op_id) == "answered"
        case ["fetched", number]:
            return version >= int(number)
        case ["page", upload]:
            return pages.has(UUID(upload))
    return True


def _look(store, sent) -> list[str]:
    """The view is the mirror and what waits; what was fetched is there altogether or not at all."""
    wrong = []
    shown = store.open_script(ONE).script
    with store._vault.reading() as db:
        script: MarkedScript = projection.marked_script(db, ONE, Layer.MIRROR, shown.paper, ())
        ((version,),) = db.execute("SELECT version FROM script WHERE evaluation_id = ?", (str(TWO),)).fetchall()
        unsent = db.execute("SELECT unsent FROM script WHERE evaluation_id = ?", (str(ONE),)).fetchone()["unsent"]
    for one in sent:
        script.apply(from_payload(one.kind, one.payload))
    if (shown.given, list(shown.ink.items())) != (script.given, list(script.ink.items())):
        wrong.append("the view is not what was done")
    if unsent != len(sent):
        wrong.append("the count of what waits is wrong")
    if {given.comment for given in store.open_script(TWO).script.given.values()} != {str(version)}:
        wrong.append("half of what was fetched is there")
    return wrong
