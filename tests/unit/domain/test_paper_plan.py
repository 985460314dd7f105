"""A paper is found exactly where there is one: the builder against every way to fill sections from small banks."""

from __future__ import annotations

import hashlib
import itertools
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, event, example, given
from hypothesis import strategies as st

from mv_desktop.domain.exam import ExamSnapshot, Section, ShortBankError, TemplateConfig, build_paper
from mv_desktop.domain.matching import largest_matching
from mv_desktop.domain.paper_draw import stock_of
from mv_desktop.domain.paper_plan import Stock, Want, doubles_of, filled
from mv_desktop.domain.question import PaperQuestion, Scheme
from mv_desktop.domain.question_alternative import has_sides
from tests.factories.paper import bank_question, section, template

UNITS = ("Algebra", "Integrals", "Matrices", "Vectors")

Bank = tuple[Stock, ...]  # of the units, in their order


# -- every way there is ---------------------------------------------------------------------------------------


def _ways(left: Bank, want: Want) -> Iterator[Bank]:
    """What can be left when a section is filled: every number of plain and sided ones and partners of each unit."""
    each = [range(has.plain + has.sided + 1) for has in left]
    if want.units is not None:
        each = [range(want.units.get(unit, 0), want.units.get(unit, 0) + 1) for unit in UNITS[: len(left)]]
    for counts in itertools.product(*each):
        if sum(counts) != want.count:
            continue
        for sided in itertools.product(*(range(min(n, has.sided) + 1) for n, has in zip(counts, left, strict=True))):
            plain = [n - s for n, s in zip(counts, sided, strict=True)]
            if any(n > has.plain for n, has in zip(plain, left, strict=True)):
                continue
            partners = (range(min(n, has.plain - n) + 1) for n, has in zip(plain, left, strict=True))
            for with_partner in itertools.product(*partners):
                if sum(with_partner) == max(0, want.doubles - sum(sided)):
                    yield tuple(
                        Stock(has.plain - n - p, has.sided - s)
                        for has, n, p, s in zip(left, plain, with_partner, sided, strict=True)
                    )


def _can_be_filled(wants: Sequence[Want], bank: Bank) -> bool:
    @cache
    def rest(number: int, left: Bank) -> bool:
        return number == len(wants) or any(rest(number + 1, one) for one in set(_ways(left, wants[number])))

    return rest(0, bank)


# -- cases ----------------------------------------------------------------------------------------------------


@st.composite
def _sections(draw: Any, units: int) -> Section:
    named = draw(st.booleans())
    counts = draw(st.lists(st.integers(0, 3), min_size=units, max_size=units).filter(any))
    count = sum(counts) if named else draw(st.integers(1, 4))
    return section(
        draw(st.sampled_from("ABCD")), count=count, either_or=draw(st.integers(0, count)),
        units=dict(zip(UNITS, counts, strict=False)) if named else None,
    )  # fmt: skip


@st.composite
def _cases(draw: Any) -> tuple[TemplateConfig, list[PaperQuestion]]:
    units = draw(st.integers(1, 3))
    sections = draw(st.lists(_sections(units), min_size=1, max_size=3))
    need = sum(one.question_count + one.either_or for one in sections)
    stock = []
    for _ in range(units):
        plain = draw(st.integers(0, need))
        stock.append(Stock(plain, draw(st.integers(0, 2))))
    # banks that are just large enough, or just not, are what matters
    assume(need - 4 <= sum(has.plain + 2 * has.sided for has in stock) <= need + 4)
    return template(*sections), _questions(stock)


def _questions(stock: Sequence[Stock]) -> list[PaperQuestion]:
    found = []
    for unit, has in zip(UNITS, stock, strict=False):
        found += [bank_question(f"{unit}{n}", unit=unit) for n in range(has.plain)]
        found += [_sided(bank_question(f"{unit}or{n}", unit=unit)) for n in range(has.sided)]
    return found


def _sided(question: PaperQuestion) -> PaperQuestion:
    scheme = Scheme.model_validate({"alternatives": [{"question_text": "Or this", "steps": []}]})
    return question.model_copy(update={"scheme": scheme})


def _want(one: Section) -> Want:
    return Want(one.question_count, one.units, one.either_or)


def _case(sections: Sequence[Section], *stock: tuple[int, int]) -> tuple[TemplateConfig, list[PaperQuestion]]:
    return template(*sections), _questions([Stock(*has) for has in stock])


