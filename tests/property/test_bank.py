"""Two computers of one teacher, a coordinator, a network that comes and goes: all agree, and no words are lost."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from mv_desktop.domain.identifier import CommentId
from mv_desktop.offline.sync import Synchroniser
from tests.factories.comment import ASHA, MEENAKSHI, body
from tests.factories.local import NOW, open_store, signed_in
from tests.fakes.clock import FakeClock
from tests.fakes.sync_server import FakeSyncServer

NAMES = [CommentId(UUID(int=number)) for number in (1, 2, 3)]
_who, _which = st.integers(0, 1), st.integers(0, 2)

steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), _who, _which, st.booleans()),
        st.tuples(st.just("archive"), _who, _which, st.booleans()),
        st.tuples(st.just("use"), _who, _which, st.booleans()),
        st.tuples(st.just("sync"), _who, _which, st.booleans()),
        st.tuples(st.just("lose answer"), _who, _which, st.booleans()),
        st.tuples(st.just("coordinate"), _who, _which, st.booleans()),
    ),
    max_size=25,
)


class World:
    """The computers, the server, and every wording that Asha wrote."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.server = FakeSyncServer()
        self.stores, self.syncs = [], []
        self.written: list[str] = []
        for name in ("here", "there"):
            clock = FakeClock(NOW)
            store = open_store(folder / name, clock)
            stack.callback(store._vault.close)
            store.contacted(signed_in())
            self.stores.append(store)
            self.syncs.append(Synchroniser(store, self.server.connect, clock, self.server))

    def view(self, who: int):
        return {item.comment_id: item for item in self.stores[who].bank.comments()}

    def step(self, kind: str, who: int, which: int, flag: bool) -> None:
        bank, name = self.stores[who].bank, NAMES[which]
        standing = self.view(who).get(name)
        match kind:
            case "put":
                text = f"wording {len(self.written)}"
                self.written.append(text)
                bank.put(body(text, shared=flag), name)
            case "archive" if standing is not None:
                bank.put(replace(standing.body, archived=flag), name)
            case "use" if standing is not None:
                bank.use(name)
            case "sync":
                self.syncs[who].run()
            case "lose answer":
                self.server.cut_after = 1 + which
                self.syncs[who].run()
                self.server.cut_after = None
            case "coordinate":
                now = self.server.bank.get(name)
                if now is not None and now.body.shared:
                    changed = replace(
                        now,
                        body=replace(now.body, text=f"{now.text}, coordinated"),
                        version=now.version + 1,
                        changed_by=MEENAKSHI.user_id,
                        changed_by_name=MEENAKSHI.name,
                    )
                    self.server.write(changed)


@given(steps)
@settings(max_examples=60, deadline=None)
def test_after_all_have_synced_both_computers_and_the_server_agree_and_every_wording_is_kept(done) -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        world = World(Path(folder), stack)
        for step in done:
            world.step(*step)
        unsent = set()
        for who in (0, 1):
            waiting = {sent.change.comment_id for sent in world.stores[who].bank.pending(1000)}
            unsent |= {item.text for name, item in world.view(who).items() if name in waiting}
        # where only the answer was lost it is sent, and the other computer may have replaced it knowing it
        unsent -= world.server.bank_texts
        for who in (0, 1, 0, 1):
            world.syncs[who].run()
        here, there = world.view(0), world.view(1)
        server = dict(world.server.bank)
        assert here == there == server
        assert [store.status().pending for store in world.stores] == [0, 0]
        standing = {item.text.removesuffix(", coordinated") for item in here.values()}
        assert {text.removesuffix(", coordinated") for text in unsent} <= standing
        assert set(world.written) <= world.server.bank_texts
        assert {item.owner_id for item in here.values()} <= {ASHA.user_id}


@given(steps)
@settings(max_examples=40, deadline=None)
def test_what_one_computer_writes_alone_never_meets_itself(done) -> None:
    """However its changes are cut and repeated on their way, no comment is doubled, and the last wording stands."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        world = World(Path(folder), stack)
        last: dict[CommentId, str] = {}
        used = dict.fromkeys(NAMES, 0)
        for kind, _, which, flag in done:
            if kind == "coordinate":
                continue
            if kind == "use":
                used[NAMES[which]] += NAMES[which] in world.view(0)
            world.step(kind, 0, which, flag)
            if kind == "put":
                last[NAMES[which]] = world.written[-1]
        world.syncs[0].run()
        assert {name: item.text for name, item in world.server.bank.items()} == last
        assert {name: item.uses for name, item in world.server.bank.items()} == {name: used[name] for name in last}
        assert world.view(0) == world.server.bank
        assert world.stores[0].status().messages == ()
