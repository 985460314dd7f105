"""What each setting is called, what it does, and under which heading it is listed."""

from __future__ import annotations

from collections.abc import Mapping

from mv_desktop.domain.setting_entry import HOURS_FIELDS, PROGRAM_FIELDS
from mv_desktop.domain.sla import WEEKDAYS, Basis
from mv_desktop.ui.admin.field import Field, Kind

GROUPS = (
    ("deadline", "Deadlines"),
    ("exam", "Exams and uploads"),
    ("marking", "Marking"),
    ("second", "Second markings"),
    ("notice", "Notices"),
    ("report", "Figures"),
    ("bank", "Question bank"),
    ("safety", "Safety"),
    ("other", "Other"),
)

SETTING_FIELDS: dict[str, tuple[str, Field]] = {
    "sla_working_hours": ("deadline", Field(
        "value", "Working hours", help="When work is counted for deadlines, and on which days of the week it never is.",
    )),
    "leaderboard_top_n": ("report", Field(
        "value", "Students on the leaderboard", Kind.WHOLE, unit="students",
        help="So many are listed, the best first.",
    )),
    "max_upload_size_mb": ("exam", Field(
        "value", "Largest answer sheet", Kind.WHOLE, unit="MB",
        help="A larger file of a page is refused when it is uploaded.",
    )),
    "allowed_upload_mimetypes": ("exam", Field(
        "value", "Kinds of files", Kind.LINES,
        help="Files that are taken as answer sheets, one kind a line. All others are refused when they are uploaded.",
    )),
    "evaluation_ui_stamps": ("marking", Field(
        "value", "Stamps", Kind.LINES, lines=5,
        help="Stamps offered while marking, one a line: tick, cross, half, circle, star. The first has the key 1.",
    )),
    "analytics_refresh_hour": ("report", Field(
        "value", "Figures worked out at", Kind.WHOLE, unit="o'clock",
        help="At this hour of the day, in India, leaderboard and figures are worked out anew.",
    )),
    "analytics_retention_days": ("report", Field(
        "value", "Figures kept for", Kind.WHOLE, unit="days",
        help="So long the figures of single exams are kept; older ones go when they are next worked out.",
    )),
    "exam_auto_submit_enabled": ("exam", Field(
        "value", "Exams end by themselves", Kind.SWITCH,
        help="An exam whose time has run out is submitted with what there is.",
    )),
    "exam_grace_period_minutes": ("exam", Field(
        "value", "Time after the end", Kind.WHOLE, unit="minutes",
        help="So long after its end an exam can still be submitted before it is done by itself.",
    )),
    "notifications_enabled": ("notice", Field(
        "value", "E-mails and text messages are sent", Kind.SWITCH,
        help="Notices on the screen come in any case.",
    )),
    "notification_email_from": ("notice", Field(
        "value", "Sender of e-mails", help="Name and address that stand in e-mails as their sender.",
    )),
    "question_approval_required": ("bank", Field(
        "value", "Questions of teachers wait for approval", Kind.SWITCH,
        help="Without it, a teacher's question can be used as soon as she has finished it.",
    )),
    "session_timeout_minutes": ("safety", Field(
        "value", "The program locks after", Kind.WHOLE, unit="minutes",
        help="So long nobody touches it. Work is kept; the password opens it again.",
    )),
    "max_login_attempts": ("safety", Field(
        "value", "Wrong passwords in a row", Kind.WHOLE, unit="times",
        help="After so many, the account is locked on that computer for a quarter of an hour.",
    )),
    "minimum_program": ("safety", Field(
        "value", "Smallest version of the program",
        help="Older programs send what was done, and are given nothing new until they are replaced.",
    )),
    "aws_s3_region": ("other", Field(
        "value", "Region of the page store",
        help="For the web platform. The worker is told by MV_S3_REGION; pages are not moved by changing it.",
    )),
    "s3_signed_url_expiry_minutes": ("safety", Field(
        "value", "Addresses of pages hold for", Kind.WHOLE, unit="minutes",
        help="A page that is fetched later needs a new address, which is asked for by itself.",
    )),
    "cbse_units_class_xii": ("bank", Field(
        "value", "Units of class XII", Kind.LINES, lines=14,
        help="From these the unit of a question is chosen, one a line.",
    )),
    "cbse_units_class_x": ("bank", Field(
        "value", "Units of class X", Kind.LINES, lines=14,
        help="From these the unit of a question is chosen, one a line.",
    )),
    "anonymous_marking": ("marking", Field(
        "value", "Teachers mark without names", Kind.TEXT, read_only=True,
        help="They see a code instead of the student's name, always: no program shows them names.",
    )),
    "recovery_public_key": ("safety", Field(
        "value", "Recovery key", Kind.LINES, read_only=True, lines=2,
        help="It opens files whose password is lost. It is made and put in together with its secret half, by the"
        " command “offline recovery-key”, and not typed here.",
    )),
    "operation_schema": ("other", Field(
        "value", "Versions of marking", Kind.TEXT, read_only=True,
        help="Which versions of the program's marking the server understands. Its updates say so, nobody else.",
    )),
    "max_pages_per_script": ("exam", Field(
        "value", "Most pages of a script", Kind.WHOLE, unit="pages",
        help="A script with more pages is not opened.",
    )),
    "max_page_megapixels": ("exam", Field(
        "value", "Largest page", Kind.WHOLE, unit="million pixels",
        help="A page with more is not opened.",
    )),
    "sample_first": ("second", Field(
        "value", "First scripts of a teacher", Kind.WHOLE, unit="scripts",
        help="So many scripts of a new teacher are marked a second time.",
    )),
    "sample_percent": ("second", Field(
        "value", "Share of later scripts", Kind.WHOLE, unit="%",
        help="So many of a hundred later scripts are marked a second time, chosen by chance.",
    )),
    "sample_tolerance": ("second", Field(
        "value", "Two markings may differ by", Kind.DECIMAL, unit="marks",
        help="By more, the question counts as marked differently.",
    )),
    "sample_tolerance_long": ("second", Field(
        "value", "Long answers may differ by", Kind.DECIMAL, unit="marks",
        help="By more, the question counts as marked differently.",
    )),
}  # fmt: skip
"""Of each setting its group, and its field with the name of what it is and a sentence on what it does."""

