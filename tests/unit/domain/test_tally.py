"""What the ink of a script adds up to equals a recount, whatever was added and removed."""

from collections import Counter
from decimal import Decimal as D
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.tally import InkTally

KEYS = [MarkKey(2), MarkKey(3, "a"), MarkKey(3, "b")]
PAGES = [PageRef(1), PageRef(2, 1)]


def stamp(number, page, key, marks, step):
    question, alternative = (None, None) if key is None else key
    return Placed(
        page,
        Stamp(
            id=UUID(int=number),
            stamp="tick",
            x=0.5,
            y=0.5,
            question_number=question,
            alternative=alternative or None,
            marks=marks,
            step=step,
        ),
    )


stamps = st.builds(
    stamp,
    st.integers(1, 6),
    st.sampled_from(PAGES),
    st.sampled_from([*KEYS, None]),
    st.sampled_from([None, "0", "0.5", "1"]),
    st.sampled_from([None, 1, 2]),
)


@given(st.lists(stamps, max_size=12))
def test_the_tally_is_a_recount(changes):
    tally, there = InkTally(), {}
    for placed in changes:  # one with an id that is there already takes its place
        before = there.pop(placed.annotation.annotation_id, None)
        if before is not None:
            tally.remove(before)
        if before != placed:
            there[placed.annotation.annotation_id] = placed
            tally.add(placed)
    ink = [placed.annotation for placed in there.values()]
    for key in KEYS:
        mine = [one for one in ink if one.mark_key == key]
        carried = [one.carried for one in mine if one.carried is not None]
        assert tally.marks(key) == (sum(carried) if carried else None)
        assert tally.of_question(key) == len(mine)
        steps: Counter[int] = Counter()
        for one in mine:
            if one.step is not None and one.carried is not None:
                steps[one.step] += one.carried
                assert tally.stamps_of_step(key, one.step)[one.annotation_id] == one.carried
        assert tally.steps(key) == dict(steps)
        assert sum(len(tally.stamps_of_step(key, step)) for step in (1, 2)) == sum(
            one.step is not None and one.carried is not None for one in mine
        )
    assert [tally.on_page(page) for page in PAGES] == [sum(p.page == page for p in there.values()) for page in PAGES]


def test_a_question_without_ink_has_nothing():
    tally = InkTally()
    assert (tally.marks(KEYS[0]), tally.of_question(KEYS[0]), tally.on_page(PAGES[0])) == (None, 0, 0)
    assert (tally.steps(KEYS[0]), tally.stamps_of_step(KEYS[0], 1)) == ({}, {})
    tally.add(stamp(1, PAGES[0], KEYS[0], "1.0", 2))
    assert tally.steps(KEYS[0]) == {2: D(1)}
