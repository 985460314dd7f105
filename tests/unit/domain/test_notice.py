"""What notices say, and how several become one mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mv_desktop.domain.notice import SENTENCES, WORDS, NoticeData, Told, letter, pause_after, sentence
from mv_desktop.ui.text import catalogue

INDIA = ZoneInfo("Asia/Kolkata")
AT = datetime(2026, 7, 15, 6, 0, tzinfo=UTC)
DATA = NoticeData(script="VX-4K2", due_at=AT, expected_at=AT + timedelta(hours=1), count=37)


def test_every_kind_names_its_script_and_its_moments_in_the_zone_that_is_asked_for() -> None:
    said = {kind: str(sentence(Told(kind, DATA, AT), INDIA)) for kind in SENTENCES}
    assert all("2026-07-15 11:30" in text for kind, text in said.items() if "{due_at}" in SENTENCES[kind])
    blind = said.pop("sample.given")  # who marks a second time is not told of which script
    about_scripts = {
        kind: text
        for kind, text in said.items()
        if not kind.startswith(("question.", "teacher.", "absence.", "staff."))
    }
    assert all(("37" if kind.endswith("_many") else "VX-4K2") in text for kind, text in about_scripts.items())
    assert all(("37" in text) == ("{count}" in SENTENCES[kind]) for kind, text in said.items())
    assert "VX-4K2" not in blind
    assert "expected 2026-07-15 12:30" in said["script.at_risk"]
    assert str(sentence(Told("sla.breached", NoticeData(), AT), INDIA)) == "– is late: it was due –."
    assert "exam.lost" in sentence(Told("exam.lost", DATA, AT), INDIA)


def test_a_mail_names_what_it_was_given_and_counts_the_rest() -> None:
    told = Told("sla.breached", DATA, AT)
    one = letter([told], 1, INDIA, {})
    assert one.subject == "Mathvidya: a notice for you"
    assert one.body.startswith("2026-07-15 11:30  VX-4K2 is late: it was due 2026-07-15 11:30.\n\n")
    many = letter([told, told], 5, INDIA, catalogue("hi"))
    assert many.subject == "Mathvidya: आपके लिए 5 सूचनाएँ"
    assert many.body.splitlines()[2] == "और 3 अन्य, प्रोग्राम में।"


def test_everything_is_said_in_hindi_too() -> None:
    assert [words for words in WORDS if words not in catalogue("hi")] == []


def test_pauses_grow_and_end() -> None:
    pauses = [pause_after(tries) for tries in range(1, 6)]
    assert None not in pauses
    assert pauses == sorted(pauses)  # type: ignore[type-var]
    assert pause_after(6) is None
