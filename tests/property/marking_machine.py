"""A teacher who does everything to one script in any order, on the real encrypted file, and what must hold."""

from __future__ import annotations

import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mv_desktop.core.errors import UserError
from mv_desktop.core.ids import id_source
from mv_desktop.domain.annotation.shape import (
    FIGURE_NAMES,
    STAMP_NAMES,
    Figure,
    Highlight,
    PenStroke,
    Placed,
    Stamp,
    TextNote,
    annotation_json,
    read_annotation,
)
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.exchange import PulledAnnotation
from mv_desktop.domain.flag import Spot
from mv_desktop.domain.identifier import AnnotationId, FlagId, MarkKey, OperationId, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import (
    ClearMark,
    DeleteAnnotations,
    OpenEvaluation,
    Operation,
    PutAnnotations,
    RaiseFlag,
    ResolveMark,
    SeePage,
    SetMark,
    TagPage,
    WithdrawFlag,
)
from mv_desktop.domain.script import MarkedScript
from mv_desktop.domain.stamping import step_stamp
from mv_desktop.ui.marking.session import MarkingSession, SaveState
from mv_desktop.ui.shell.workspace import ScriptsOfStore
from tests.factories.bad_ink import BROKEN, STAMP, numbered
from tests.factories.local import KEYS, NOW, assigned, evaluation_id, open_store, pulled
from tests.fakes.clock import FakeClock
from tests.fakes.lane import LaneByHand

ONE = evaluation_id(1)
PAGES = [PageRef(1), PageRef(2), PageRef(3, 1)]

_pages = st.sampled_from(PAGES)
_numbers = st.integers(1, 9)
_places = st.sampled_from([0.1, 0.25, 0.5, 0.9])
_keys = st.sampled_from(KEYS)


def _annotation(number: int, kind: str, x: float, key: MarkKey | None, marks: str | None, step: int | None) -> Any:
    common = {
        "id": UUID(int=number),
        "question_number": key and key.question_number,
        "alternative": (key and key.alternative) or None,
        "marks": marks,
        "step": step,
    }
    points = ((x, x, 0.5), (x, 0.5, 0.7))
    if kind in STAMP_NAMES:
        return Stamp(**common, stamp=kind, x=x, y=0.5)
    if kind in FIGURE_NAMES:
        return Figure(**common, type=kind, x=x, y=x, x2=0.9, y2=0.8)
    if kind == "pen":
        return PenStroke(**common, points=points)
    if kind == "highlighter":
        return Highlight(**common, points=points)
    if kind == "text":
        return TextNote(**common, x=x, y=x, text="see $x^2$")
    return read_annotation(numbered(number, BROKEN[kind]))


annotations = st.builds(
    _annotation,
    _numbers,
    st.sampled_from([*STAMP_NAMES, *FIGURE_NAMES, "pen", "highlighter", "text", *list(BROKEN)[::9]]),
    _places,
    st.one_of(st.none(), _keys),
    st.sampled_from([None, "0", "0.5", "1", "2.50"]),
    st.sampled_from([None, None, 1, 2]),
)
_given = st.one_of(
    st.builds(GivenMark),
    st.builds(GivenMark, st.just(MarkState.NOT_ATTEMPTED), st.none(), st.sampled_from(["", "blank"])),
    st.builds(
        lambda halves, comment: GivenMark(MarkState.MARKED, halves / 2, comment),
        st.integers(0, 10).map(Decimal),
        st.sampled_from(["", "well done"]),
    ),
)
_several = st.lists(_numbers.map(lambda number: AnnotationId(UUID(int=number))), min_size=1, max_size=4).map(tuple)

