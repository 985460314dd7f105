"""What the other layers say to a teacher is said in Hindi, too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mv_desktop.core.errors import UserError
from mv_desktop.core.sentence import Worded
from mv_desktop.domain.returned import Returned, ReturnedQuestion
from mv_desktop.offline import leaving, message, projection, rescue
from mv_desktop.pages import problem
from mv_desktop.services import computer, failure, profile_store, quality, record, second_marking
from mv_desktop.services.profile_draft import ProfileDraft, faults
from mv_desktop.services.record import accepted
from mv_desktop.ui.text import catalogue, said, set_language
from mv_desktop.ui.told import QUALITY, TEMPLATES

ROOT = Path(__file__).resolve().parents[2] / "mv_desktop"
OFFLINE = (
    "desk",
    "disk",
    "leaving",
    "message",
    "own",
    "pages",
    "quality",
    "second",
    "second_draft",
    "store",
    "sync",
    "vault",
)
SPEAKERS = (
    *(ROOT / "domain").glob("*.py"),
    *(ROOT / "domain" / "annotation").glob("*.py"),
    *(ROOT / "offline" / f"{name}.py" for name in OFFLINE),
    ROOT / "pages" / "cache.py",
    ROOT / "pages" / "download.py",
    ROOT / "services" / "absence.py",
    ROOT / "services" / "failure.py",
    ROOT / "services" / "profile.py",
    ROOT / "services" / "profile_store.py",
    ROOT / "services" / "quality.py",
    ROOT / "services" / "question_review.py",
    ROOT / "services" / "sign_in.py",
    ROOT / "ui" / "marking" / "session.py",
)  # fmt: skip
"""Where sentences are made that a teacher meets while she marks and signs in."""
NOT_HERS = {"exam.py", "sla.py", "setting.py"}
"""Of the domain: for administrators, who set papers, hours and holidays."""
SAMPLE = "7"


@pytest.fixture(autouse=True)
def hindi() -> Iterator[None]:
    set_language("hi")
    yield
    set_language("en")


def words(node: ast.expr) -> str | None:
    """An English sentence of the source, with a sample in the place of each value."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else SAMPLE for part in node.values)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Worded":
        return sample(str(ast.literal_eval(node.args[0])))
    return None


def sample(template: str) -> str:
    return re.sub(r"\{\w+\}", SAMPLE, template)


def sentences(path: Path) -> set[str]:
    """All that errors of the person's world say in a module, and the messages of its results."""
    found: set[str | None] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name.endswith("Error") and name not in {"ValueError", "TypeError", "KeyError", "RuntimeError"}:
                given = [*node.args[:1], *(keyword.value for keyword in node.keywords)]
                found.update(map(words, given))
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "attr", "") == "message":
            found.add(words(node.value))
    return {text for text in found if text and " " in text and text[0] not in "[{" and text.endswith((".", "?"))}


def listed() -> set[str]:
    """The sentences that stand in tables."""
    tables = (message._KEPT, message._REFUSED, leaving._HELD, projection._READ_ONLY, problem._SENTENCES)
    tables += (quality._REFUSALS, second_marking._REFUSALS, record._REFUSALS, computer._REFUSALS)
    found = {sample(text) for table in tables for text in table.values()}
    found.update(text for _, _, *texts in failure._CONNECTION_FAILURES for text in texts)
    found.update(
        (*failure._OFFLINE, failure._JOURNAL, projection.newer_sentence(SAMPLE), projection.newer_sentence(""))
    )
    found.update(
        (message.moved(SAMPLE), message.not_taken(SAMPLE, "evaluation.submit"), message.not_taken(SAMPLE, "x"))
    )
    found.update((message.kept_wording(SAMPLE, ""), message.kept_wording(SAMPLE, SAMPLE), message.not_yours(SAMPLE)))
    found.add(message.comment_refused(SAMPLE, SAMPLE))
    found.update(map(sample, QUALITY))
    found.add(message.returned(SAMPLE, Returned(SAMPLE, (ReturnedQuestion(7, SAMPLE),))).text)
    drafts = (ProfileDraft(port=""), ProfileDraft("a", "a b", "1", "x" * 64))
    found.update(sentence for draft in drafts for sentence in faults(draft).values())
    found.update((*faults(ProfileDraft("a"), ("a",)).values(), profile_store._KEPT))
    return found


