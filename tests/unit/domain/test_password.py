"""What is said of a password."""

from __future__ import annotations

import pytest

from mv_desktop.domain.password import judge

KNOWN = ("Meera.Krishnamurthy@school.example", "Meera", "Krishnamurthy")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "At least 10 characters."),
        ("short one", "Too short: 9 of at least 10 characters."),
        ("the old one!", "It is the old one."),
        ("krishnamurthy7", "It holds “krishnamurthy”, which others know of you."),
        ("Meera@2026!", "It holds “meera”, which others know of you."),
        ("Password123!", "It is one of the commonest passwords"),
        ("p@ssw0rd2026", "It is one of the commonest passwords"),
        ("cricketcricket", "It is one of the commonest passwords"),
        ("aaaabbbbaaaabbbb", "It repeats the same few characters."),
        ("1234567890abcdef", "It is a row of the keyboard or the alphabet."),
        ("qwertyuiop98765", "It is a row of the keyboard or the alphabet."),
        ("liverpoolfc", "It is close to a password that many people use."),
        ("encyclopedia", "One word or name is soon guessed"),
        ("venkatesh2", "One word or name is soon guessed"),
        ("kwbtzkwbtzkwbtz", "It repeats itself."),
        ("15-08-1947", "Dates and years are soon guessed."),
    ],
)
def test_what_is_easy_to_guess_is_refused_with_the_reason(password, why):
    found = judge(password, "the old one!", KNOWN)
    assert not found.allowed
    assert found.why.startswith(why)


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("kettle-4-moss", False),
        ("gavotte nine plum", True),
        ("मेरी पुरानी साइकिल", True),
        ("meera likes green parrots", True),
        ("½ 7 lanterns ∑", False),
    ],
)
def test_what_is_not_is_let_through_and_longer_is_called_better(password, good):
    found = judge(password, "", KNOWN)
    assert found.allowed
    assert found.why.startswith("It is long") is good


def test_the_longest_password_is_judged_in_a_moment_and_the_oddest_too():
    for password in ("gavotte nine plum " * 500, "\x00" * 20 + "gavotte nine plum", "🙂🙃🙁😀😁😂🤣😃😄😅"):
        assert judge(password, "", KNOWN).why
