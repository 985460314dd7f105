"""What the server must answer, told a second time: plain rules on plain data, without a line of SQL.

The machine (`machine.py`) asks it for the verdict of every operation that reached the server, in the order in which the
server took them, and compares afterwards what stands on both sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

POSSIBLE = {2: {"": Decimal(2)}, 3: {"a": Decimal(3), "b": Decimal(3)}, 4: {"": Decimal(5)}}
"""The marks of `factories.paper`; question 1 is a multiple choice that nobody marks."""
NUMBERS = {1, 2, 3, 4}

Key = tuple[int, str]
Page = tuple[int, int]
Answer = tuple[str, str | None]
APPLIED: Answer = ("applied", None)
CONFLICT: Answer = ("conflict", "marked_elsewhere")


@dataclass(frozen=True)
class Sent:
    """An operation as the server's ledger has it."""

    op_id: UUID
    stream_id: UUID
    user_id: UUID
    evaluation_id: UUID
    assignment_version: int
    base_version: int
    kind: str
    payload: Mapping[str, Any]
    schema: int

    def knew(self, item: Register | None) -> bool:
        """She had seen what stands there, or did it herself on that computer."""
        if item is None or item.version <= self.base_version:
            return True
        return item.stream_id == self.stream_id or str(item.op_id) in self.payload.get("replaces", ())


@dataclass
class Register:
    """What stands somewhere, since which version, and the operation that put it there."""

    value: Any
    version: int
    stream_id: UUID
    op_id: UUID
    deleted: bool = False


@dataclass
class Held:
    """A mark beside the one that counts; `kept`: what counted when she decided."""

    key: Key
    value: Any
    version: int
    stream_id: UUID
    state: str = "open"
    kept: Any = None


@dataclass
class Script:
    """One script on the server."""

    teacher: UUID
    assignment_version: int = 1
    version: int = 0
    status: str = "assigned"
    hold: str | None = None
    unlocked: frozenset[int] | None = None
    history: dict[int, UUID] = field(default_factory=dict)
    marks: dict[Key, Register] = field(default_factory=dict)
    ink: dict[str, Register] = field(default_factory=dict)
    seen: dict[Page, tuple[float, float]] = field(default_factory=dict)
    tags: dict[Page, tuple[int, ...]] = field(default_factory=dict)
    flags: dict[str, dict[str, Any]] = field(default_factory=dict)
    final: dict[int, Decimal] | None = None
    held: dict[UUID, Held] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.history[1] = self.teacher

    # -- what coordinators decide ----------------------------------------------------------------------------

    def give(self, teacher: UUID) -> None:
        """To somebody else, who starts clean, or to the same teacher again, who goes on."""
        self.assignment_version += 1
        self.history[self.assignment_version] = teacher
        self.hold = None
        if teacher != self.teacher:
            self.teacher, self.status, self.unlocked = teacher, "assigned", None
            self.marks, self.ink, self.seen, self.tags = {}, {}, {}, {}
            self.held = {}

    def send_back(self, numbers: Iterable[int]) -> None:
        """Questions of a completed script are returned to its teacher."""
        self.assignment_version += 1
        self.version += 1
        self.history[self.assignment_version] = self.teacher
        self.status, self.final, self.unlocked = "in_progress", None, frozenset(numbers)

    def open_on(self, key: Key) -> list[tuple[UUID, Held]]:
        """What waits for a decision on one question."""
        return [(i, item) for i, item in self.held.items() if item.key == key and item.state == "open"]

    # -- what counts -----------------------------------------------------------------------------------------

    def effective(self) -> dict[int, dict[str, Decimal | None]]:
        """The mark of each question and side: what was typed, else the sum of the stamps, else none."""
        found: dict[int, dict[str, Decimal | None]] = {}
        for number, sides in POSSIBLE.items():
            for side in sides:
                typed = self.marks.get((number, side))
                state = "follows_stamps" if typed is None else typed.value[0]
                stamps = [
                    Decimal(item.value["marks"])
                    for item in self.ink.values()
                    if not item.deleted
                    and item.value.get("marks") is not None
                    and (item.value.get("question_number"), item.value.get("alternative") or "") == (number, side)
                ]
                mark = sum(stamps, Decimal(0)) if stamps else None
                if typed is not None and state != "follows_stamps":
                    mark = typed.value[1] if state == "marked" else Decimal(0)
                found.setdefault(number, {})[side] = mark
        return found

    def vector(self) -> dict[int, Decimal]:
        """What counts of each question that has a mark: of two sides the better one."""
        best = {number: [m for m in sides.values() if m is not None] for number, sides in self.effective().items()}
        return {number: max(marks) for number, marks in best.items() if marks}

    def content(self) -> dict[str, Any]:
        """All that stands on the script, comparable with what a computer shows."""
        return {
            "marks": {key: item.value for key, item in self.marks.items()},
            "ink": [item.value for item in self.ink.values() if not item.deleted],
            "seen": self.seen,
            "tags": self.tags,
            "flags": {key: flag["shown"] for key, flag in self.flags.items() if not flag["withdrawn"]},
        }