def _check(paper: ExamSnapshot, bank: Sequence[PaperQuestion]) -> None:
    """Every rule of `docs/exams.md` holds."""
    used = [one.question_id for question in paper.questions for one in _sides(question, bank)]
    assert len(set(used)) == len(used)
    known = {one.question_id: one for one in bank}
    numbers = [question.question_number for question in paper.questions]
    assert numbers == list(range(1, len(numbers) + 1))
    rest = list(paper.questions)
    for one in paper.template.sections:
        mine, rest = rest[: one.question_count], rest[one.question_count :]
        assert len(mine) == one.question_count
        assert {question.section for question in mine} <= {one.section}
        if one.units is not None:
            assert Counter(question.unit for question in mine) == +Counter(one.units)
        double = [question for question in mine if question.alternatives]
        assert len(double) >= one.either_or
        for question in double:
            assert {side.unit for side in question.alternatives} == {question.unit}
            sided = has_sides(known[question.question_id])
            assert len({side.question_id for side in question.alternatives}) == (1 if sided else 2)
            assert not any(has_sides(known[side.question_id]) for side in question.alternatives if not sided)
    assert not rest


def _sides(question: Any, bank: Sequence[PaperQuestion]) -> list[Any]:
    sides = {side.question_id: side for side in question.alternatives or (question,)}
    return list(sides.values())


_ODD = [
    section("A", count=2, units={"Algebra": 1, "Integrals": 1}, either_or=1), section("B", count=2, either_or=2),
]  # fmt: skip


@given(_cases(), st.integers(0, 5))
@example(_case([section("A", count=1), section("B", count=1, units={"Algebra": 1})], (1, 0), (1, 0)), 1)
@example(_case([section("A", count=1), section("B", count=1, units={"Algebra": 1})], (1, 0), (1, 0)), 2)
@example(_case(_ODD, (4, 0), (3, 0)), 1)  # the first section must take its partner where an odd one is left
@example(_case(_ODD, (3, 0), (4, 0)), 1)
@example(_case(_ODD, (3, 0), (3, 1)), 1)
def test_a_paper_is_found_exactly_where_there_is_one(
    case: tuple[TemplateConfig, list[PaperQuestion]], seed: int
) -> None:
    config, bank = case
    stock = stock_of(bank)
    wants = [_want(one) for one in config.sections]
    possible = _can_be_filled(wants, tuple(stock.get(unit, Stock(0, 0)) for unit in UNITS))
    cells = filled(wants, stock)
    assert possible == all(cell.needed <= cell.available for cell in cells)
    if possible:
        _check(build_paper(config, bank, seed), bank)
        assert build_paper(config, bank[::-1], seed) == build_paper(config, bank, seed)
    else:
        with pytest.raises(ShortBankError) as short:
            build_paper(config, bank, seed)
        assert [(one.unit, one.choice, one.needed, one.available) for one in short.value.shortages] == [
            (cell.unit, cell.double, cell.needed, cell.available) for cell in cells if cell.needed > cell.available
        ]


# -- where the first that fit do --------------------------------------------------------------------------------


def _first_that_fit(config: TemplateConfig, bank: Sequence[PaperQuestion], seed: int) -> list[tuple[str, ...]] | None:
    """A paper as it was always built: each section takes the first, in the order of the hash; None where that fails."""
    pool = sorted(bank, key=lambda one: hashlib.sha256(f"{seed}/{one.question_id}".encode()).digest())
    paper: list[tuple[str, ...]] = []
    for one in config.sections:
        chosen = []
        for unit, count in (one.units or {None: one.question_count}).items():
            chosen += [question for question in pool if unit in {None, question.unit}][:count]
        if len(chosen) < one.question_count:
            return None
        chosen = [question for question in pool if question in chosen]
        pool = [question for question in pool if question not in chosen]
        missing = one.either_or - sum(map(has_sides, chosen))
        for question in chosen:
            partners = [other for other in pool if other.unit == question.unit and not has_sides(other)]
            if missing > 0 and partners and not has_sides(question):
                missing -= 1
                pool.remove(partners[0])
                paper.append((question.question_id, partners[0].question_id))
            else:
                paper.append((question.question_id,) * (1 + has_sides(question)))
        if missing > 0:
            return None
    return paper


@given(_cases(), st.integers(0, 9))
def test_a_number_that_gave_a_paper_gives_the_same_one(
    case: tuple[TemplateConfig, list[PaperQuestion]], seed: int
) -> None:
    config, bank = case
    before = _first_that_fit(config, bank, seed)
    event("there was one" if before is not None else "there was none")
    if before is not None:
        questions = build_paper(config, bank, seed).questions
        assert before == [tuple(side.question_id for side in one.alternatives or (one,)) for one in questions]


def test_a_paper_that_only_the_second_way_finds_stays_the_same_for_ever() -> None:
    sections = (section("A", count=3, either_or=1), section("B", count=3, units={"Algebra": 3}, either_or=1))
    config, bank = _case(sections, (3, 1), (4, 0), (1, 0))
    names = {one.question_id: one.question_text.removeprefix("Question ") for one in bank}
    assert _first_that_fit(config, bank, 2) is None
    paper = build_paper(config, bank, 2)
    assert [[names[side.question_id] for side in one.alternatives or (one,)] for one in paper.questions] == [
        ["Algebra1"], ["Integrals1", "Integrals0"], ["Matrices0"],
        ["Algebra2"], ["Algebra0"], ["Algebraor0", "Algebraor0"],
    ]  # fmt: skip


