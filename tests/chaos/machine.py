"""A state machine of a school on a bad network: whatever happens, nothing is lost and nothing counts twice.

Two computers of one teacher, one of another, a coordinator; real files, a real PostgreSQL, and a model that says what
the server must answer. Faults are biased to strike when much waits to be sent.
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from mv_desktop.domain.exchange import SentOperation, VerdictKind
from mv_desktop.domain.identifier import AnnotationId, FlagId, MarkKey, OperationId, PageRef, StreamId
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import (
    ClearMark,
    DeleteAnnotations,
    HandBack,
    OpenEvaluation,
    RaiseFlag,
    SeePage,
    SetMark,
    TagPage,
    WithdrawFlag,
    to_payload,
)
from mv_desktop.domain.returned import ReturnedQuestion
from mv_desktop.domain.submission import submission
from mv_desktop.services import assignment
from mv_desktop.services.kept_work import decline_kept, kept_work, read_kept
from mv_desktop.services.operation import apply_operations
from tests.chaos.computer import Killing
from tests.chaos.play import Play, typed
from tests.chaos.world import LOST, Made, must

COMPUTERS = st.sampled_from([0, 0, 1, 1, 2])
SCRIPTS = st.sampled_from([0, 0, 1, 2])
KEYS = st.sampled_from([MarkKey(2), MarkKey(3, "a"), MarkKey(3, "b"), MarkKey(4)])
MARKS = st.sampled_from(["0", "0.5", "1", "1.5", "2"])
INK = st.integers(1, 4)
STRIKES = st.sampled_from(
    ["no network", "cut before commit", "cut after commit", "killed after commit", "duplicate", "reversed", "reversed"]
)
PLACES_IN_A_WRITE = st.lists(st.integers(0, 100), min_size=1, max_size=4)
"""How far a write is when the program is killed, in percent of its SQL statements; for several kills in a row."""
JUMPS = (-86_400 * 400, -3_600, 3_600, 86_400 * 400)


FULL = (typed(MarkKey(2), "2"), typed(MarkKey(3, "a"), "1.5"), typed(MarkKey(4), "4"))


class Chaos(Play):
    """The machine."""

    # -- marking ---------------------------------------------------------------------------------------------

    @rule(c=COMPUTERS, s=SCRIPTS, key=KEYS, marks=st.sampled_from(["0", "0.5", "1", "1.25", "2", "3", "9"]))
    def marks(self, c: int, s: int, key: MarkKey, marks: str) -> None:
        self.does(c, s, typed(key, marks))

    @rule(c=COMPUTERS, s=SCRIPTS)
    def marks_all(self, c: int, s: int) -> None:
        self.does(c, s, *FULL)

    @rule(c=COMPUTERS, s=SCRIPTS, key=st.one_of(KEYS, st.just(MarkKey(77))), blank=st.booleans())
    def clears(self, c: int, s: int, key: MarkKey, blank: bool) -> None:
        self.does(c, s, SetMark(key, GivenMark(MarkState.NOT_ATTEMPTED, None, "blank")) if blank else ClearMark(key))

    @rule(c=COMPUTERS, s=SCRIPTS, ids=st.sets(INK, min_size=1, max_size=3), key=st.one_of(st.none(), KEYS))
    def draws(self, c: int, s: int, ids: set[int], key: MarkKey | None) -> None:
        self.does(c, s, self.stamps(ids, key))

    @rule(c=COMPUTERS, s=SCRIPTS, ids=st.sets(INK, min_size=1, max_size=3))
    def rubs_out(self, c: int, s: int, ids: set[int]) -> None:
        self.does(c, s, DeleteAnnotations(tuple(AnnotationId(UUID(int=n)) for n in sorted(ids))))

    @rule(c=COMPUTERS, s=SCRIPTS, page=st.integers(1, 2), seconds=st.integers(1, 9), numbers=st.sets(st.integers(1, 5)))
    def reads(self, c: int, s: int, page: int, seconds: int, numbers: set[int]) -> None:
        tag = TagPage(PageRef(page), tuple(sorted(numbers)))
        self.does(c, s, SeePage(PageRef(page), float(seconds), seconds / 10), tag)

    @rule(c=COMPUTERS, s=SCRIPTS, n=st.integers(1, 2), back=st.booleans())
    def flags(self, c: int, s: int, n: int, back: bool) -> None:
        s = self.pick(c, s)  # before the id is made: no id is of two scripts
        flag = FlagId(UUID(int=self.script(s).int ^ self.computers[c].person.user_id.int ^ n))
        self.does(c, s, WithdrawFlag(flag) if back else RaiseFlag(flag, "illegible", f"flag {n}", PageRef(n)))

    @rule(c=COMPUTERS, s=SCRIPTS)
    def opens(self, c: int, s: int) -> None:
        self.does(c, s, OpenEvaluation())

    @rule(c=COMPUTERS, s=SCRIPTS)
    def submits(self, c: int, s: int) -> None:
        s = self.pick(c, s)
        if self.computers[c].works_on(self.script(s)):
            self.does(c, s, submission(self.computers[c].store.open_script(self.script(s)).script))

    @rule(c=COMPUTERS, s=SCRIPTS, why=st.sampled_from(["illness", "other"]))
    def hands_back(self, c: int, s: int, why: str) -> None:
        self.does(c, s, HandBack(why))

    # -- sending ---------------------------------------------------------------------------------------------

    @rule(c=COMPUTERS)
    def sends(self, c: int) -> None:
        self.syncs_well(c)

    @rule(c=COMPUTERS, s=SCRIPTS, key=KEYS, marks=MARKS)
    def marks_and_sends(self, c: int, s: int, key: MarkKey, marks: str) -> None:
        self.does(c, s, OpenEvaluation(), typed(key, marks))
        self.syncs_well(c)

    @rule(c=COMPUTERS, s=SCRIPTS)
    def finishes(self, c: int, s: int) -> None:
        s = self.pick(c, s)
        self.marks_all(c, s)
        self.submits(c, s)
        self.syncs_well(c)

    @rule(c=COMPUTERS, s=SCRIPTS, fault=STRIKES, at=st.sampled_from([1, 1, 1, 2]))
    def burst(self, c: int, s: int, fault: str, at: int) -> None:
        """Much waits when the fault strikes."""
        self.does(c, s, typed(MarkKey(2), "1"), *FULL, self.stamps({1, 2}, MarkKey(4)), typed(MarkKey(2), "0.5"))
        self.syncs_badly(c, fault, at)
        self.syncs_well(c)

    @rule(c=COMPUTERS, s=SCRIPTS, fault=STRIKES)
    def is_cut_off(self, c: int, s: int, fault: str) -> None:
        self.does(c, s, typed(MarkKey(4), "3"), OpenEvaluation())
        self.syncs_badly(c, fault)

    @rule(c=COMPUTERS, s=SCRIPTS, key=KEYS, marks=MARKS)
    def types_while_syncing(self, c: int, s: int, key: MarkKey, marks: str) -> None:
        """She goes on between the sending and the fetching; her work stays on the screen."""
        self.does(c, s, typed(MarkKey(4), "1"))
        self.syncs_badly(c, "", typing=lambda: self.does(c, s, typed(key, marks), self.stamps({3}, None)))

    @rule(c=COMPUTERS, s=SCRIPTS)
    def the_server_fails_on_ink(self, c: int, s: int) -> None:
        self.does(c, s, typed(MarkKey(2), "1"), self.stamps({1}, None), typed(MarkKey(4), "2"))
        self.syncs_badly(c, "server fails")
        self.syncs_well(c)

    @rule(s=st.sampled_from([0, 1]), first=st.sampled_from([0, 1]), a=st.integers(0, 3), b=st.integers(0, 3))
    def race(self, s: int, first: int, a: int, b: int) -> None:
        """Her two computers change the same thing and have not seen each other."""
        self.syncs_well(0)
        self.does(0, s, self.stamps({1}, None))
        self.syncs_well(0)
        self.syncs_well(1)
        for computer, what in ((first, a), (1 - first, b)):
            ink = self.stamps({1}, None)
            gone = DeleteAnnotations((AnnotationId(UUID(int=1)),))
            self.does(computer, s, (ink, gone, typed(MarkKey(2), "1"), typed(MarkKey(2), "2"))[what])
        self.syncs_well(first)
        self.syncs_well(1 - first)
        self.world.stats["fault: race"] += 1

    @rule(c=st.sampled_from([0, 1]), s=st.sampled_from([0, 1]), theirs=st.booleans(), back=st.booleans())
    def decides_between_two(self, c: int, s: int, theirs: bool, back: bool) -> None:
        """A question was marked on both computers: she decides, and perhaps takes that back."""
        for first, marks in ((c, "1"), (1 - c, "2")):
            self.does(first, s, typed(MarkKey(2), marks))
        self.syncs_well(1 - c)
        self.syncs_well(c)
        computer = self.computers[c]
        if computer.row(self.script(s)) is None:
            return
        view = computer.store.open_script(self.script(s))
        for conflict in view.conflicts:
            decision = conflict.resolved((conflict.theirs if theirs else conflict.mine).given)
            inverse = view.script.inverse(decision)
            computer.record(self.script(s), decision)
            for operation in inverse if back else ():
                computer.record(self.script(s), operation)
            self.world.stats["fault: two marks"] += 1
        self.syncs_well(c)
        self.syncs_well(1 - c)

    @rule(s=st.sampled_from([0, 1]), first=st.sampled_from([0, 1]))
    def submits_undecided(self, s: int, first: int) -> None:
        """All is marked, one question on both computers; she submits what one of them shows."""
        self.does(1 - first, s, typed(MarkKey(2), "1"))
        self.does(first, s, *FULL)
        for computer in (first, 1 - first, first):
            self.syncs_well(computer)
        self.submits(first, s)
        self.syncs_well(first)

    @rule(s=st.sampled_from([0, 1]), first=st.sampled_from([0, 1]), marks=MARKS)
    def submits_unaware(self, s: int, first: int, marks: str) -> None:
        """Her other computer has changed a mark that she does not see when she submits."""
        self.does(first, s, *FULL)
        self.syncs_well(first)
        self.syncs_well(1 - first)
        self.does(1 - first, s, typed(MarkKey(4), marks))
        self.syncs_well(1 - first)
        self.submits(first, s)
        self.syncs_well(first)

    # -- computers -------------------------------------------------------------------------------------------

    @rule(c=COMPUTERS, s=SCRIPTS, key=KEYS, marks=MARKS, places=PLACES_IN_A_WRITE)
    def is_killed_writing(self, c: int, s: int, key: MarkKey, marks: str, places: list[int]) -> None:
        """kill -9 in the middle of a mark: it is there or it is not, and nothing else changed."""
        computer = self.computers[c]
        for place in places:
            killing = Killing(computer, place * self.world.statements // 100)
            with killing as copies:
                op_id = computer.record(self.script(self.pick(c, s)), typed(key, marks))
            self.world.stats["fault: kill"] += 1
            self.world.statements = max(self.world.statements, killing.statements)
            if copies and op_id is not None:
                self.world.made[op_id].promised = False
            computer.boot(copies[0] if copies else computer.copied())
            self.check()

    @rule(c=COMPUTERS, s=SCRIPTS, step=st.integers(0, 80))
    def is_killed_syncing(self, c: int, s: int, step: int) -> None:
        computer = self.computers[c]
        self.does(c, s, *FULL)
        with Killing(computer, step) as copies:
            computer.sync()
        self.world.stats["fault: kill"] += 1
        computer.boot(copies[0] if copies else computer.copied())
        self.check()

    @rule(c=COMPUTERS)
    def is_backed_up(self, c: int) -> None:
        computer = self.computers[c]
        if computer.backup is not None:
            shutil.rmtree(computer.backup[0], ignore_errors=True)
        computer.backup = (computer.copied(), frozenset(UUID(row["op_id"]) for row in computer.journal()))

    @precondition(lambda self: any(computer.backup for computer in self.computers))
    @rule(c=COMPUTERS)
    def gets_an_old_disk(self, c: int) -> None:
        computer = self.computers[c]
        if computer.backup is not None:
            (folder, had), computer.backup = computer.backup, None
            self.forget(computer, had)
            computer.boot(folder)
            self.world.stats["fault: old backup"] += 1
            self.check()

    @rule(source=st.sampled_from([0, 1]))
    def her_disk_is_copied(self, source: int) -> None:
        """Both computers go on from the same disk."""
        there, here = self.computers[source], self.computers[1 - source]
        self.forget(here, frozenset())
        folder = here.new_folder()
        shutil.move(there.copied(), folder)
        here.boot(folder)
        self.world.stats["fault: copied disk"] += 1
        self.check()

    @rule(c=COMPUTERS, jump=st.sampled_from(JUMPS))
    def the_clock_jumps(self, c: int, jump: int) -> None:
        clock = self.computers[c].clock
        clock.set_wall(clock.now() + timedelta(seconds=jump))
        self.world.stats["fault: clock"] += 1

    @rule(c=COMPUTERS, seconds=st.sampled_from([1, 60, 7_200]), slept=st.booleans())
    def time_passes(self, c: int, seconds: int, slept: bool) -> None:
        clock = self.computers[c].clock
        (clock.sleep if slept else clock.advance)(seconds)

    @rule(c=COMPUTERS)
    def is_started_anew(self, c: int) -> None:
        computer = self.computers[c]
        computer.boot(computer.copied())
        self.world.stats["fault: restart"] += 1

    # -- the world goes on -----------------------------------------------------------------------------------

    @rule(s=SCRIPTS, to=st.sampled_from([0, 1]))
    def moves(self, s: int, to: int) -> None:
        script, teacher = self.world.script(self.script(s)), self.world.people[to].user_id
        if self.decides(
            "move",
            lambda db: assignment.move_script(db, self.script(s), script.assignment_version, teacher, "ill"),
        ):
            script.give(teacher)

    @rule(c=COMPUTERS, s=SCRIPTS, what=st.sampled_from(["moves", "withdraws", "pools", "closes"]))
    def loses_it_with_work_waiting(self, c: int, s: int, what: str) -> None:
        """What arrives too late is kept, and everybody is told."""
        s = self.pick(c, s)
        self.does(c, s, typed(MarkKey(2), "1"), self.stamps({2}, MarkKey(4)))
        if what == "moves":
            self.moves(s, 1 - self.world.people.index(self.computers[c].person))
        elif what == "closes":
            self.closes_an_account(self.world.people.index(self.computers[c].person))
        else:
            self.holds(s, what == "withdraws")
        self.syncs_well(c)

    @rule(s=SCRIPTS, withdrawn=st.booleans())
    def holds(self, s: int, withdrawn: bool) -> None:
        script = self.world.script(self.script(s))
        ask = assignment.withdraw_script if withdrawn else assignment.pool_script
        if self.decides("hold", lambda db: ask(db, self.script(s), script.assignment_version, "lost")):
            script.hold = "withdrawn" if withdrawn else "handed_back"

    @rule(s=SCRIPTS)
    def releases(self, s: int) -> None:
        script = self.world.script(self.script(s))
        if self.decides(
            "release", lambda db: assignment.release_script(db, self.script(s), script.assignment_version, "found")
        ):
            script.give(script.teacher)

    @rule(s=SCRIPTS, numbers=st.sets(st.sampled_from([2, 3, 4]), min_size=1))
    def sends_back(self, s: int, numbers: set[int]) -> None:
        script = self.world.script(self.script(s))
        questions = [ReturnedQuestion(number, "again") for number in sorted(numbers)]
        deadline = self.world.later(48)
        if self.decides(
            "return",
            lambda db: assignment.return_questions(
                db, self.script(s), script.assignment_version, questions, deadline, "look again"
            ),
        ):
            script.send_back(numbers)

    @rule(s=SCRIPTS)
    def declines(self, s: int) -> None:
        def ask(db: Any) -> None:
            (piece, *_) = [work.piece for work in kept_work(db, self.script(s))] or [None]
            if piece is not None:
                decline_kept(db, read_kept(db, piece), None, "not needed")

        self.decides("decline", ask)

    @rule(s=SCRIPTS)
    def answers_a_flag(self, s: int) -> None:
        script = self.world.script(self.script(s))
        for flag_id, flag in sorted(script.flags.items()):
            if not flag["answered"] and self.decides(
                "answer", lambda db, flag_id=flag_id: assignment.answer_flag(db, FlagId(UUID(flag_id)), "thanks")
            ):
                flag["answered"], script.version = True, script.version + 1
                flag["shown"] = (*flag["shown"][:3], True)
                return

    @rule(s=SCRIPTS)
    def moves_a_deadline(self, s: int) -> None:
        self.world.holiday(self.script(s))

    @precondition(lambda self: not self.world.restored)
    @rule()
    def the_server_is_restored(self) -> None:
        """At first from how it stands; what comes until the next time is lost on the server, and comes again."""
        if not self.world.has_backup:
            self.world.back_up()
            return
        self.world.restore()
        here = {UUID(row["op_id"]) for computer in self.computers for row in computer.journal()}
        for op_id, made in self.world.made.items():
            made.promised = made.promised and (op_id in here or op_id in self.world.verdicts)
        self.world.stats["fault: restored server"] += 1

    @rule(who=st.sampled_from([0, 1]))
    def closes_an_account(self, who: int) -> None:
        self.world.set_active(who, False)

    @rule(who=st.sampled_from([0, 1]))
    def opens_an_account(self, who: int) -> None:
        self.world.set_active(who, True)

    @rule(most=st.sampled_from([1, 1, None]))
    def updates_the_server(self, most: int | None) -> None:
        self.world.schema(most)

    @rule(c=COMPUTERS, s=SCRIPTS)
    def meets_an_old_server(self, c: int, s: int) -> None:
        """What the server does not know yet waits until it does."""
        self.world.schema(1)
        self.does(c, s, *FULL, HandBack("illness"))
        self.syncs_well(c)
        self.world.schema(None)
        self.syncs_well(c)
        self.world.stats["fault: old server"] += 1

    @rule(s=SCRIPTS, who=st.sampled_from([0, 1]))
    def sends_what_was_never_hers(self, s: int, who: int) -> None:
        """A program that makes things up."""
        script, person = self.world.script(self.script(s)), self.world.people[who]
        others = [version for version, teacher in script.history.items() if teacher != person.user_id]
        if not others:
            return
        mark, wall = typed(MarkKey(2), "2"), self.computers[0].clock.now()
        sent = SentOperation(
            OperationId(uuid4()), 1, self.script(s), others[0], 0, mark.kind, to_payload(mark), 1, wall
        )  # fmt: skip
        self.world.made[sent.op_id] = Made(sent.op_id, (9, len(self.world.made)), self.script(s), 0, promised=False)
        with person.session() as session:
            (verdict,) = apply_operations(session, StreamId(uuid4()), [sent])
        must(verdict.kind is VerdictKind.REFUSED, LOST, "a stranger's work", verdict)
        self.check()