OPERATIONS: dict[type, st.SearchStrategy[Any]] = {
    OpenEvaluation: st.builds(OpenEvaluation),
    SetMark: st.builds(SetMark, _keys, _given),
    ResolveMark: st.builds(ResolveMark, _keys, _given, st.just((OperationId(UUID(int=1)),))),
    ClearMark: st.builds(ClearMark, _keys),
    PutAnnotations: st.builds(
        PutAnnotations, st.lists(st.builds(Placed, _pages, annotations), min_size=1, max_size=4).map(tuple)
    ),
    DeleteAnnotations: st.builds(DeleteAnnotations, _several),
    SeePage: st.builds(SeePage, _pages, st.integers(0, 90).map(float), st.sampled_from([0.25, 0.5, 1.0])),
    TagPage: st.builds(TagPage, _pages, st.lists(st.integers(2, 4), max_size=3, unique=True).map(tuple)),
    RaiseFlag: st.builds(
        RaiseFlag,
        _numbers.map(lambda number: FlagId(UUID(int=number))),
        st.just("rescan_requested"),
        page=st.one_of(st.none(), _pages),
        spot=st.one_of(st.none(), st.builds(Spot, _places, _places)),
    ),
    WithdrawFlag: st.builds(WithdrawFlag, _numbers.map(lambda number: FlagId(UUID(int=number)))),
}
"""How to do each kind of operation but those that end the marking."""


class FullDisk:
    """The recorder of a computer whose disk is full at times; `fails` of the next writes fail."""

    def __init__(self, scripts: ScriptsOfStore) -> None:
        self._scripts = scripts
        self.fails = 0

    def record_all(self, *what: Any) -> Any:
        if self.fails:
            self.fails -= 1
            raise UserError("The disk is full.")
        return self._scripts.record_all(*what)


def document(script: MarkedScript, *, ordered: bool = True) -> tuple[object, ...]:
    """What stands on a script, without the difference between what was never touched and what was set back."""
    ink = [(placed.page, annotation_json(placed.annotation)) for placed in script.ink.values()]
    if not ordered:
        ink.sort(key=lambda item: item[1]["id"])
    given = {key: script.given_mark(key) for key in KEYS}
    tags = {page: numbers for page, numbers in script.tags.items() if numbers}
    return given, ink, tags


def recount(script: MarkedScript) -> dict[str, object]:
    """Everything that a script keeps count of, counted anew by walking all of it and by no code of the program."""
    sums: dict[MarkKey, Decimal] = {}
    steps: dict[MarkKey, dict[int, Decimal]] = {key: {} for key in KEYS}
    for placed in script.ink.values():
        one = placed.annotation
        if one.question_number is not None and one.marks is not None:
            key = MarkKey(one.question_number, one.alternative or "")
            sums[key] = sums.get(key, Decimal(0)) + Decimal(one.marks)
            if one.step is not None and key in steps:
                steps[key][one.step] = steps[key].get(one.step, Decimal(0)) + Decimal(one.marks)
    counting: dict[MarkKey, Decimal | None] = {}
    for key in KEYS:
        given = script.given_mark(key)
        by_state = {MarkState.MARKED: given.marks, MarkState.NOT_ATTEMPTED: Decimal(0)}
        counting[key] = by_state.get(given.state, sums.get(key))
    either = [marks for key in KEYS if key.question_number == 3 and (marks := counting[key]) is not None]
    best = {2: counting[MarkKey(2)], 3: max(either) if either else None, 4: counting[MarkKey(4)]}
    vector = {number: marks for number, marks in best.items() if marks is not None}
    return {
        "sums": {key: sums.get(key) for key in KEYS},
        "steps": steps,
        "ink": dict(Counter(placed.page for placed in script.ink.values())),
        "vector": vector,
        "marked": len(vector),
        "total": sum(vector.values(), Decimal(0)),
        "reachable": sum((min(vector.get(q.question_number, q.marks), q.marks) for q in script.written), Decimal(0)),
    }


def kept_counts(script: MarkedScript) -> dict[str, object]:
    """The same numbers as the script keeps them."""
    return {
        "sums": {key: script.stamp_sum(key) for key in KEYS},
        "steps": {key: dict(script._tally.steps(key)) for key in KEYS},
        "ink": {page: script.ink_on(page) for page in PAGES if script.ink_on(page)},
        "vector": script.vector,
        "marked": script.marked,
        "total": script.total,
        "reachable": script.reachable,
    }


