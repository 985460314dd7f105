"""What passes between a computer and the server, and the names that both share."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from mv_desktop.domain.exchange import SentOperation, StaffRole, Verdict, VerdictKind
from mv_desktop.domain.identifier import EvaluationId, OperationId
from mv_desktop.domain.person import RelationshipType, UserRole
from mv_desktop.domain.subscription import BillingCycle, PlanType, SubscriptionStatus

OPERATION = OperationId(UUID(int=1))


@pytest.mark.parametrize("kind", VerdictKind)
def test_a_verdict_is_final_when_the_server_has_stored_it(kind):
    stored = {"applied", "kept", "refused", "held", "conflict"}
    assert kind.final == (kind.value in stored)


def test_an_operation_made_without_a_beacon_says_so():
    sent = SentOperation(
        OPERATION, 1, EvaluationId(UUID(int=2)), 1, 0, "evaluation.open", {}, 1, datetime(2026, 7, 15, tzinfo=UTC)
    )
    assert (sent.beacon_id, sent.since_beacon_ms, sent.wall_since_ms, sent.program) == (None, None, None, "")


def test_a_plain_verdict_is_a_first_answer():
    verdict = Verdict(OPERATION, 1, VerdictKind.APPLIED)
    assert (verdict.reason, verdict.detail, verdict.version, verdict.already, verdict.expected) == (
        None, None, None, False, None
    )  # fmt: skip


@pytest.mark.parametrize(
    ("enum", "values"),
    [
        (UserRole, "student parent teacher admin"),
        (RelationshipType, "father mother guardian other"),
        (PlanType, "basic premium_mcq premium centum"),
        (SubscriptionStatus, "active expired cancelled pending"),
        (BillingCycle, "monthly annual"),
        (StaffRole, "teacher admin"),
    ],
)
def test_names_are_those_of_the_database(enum, values):
    assert [member.value for member in enum] == values.split()


def test_who_may_sign_in_is_a_role_of_people():
    assert {role.value for role in StaffRole} <= {role.value for role in UserRole}
