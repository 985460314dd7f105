"""What a teacher does, as data: the operations of the journal (`docs/offline.md`).

An operation is imperative and complete in itself: applied twice it gives the same result as once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, assert_never
from uuid import UUID

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.annotation.shape import Placed, annotation_json, read_annotation
from mv_desktop.domain.flag import Spot
from mv_desktop.domain.identifier import AnnotationId, FlagId, MarkKey, OperationId, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState

OPERATION_SCHEMA = 3
"""The newest version of the payloads below; the server says in `hello` which it accepts.

An operation carries the version in which its kind came (`schema_of`), so that a server one release behind takes all
that it knows.
"""


CONFLICT_SCHEMA = 3
"""The version from which a program knows that a mark may be held beside another computer's; marks carry it as soon as
the server takes it."""


@dataclass(frozen=True, slots=True)
class OpenEvaluation:
    """The teacher opened the script: the evaluation is in progress from now on."""

    kind = "evaluation.open"


@dataclass(frozen=True, slots=True)
class SetMark:
    """The register of one question becomes `given`."""

    key: MarkKey
    given: GivenMark

    kind = "mark.set"


@dataclass(frozen=True, slots=True)
class ClearMark:
    """The mark follows the stamps again; the comment goes too."""

    key: MarkKey

    kind = "mark.clear"


@dataclass(frozen=True, slots=True)
class ResolveMark:
    """The teacher decided between two marks of a question that were given on two computers, or took that back.

    Attributes:
        given: the mark that counts from now on; when `reopens`, what this computer showed before the decision.
        settles: the operations that the server held, see `domain.conflict.MarkConflict`.
        reopens: the decision is undone: both marks stand beside each other again.
    """

    key: MarkKey
    given: GivenMark
    settles: tuple[OperationId, ...]
    reopens: bool = False

    kind = "mark.resolve"


@dataclass(frozen=True, slots=True)
class PutAnnotations:
    """These annotations stand on their pages, new or instead of what had their id."""

    placed: tuple[Placed, ...]

    kind = "annotation.put"


@dataclass(frozen=True, slots=True)
class DeleteAnnotations:
    """These annotations are gone."""

    annotation_ids: tuple[AnnotationId, ...]

    kind = "annotation.delete"


@dataclass(frozen=True, slots=True)
class SeePage:
    """A page has been shown at a readable size for `seconds` in all; `largest_share` (0..1) of it at once."""

    page: PageRef
    seconds: float
    largest_share: float

    kind = "page.seen"


@dataclass(frozen=True, slots=True)
class TagPage:
    """The questions answered on a page."""

    page: PageRef
    question_numbers: tuple[int, ...]

    kind = "page.tag"


@dataclass(frozen=True, slots=True)
class RaiseFlag:
    """The teacher tells the coordinator that something is wrong with a script, one of its pages or a spot on it."""

    flag_id: FlagId
    reason: str
    comment: str = ""
    page: PageRef | None = None
    spot: Spot | None = None

    kind = "flag.raise"


@dataclass(frozen=True, slots=True)
class WithdrawFlag:
    """A flag that nobody has answered yet is taken back."""

    flag_id: FlagId

    kind = "flag.withdraw"


@dataclass(frozen=True, slots=True)
class SubmitEvaluation:
    """The teacher submits, and says which marks she sees: every written question's mark, and their sum."""

    marks: Mapping[int, Decimal]
    total: Decimal

    kind = "evaluation.submit"


@dataclass(frozen=True, slots=True)
class HandBack:
    """The teacher gives the script back to the pool; what she marked is kept."""

    reason: str
    comment: str = ""

    kind = "evaluation.hand_back"


Leaving = SubmitEvaluation | HandBack
"""What ends a teacher's work on a script."""

Operation = (
    OpenEvaluation
    | SetMark
    | ClearMark
    | ResolveMark
    | PutAnnotations
    | DeleteAnnotations
    | SeePage
    | TagPage
    | RaiseFlag
    | WithdrawFlag
    | SubmitEvaluation
    | HandBack
)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One of the teacher's own operations on a script, as undo needs it after reopening.

    Attributes:
        inverse: what undoes it, in the order in which it is to be applied; () when it cannot be undone.
        undoes: the operation that this one took back, or None.
    """

    op_id: OperationId
    operation: Operation
    inverse: tuple[Operation, ...] = ()
    undoes: OperationId | None = None


def to_payload(operation: Operation) -> dict[str, Any]:
    """The operation's payload as JSON data; `operation.kind` names it."""
    match operation:
        case OpenEvaluation():
            return {}
        case SetMark() | ClearMark() | ResolveMark():
            return _mark_json(operation)
        case PutAnnotations(placed):
            return {"annotations": [_page_json(item.page) | annotation_json(item.annotation) for item in placed]}
        case DeleteAnnotations(annotation_ids):
            return {"annotation_ids": [str(item) for item in annotation_ids]}
        case SeePage(page, seconds, largest_share):
            return _page_json(page) | {"seconds": seconds, "largest_share": largest_share}
        case TagPage(page, question_numbers):
            return _page_json(page) | {"question_numbers": list(question_numbers)}
        case RaiseFlag() | WithdrawFlag():
            return _flag_json(operation)
        case SubmitEvaluation() | HandBack():
            return _leaving_json(operation)
        case _:
            assert_never(operation)