_WEEKDAY_LABELS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAY_WORDS: Mapping[str, str] = dict(zip(WEEKDAYS, _WEEKDAY_LABELS, strict=True))
"""By what a setting calls the day."""
BASES: Mapping[str, str] = {
    Basis.WORKING_DAY: "24 hours are one working day",
    Basis.WORKING_HOUR: "Each hour is an hour of work",
}
"""How hours are counted."""

HOURS = (
    Field("start", "Work begins", Kind.TIME, help="What comes in earlier counts from then on."),
    Field("end", "Work ends", Kind.TIME, help="What comes in later counts from the next working day on."),
    Field("timezone", "Time zone", help="All hours and days are told in it."),
    Field("basis", "How hours are counted", Kind.CHOICE, choices=tuple(BASES.items())),
    *(
        Field(day, label, Kind.SWITCH, section="" if number else "Closed every week")
        for number, (day, label) in enumerate(WEEKDAY_WORDS.items())
    ),
)  # fmt: skip
"""The form of the working hours."""

PROGRAM = (
    Field("version", "Smallest version", help="Such as 1.4.2. Nothing: every version may connect."),
    Field("starts", "From which day", Kind.DAY, help="Until then whoever has an older one is told what will be."),
    Field("english", "What they are told", Kind.LINES, section="To whoever has an older one",
          help="Where the new version is, and whom to ask."),
    Field("hindi", "The same in Hindi", Kind.LINES, help="Nothing: the English is shown."),
)  # fmt: skip
"""The form of the smallest version that may connect."""

if tuple(one.name for one in PROGRAM) != PROGRAM_FIELDS:
    raise TypeError("the form of the smallest version asks for something else than it is")
if tuple(one.name for one in HOURS) != HOURS_FIELDS:
    raise TypeError("the form of the working hours asks for something else than they are")