def stacks(session: MarkingSession) -> tuple[list[list[Operation]], ...]:
    """What can be undone and redone, as operations."""
    history = session._history
    return tuple(
        [[entry.operation for entry in step.entries] for step in way] for way in (history._done, history._undone)
    )


class MarkingMachine(RuleBasedStateMachine):
    """One script on the teacher's own file, marked, saved, undone, closed and opened again, on a disk that is full."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FakeClock(NOW)
        self.session: MarkingSession | None = None

    @initialize(declared=st.sets(st.sampled_from([2, 3, 4])).map(lambda found: tuple(sorted(found))), ink=st.booleans())
    def begin(self, declared: tuple[int, ...], *, ink: bool) -> None:
        bodies = [STAMP | {"question_number": 4, "marks": "1"}, BROKEN["a stamp of size 'NaN'"]] if ink else []
        annotations = tuple(
            PulledAnnotation(UUID(int=number), 1, 0, numbered(number, body), 1) for number, body in enumerate(bodies, 3)
        )
        self.pulled = pulled(1, declared_unanswered=declared, annotations=annotations)
        self.store = open_store(Path(self.folder.name), self.clock)
        self.store.mirror([assigned(self.pulled)], [self.pulled], [ONE])
        self.open()
        self.start = document(self.marking.script, ordered=False)

    # -- what she does ---------------------------------------------------------------------------------------

    @rule(operation=st.one_of(*OPERATIONS.values()))
    def does(self, operation: Operation) -> None:
        self.marking._perform(operation)
        if self.marking._history._entries[-1].inverse:
            assert not self.marking.can_redo, "new work leaves nothing to be done again"

    @rule(key=_keys, halves=st.integers(0, 4), way=st.sampled_from(["give", "full", "nudge", "absent", "follow"]))
    def marks(self, key: MarkKey, halves: int, way: str) -> None:
        session = self.marking
        {
            "give": lambda: session.give(key, Decimal(halves) / 2),
            "full": lambda: session.full(key),
            "nudge": lambda: session.nudge(key, Decimal(halves - 2) / 2),
            "absent": lambda: session.toggle_not_attempted(key),
            "follow": lambda: session.follow_stamps(key),
        }[way]()

    @rule(page=_pages, stamp=st.sampled_from(STAMP_NAMES), x=_places, way=st.sampled_from(["value", "scheme", "step"]))
    def stamps(self, page: PageRef, stamp: Any, x: float, way: str) -> None:
        session = self.marking
        key = session.stamp_key(page)
        if way == "step" and key is not None:
            self.gives_a_step_or_takes_it_back(key, page, x)
            return
        session.stamp_value = None if way == "scheme" else Decimal(1)
        made = session.place_stamp(stamp, page, x, 0.5)
        assert not session.can_redo, "new work leaves nothing to be done again"
        if way == "scheme" and stamp == "tick" and key is not None and made.carried is not None:
            assert (session.script.stamp_sum(key) or 0) <= session.possible(key), "never more than was left"

    def gives_a_step_or_takes_it_back(self, key: MarkKey, page: PageRef, x: float) -> None:
        session = self.marking
        given = step_stamp(session.script, key, 1)
        before = session.script.steps_given(key).get(1, Decimal(0))
        if given is None:
            session.award_step(key, 1, page, x, 0.5)
            assert session.script.steps_given(key)[1] == before + session.script.scheme(key)[0].marks
        else:
            session.delete((given,))
            assert session.script.steps_given(key).get(1, Decimal(0)) < before

    @rule(times=st.integers(1, 4), back=st.booleans())
    def undoes_and_redoes(self, times: int, *, back: bool) -> None:
        session = self.marking
        for _ in range(times):
            possible = session.can_undo if back else session.can_redo
            assert (session.undo() if back else session.redo()) == possible

    @rule()
    def undoes_everything_and_redoes_it(self) -> None:
        session = self.marking
        end, steps = document(session.script, ordered=False), 0
        while session.undo():
            steps += 1
        assert document(session.script, ordered=False) == self.start
        undone = len(session._history._undone)
        assert undone >= steps
        for _ in range(steps):
            assert session.redo()
        assert document(session.script, ordered=False) == end

    # -- what the computer does ------------------------------------------------------------------------------

    @rule(turns=st.integers(1, 5))
    def saves_some(self, turns: int) -> None:
        for _ in range(turns):
            self.lane.turn()

    @rule()
    def saves(self) -> None:
        self.lane.finish()
        assert self.marking.save_state is SaveState.SAVED
        self.the_file_has_what_is_seen()

    @precondition(lambda self: self.session is not None and self.lane.waiting)
    @rule(after=st.integers(0, 3))
    def runs_out_of_disk(self, after: int) -> None:
        """What was saved before the failure stands, and everything from it on is taken back."""
        told: list[str] = []
        self.marking.taken_back.connect(told.append)
        for _ in range(min(after, len(self.lane.waiting) - 1)):
            self.lane.turn()
        self.disk.fails = 1
        self.lane.finish()
        assert len(told) == 1
        self.tidy = False  # what comes back stands on top until the script is opened again
        self.the_file_has_what_is_seen()

    @rule()
    def makes_the_view_anew(self) -> None:
        self.store.rebuild(ONE)

    @rule(new_stream=st.booleans())
    def closes_and_opens(self, *, new_stream: bool) -> None:
        self.lane.finish()
        seen, could = document(self.marking.script, ordered=self.tidy), stacks(self.marking)
        if new_stream:
            self.store.start_stream()
        self.store._vault.close()
        self.store = open_store(Path(self.folder.name), self.clock)
        tidy = self.tidy
        self.open()
        assert document(self.marking.script, ordered=tidy) == seen
        assert stacks(self.marking) == could

    # -- what must hold --------------------------------------------------------------------------------------

    @invariant()
    def counts_are_a_recount(self) -> None:
        if self.session is not None:
            assert kept_counts(self.session.script) == recount(self.session.script)

    @invariant()
    def the_document_is_its_replay(self) -> None:
        if self.session is None:
            return
        again = MarkedScript(
            ExamSnapshot.model_validate_json(self.pulled.snapshot),
            declared_unanswered=self.pulled.declared_unanswered,
            ink=[Placed(PageRef(1), read_annotation(item.body)) for item in self.pulled.annotations],
        )
        for entry in self.session._history._entries:
            again.apply(entry.operation)
        seen = self.session.script
        assert document(again, ordered=self.tidy) == document(seen, ordered=self.tidy)
        assert (again.vector, again.seen) == (seen.vector, seen.seen)

    @invariant()
    def saved_is_said_when_it_is(self) -> None:
        if self.session is not None:
            assert (self.session.save_state is SaveState.SAVED) == (not self.lane.waiting)

    # -- private ---------------------------------------------------------------------------------------------

    @property
    def marking(self) -> MarkingSession:
        assert self.session is not None
        return self.session

    def open(self) -> None:
        scripts = ScriptsOfStore(self.store)
        self.lane, self.disk, self.tidy = LaneByHand(), FullDisk(scripts), True
        self.session = MarkingSession(
            scripts.open_script(ONE),
            self.disk,
            self.lane,  # type: ignore[arg-type]
            id_source(self.clock),
        )

    def the_file_has_what_is_seen(self) -> None:
        seen = self.marking.script
        in_file = self.store.open_script(ONE).script
        assert document(in_file, ordered=self.tidy) == document(seen, ordered=self.tidy)
        assert (in_file.seen, kept_counts(in_file)) == (seen.seen, kept_counts(seen))
        assert self.store.queue(NOW)[0].marked == seen.marked
        self.store.rebuild(ONE)
        assert document(self.store.open_script(ONE).script) == document(in_file)

    def teardown(self) -> None:
        if self.session is not None:
            self.store._vault.close()
        self.folder.cleanup()
