"""Which scripts are marked a second time."""

from __future__ import annotations

import random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.sample import SampleRule, Why, chosen

keys = st.binary(min_size=16, max_size=32)
scripts = st.uuids().map(EvaluationId)


@given(keys, scripts, st.integers(0, 10), st.integers(0, 100), st.integers(1, 30))
def test_the_first_ones_are_always_taken_and_the_rest_as_the_key_says(key, script, first, percent, place) -> None:
    rule = SampleRule(first, percent, key)
    found = chosen(rule, script, place)
    assert found == chosen(rule, script, place)
    if place <= first:
        assert found is Why.FIRST
    else:
        assert found in (None, Why.SHARE)
        # nothing but the key and the script decide, and who is taken stays taken when the share grows
        assert found == chosen(rule, script, place + 1)
        assert chosen(SampleRule(first, 0, key), script, place) is None
        assert chosen(SampleRule(first, 100, key), script, place) is Why.SHARE
        if found is not None:
            assert chosen(SampleRule(first, min(100, percent + 1), key), script, place) is Why.SHARE


def test_of_many_scripts_the_share_is_taken_and_another_key_takes_others() -> None:
    dice = random.Random(5)
    many = [EvaluationId(UUID(int=dice.getrandbits(128))) for _ in range(20_000)]
    near = [EvaluationId(UUID(int=number)) for number in range(20_000)]  # ids that are made in order
    for ids in (many, near):
        for percent in (2, 10, 50):
            taken = [
                {one for one in ids if chosen(SampleRule(5, percent, key), one, 6)} for key in (b"a" * 32, b"b" * 32)
            ]
            share = percent / 100
            allowed = 5 * (share * (1 - share) / len(ids)) ** 0.5  # five standard deviations
            for found in taken:
                assert abs(len(found) / len(ids) - share) < allowed
            # by chance alone the same ones
            assert abs(len(taken[0] & taken[1]) / len(ids) - share**2) < 5 * (share**2 / len(ids)) ** 0.5
