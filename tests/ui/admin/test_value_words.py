"""What is said of values of the log: names for ids, and no brackets."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from mv_desktop.domain.evaluation import script_code
from mv_desktop.domain.flag import FLAG_WORDS
from mv_desktop.domain.record_name import RecordName
from mv_desktop.ui.admin.choice_words import reason_text
from mv_desktop.ui.admin.name_words import name_text, name_texts
from mv_desktop.ui.admin.value_words import Said, ValueWords, is_moment
from mv_desktop.ui.text import set_language, tr

KOLKATA = ZoneInfo("Asia/Kolkata")
MEERA, GONE, PAGE = (f"0192f7aa-1111-7222-8333-44445555666{n}" for n in (1, 2, 3))
EXAM = UUID("0192f7aa-1111-7222-8333-444455556666")
WORDS = ValueWords(KOLKATA, {MEERA: "Meera Das (teacher)", PAGE: "page 3 of VX-4K2", "basic": "Basic Plan"})


@pytest.fixture
def hindi():
    set_language("hi")
    yield
    set_language("en")


@pytest.mark.parametrize(
    ("column", "value", "line"),
    [
        ("teacher_user_id", MEERA, "Meera Das (teacher)"),
        ("teacher_user_id", GONE, "…55556662"),
        ("plan_type", "basic", "Basic Plan"),
        ("plan_type", "centum", "Centum"),
        ("plan_type", "gold", "gold"),
        ("display_name", "basic", "basic"),
        ("uploads", [PAGE, GONE], "page 3 of VX-4K2, …55556662"),
        ("columns", ["question_text", "marks"], "Question, Marks"),
        ("operations", {PAGE: 3, GONE: 1}, "page 3 of VX-4K2: 3, …55556662: 1"),
        ("before", {"first_day": "2026-07-12", "return_day": None}, "First day: 2026-07-12"),
        ("before", {"first_day": None}, "First day: –"),
        ("exam_type", "unit_practice", "Unit practice"),
        ("before", {"role": "teacher", "is_coordinator": True}, "Role: teacher, Coordinates: yes"),
        ("difficulty", "medium", "Medium"),
        ("submitted_punctuality", "on_time_sent_later", "In time, sent later"),
        ("submitted_quality", "perfect", "perfect"),
        ("billing_cycle", "annual", "By the year"),
        ("weekly_off", ["saturday", "sunday"], "Saturday, Sunday"),
        ("config_value", {"basis": "working_day"}, "How hours are counted: 24 hours are one working day"),
        ("status", "in_progress", "in_progress"),
        ("note", "medium", "medium"),
        ("config", {"schema": 1, "sections": [{"marks": 1}, {"marks": 2}]}, "Sections: Marks: 1; Marks: 2"),
        ("questions", [21, 22], "21, 22"),
        ("monthly_price_paise", 29900, "₹299"),
        ("is_active", False, "no"),
        ("exam_snapshot", {"sha256": "0123456789abcdef"}, "a document (0123456789ab…)"),
        ("note", "two\nlines", "two lines"),
        *((("note"), nothing, "–") for nothing in (None, "", [], {})),
        ("due_at", "2026-11-27T12:25:17.9+00:00", "2026-11-27 17:55:17"),
        ("due_at", "2026-11-27T12:25:17Z and more", "2026-11-27T12:25:17Z and more"),
        ("first_day", "2026-11-27", "2026-11-27"),
    ],
)
def test_a_cell_says_it_in_a_line(column, value, line):
    assert WORDS.told(column, value).line == line


def test_a_value_of_a_few_is_told_by_the_kind_of_record_whose_it_is():
    told = {kind: ValueWords(kind=kind).told("status", "in_progress").line for kind in ("exam", "evaluation", "plan")}
    assert told == {"exam": "Under way", "evaluation": "Started", "plan": "in_progress"}
    assert ValueWords(kind="subscription").told("status", "expired") == Said("Over", "Over")
    assert ValueWords(kind="question").told("before", "award").line == "Awarded to everybody"
    assert ValueWords(kind="user").told("before", "award").line == "award"
    assert reason_text("evaluation.flagged", "rescan_requested") == "A rescan was asked for"
    assert reason_text("evaluation.handed_back", "too_ill") == "I am too ill to mark it in time"
    assert reason_text("evaluation.handed_back", "because") == "because"
    assert reason_text("evaluation.moved", "too_ill") == "too_ill"


def test_a_value_of_a_few_is_told_in_hindi(hindi):
    assert ValueWords(kind="evaluation").told("status", "completed").line == "पूरी हुई"
    assert reason_text("evaluation.flagged", "illegible") == tr(FLAG_WORDS["illegible"]) != "Illegible"


def test_the_whole_has_a_line_for_each_part_and_ids_beside_their_names():
    assert WORDS.told("teacher_user_id", MEERA).whole == f"Meera Das (teacher)\n{MEERA}"
    assert WORDS.told("teacher_user_id", GONE).whole == GONE
    assert WORDS.told("uploads", [PAGE, GONE]).whole.splitlines() == [f"page 3 of VX-4K2 · {PAGE}", GONE]
    assert WORDS.told("questions", [21, 22]).whole == "21, 22"
    config = {"total_marks": 80, "sections": [{"name": "A", "marks": 1}, {"name": "B", "marks": 2}]}
    assert WORDS.told("config", config).whole.splitlines() == [
        "Marks of the paper: 80",
        "Sections:",
        "   –  Name: A",
        "      Marks: 1",
        "   –  Name: B",
        "      Marks: 2",
    ]
    before = {"teacher": MEERA, "to": GONE, "hours": 3}
    assert WORDS.told("before", before).whole.splitlines() == [
        "Teacher:",
        "   Meera Das (teacher)",
        f"   {MEERA}",
        f"To: {GONE}",
        "Hours: 3",
    ]
    assert WORDS.told("operations", {PAGE: 3}).whole == f"page 3 of VX-4K2 · {PAGE}: 3"
    assert WORDS.told("note", "two\nlines") == Said("two lines", "two\nlines")


def test_a_moment_stands_as_it_is_where_no_zone_is_known():
    moment = "2026-11-27T12:25:17.9+00:00"
    assert ValueWords().told("due_at", moment).line == moment
    assert is_moment(moment)
    assert not is_moment("2026-11-27")
    assert not is_moment(7)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (RecordName("user", "Meera Das", "teacher"), "Meera Das (teacher)"),
        (RecordName("user", "", "student"), "somebody made anonymous (student)"),
        (RecordName("evaluation", exam=EXAM), "{code}"),
        (RecordName("upload", exam=EXAM, number=3), "page 3 of {code}"),
        (
            RecordName("exam", "Half-yearly", of="Ravi Das", exam=EXAM, at=datetime(2026, 7, 14, 20, 0, tzinfo=UTC)),
            "{code} · Half-yearly · Ravi Das · Wed 15 Jul 2026",
        ),
        (
            RecordName("question", r"Find $\frac{1}{2}x^2$ for $x = 4$.", of="Integrals", number=2),
            "Find ½x² for x = 4.",
        ),
        (RecordName("question", "", of="Integrals", number=2), "question on Integrals, 2 marks"),
        (RecordName("question", "Say why. " * 20, of="Integrals", number=2), f"{('Say why. ' * 20)[:70].rstrip()}…"),
        (RecordName("proposal", "Say why.", of="Integrals", number=2), "Say why."),
        (RecordName("comment", "Show the steps."), "Show the steps."),
        (RecordName("template", "Board pattern"), "Board pattern"),
        (RecordName("plan", "Basic Plan"), "Basic Plan"),
        (RecordName("import", "class-10.csv"), "class-10.csv"),
        (
            RecordName("subscription", "Basic Plan", of="Ravi Das", first=date(2026, 1, 1), last=date(2026, 12, 31)),
            "Ravi Das · Basic Plan · Thu 1 Jan 2026 – Thu 31 Dec 2026",
        ),
        (RecordName("holiday", "Diwali", first=date(2026, 11, 8)), "Diwali · Sun 8 Nov 2026"),
        (RecordName("mapping", "Uma Das", of="Ravi Das"), "Uma Das, parent of Ravi Das"),
        (
            RecordName("absence", "Meera Das", first=date(2026, 7, 13), last=date(2026, 7, 15)),
            "Meera Das, away from Mon 13 Jul 2026, back on Wed 15 Jul 2026",
        ),
        (
            RecordName("consultation", "Meera Das", of="", first=date(2026, 7, 13)),
            "Meera Das with somebody made anonymous, Mon 13 Jul 2026",
        ),
        (RecordName("marking", "Meera Das", exam=EXAM), "second marking of {code} by Meera Das"),
        (RecordName("computer", "LAB-3", of="Meera Das"), "LAB-3 (Meera Das)"),
    ],
)
def test_each_kind_of_thing_is_called_by_what_people_know_it_by(name, words):
    assert name_text(name, KOLKATA) == words.format(code=script_code(EXAM))
    assert name_texts({"key": name}, KOLKATA) == {"key": name_text(name, KOLKATA)}
