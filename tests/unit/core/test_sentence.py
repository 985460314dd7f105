"""Sentences keep their template, wherever they were."""

from __future__ import annotations

import pickle

import pytest

from mv_desktop.core.sentence import Worded, recognised

TEMPLATES = ("Question {question} takes at most {marks}.", "Question {question} takes nothing.", "It is {state}.")


def test_a_sentence_is_a_string_that_knows_how_it_was_made():
    said = Worded("Question {question} takes at most {marks}.", question=27, marks="3")
    assert said == "Question 27 takes at most 3."
    assert isinstance(said, str)
    assert (said.template, dict(said.values)) == (TEMPLATES[0], {"question": 27, "marks": "3"})
    again = pickle.loads(pickle.dumps(said))
    assert (again, again.template, again.values) == (said, said.template, said.values)


def test_a_value_that_is_missing_is_a_mistake():
    with pytest.raises(KeyError):
        Worded("It is {state}.")


def test_kept_words_are_recognised_by_the_template_that_leaves_least_open():
    found = recognised("Question 30 (a) takes at most 2½.", TEMPLATES)
    assert isinstance(found, Worded)
    assert (found.template, found.values) == (TEMPLATES[0], {"question": "30 (a)", "marks": "2½"})
    nothing = recognised("Question 3 takes nothing.", TEMPLATES)
    assert isinstance(nothing, Worded)
    assert nothing.template == TEMPLATES[1]


def test_other_words_stay_what_they_are():
    assert recognised("Something else", TEMPLATES) == "Something else"
    assert not isinstance(recognised("It is .", TEMPLATES), Worded)
    said = Worded("It is {state}.", state="so")
    assert recognised(said, ()) is said


def test_a_value_that_occurs_twice_is_the_same_twice():
    template = ("{code} moved; {code} is kept.",)
    assert isinstance(recognised("VX moved; VX is kept.", template), Worded)
    assert not isinstance(recognised("VX moved; QM is kept.", template), Worded)
