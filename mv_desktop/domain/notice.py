"""What people are told: the kinds of notices, what each says, and how several become one mail.

The sentences are English templates; `resources/translations/hi.json` has the Hindi, for the program and for mails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final
from uuid import UUID

from mv_desktop.core.sentence import Worded
from mv_desktop.domain.question import Stored

NOTICE_SCHEMA: Final = "017"
"""The first version of the database that has notices."""

DECIDED_SCHEMA: Final = "076"
"""The first version that tells a teacher what is decided about her scripts."""

SENTENCES: Final[Mapping[str, str]] = {
    "script.assigned": "{script} was assigned to you; it is due {due_at}.",
    "script.unassigned": "{script} has no teacher: nobody is free for it. It is due {due_at}.",
    "script.at_risk": "{script} is at risk: expected {expected_at}, due {due_at}.",
    "script.unassigned_due": "{script} still has no teacher, and it is due {due_at}.",
    "exam.stuck": "{script} cannot be scored: its paper or its answers are in an odd form. An admin finds more in the"
    " audit log.",
    "script.returned": "Questions of {script} are returned to you, to be marked again. It is due {due_at}.",
    "script.extended": "{script} has more time: it is due {due_at}.",
    "script.excused": "{script} was late; that is excused.",
    "script.withdrawn": "{script} is taken out of marking for the time being. What you marked is kept.",
    "script.released": "{script} can be marked again; it is due {due_at}.",
    "flag.answered": "Your flag on {script} is answered; the script's flags show the answer.",
    "page.replaced": "A page of {script} has a new scan. Look whether your ink still fits.",
    "page.excluded": "A page of {script} is taken out: what you stamped on it does not count.",
    "page.included": "A page of {script} is in it again, with your ink.",
    "work.taken": "What you marked on {script} before it changed hands is taken over, all or some of it.",
    "work.declined": "What you marked on {script} before it changed hands is not taken over, all or some of it.",
    "absence.entered": "You are entered as away from today on, and are given no scripts; your absences say until when.",
    "absence.ended": "You are entered as back: the absence that was entered for today is ended.",
    "sample.given": "A script waits for your second marking.",
    "sample.declined": "A second marking of {script} was handed back; it waits for somebody else.",
    "sla.breached": "{script} is late: it was due {due_at}.",
    "question.waiting": "Questions of teachers, or changes of some, wait for your approval.",
    "question.approved": "A question or a change of yours was approved.",
    "question.rejected": "A question or a change of yours was not approved; it says why.",
    "question.remarked": "Somebody said something of a question or a change of yours.",
    "question.changed": "A question of yours has a new version: somebody's change of it was approved.",
    "question.fault_proposed": "A question is proposed as faulty; you decide. Exams that had it: {count}.",
    "question.fault_declined": "A question of {script} that you proposed as faulty stays as it is; its case says why.",
    "question.awarded": "A question was faulty: whoever had it gets all its marks. Your open scripts with it: {count}.",
    "question.dropped": "A question was faulty: it counts for nobody. Your open scripts with it: {count}.",
    "question.as_marked": "A question counts again as it is marked. Your open scripts with it: {count}.",
    "question.rescored": "It was decided about a faulty question. Results that are others now: {count}.",
    "staff.nobody_coordinates": "Nobody coordinates: flags, scripts that were handed back and whatever else waits for a"
    " decision wait for nobody. In the office, at “Staff”, you can have somebody coordinate.",
    "teacher.closed": "The account of a teacher was closed. Her open scripts: {count}. The first is due {due_at}.",
    "teacher.locked": "A teacher was locked out. Her open scripts: {count}. The first is due {due_at}.",
    "teacher.role_changed": "A teacher has another role now. Her open scripts: {count}. The first is due {due_at}.",
    "teacher.seconds_left": "A teacher who cannot work any more has second markings to do. How many: {count}.",
    "script.assigned_many": "More scripts were assigned to you: {count}. The first is due {due_at}.",
    "script.at_risk_many": "More scripts are at risk: {count}. The first is due {due_at}.",
    "script.unassigned_many": "More scripts have no teacher: {count}. The first is due {due_at}.",
    "script.unassigned_due_many": "More scripts without a teacher are nearly due: {count}. The first is due {due_at}.",
    "question.approved_many": "Questions or changes of yours were approved: {count}.",
    "question.changed_many": "Questions of yours have new versions by others, which were approved: {count}.",
    "sla.breached_many": "More scripts are late: {count}. The first was due {due_at}.",
}
"""What a notice of each kind says."""

OTHER: Final = "There is news that this version cannot name ({kind})."
"""What one says whose kind only a newer program knows."""

ONE: Final = "Mathvidya: a notice for you"
MANY: Final = "Mathvidya: {count} notices for you"
MORE: Final = "And {count} more, in the program."
FOOTER: Final = "The program keeps all of them. What you have read there is not sent as mail."
WORDS: Final = (*SENTENCES.values(), OTHER, ONE, MANY, MORE, FOOTER)
"""Everything that is said here, to be translated."""

URGENT: Final = frozenset(
    kind + ending for kind in ("sla.breached", "script.unassigned", "script.unassigned_due") for ending in ("", "_many")
)
"""Of these a text message tells too."""

QUIET: Final = timedelta(minutes=15)
"""After a mail to somebody what follows waits so long, and goes together into the next."""

MOST_LINES: Final = 40
"""A mail names so many notices and counts the rest."""

_PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
_NOTHING: Final = "–"


class NoticeData(Stored):
    """`notices.data`; a kind may add fields of its own, but never names, answers or addresses of pages.

    Attributes:
        evaluation_id, exam_instance_id, question_id: what it is about.
        script: the script's code, as teachers know it.
        due_at: the deadline.
        expected_at: when the work is expected to be done.
        minutes_late: after the deadline.
        count: how many scripts or questions it is about, where they are too many to name; `due_at` is then the first
            deadline.
    """

    evaluation_id: UUID | None = None
    exam_instance_id: UUID | None = None
    question_id: UUID | None = None
    script: str | None = None
    due_at: datetime | None = None
    expected_at: datetime | None = None
    minutes_late: float | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What one person was told once, as a mail names it."""

    kind: str
    data: NoticeData
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Notice(Told):
    """The same as the program lists it; `read_at` is None until she has read it."""

    notice_id: UUID
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoticePage:
    """Some of a person's notices, the newest first.

    Attributes:
        unread: how many in all she has not read.
        language: in which she is written to, "en" or "hi".
        channel: what her program listens to; a secret, and a hint only.
    """

    notices: tuple[Notice, ...]
    unread: int
    language: str
    channel: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's words."""

    subject: str
    body: str


