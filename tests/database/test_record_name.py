"""What ids of the log stand for: every kind of thing by its name, in one question, by keys alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from sqlalchemy import text

from mv_desktop.domain.audit_entry import AuditSearch, audit_search
from mv_desktop.domain.export_note import ExportNote
from mv_desktop.domain.record_name import RecordName
from mv_desktop.offline.office.audit import AuditLog
from mv_desktop.offline.office.template import Templates
from mv_desktop.services import record_name
from mv_desktop.services.record_name import names_of
from tests.factories.marking import School

BEGUN = datetime(2026, 7, 14, 20, 0, tzinfo=UTC)
GONE = "0192f7aa-1111-7222-8333-444455556666"


def _everything(school: School, teacher: UUID) -> dict[UUID | str, RecordName]:
    """One thing of each kind, and what it is called."""
    with school.rows() as rows:
        ravi = rows.user("student", first_name="Ravi", last_name="Das")
        uma = rows.user("parent", first_name="Uma", last_name="Das")
        nobody = rows.user("student", first_name="–", last_name="–", email=f"{uuid4()}@anonymous.invalid")
        template = rows.template(template_name="Half-yearly")
        exam = rows.exam(student_user_id=ravi, template_id=template, started_at=BEGUN)
        upload = rows.upload(exam_instance_id=exam, page_number=3)
        evaluation = rows.evaluation(exam_instance_id=exam, teacher_user_id=teacher)
        question = rows.question(question_text="Find $x$.", unit="Integrals", marks=2)
        wordless = rows.question(question_text=None, question_image_url="x.png", unit="Matrices", marks=2)
        subscription = rows.subscription(student_user_id=ravi)
        made = {
            "teacher_absences": {
                "absence_id": uuid4(),
                "user_id": teacher,
                "first_day": "2026-07-13",
                "return_day": "2026-07-15",
            },
            "consultations": {
                "consultation_id": uuid4(),
                "subscription_id": subscription,
                "teacher_user_id": teacher,
                "held_on": "2026-07-13",
                "hours": 1,
            },
            "question_proposals": {
                "proposal_id": uuid4(),
                "template_id": template,
                "question_id": question,
                "adjustment": "drop",
                "reason": "wrong",
                "proposed_by": teacher,
            },
            "page_versions": {
                "version_id": uuid4(),
                "upload_id": upload,
                "version_number": 2,
                "s3_bucket": "s",
                "s3_key": "k",
                "mime_type": "image/png",
                "reason": "blurred",
                "replaced_by": teacher,
            },
            "bank_comments": {
                "comment_id": uuid4(),
                "owner_user_id": teacher,
                "changed_by": teacher,
                "shared": True,
                "text": "Show the steps.",
            },
            "script_samples": {"evaluation_id": evaluation},
            "second_markings": {"evaluation_id": evaluation, "teacher_user_id": teacher, "given_by": teacher},
            "computers": {"user_id": teacher, "computer_id": uuid4(), "name": "LAB-3", "program": "mv-desktop 2"},
        }
        keys = {table: rows.of(table, **values) for table, values in made.items()}
        file = uuid4()
        rows.audit(event_type="import.started", resource_type="import", resource_id=file, event_data={"file": "x.csv"})
        return {
            teacher: RecordName("user", "Meera Das", "teacher"),
            uma: RecordName("user", "Uma Das", "parent"),
            nobody: RecordName("user", "", "student"),
            template: RecordName("template", "Half-yearly"),
            exam: RecordName("exam", "Half-yearly", of="Ravi Das", exam=exam, at=BEGUN),
            upload: RecordName("upload", exam=exam, number=3),
            evaluation: RecordName("evaluation", exam=exam),
            question: RecordName("question", "Find $x$.", of="Integrals", number=2),
            wordless: RecordName("question", "", of="Matrices", number=2),
            subscription: RecordName(
                "subscription", "Basic Plan", of="Ravi Das", first=date(2026, 1, 1), last=date(2026, 12, 31)
            ),
            rows.holiday(holiday_name="Founders’ day", holiday_date=date(2026, 11, 9)): RecordName(
                "holiday", "Founders’ day", first=date(2026, 11, 9)
            ),
            rows.mapping(parent_user_id=uma, student_user_id=ravi): RecordName("mapping", "Uma Das", of="Ravi Das"),
            keys["teacher_absences"]: RecordName(
                "absence", "Meera Das", first=date(2026, 7, 13), last=date(2026, 7, 15)
            ),
            keys["consultations"]: RecordName("consultation", "Meera Das", of="Ravi Das", first=date(2026, 7, 13)),
            keys["question_proposals"]: RecordName("proposal", "Find $x$.", of="Integrals", number=2),
            keys["page_versions"]: RecordName("upload", exam=exam, number=3),
            keys["bank_comments"]: RecordName("comment", "Show the steps."),
            keys["second_markings"]: RecordName("marking", "Meera Das", exam=exam),
            made["computers"]["computer_id"]: RecordName("computer", "LAB-3", of="Meera Das"),
            file: RecordName("import", "x.csv"),
            "basic": RecordName("plan", "Basic Plan"),
        }


def _meera(school: School) -> UUID:
    meera = school.person().user_id
    school.execute("UPDATE users SET first_name = 'Meera', last_name = 'Das' WHERE user_id = %s", meera)
    return meera


def test_every_kind_of_thing_has_its_name_and_what_is_gone_has_none(school: School) -> None:
    admin = school.person("admin")
    expected = {str(key): name for key, name in _everything(school, _meera(school)).items()}
    assert {name.kind for name in expected.values()} == {kind for kind, *_ in record_name._SOURCES} | {"plan"}
    with admin.session() as session:
        assert names_of(session, [*expected, GONE, "no such plan"]) == expected
        assert names_of(session, []) == {}


def test_names_are_looked_up_by_keys(school: School) -> None:
    admin = school.person("admin")
    with admin.session() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        query = text(f"EXPLAIN {record_name._NAMES}")
        plan = "\n".join(session.scalars(query, {"ids": [GONE, str(uuid4())], "plans": ["basic"]}))
    read_whole = {line.split(" on ")[1].split()[0] for line in plan.splitlines() if "Seq Scan on " in line}
    assert read_whole <= {"computers", "subscription_plans", "staff_logins"}, plan
    assert "pk_users" in plan
    assert "ix_audit_logs_resource" in plan


def test_a_page_of_the_log_brings_the_names_of_its_ids(school: School) -> None:
    admin, teacher = school.person("admin"), _meera(school)
    with school.rows() as rows:
        exam = rows.exam(student_user_id=rows.user("student"), template_id=rows.template(template_name="Half-yearly"))
        pages = [rows.upload(exam_instance_id=exam, page_number=number) for number in (1, 2)]
        rows.audit(
            event_type="page.requested", resource_type="page", actor_user_id=admin.user_id,
            event_data={"uploads": [str(page) for page in pages], "op_id": GONE},
        )  # fmt: skip
        rows.audit(
            event_type="evaluation.moved", resource_type="evaluation", resource_id=UUID(GONE),
            event_data={"changes": {"teacher_user_id": {"old": GONE, "new": str(teacher)}}, "from": GONE},
        )  # fmt: skip
    log = AuditLog(admin.session)
    (entry,) = log.page(AuditSearch(event="page.requested"), None).rows
    assert set(entry.keys) == {*map(str, pages), GONE}
    assert entry.names == {str(page): RecordName("upload", exam=exam, number=n) for n, page in enumerate(pages, 1)}
    (moved,) = log.page(AuditSearch(event="evaluation.moved"), None).rows
    assert moved.names == {str(teacher): RecordName("user", "Meera Das", "teacher")}
    assert moved.about == "…55556666"
    (plan,) = [row for row in _plans(school, log) if row.event == "plan.changed"]
    assert plan.names["basic"] == RecordName("plan", "Basic Plan")


def _plans(school: School, log: AuditLog) -> tuple:
    school.execute("UPDATE subscription_plans SET monthly_price_paise = 31000 WHERE plan_type = 'basic'")
    return log.page(audit_search("basic", {}, UTC), None).rows


def test_the_file_has_the_ids_as_they_stand_in_the_log(school: School, tmp_path) -> None:
    admin, teacher = school.person("admin"), _meera(school)
    with school.rows() as rows:
        rows.audit(event_type="evaluation.moved", event_data={"from": str(teacher)})
    seen = []
    AuditLog(admin.session).save(
        AuditSearch(event="evaluation.moved"), tmp_path / "log.csv", "Log", ["Entry"],
        lambda entry: (seen.append(entry), entry.number)[1:], lambda *_: None, ExportNote("audit"),
    )  # fmt: skip
    assert [(entry.rest, entry.names) for entry in seen] == [((("from", str(teacher)),), {})]


def test_the_history_of_a_record_brings_the_names_of_its_ids(school: School) -> None:
    admin, teacher = school.person("admin"), _meera(school)
    with school.rows() as rows:
        template = rows.template(created_by=teacher)
    (change,) = Templates(admin.session, uuid4).changes(template)
    assert str(teacher) in change.keys
    assert change.names[str(teacher)] == RecordName("user", "Meera Das", "teacher")
