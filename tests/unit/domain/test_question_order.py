"""Which question comes next, and which one a stamp is for."""

from decimal import Decimal as D

import pytest

from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.question_order import next_unmarked, question_of_stamp
from mv_desktop.domain.script import MarkedScript
from tests.factories.paper import paper

Q2, Q3A, Q3B, Q4 = KEYS = (MarkKey(2), MarkKey(3, "a"), MarkKey(3, "b"), MarkKey(4))


def marked(*keys: MarkKey) -> MarkedScript:
    return MarkedScript(paper(), given={key: GivenMark(MarkState.MARKED, D(1)) for key in keys})


@pytest.mark.parametrize(
    ("given", "current", "following"),
    [
        ((), Q2, Q3A),
        ((), None, Q2),
        ((), MarkKey(99), Q2),
        ((Q3A,), Q2, Q4),  # its other side needs none either
        ((), Q4, Q2),
        ((Q2, Q3B), Q4, Q4),  # round to where she is
        ((Q2, Q3A, Q4), Q2, None),
    ],
)
def test_the_next_question_without_a_mark(given, current, following):
    assert next_unmarked(marked(*given), KEYS, current) == following


@pytest.mark.parametrize(
    ("given", "current", "there", "closed", "stamped"),
    [
        ((), Q4, (), (), Q4),
        ((), Q4, (1,), (), Q4),  # nothing that is written is known to be there
        ((), Q3B, (2, 3), (), Q3B),
        ((), Q4, (2, 3), (), Q2),
        ((Q2,), Q4, (2, 3), (), Q3A),
        ((Q2, Q3A), Q4, (2, 3), (), Q2),
        ((), Q4, (2, 3), (Q2,), Q3A),
        ((), Q4, (2,), (Q2,), Q2),  # all that is there is closed: it says so when it is stamped
    ],
)
def test_what_a_stamp_is_for(given, current, there, closed, stamped):
    script = marked(*given)
    assert question_of_stamp(script, KEYS, current, there, lambda key: key not in closed) == stamped