class Model:
    """The server as the design has it.

    Attributes:
        scripts: by id.
        closed: the people whose accounts are closed.
    """

    def __init__(self) -> None:
        self.scripts: dict[UUID, Script] = {}
        self.closed: set[UUID] = set()

    def judge(self, op: Sent) -> Answer:
        """The verdict and its reason, and the operation takes effect here too."""
        script = self.scripts.get(op.evaluation_id)
        if script is None or script.history.get(op.assignment_version) != op.user_id:
            return "refused", "never_assigned"
        against = self._kept(script, op)
        if against is not None:
            return "kept", against
        answer = _locked(script, op) or _EFFECTS[op.kind](script, op)
        if answer in (APPLIED, CONFLICT):
            script.version += 1
        return answer

    def _kept(self, script: Script, op: Sent) -> str | None:
        if script.teacher != op.user_id:
            return "reassigned"
        if op.user_id in self.closed:
            return "deactivated"
        if script.status == "completed":
            return "completed"
        if script.assignment_version != op.assignment_version:
            return "assignment_changed"
        return script.hold


def _locked(script: Script, op: Sent) -> Answer | None:
    """Of a script that was returned only what was returned may be changed; ink on no question is free."""
    if script.unlocked is None:
        return None
    touched: list[int | None] = []
    match op.kind:
        case "mark.set" | "mark.clear" | "mark.resolve":
            touched = [op.payload["question_number"]]
        case "annotation.put":
            touched = [item.get("question_number") for item in op.payload["annotations"]]
            touched += _stands_for(script, [item["id"] for item in op.payload["annotations"]])
        case "annotation.delete":
            touched = _stands_for(script, op.payload["annotation_ids"])
    locked = any(number is not None and number not in script.unlocked for number in touched)
    return ("refused", "not_returned") if locked else None


def _stands_for(script: Script, ids: Iterable[str]) -> list[int | None]:
    standing = [script.ink[i] for i in ids if i in script.ink]
    return [item.value.get("question_number") for item in standing if not item.deleted]


def _open(script: Script, op: Sent) -> Answer:
    if script.status == "assigned":
        script.status = "in_progress"
    return APPLIED


def _set_mark(script: Script, op: Sent) -> Answer:
    number, side = op.payload["question_number"], op.payload.get("alternative") or ""
    possible = POSSIBLE.get(number, {}).get(side)
    if possible is None:
        return "refused", "unknown_question"
    state, marks = op.payload.get("state", "follows_stamps"), op.payload.get("marks")
    value = Decimal(marks) if state == "marked" else None
    if value is not None and not _valid(value, possible):
        return "refused", "out_of_range"
    given = (state, value, op.payload.get("comment", ""))
    key = (number, side)
    return _reopen(script, op, key) or _hold(script, op, key, given) or _give(script, op, key, given)


def _reopen(script: Script, op: Sent, key: Key) -> Answer | None:
    if not op.payload.get("reopens"):
        return None
    named = [item for i, item in script.held.items() if str(i) in op.payload["settles"] and item.key == key]
    resolved = [item for item in named if item.state == "resolved"]
    for item in resolved:
        item.state, item.version = "open", script.version + 1
    if resolved and op.knew(script.marks.get(key)):
        script.marks[key] = Register(resolved[0].kept, script.version + 1, op.stream_id, op.op_id)
    return APPLIED if resolved else None


def _hold(script: Script, op: Sent, key: Key, given: Any) -> Answer | None:
    before = script.marks.get(key)
    if before is None or op.knew(before) or before.value == given:
        return None
    if op.schema < 3:
        return "kept", "changed_elsewhere"
    for i, item in script.open_on(key):
        if item.stream_id == op.stream_id or str(i) in (
            *op.payload.get("replaces", ()),
            *op.payload.get("settles", ()),
        ):
            item.state = "superseded"
    script.held[op.op_id] = Held(key, given, script.version + 1, op.stream_id)
    return CONFLICT


