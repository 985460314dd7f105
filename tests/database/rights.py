"""Which role may do what to which table: the one list that the tests ask and `tools/rights_table.py` prints."""

from __future__ import annotations

from collections.abc import Mapping

TEACHER, COORDINATOR, ADMIN, WORKER = "teacher", "coordinator", "admin", "worker"
FIRST_PASSWORD, STRANGER = "first password", "stranger"
ROLES = (TEACHER, COORDINATOR, ADMIN, WORKER)
VERBS = ("INSERT", "UPDATE", "DELETE", "TRUNCATE")

_STAFF = {COORDINATOR: "all", ADMIN: "all"}
_HERS = {TEACHER: "of her scripts", **_STAFF}
_OWN = {TEACHER: "her own", **_STAFF}
_EVERYBODY = {TEACHER: "all", **_STAFF}
_SOME = {TEACHER: "of her scripts, some columns", **_STAFF}

READS: dict[str, Mapping[str, str]] = {
    "users": {TEACHER: "herself", COORDINATOR: "all but `password_hash`", ADMIN: "all but `password_hash`"},
    "parent_student_mappings": _STAFF,
    "subscription_plans": _EVERYBODY | {TEACHER: "all, some columns"},
    "subscriptions": _STAFF,
    "consultations": _STAFF,
    "questions": _EVERYBODY | {TEACHER: "active"},
    "question_schemes": _EVERYBODY | {TEACHER: "of active questions"},
    "question_search": {},
    "question_versions": {ADMIN: "all"},
    "question_words": {},
    "question_reviews": {ADMIN: "all"},
    "question_remarks": {ADMIN: "all"},
    "question_changes": {ADMIN: "all"},
    "record_imports": {},
    "record_import_rows": {},
    "exam_templates": _EVERYBODY,
    "exam_instances": _SOME,
    "student_mcq_answers": _STAFF,
    "answer_sheet_uploads": _SOME,
    "unanswered_questions": _HERS,
    "evaluations": _OWN,
    "evaluation_assignments": _OWN | {TEACHER: "her own, some columns"},
    "evaluation_clock": _HERS,
    "evaluation_flags": _HERS,
    "evaluation_holds": _HERS,
    "evaluation_versions": _STAFF,
    "evaluation_returns": _HERS,
    "deadline_changes": _HERS,
    "kept_decisions": _STAFF,
    "mark_conflicts": _STAFF,
    "question_proposals": _STAFF,
    "question_decisions": _STAFF,
    "exam_adjustments": _STAFF,
    "paper_questions": {},
    "question_rescorings": {},
    "question_marks": _HERS,
    "mark_registers": _HERS,
    "annotation_registers": _HERS,
    "page_registers": _HERS,
    "page_files": _HERS,
    "page_versions": _STAFF,
    "page_exclusions": _SOME,
    "rescan_requests": _STAFF,
    "page_requests": {TEACHER: "her own"},
    "upload_requests": {},
    "question_pictures": {},
    "picture_requests": {},
    "streams": {TEACHER: "her own"},
    "clock_beacons": {TEACHER: "her own"},
    "applied_operations": _OWN,
    "teacher_absences": _OWN,
    "script_samples": _STAFF,
    "second_markings": _STAFF,
    "sample_marks": {TEACHER: "of her scripts, marked twice", **_STAFF},
    "bank_comments": dict.fromkeys((TEACHER, COORDINATOR, ADMIN), "own and shared"),
    "comment_uses": {},
    "comment_changes": {},
    "audit_logs": {COORDINATOR: "of evaluations", ADMIN: "all"},
    "audit_seals": {ADMIN: "all"},
    "holidays": _EVERYBODY | {WORKER: "date, name and whether it is worked"},
    "system_config": {TEACHER: "what marking needs", **_STAFF, WORKER: "key and value"},
    "staff_logins": {ADMIN: "all"},
    "computers": {ADMIN: "all"},
    "teacher_limits": _STAFF,
    "teacher_conflicts": _STAFF,
    "notices": dict.fromkeys((TEACHER, COORDINATOR, ADMIN), "her own"),
    "notice_mails": {},
    "notice_readers": {},
    "alembic_version": {},
}
"""Who may read which rows of a table, in words; a role that is not named reads nothing.

A new table without a line here fails. Who has still to change a first password, and a login that is nobody here, read
no row of any.
"""

WRITES: dict[str, Mapping[str, tuple[str, ...]]] = {}
"""Who may write a table directly, and how (of `VERBS`); all other writing goes through functions."""


def rights_table() -> str:
    """The matrix as a Markdown table."""
    lines = [f"| table | {' | '.join(ROLES)} |", "|---" * (len(ROLES) + 1) + "|"]
    for table, readers in sorted(READS.items()):
        cells = [_cell(readers.get(role), WRITES.get(table, {}).get(role, ())) for role in ROLES]
        lines.append(f"| `{table}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(reads: str | None, writes: tuple[str, ...]) -> str:
    words = ([f"read: {reads}"] if reads else []) + [verb.lower() for verb in writes]
    return "; ".join(words) or "–"