def from_payload(kind: str, payload: Mapping[str, Any]) -> Operation:
    """The operation that `kind` and `payload` describe.

    Raises:
        InvalidError: the kind is unknown or the payload is malformed.
    """
    reader = _READERS.get(kind)
    if reader is None:
        raise InvalidError(f"The operation “{kind}” is not known to this version.")
    try:
        return reader(payload)
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise InvalidError(f"An operation “{kind}” is malformed.") from error


def schema_of(operation: Operation) -> int:
    """The version in which the operation's kind came."""
    if isinstance(operation, ResolveMark):
        return 3
    return 2 if isinstance(operation, WithdrawFlag | HandBack) else 1


def _flag_json(operation: RaiseFlag | WithdrawFlag) -> dict[str, Any]:
    payload: dict[str, Any] = {"flag_id": str(operation.flag_id)}
    if isinstance(operation, RaiseFlag):
        payload |= {"reason": operation.reason, "comment": operation.comment}
        payload |= {} if operation.page is None else _page_json(operation.page)
        payload |= {} if operation.spot is None else {"x": operation.spot.x, "y": operation.spot.y}
    return payload


def _leaving_json(operation: Leaving) -> dict[str, Any]:
    if isinstance(operation, HandBack):
        return {"reason": operation.reason, "comment": operation.comment}
    marks = {str(number): str(value) for number, value in operation.marks.items()}
    return {"marks": marks, "total": str(operation.total)}


def _key_json(key: MarkKey) -> dict[str, Any]:
    return {"question_number": key.question_number, "alternative": key.alternative}


def _mark_json(operation: SetMark | ClearMark | ResolveMark) -> dict[str, Any]:
    payload = _key_json(operation.key)
    if not isinstance(operation, ClearMark):
        payload |= _given_json(operation.given)
    if isinstance(operation, ResolveMark):
        payload |= {"settles": [str(item) for item in operation.settles], "reopens": operation.reopens}
    return payload


def _given_json(given: GivenMark) -> dict[str, Any]:
    marks = None if given.marks is None else str(given.marks)
    return {"state": given.state.value, "marks": marks, "comment": given.comment}


def _key(payload: Mapping[str, Any]) -> MarkKey:
    return MarkKey(int(payload["question_number"]), str(payload.get("alternative") or ""))


def _page_json(page: PageRef) -> dict[str, Any]:
    return {"page_number": page.page_number, "pdf_page": page.pdf_page}


def _page(payload: Mapping[str, Any]) -> PageRef:
    return PageRef(int(payload["page_number"]), int(payload.get("pdf_page") or 0))


def _spot(payload: Mapping[str, Any]) -> Spot | None:
    return Spot(float(payload["x"]), float(payload["y"])) if "x" in payload else None


def _given(payload: Mapping[str, Any]) -> GivenMark:
    marks = payload.get("marks")
    return GivenMark(
        MarkState(payload["state"]), None if marks is None else Decimal(marks), str(payload.get("comment") or "")
    )


def _placed(entry: Mapping[str, Any]) -> Placed:
    body = {name: value for name, value in entry.items() if name not in ("page_number", "pdf_page")}
    # an id there must be, or nothing could be done with it; all else is kept, however odd
    return Placed(_page(entry), read_annotation(body, UUID(str(entry["id"]))))


_READERS: dict[str, Callable[[Mapping[str, Any]], Operation]] = {
    OpenEvaluation.kind: lambda _: OpenEvaluation(),
    SetMark.kind: lambda p: SetMark(_key(p), _given(p)),
    ClearMark.kind: lambda p: ClearMark(_key(p)),
    ResolveMark.kind: lambda p: ResolveMark(
        _key(p), _given(p), tuple(OperationId(UUID(i)) for i in p["settles"]), bool(p.get("reopens"))
    ),
    PutAnnotations.kind: lambda p: PutAnnotations(tuple(_placed(entry) for entry in p["annotations"])),
    DeleteAnnotations.kind: lambda p: DeleteAnnotations(tuple(AnnotationId(UUID(i)) for i in p["annotation_ids"])),
    SeePage.kind: lambda p: SeePage(_page(p), float(p["seconds"]), float(p["largest_share"])),
    TagPage.kind: lambda p: TagPage(_page(p), tuple(int(n) for n in p["question_numbers"])),
    RaiseFlag.kind: lambda p: RaiseFlag(
        FlagId(UUID(p["flag_id"])),
        str(p["reason"]),
        str(p.get("comment") or ""),
        _page(p) if "page_number" in p else None,
        _spot(p),
    ),
    WithdrawFlag.kind: lambda p: WithdrawFlag(FlagId(UUID(p["flag_id"]))),
    HandBack.kind: lambda p: HandBack(str(p["reason"]), str(p.get("comment") or "")),
    SubmitEvaluation.kind: lambda p: SubmitEvaluation(
        {int(number): Decimal(value) for number, value in p["marks"].items()}, Decimal(p["total"])
    ),
}