def held() -> set[str]:
    """Why a submission was held back, in every way."""
    differing = [{"question_number": 7, "yours": "7", "server": None}]
    details = {
        "incomplete": [{"missing": [7]}, {"missing": [7, 7, 7]}],
        "out_of_range": [{"questions": [7]}, {"questions": [7, 7]}],
        "marks_differ": [{"questions": differing}],
        "total_differs": [{"yours": "7", "server": "7"}],
        "exam_not_open": [{}],
        "of a newer server": [{}],
    }
    told = (message.telling("held", why, detail, SAMPLE, "") for why, list_ in details.items() for detail in list_)
    return {telling.text for telling in told if telling is not None}


def is_hindi(text: str) -> bool:
    return any("\u0900" <= letter <= "\u097f" for letter in text)


EVERYTHING = sorted(
    {text for path in SPEAKERS if path.name not in NOT_HERS for text in sentences(path)} | listed() | held()
)


def test_there_is_something_to_say() -> None:
    assert len(EVERYTHING) > 120


@pytest.mark.parametrize("text", EVERYTHING)
def test_every_sentence_that_a_teacher_meets_is_said_in_hindi_with_its_values(text: str) -> None:
    spoken = said(text)
    assert is_hindi(spoken)
    assert spoken.count(SAMPLE) >= text.count(SAMPLE), "a value was lost"
    assert not re.search(r"[A-Za-z]{4,} [a-z]{3,} [a-z]{3,}", spoken), "part of it is still English"


def test_every_template_has_a_translation() -> None:
    assert [template for template in TEMPLATES if template not in catalogue("hi")] == []


def test_why_the_server_leaves_an_account_as_it_is_is_said_in_hindi() -> None:
    raised = re.compile(r"RAISE EXCEPTION '((?:[^']|'')+)'[^;]*ERRCODE = '(?:invalid_parameter_value|object_in_use)'")
    reasons = raised.findall((ROOT.parent / "migrations" / "sql" / "007_people.sql").read_text(encoding="utf-8"))
    assert len(reasons) > 12
    for reason in (*reasons, "a reason of at most 2000 characters is needed"):
        for value in ("first name", "last name") if "a % is" in reason else (SAMPLE,):
            words = reason.replace("''", "'").replace("%", value)
            for sentence in (f"The server refused: {words}.", f"The server did not accept what was sent: {words}."):
                assert not re.search(r"[a-z]{4,} [a-z]{2,}", said(sentence)), said(sentence)


def test_why_a_record_was_not_saved_is_said_in_hindi() -> None:
    for answer in ({"refused": "changed", "by": "7"}, {"refused": "malformed"}, {"refused": "rule", "rule": "7"}):
        with pytest.raises(UserError) as raised:
            accepted(answer)
        assert is_hindi(said(raised.value.message))
        assert not re.search(r"[a-z]{4,} [a-z]{2,}", said(str(raised.value)))


def test_sentences_in_a_row_are_said_one_by_one_and_unknown_ones_stay() -> None:
    spoken = said("The server does not answer. Nobody ever said this. Try again in a minute.")
    assert is_hindi(spoken)
    assert "Nobody ever said this." in spoken
    assert "Try again" not in spoken


def test_what_is_said_of_a_value_is_translated_too() -> None:
    inner = Worded("“{text}” is not a mark.", text="x")
    assert is_hindi(said(inner))
    assert "x" in said(inner)


def test_english_stays_as_it_was_said() -> None:
    set_language("en")
    text = "VX-4K2 is no longer yours. What you marked was kept and is offered to your coordinator."
    assert said(text) == text
    assert said("") == ""


@pytest.mark.parametrize(("count", "lost"), [(0, 0), (0, None), (0, 3), (5, 0), (5, None), (5, 2)])
def test_what_came_out_of_a_damaged_file_is_said_whole(count: int, lost: int | None) -> None:
    rescued = rescue.Rescued((), (BANK_ROW,) * count, lost)
    kept = "It was not deleted: it is kept in /home/asha/kept."
    for before in (message.FILE_DAMAGED, "The file with your earlier work on this computer could not be opened."):
        in_hindi = said(f"{before} {rescued.sentence} {kept}")
        assert not re.search(r"[A-Za-z]{2}", in_hindi.replace("/home/asha/kept", ""))


BANK_ROW = rescue._BankRow(1, "", "", "put", "{}", 0, "", "pending")


def test_what_happened_to_a_script_that_is_not_here_is_said() -> None:
    told = message.telling("kept", "reassigned", None, message.NO_CODE, "mark.set")
    assert told is not None
    assert told.text.startswith("A script was given")
    assert said(told.text).startswith(catalogue("hi")["A script"])