def worded(told: Told, say: Callable[[datetime], str]) -> Worded:
    """What a notice says, in English, each moment as `say` has it; its template is the key of its translation."""
    template = SENTENCES.get(told.kind)
    if template is None:
        return Worded(OTHER, kind=told.kind)
    data = told.data
    due, expected = (_NOTHING if when is None else say(when) for when in (data.due_at, data.expected_at))
    count = _NOTHING if data.count is None else data.count
    return Worded(template, script=data.script or _NOTHING, due_at=due, expected_at=expected, count=count)


def sentence(told: Told, zone: tzinfo) -> Worded:
    """What a notice says in a mail: with whole dates, as nobody knows when it is read."""
    return worded(told, lambda when: _moment(when, zone))


def letter(notices: Sequence[Told], total: int, zone: tzinfo, words: Mapping[str, str]) -> Letter:
    """One mail that tells all of `notices`.

    Args:
        notices: at least one, the oldest first.
        total: how many there are, of which these are the first.
        zone: for moments.
        words: English template → the reader's language; what is not in it stays English.
    """

    def say(said: Worded) -> str:
        return words.get(said.template, said.template).format(**said.values)

    lines = [f"{_moment(told.created_at, zone)}  {say(sentence(told, zone))}" for told in notices]
    if total > len(notices):
        lines.append(say(Worded(MORE, count=total - len(notices))))
    subject = say(Worded(ONE)) if total == 1 else say(Worded(MANY, count=total))
    return Letter(subject, "\n".join((*lines, "", say(Worded(FOOTER)), "")))


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after a mail failed for the `tries`-th time (from 1 on); None: it is given up."""
    return _PAUSES[tries - 1] if tries <= len(_PAUSES) else None


def _moment(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
