"""What stands in the audit log, in words."""

from __future__ import annotations

from mv_desktop.domain.audit_entry import AuditEntry
from mv_desktop.ui.text import tr

KINDS = {
    "absence": "Absences",
    "comment": "Comment bank",
    "computer": "Computers",
    "consultation": "Consultations",
    "evaluation": "Scripts",
    "exam": "Exams",
    "export": "Exports",
    "holiday": "Holidays",
    "import": "Imports",
    "mapping": "Parents and children",
    "page": "Pages",
    "plan": "Plans",
    "question": "Questions",
    "sample": "Second markings",
    "scheme": "Marking schemes",
    "security": "Refused by the server",
    "setting": "Settings",
    "sla": "Deadlines",
    "subscription": "Subscriptions",
    "template": "Exam templates",
    "upload": "Answer sheets",
    "user": "People",
}
"""The first words of events."""

ACTS = {
    "activated": "activated",
    "adjustment_declined": "award or drop declined",
    "adjustment_proposed": "award or drop proposed",
    "adjustment_taken_back": "award or drop taken back",
    "approval_undone": "approval taken back",
    "approved": "approved",
    "archived": "archived",
    "asked": "asked for",
    "assigned": "given to a teacher",
    "awarded": "awarded to everybody",
    "breached": "deadline passed",
    "change_withdrawn": "change dropped",
    "change_written": "change written",
    "changed": "changed",
    "chosen": "chosen",
    "completed": "completed",
    "consulted": "consultations changed",
    "created": "made",
    "deactivated": "closed",
    "deadline_excused": "deadline excused",
    "deadline_extended": "deadline extended",
    "declined": "handed back",
    "deleted": "taken away",
    "dropped": "dropped for everybody",
    "email_changed": "e-mail address changed",
    "evaluated": "result worked out",
    "excluded": "taken out",
    "failed": "failed",
    "flag_answered": "flag answered",
    "flag_withdrawn": "flag withdrawn",
    "flagged": "flagged",
    "given": "given to a second teacher",
    "handed_back": "handed back",
    "import_refused": "work from elsewhere",
    "included": "put in again",
    "kept_declined": "kept work declined",
    "kept_taken": "kept work taken",
    "limits_changed": "limits changed",
    "locked": "locked",
    "login": "signed in",
    "login_provisioned": "got a login",
    "met": "seen for the first time",
    "moved": "given to somebody else",
    "operation_id_reused": "the id of a step used twice",
    "operation_refused": "a step of marking",
    "page_refused": "a page",
    "password_changed": "password changed",
    "password_reset": "password reset",
    "pooled": "put into the pool",
    "reactivated": "opened again",
    "rejected": "not approved",
    "released": "released",
    "remarked": "something said",
    "replaced": "replaced",
    "requested": "address asked for",
    "rescan_asked": "rescan asked for",
    "rescan_cancelled": "rescan asked for no more",
    "rescored": "scored again",
    "restored": "brought back",
    "returned": "returned to the teacher",
    "revoked": "revoked",
    "role_changed": "role changed",
    "scored": "choices scored",
    "started": "begun",
    "stored": "stored",
    "stuck": "cannot be scored",
    "submitted": "handed in",
    "taken_back": "taken back",
    "time_up": "time was up",
    "uncounted": "cannot be counted",
    "unlocked": "unlocked",
    "upload_refused": "an upload",
    "wiped": "emptied",
    "withdrawn": "withdrawn",
    "work_imported": "work of another computer taken in",
    "written": "written out",
}
"""The last words of events."""

LISTS = {
    "audit": "Audit log",
    "first_password": "First passwords",
    "holiday": "Holidays",
    "insight.choices": "Choices that were taken",
    "insight.due": "Deadlines by time",
    "insight.leaders": "Leaderboard",
    "insight.lowest": "Lowest predictions",
    "insight.plans": "Deadlines by plan",
    "insight.predicted": "Predicted scores",
    "insight.questions": "Questions",
    "insight.units": "Units",
    "insight.volumes": "Volumes",
    "member": "Staff",
    "own_question": "Own questions",
    "paper": "Exam papers",
    "parent": "Parents",
    "plan": "Plans",
    "question": "Questions",
    "report.days": "Promises by day",
    "report.pace": "Pace",
    "report.plans": "Promises by plan",
    "report.questions": "Questions that stand out",
    "report.teachers": "Promises by teacher",
    "report.volume": "Volumes",
    "setting": "Settings",
    "staff": "Staff",
    "student": "Students",
    "subscription": "Subscriptions",
    "template": "Exam templates",
}
"""What is brought in and written out."""
_PLACES = {"insight": "Insight", "report": "Reports"}
"""Where those lists stand whose names begin so."""

ROLES = {"student": "student", "parent": "parent", "teacher": "teacher", "admin": "admin"}


def kind_text(kind: str) -> str:
    """What the first word of an event means; an unknown one stands as it is."""
    return tr(KINDS[kind]) if kind in KINDS else kind


def event_text(event: str) -> str:
    """An event in words, "Plans: changed"; what is unknown of it stands as it is."""
    kind, _, act = event.partition(".")
    return f"{kind_text(kind)}: {tr(ACTS[act]) if act in ACTS else act}" if act else kind_text(kind)


def list_text(what: str) -> str:
    """What was brought in or written out; an unknown one stands as it is."""
    if what not in LISTS:
        return what
    place = what.partition(".")[0]
    return f"{tr(_PLACES[place])}: {tr(LISTS[what])}" if place in _PLACES else tr(LISTS[what])


def about_text(entry: AuditEntry) -> str:
    """To what it was done: what was written out in words, else as `AuditEntry.about`."""
    return list_text(entry.record) if entry.kind == "export" else entry.about