@pytest.mark.parametrize(("first", "other"), [("Algebra", "Integrals"), ("Integrals", "Algebra")])
def test_a_double_moves_to_another_unit_for_a_section_that_has_no_other(first: str, other: str) -> None:
    wants = [Want(2, {"Algebra": 1, "Integrals": 1}, 1), Want(1, {first: 1}, 1)]
    assert doubles_of(wants, {first: Stock(3, 0), other: Stock(2, 0)}) is not None
    assert doubles_of(wants, {first: Stock(3, 0), other: Stock(1, 0)}) is None


def test_sections_of_another_kind_keep_what_they_have() -> None:
    """Where only one kind of question must be drawn with care, the others are drawn as ever."""
    others = [bank_question(f"o{n}", "SA", 3, UNITS[n % 2]) for n in range(9)]
    sections = (section("A", count=1), section("S", "SA", 3, 4), section("B", count=1, units={"Algebra": 1}))
    config, bank = _case(sections, (1, 0), (1, 0))
    alone = template(sections[1])
    for seed in range(6):
        paper = build_paper(config, bank + others, seed).questions
        assert [one.unit for one in (paper[0], paper[5])] == ["Integrals", "Algebra"]
        drawn = [one.question_id for one in build_paper(alone, others, seed).questions]
        assert [one.question_id for one in paper[1:5]] == drawn


def test_what_is_drawn_with_care_is_mixed_and_differs_from_paper_to_paper() -> None:
    sections = (section("A", count=8), section("B", count=9, units={"Algebra": 9}))
    config, bank = _case(sections, (12, 0), (9, 0), (9, 0))
    papers = [build_paper(config, bank, seed).questions for seed in range(12)]
    assert any(_first_that_fit(config, bank, seed) is None for seed in range(12))
    assert all(len({one.unit for one in paper[:8]}) >= 2 for paper in papers)
    assert len({frozenset(one.question_id for one in paper) for paper in papers}) == 12


def test_the_cell_that_is_short_is_named() -> None:
    sections = (
        section("A", count=2, either_or=1), section("B", count=2, units={"Algebra": 1, "Integrals": 1}),
        section("C", count=1, units={"Algebra": 1}, either_or=1),
    )  # fmt: skip
    config, bank = _case(sections, (3, 0), (3, 0))
    for seed in range(4):
        with pytest.raises(ShortBankError) as short:
            build_paper(config, bank, seed)
        assert str(short.value.message) == (
            "The question bank cannot fill this paper: section C needs an either/or for 1 VSA of 2 marks, the bank has "
            "enough for 0."
        )


# -- pairs ------------------------------------------------------------------------------------------------------


@given(st.integers(1, 9), st.data())
def test_a_matching_is_as_large_as_can_be(size: int, data: Any) -> None:
    pairs = list(itertools.combinations(range(size), 2))
    edges = data.draw(st.sets(st.sampled_from(pairs)) if pairs else st.just(set()))
    beside = [[b if a == one else a for a, b in sorted(edges) if one in {a, b}] for one in range(size)]
    found = largest_matching(beside)
    for one, mate in enumerate(found):
        assert mate == -1 or (found[mate] == one and mate in beside[one])

    @cache
    def most(free: frozenset[int]) -> int:
        if not free:
            return 0
        one = min(free)
        rest = free - {one}
        return max([most(rest)] + [1 + most(rest - {other}) for other in beside[one] if other in rest])

    assert 2 * most(frozenset(range(size))) == sum(mate != -1 for mate in found)


def test_circles_within_circles_are_looked_through() -> None:
    """1 million graphs in a row, thinned out, are too slow here: these are larger, and all can be paired."""
    order = random.Random(5)
    for size in (20, 40):
        for _ in range(40):
            names = order.sample(range(size), size)
            edges = {frozenset(names[n : n + 2]) for n in range(0, size, 2)}
            edges |= {frozenset(order.sample(range(size), 2)) for _ in range(size)}
            beside = [[other for other in range(size) if frozenset({one, other}) in edges] for one in range(size)]
            assert -1 not in largest_matching(beside)


def test_many_sections_and_units_take_no_time() -> None:
    """Whatever is typed into a template is looked at while it is typed."""
    units = [f"Unit {n}" for n in range(14)]
    wants = [Want(200, {unit: 200 // 14 + (n < 200 % 14) for n, unit in enumerate(units)}, 60) for _ in range(4)]
    wants += [Want(100, None, 50)] * 4
    need = sum(want.count + want.doubles for want in wants)
    for spare in (-1, 0, 1, 20):
        stock = {unit: Stock((need + spare) // 14 + (n < (need + spare) % 14), 0) for n, unit in enumerate(units)}
        assert (doubles_of(wants, stock) is None) == (spare < 0)
