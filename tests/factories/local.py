"""Scripts as the server sends them, and local files for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st

from mv_desktop.core.ids import id_source
from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.evaluation import EvaluationStatus
from mv_desktop.domain.exchange import AssignedScript, FinishedScript, PulledPage, PulledScript, SignedIn, StaffRole
from mv_desktop.domain.flag import Spot
from mv_desktop.domain.identifier import (
    AnnotationId,
    EvaluationId,
    ExamInstanceId,
    FlagId,
    MarkKey,
    PageRef,
    UploadId,
    UserId,
)
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import (
    ClearMark,
    DeleteAnnotations,
    OpenEvaluation,
    PutAnnotations,
    RaiseFlag,
    SeePage,
    SetMark,
    TagPage,
    WithdrawFlag,
)
from mv_desktop.domain.sla import Holiday
from mv_desktop.offline.key import WrapCost
from mv_desktop.offline.store import LocalStore
from mv_desktop.offline.vault import Vault
from tests.factories.paper import paper
from tests.fakes.clock import FakeClock

TEACHER = UserId(UUID(int=0xA))
NOW = datetime(2026, 7, 15, 6, 0, tzinfo=UTC)
CHEAP = WrapCost(1, 64, 1)


class NoKeyring:
    """A computer without a keyring."""

    def get(self, name):
        return None

    def put(self, name, secret):
        return False


def open_vault(folder, password="right", **how):
    return Vault.open(
        folder, TEACHER, "School", password, password_verified=True, keyring=NoKeyring(), cost=CHEAP, **how
    )


def open_store(folder, clock=None, password="right", **how):
    clock = clock or FakeClock(NOW)
    return LocalStore(open_vault(folder, password, clock=clock), clock, id_source(clock), **how)


def evaluation_id(number: int = 1) -> EvaluationId:
    return EvaluationId(UUID(int=number))


def upload_id(number: int, page: int) -> UploadId:
    return UploadId(UUID(int=number * 1000 + page))


def pulled_page(number: int, page: int, **values) -> PulledPage:
    standard = {
        "mime_type": "image/jpeg",
        "size": None,
        "sha256": None,
        "questions": (),
        "checked": False,
        "pages": (),
        "problem": None,
    }
    return PulledPage(upload_id(number, page), page, **(standard | values))


def pulled(number: int = 1, **values) -> PulledScript:
    """A script with two pages and the small paper, untouched, due in `number` hours."""
    standard = {
        "assignment_version": 1,
        "version": 0,
        "status": EvaluationStatus.ASSIGNED,
        "deadline": NOW + timedelta(hours=number),
        "sla_hours": 24,
        "breached": False,
        "received_at": NOW - timedelta(hours=2),
        "title": "Board exam",
        "class_name": "XII",
        "exam_type": "board_exam",
        "total_marks": 11,
        "snapshot": paper().model_dump_json(by_alias=True),
        "declared_unanswered": (),
        "pages": (pulled_page(number, 1), pulled_page(number, 2)),
        "marks": (),
        "annotations": (),
        "seen": (),
        "flags": (),
    }
    exam = ExamInstanceId(UUID(int=0xABCDEF0123456789 * number))
    return PulledScript(evaluation_id(number), exam, **(standard | values))


def assigned(script: PulledScript, **values) -> AssignedScript:
    """The queue's row of a pulled script."""
    standard = {
        name: getattr(script, name)
        for name in (
            "evaluation_id",
            "exam_instance_id",
            "status",
            "deadline",
            "sla_hours",
            "breached",
            "assignment_version",
            "version",
        )
    }
    return AssignedScript(**(standard | values))


def finished(script: PulledScript) -> FinishedScript:
    """The row of a completed script in the list of what is finished."""
    same = {
        name: getattr(script, name)
        for name in (
            *("evaluation_id", "exam_instance_id", "deadline", "sla_hours", "breached", "received_at", "title"),
            *("class_name", "exam_type", "total_marks"),
        )
    }
    return FinishedScript(completed_at=script.completed_at or NOW, written=3, pages=len(script.pages), **same)


def signed_in(**values) -> SignedIn:
    standard = {
        "user_id": TEACHER,
        "first_name": "Asha",
        "last_name": "Rao",
        "email": "asha@example.org",
        "role": StaffRole.TEACHER,
        "is_coordinator": False,
        "active": True,
        "server_time": NOW,
        "beacon_id": UUID(int=0xBEAC),
        "operation_schema_min": 1,
        "operation_schema_max": 3,
        "schema_version": "013",
        "settings": {"evaluation_ui_stamps": ["tick", "cross"]},
        "working_hours": {"start": "09:00", "end": "18:00", "timezone": "Asia/Kolkata", "weekly_off": ["sunday"]},
        "holidays": (Holiday(date(2026, 7, 17), "Muharram"),),  # as in `queue_row.CALENDAR`
    }
    return SignedIn(**(standard | values))


def tick(number: int, page: int = 1, question: int | None = 2, marks: str | None = "1", **values) -> Placed:
    """A stamp; `number` is its id."""
    stamp = Stamp(id=UUID(int=number), stamp="tick", x=0.5, y=0.5, question_number=question, marks=marks, **values)
    return Placed(PageRef(page), stamp)


KEYS = [MarkKey(2), MarkKey(3, "a"), MarkKey(3, "b"), MarkKey(4)]
_pages = st.builds(PageRef, st.integers(1, 3), st.integers(0, 2))
_marks = st.one_of(
    st.builds(GivenMark),
    st.builds(GivenMark, st.just(MarkState.NOT_ATTEMPTED), st.none(), st.sampled_from(["", "blank"])),
    st.builds(
        lambda halves, comment: GivenMark(MarkState.MARKED, halves / 2, comment),
        st.integers(0, 10).map(Decimal),
        st.sampled_from(["", "well done"]),
    ),
)
_ids = st.integers(1, 8)
_flags = st.integers(1, 3).map(lambda n: FlagId(UUID(int=n)))
_placed = st.builds(
    lambda number, page, key, marks: Placed(
        page,
        Stamp(
            id=UUID(int=number),
            stamp="tick",
            x=0.25,
            y=0.5,
            question_number=None if key is None else key.question_number,
            alternative=None if key is None else key.alternative or None,
            marks=marks,
        ),
    ),
    _ids,
    _pages,
    st.sampled_from([*KEYS, None]),
    st.sampled_from([None, "0.5", "1", "0", "2.50"]),
)

operations = st.one_of(
    st.builds(OpenEvaluation),
    st.builds(SetMark, st.sampled_from(KEYS), _marks),
    st.builds(ClearMark, st.sampled_from(KEYS)),
    st.builds(PutAnnotations, st.lists(_placed, min_size=1, max_size=4).map(tuple)),
    st.builds(
        DeleteAnnotations, st.lists(_ids.map(lambda n: AnnotationId(UUID(int=n))), min_size=1, max_size=4).map(tuple)
    ),
    st.builds(SeePage, _pages, st.integers(0, 90).map(float), st.sampled_from([0.25, 0.5, 1.0])),
    st.builds(TagPage, _pages, st.lists(st.integers(1, 4), max_size=3).map(tuple)),
    st.builds(
        RaiseFlag,
        _flags,
        st.sampled_from(["rescan_requested", "illegible"]),
        st.sampled_from(["", "the end"]),
        _pages,
        st.sampled_from([None, Spot(0.25, 0.75)]),
    ),
    st.builds(WithdrawFlag, _flags),
)
"""Any operation of marking but the submission."""
