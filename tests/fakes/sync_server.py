"""The server as sync sees it, in memory: registers, streams and verdicts after the same rules."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal

from mv_desktop.core.errors import NotAllowedError, OfflineError, RefusedError, SchemaError
from mv_desktop.domain.annotation.shape import annotation_json
from mv_desktop.domain.delivery import ScriptSums, StreamState, ink_print, marks_print
from mv_desktop.domain.evaluation import EvaluationStatus, script_code
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.exchange import (
    MAX_OPERATIONS,
    PulledAnnotation,
    PulledFlag,
    PulledMark,
    PulledReading,
    Verdict,
    VerdictKind,
)
from mv_desktop.domain.operation import (
    OPERATION_SCHEMA,
    HandBack,
    OpenEvaluation,
    RaiseFlag,
    SetMark,
    SubmitEvaluation,
    WithdrawFlag,
    from_payload,
)
from mv_desktop.domain.script import MarkedScript, Seen
from tests.factories.local import assigned, finished, signed_in
from tests.fakes.bank_server import FakeBank
from tests.fakes.notice_server import FakeNotices


@dataclass
class ServerScript:
    """One script on the server."""

    pulled: object
    script: MarkedScript
    flags: dict = field(default_factory=dict)
    mine: bool = True
    held: bool = False

    def as_pulled(self):
        pages = {*self.script.seen, *self.script.tags}
        readings = []
        for page in sorted(pages):
            seen = self.script.seen.get(page, Seen())
            readings.append(PulledReading(*page, seen.seconds, seen.largest_share, self.script.tags.get(page)))
        return replace(
            self.pulled,
            marks=tuple(
                PulledMark(*key, given.state, given.marks, given.comment, 1)
                for key, given in sorted(self.script.given.items())
            ),
            annotations=tuple(
                PulledAnnotation(item.annotation.id, *item.page, annotation_json(item.annotation), 1)
                for item in self.script.ink.values()
            ),
            seen=tuple(readings),
            flags=tuple(self.flags.values()),
        )


class FakeSyncServer(FakeBank, FakeNotices):
    """Answers like `api.apply_operations`, and fails when told to.

    Attributes:
        reachable: False cuts the network.
        cut_after: so many calls from now commit on the server and lose their answer.
        poison: operation kinds on which the server fails, and hangs: those at which it gives no answer.
        received: the operation ids of every delivery, in order.
        sign_ins: how often somebody signed in, and refuse: what that answers instead, an exception.
        person: what differs in who the person is.
        revoked: the computer is; asked only where `person` is of a schema that knows computers.
    """

    def __init__(self, *scripts):
        self.scripts = {}
        self.streams = {}
        self.numbered = {}
        self.answers = {}
        self.received = []
        self.pulls = []
        self.reachable = True
        self.cut_after = None
        self.poison = set()
        self.schema = 3
        self.active = True
        self.broken = False
        self.sign_ins = 0
        self.refuse = None
        self.person = {}
        self.revoked = False
        self.searches = []
        self.compared = []
        self.hangs = set()
        super().__init__()
        FakeNotices.__init__(self)
        for script in scripts:
            self.add(script)

    def add(self, pulled):
        paper = ExamSnapshot.model_validate_json(pulled.snapshot)
        script = MarkedScript(paper, declared_unanswered=pulled.declared_unanswered)
        self.scripts[pulled.evaluation_id] = ServerScript(pulled, script)

    def update(self, evaluation_id, **values):
        server = self.scripts[evaluation_id]
        server.pulled = replace(server.pulled, **values)

    def restored(self, *scripts):
        """Let it be as it was with these scripts, before anything was sent."""
        self.streams.clear()
        self.numbered.clear()
        self.answers.clear()
        for script in scripts:
            self.add(script)

    def move(self, evaluation_id):
        """Give a script to somebody else."""
        self.scripts[evaluation_id].mine = False
        self.update(evaluation_id, assignment_version=self.scripts[evaluation_id].pulled.assignment_version + 1)

    @contextmanager
    def connect(self):
        if not self.reachable:
            raise OfflineError("The server does not answer.")
        yield None
        if self.cut_after is not None:
            self.cut_after -= 1
            if self.cut_after <= 0:
                self.cut_after = None
                raise OfflineError("The connection to the server was lost.")

    def sign_in(self, session):
        self.sign_ins += 1
        if self.refuse is not None:
            raise self.refuse
        if not self.active:
            raise NotAllowedError("This account is closed.")
        answer = self.hello(session)
        if answer.operation_schema_min > OPERATION_SCHEMA:
            raise SchemaError("This program is too old for the server.")
        return answer

    def hello(self, session):
        return signed_in(active=self.active, **self.person)

    def meet_computer(self, session, computer_id, name):
        return self.revoked

    def queue(self, session, me):
        if not self.active:
            raise NotAllowedError("This account is closed.")
        rows = [server.pulled for server in self.scripts.values() if server.mine and not server.held]
        return tuple(assigned(row) for row in rows if row.status is not EvaluationStatus.COMPLETED)

    def pull_scripts(self, session, evaluation_ids):
        self.pulls.append(tuple(evaluation_ids))
        return tuple(
            self.scripts[item].as_pulled()
            for item in evaluation_ids
            if item in self.scripts and self.scripts[item].mine and not self.scripts[item].held
        )

    def finished_scripts(self, session, search, *, before, limit):
        self.searches.append(search)
        done = [
            finished(server.pulled)
            for server in self.scripts.values()
            if server.mine and server.pulled.status is EvaluationStatus.COMPLETED
        ]
        done.sort(key=lambda row: (row.completed_at, row.evaluation_id), reverse=True)
        if before is not None:
            last = (before.completed_at, before.evaluation_id)
            done = [row for row in done if (row.completed_at, row.evaluation_id) < last]
        return tuple(row for row in done if search in script_code(row.exam_instance_id).replace("-", ""))[:limit]

    def moved_to(self, session, evaluation_ids):
        return dict.fromkeys(evaluation_ids, "R. Iyer")

    def stream_state(self, session, stream_ids):
        lasts = {stream_id: self.streams.get(stream_id, 0) for stream_id in stream_ids}
        return {stream_id: StreamState(last, self.numbered.get((stream_id, last))) for stream_id, last in lasts.items()}

    def script_sums(self, session, evaluation_ids):
        self.compared.append(tuple(evaluation_ids))
        return tuple(_sums(self.scripts[item]) for item in evaluation_ids if self.scripts[item].mine)

    def reach(self, session):
        """`connect` has reached it."""

    def apply_operations(self, session, stream_id, operations):
        assert len(operations) <= MAX_OPERATIONS
        if self.broken or any(sent.kind in self.poison for sent in operations):
            raise RefusedError("The server refused: internal error.")
        if any(sent.kind in self.hangs for sent in operations):
            raise OfflineError("The server took too long to answer.")
        verdicts = []
        for sent in operations:
            self.received.append(sent.op_id)
            verdict = self._delivery(stream_id, sent) or self._judge(sent)
            verdicts.append(verdict)
            if not verdict.kind.final:
                break
            if not verdict.already:
                self.numbered[stream_id, sent.seq] = sent.op_id
            self.answers[sent.op_id] = verdict
            self.streams[stream_id] = max(self.streams.get(stream_id, 0), sent.seq)
        return tuple(verdicts)

    def _delivery(self, stream_id, sent):
        last = self.streams.get(stream_id, 0)
        if sent.seq > last + 1:
            return Verdict(sent.op_id, sent.seq, VerdictKind.GAP, expected=last + 1)
        if sent.op_id in self.answers:
            return replace(self.answers[sent.op_id], seq=sent.seq, already=True)
        if sent.seq <= last:
            return Verdict(sent.op_id, sent.seq, VerdictKind.SEQ_REUSED, expected=last + 1)
        if sent.schema > self.schema:
            return Verdict(sent.op_id, sent.seq, VerdictKind.UNSUPPORTED_SCHEMA)
        return None

    def _judge(self, sent):
        server = self.scripts[sent.evaluation_id]

        def answer(kind, reason=None, detail=None, version=server.pulled.version):
            return Verdict(sent.op_id, sent.seq, kind, reason, detail, version)

        if not server.mine:
            return answer(VerdictKind.KEPT, "reassigned", version=0)
        if not self.active:
            return answer(VerdictKind.KEPT, "deactivated")
        if server.pulled.status is EvaluationStatus.COMPLETED:
            return answer(VerdictKind.KEPT, "completed")
        if server.held:
            return answer(VerdictKind.KEPT, "handed_back")
        if server.pulled.assignment_version != sent.assignment_version:
            return answer(VerdictKind.KEPT, "assignment_changed")
        operation = from_payload(sent.kind, sent.payload)
        against = self._take_effect(server, operation)
        if against is not None:
            return answer(*against)
        server.pulled = replace(server.pulled, version=server.pulled.version + 1)
        return answer(VerdictKind.APPLIED, version=server.pulled.version)

    def _take_effect(self, server, operation):
        match operation:
            case OpenEvaluation():
                server.pulled = replace(server.pulled, status=EvaluationStatus.IN_PROGRESS)
            case SetMark(_, given) if given.marks is not None and given.marks > 5:
                return VerdictKind.REFUSED, "out_of_range", {"possible": "5"}
            case SubmitEvaluation(marks, _):
                missing = [
                    question.question_number
                    for question in server.script.written
                    if question.question_number not in server.script.vector
                ]
                if missing:
                    return VerdictKind.HELD, "incomplete", {"missing": missing}
                if dict(marks) != server.script.vector:
                    return VerdictKind.HELD, "marks_differ", {"questions": []}
                server.pulled = replace(server.pulled, status=EvaluationStatus.COMPLETED)
            case RaiseFlag() | WithdrawFlag():
                against = self._flag(server, operation)
                if against is not None:
                    return against
            case HandBack():
                server.held = True
        server.script.apply(operation)
        return None

    def _flag(self, server, operation):
        known = server.flags.get(operation.flag_id)
        if isinstance(operation, RaiseFlag):
            where, spot = operation.page or (None, None), operation.spot or (None, None)
            server.flags[operation.flag_id] = PulledFlag(
                operation.flag_id, *where, operation.reason, operation.comment, *spot
            )
        elif known is None or known.answered:
            return VerdictKind.REFUSED, "unknown_flag" if known is None else "flag_answered", None
        else:
            del server.flags[operation.flag_id]
        return None


def _sums(server):
    ink = [(item.page, item.annotation) for item in server.script.ink.values()]
    return ScriptSums(
        server.pulled.evaluation_id,
        server.pulled.assignment_version,
        server.pulled.version,
        marks_print(
            (*key, given.state.value, given.marks, given.comment) for key, given in server.script.given.items()
        ),
        ink_print((item.id, *page, item.question_number) for page, item in ink),
        len(ink),
        sum((Decimal(annotation_json(item).get("marks") or 0) for _, item in ink), Decimal(0)),
        conflicts=0,
    )
