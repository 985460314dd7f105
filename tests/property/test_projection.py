"""The view equals the model whatever is done, answered, pulled and rebuilt (`docs/offline.md`, what must hold)."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.operation import WithdrawFlag
from mv_desktop.domain.script import MarkedScript
from mv_desktop.offline.sync import Synchroniser
from tests.factories.local import NOW, evaluation_id, open_store, operations, pulled
from tests.fakes.clock import FakeClock
from tests.fakes.sync_server import FakeSyncServer

ONE = evaluation_id(1)


def content(script):
    return script.given, list(script.ink.items()), script.seen, script.tags, script.vector, script.flags


class Projection(RuleBasedStateMachine):
    """One script, one teacher, a server that loses answers, and a model that is told the same operations."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FakeClock(NOW)
        self.store = None

    @initialize(declared=st.sets(st.sampled_from([2, 3, 4])).map(lambda found: tuple(sorted(found))))
    def begin(self, declared):
        script = pulled(1, declared_unanswered=declared)
        self.server = FakeSyncServer(script)
        self.store = open_store(Path(self.folder.name), self.clock)
        self.sync = Synchroniser(self.store, self.server.connect, self.clock, self.server)
        self.sync.run()
        self.model = MarkedScript(ExamSnapshot.model_validate_json(script.snapshot), declared_unanswered=declared)
        self.done = 0

    @rule(several=st.lists(operations, min_size=1, max_size=10))
    def does(self, several):
        for operation in several:
            if isinstance(operation, WithdrawFlag) and operation.flag_id not in self.model.flags:
                continue  # nobody is offered to take back what she did not say
            inverse = self.model.inverse(operation)
            self.store.record(ONE, operation, inverse=inverse)
            self.model.apply(operation)
            self.done += 1
            assert self.store.history(ONE)[-1].inverse == inverse
            assert self.store.queue(NOW)[0].marked == self.model.marked

    @rule()
    def syncs(self):
        assert self.sync.run(thorough=True).differences == ()
        assert content(self.server.scripts[ONE].script) == content(self.model)

    @rule(calls=st.integers(1, 3))
    def loses_an_answer(self, calls):
        self.server.cut_after = calls
        self.sync.run()
        self.server.cut_after = None

    @rule()
    def rebuilds(self):
        self.store.rebuild(ONE)

    @rule()
    def closes_and_opens(self):
        self.store._vault.close()
        self.store = open_store(Path(self.folder.name), self.clock)
        self.sync = Synchroniser(self.store, self.server.connect, self.clock, self.server)

    @rule()
    def goes_on_under_a_new_stream(self):
        self.store.start_stream()

    @invariant()
    def the_view_is_the_model(self):
        if self.store is None:
            return
        view = self.store.open_script(ONE)
        assert content(view.script) == content(self.model)
        (row,) = self.store.queue(NOW)
        assert row.marked == self.model.marked
        assert row.unsent == len(self.store.pending(1000).operations)
        assert row.state is (WorkState.STARTED if self.done else WorkState.NEW)
        assert len(self.store.history(ONE)) == self.done

    def teardown(self):
        if self.store is not None:
            self.store._vault.close()
        self.folder.cleanup()


TestProjection = Projection.TestCase
TestProjection.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
