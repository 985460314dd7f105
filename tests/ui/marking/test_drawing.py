"""Drawing on an open script: what it counts for, and that one undo takes it back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mv_desktop.domain.annotation.shape import Annotation
from mv_desktop.domain.identifier import MarkKey, PageRef
from tests.fakes import hand
from tests.ui.marking.conftest import Marker

Q2 = MarkKey(2, "")


def ink(marker: Marker) -> list[Annotation]:
    return [placed.annotation for placed in marker.session.script.ink.values()]


@pytest.mark.parametrize(
    ("key", "kind"),
    [("P", "pen"), ("Y", "highlighter"), ("L", "line"), ("A", "arrow"), ("X", "box"), ("O", "ellipse")],
)
def test_what_is_drawn_belongs_to_the_question_gives_nothing_and_is_one_step(
    marker: Marker, key: str, kind: str
) -> None:
    marker.open()
    hand.press(key, marker.screen.view)
    hand.drag(marker.screen.view, marker.on(1, 0.3, 0.1), marker.on(1, 0.4, 0.12), marker.on(1, 0.5, 0.1))
    (made,) = ink(marker)
    assert (made.type, made.question_number, made.marks) == (kind, 2, None)
    assert marker.marks(Q2) is None
    assert marker.session.script.ink_on(PageRef(1)) == 1
    hand.press("Ctrl+Z", marker.screen.view)
    assert ink(marker) == []
    hand.press("Ctrl+Shift+Z", marker.screen.view)
    assert ink(marker) == [made]


def test_a_callout_gives_its_marks_and_is_one_step(marker: Marker) -> None:
    marker.open()
    marker.screen.view.set_stamp("tick")
    hand.drag(marker.screen.view, marker.on(1, 0.5, 0.1), marker.on(1, 0.6, 0.12), marker.on(1, 0.7, 0.16))
    assert [made.type for made in ink(marker)] == ["box", "line", "stamp"]
    assert marker.marks(Q2) == Decimal(1)
    hand.press("Ctrl+Z", marker.screen.view)
    assert ink(marker) == []
    assert marker.marks(Q2) is None


def test_erased_stamps_take_their_marks_along_and_come_back_in_one_step(marker: Marker) -> None:
    session = marker.open()
    for x in (0.3, 0.4):
        session.place_stamp("half", PageRef(1), x, 0.1)
    assert marker.marks(Q2) == Decimal(1)
    hand.press("E", marker.screen.view)
    hand.drag(marker.screen.view, marker.on(1, 0.25, 0.1), marker.on(1, 0.45, 0.1))
    assert ink(marker) == []
    assert marker.marks(Q2) is None
    hand.press("Ctrl+Z", marker.screen.view)
    assert marker.marks(Q2) == Decimal(1)


def test_a_script_that_may_not_be_changed_is_not_drawn_on(marker: Marker) -> None:
    session = marker.open()
    hand.press("P", marker.screen.view)
    session.freeze("Submitted.")
    hand.drag(marker.screen.view, marker.on(1, 0.3, 0.1), marker.on(1, 0.5, 0.1))
    assert ink(marker) == []