def _give(script: Script, op: Sent, key: Key, given: Any) -> Answer:
    before = script.marks.get(key)
    for i, item in script.open_on(key):
        hers = item.stream_id == op.stream_id or str(i) in op.payload.get("replaces", ())
        knew = item.version <= op.base_version or str(i) in op.payload.get("settles", ())
        if knew or hers or item.value == given:
            item.state = "superseded" if hers and not knew else "resolved"
            item.kept = None if before is None else before.value
    script.marks[key] = Register(given, script.version + 1, op.stream_id, op.op_id)
    return APPLIED


def _valid(marks: Decimal, possible: Decimal) -> bool:
    return 0 <= marks <= possible and marks * 2 == int(marks * 2)


def _put(script: Script, op: Sent) -> Answer:
    for item in op.payload["annotations"]:
        number, side = item.get("question_number"), item.get("alternative") or ""
        if number is not None and (number not in NUMBERS or (side and side not in POSSIBLE.get(number, {}))):
            return "refused", "unknown_question"
    for item in op.payload["annotations"]:
        if item["id"] in script.ink and script.ink[item["id"]].deleted:
            del script.ink[item["id"]]  # what comes back is placed anew, on top
        script.ink[item["id"]] = Register(dict(item), script.version + 1, op.stream_id, op.op_id)
    return APPLIED


def _delete(script: Script, op: Sent) -> Answer:
    for annotation_id in op.payload["annotation_ids"]:
        item = script.ink.get(annotation_id)
        if item is not None and not item.deleted and op.knew(item):
            item.deleted, item.version = True, script.version + 1
            item.stream_id, item.op_id = op.stream_id, op.op_id
    return APPLIED


def _page(op: Sent) -> Page:
    return op.payload["page_number"], op.payload.get("pdf_page") or 0


def _see(script: Script, op: Sent) -> Answer:
    before = script.seen.get(_page(op), (0.0, 0.0))
    now = (float(op.payload["seconds"]), float(op.payload["largest_share"]))
    script.seen[_page(op)] = (max(before[0], now[0]), max(before[1], now[1]))
    return APPLIED


def _tag(script: Script, op: Sent) -> Answer:
    if not set(op.payload["question_numbers"]) <= NUMBERS:
        return "refused", "unknown_question"
    script.tags[_page(op)] = tuple(op.payload["question_numbers"])
    return APPLIED


def _raise_flag(script: Script, op: Sent) -> Answer:
    flag = script.flags.get(op.payload["flag_id"])
    if flag is not None and (flag["by"] != op.user_id or flag["answered"]):
        return "refused", "malformed"
    shown = (
        op.payload["reason"],
        op.payload.get("comment", ""),
        None if "page_number" not in op.payload else _page(op),
    )
    script.flags[op.payload["flag_id"]] = {
        "by": op.user_id, "shown": (*shown, False), "withdrawn": False, "answered": False
    }  # fmt: skip
    return APPLIED


def _withdraw_flag(script: Script, op: Sent) -> Answer:
    flag = script.flags.get(op.payload["flag_id"])
    if flag is None or flag["by"] != op.user_id:
        return "refused", "unknown_flag"
    if flag["answered"]:
        return "refused", "flag_answered"
    flag["withdrawn"] = True
    return APPLIED


def _hand_back(script: Script, op: Sent) -> Answer:
    if op.payload["reason"] == "other" and not op.payload["comment"].strip():
        return "refused", "words_missing"
    script.hold = "handed_back"
    return APPLIED


def _submit(script: Script, op: Sent) -> Answer:
    effective, vector = script.effective(), script.vector()
    if set(vector) != set(POSSIBLE):
        return "held", "incomplete"
    if not all(
        mark is None or _valid(mark, POSSIBLE[number][side])
        for number, sides in effective.items()
        for side, mark in sides.items()
    ):
        return "held", "out_of_range"
    if any(item.state == "open" for item in script.held.values()):
        return "held", "conflict_open"
    if {int(number): Decimal(marks) for number, marks in op.payload["marks"].items()} != vector:
        return "held", "marks_differ"
    if Decimal(op.payload["total"]) != sum(vector.values()):
        return "held", "total_differs"
    script.status, script.final = "completed", vector
    return APPLIED


_EFFECTS = {
    "evaluation.open": _open,
    "mark.set": _set_mark,
    "mark.clear": _set_mark,
    "mark.resolve": _set_mark,
    "annotation.put": _put,
    "annotation.delete": _delete,
    "page.seen": _see,
    "page.tag": _tag,
    "flag.raise": _raise_flag,
    "flag.withdraw": _withdraw_flag,
    "evaluation.hand_back": _hand_back,
    "evaluation.submit": _submit,
}
