"""Sheets: rescans asked for, pages replaced, taken out and put in again; every file and all ink is kept."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import text

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import ConflictError, InvalidError, NotAllowedError, RefusedError
from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.case import CaseKind, RescanAnswer
from mv_desktop.domain.exchange import VerdictKind
from mv_desktop.domain.flag import FlagReason
from mv_desktop.domain.identifier import ExamInstanceId, FlagId, PageRef, UploadId
from mv_desktop.domain.operation import OpenEvaluation, PutAnnotations, RaiseFlag, SeePage, SubmitEvaluation
from mv_desktop.domain.sheet import Sheet
from mv_desktop.offline.sync import Synchroniser
from mv_desktop.services import sheet
from mv_desktop.services.case import read_cases, read_file
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.evaluation import finished_scripts, pull_scripts
from mv_desktop.services.page_address import answer, pending, renew_pages, request_pages
from mv_desktop.services.page_file import store_page_file, uploads_to_check
from tests.database.test_return import KEYS, mark, sending
from tests.factories.local import open_store
from tests.factories.marking import School

WHY = "It is blurred'); DROP TABLE users; --"


def stamp(page: int, marks: str | None = None) -> Placed:
    return Placed(PageRef(page), Stamp(id=uuid4(), stamp="tick", x=0.5, y=0.5, question_number=2, marks=marks))


class Desk:
    """A script of two pages with its teacher, and a coordinator."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.asha = school.person()
        self.priya = school.person(is_coordinator=True)
        self.journal = school.journal(self.asha, school.script(self.asha, pages=2))
        ((self.exam,),) = school.select("SELECT exam_instance_id FROM evaluations")
        self.uploads = school.uploads(self.journal.evaluation_id)

    def rescan(self, upload: UUID, mime: str = "image/png", **values) -> UUID:
        """A file that a coordinator has put for a sheet, and the worker has found."""
        request = uuid4()
        values = {
            "request_id": request, "user_id": self.priya.user_id, "kind": "rescan", "resource_id": upload,
            "sha256": "1" * 64, "md5": "1" * 32, "bytes": 7, "mime_type": mime, "s3_bucket": "rescans",
            "s3_key": f"rescan/{request}", "arrived_at": datetime.now(UTC),
        } | values  # fmt: skip
        with self.school.rows() as rows:
            rows.insert("upload_requests", **values)
        return request

    def do(self, name: str, *arguments, who=None):
        with (who or self.priya).session() as session:
            return getattr(sheet, name)(session, *arguments)

    def replace(self, page: UUID, request: UUID | None = None) -> UUID:
        return self.do("replace_page", page, request or self.rescan(self.uploads[0]), WHY)

    def sheets(self) -> tuple[Sheet, ...]:
        return self.do("script_sheets", ExamInstanceId(self.exam))

    def pulled(self):
        with self.asha.session() as session:
            (script,) = pull_scripts(session, [self.journal.evaluation_id])
        return script

    def ask(self, *pages: UUID):
        with self.asha.session() as session:
            return {p.upload_id: p for p in request_pages(session, [UploadId(page) for page in pages])}

    def events(self, kind: str) -> list[dict]:
        query = "SELECT event_data, resource_type, resource_id, actor_user_id FROM audit_logs WHERE event_type = %s"
        found = self.school.select(query + " ORDER BY log_seq", kind)
        assert {row[1:] for row in found} <= {("evaluation", self.journal.evaluation_id, self.priya.user_id)}
        return [event for event, *_ in found]

    def worker(self):
        with psycopg.connect(self.school.database.superuser_url) as connection:
            connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
        return make_engine(self.school.database.url_for("mv_worker", "worker"), application_name="test")


@pytest.fixture
def desk(school: School) -> Desk:
    return Desk(school)


def test_a_rescan_takes_the_place_of_a_page_and_nothing_is_lost(desk: Desk) -> None:
    old, ink = desk.uploads[0], stamp(1)
    desk.journal.send(OpenEvaluation(), PutAnnotations((ink,)), SeePage(PageRef(1), 9, 1), SeePage(PageRef(2), 9, 1))
    before = desk.pulled()
    (asked,) = desk.do("ask_rescan", [old], WHY)
    assert (desk.sheets()[0].rescan.reason, desk.sheets()[0].rescan.key) == (WHY, asked)
    new = desk.replace(old)
    after = desk.pulled()
    assert [(p.upload_id, p.page_number, p.checked) for p in after.pages] == [
        (new, 1, False),
        (desk.uploads[1], 2, False),
    ]
    assert (after.pages[0].sha256, after.pages[0].size, after.pages[0].mime_type) == ("1" * 64, 7, "image/png")
    assert after.version > before.version
    assert [a.annotation_id for a in after.annotations] == [ink.annotation.id]
    assert {(s.page_number, s.seconds) for s in after.seen} == {(1, 0), (2, 9)}
    first = desk.sheets()[0]
    assert (first.page_id, first.upload_id, first.version, first.rescan) == (new, old, 2, None)
    assert [(v.number, v.page_id, v.restores, v.noted.reason) for v in first.versions] == [(2, new, None, WHY)]
    assert first.ink == {ink.annotation.id: 1}
    later = stamp(1)
    desk.journal.deliver(desk.journal.made(PutAnnotations((later,)), base_version=after.version))
    late = stamp(1)  # made without a network, on the picture before
    desk.journal.deliver(desk.journal.made(PutAnnotations((late,)), base_version=before.version))
    assert desk.sheets()[0].ink == {ink.annotation.id: 1, later.annotation.id: 2, late.annotation.id: 1}
    (replaced,) = desk.events("page.replaced")
    assert (replaced["page"], replaced["version_number"], replaced["reason"]) == (1, 2, WHY)
    assert desk.school.select("SELECT outcome, close_reason FROM rescan_requests") == [("replaced", WHY)]
    assert desk.school.select("SELECT count(*) FROM answer_sheet_uploads WHERE upload_id = %s", old) == [(1,)]
    # Brought back, as a version of its own.
    again = desk.do("restore_page", new, 1, WHY)
    assert desk.school.select(
        "SELECT v.s3_key = u.s3_key, v.restores FROM page_versions v JOIN answer_sheet_uploads u USING (upload_id)"
        " WHERE version_id = %s", again
    ) == [(True, 1)]  # fmt: skip
    third = desk.do("restore_page", again, 2, WHY)
    assert desk.pulled().pages[0].upload_id == third
    assert desk.school.select("SELECT s3_bucket, sha256 FROM page_versions WHERE version_id = %s", third) == [
        ("rescans", "1" * 64)
    ]
    assert len(desk.events("page.restored")) == 2


def test_a_rescan_is_fetched_and_checked_like_a_page(desk: Desk) -> None:
    old = desk.uploads[0]
    new = desk.replace(old)
    answered = desk.ask(new, old)  # the one before is hers to look at, too
    assert {p.problem for p in answered.values()} == {None}
    worker = desk.worker()
    try:
        with open_session(worker) as session:
            requests = {r.upload_id: r for r in pending(session, 10)}
            assert set(requests) == {new, old}
            assert (requests[new].bucket, requests[old].bucket) == ("rescans", "sheets")
            later = datetime.now(UTC) + timedelta(minutes=10)
            for request in requests.values():
                answer(session, request.request_id, f"https://s3/{request.key}", later)
            waiting = {u.upload_id: u for u in uploads_to_check(session, 10)}
            assert set(waiting) == {new, *desk.uploads}
            assert len(uploads_to_check(session, 2)) == 2
        desk.school.execute("UPDATE page_requests SET signed_at = now() - interval '11 seconds'")
        with open_session(worker) as session:
            store_page_file(
                session, UploadId(new), sha256="2" * 64, size=8, pages=[{"width": 1, "height": 2, "source": "png"}]
            )
            assert new not in {u.upload_id for u in uploads_to_check(session, 10)}
    finally:
        worker.dispose()
    page = desk.pulled().pages[0]
    assert (page.checked, page.sha256, page.size, len(page.pages)) == (True, "2" * 64, 8, 1)
    assert desk.ask(new)[new].address.startswith("https://s3/rescan/")
    assert desk.school.select("SELECT count(*) FROM page_files") == [(0,)]
    with desk.asha.session() as session:
        renew_pages(session, [UploadId(new)])
    assert desk.school.select("SELECT version_id FROM page_requests WHERE expires_at <= now()") == [(new,)]
    changed = "SELECT event_data #>> '{changes,version.sha256,new}' FROM audit_logs WHERE event_type = 'upload.changed'"
    assert desk.school.select(changed) == []
    desk.school.execute("SELECT api.store_page_file(%s, %s, 8, '[]')", new, "3" * 64)
    assert desk.school.select(changed) == [("3" * 64,)]


def test_a_page_of_somebody_else_is_out_for_who_marks_until_it_is_put_in_again(desk: Desk) -> None:
    out = desk.uploads[1]
    mine, theirs = stamp(1, "0.5"), stamp(2, "1")
    desk.journal.send(OpenEvaluation(), PutAnnotations((mine, theirs)), SeePage(PageRef(2), 3, 1))
    desk.ask(*desk.uploads)
    before = desk.pulled()
    desk.do("exclude_page", out, WHY)
    after = desk.pulled()
    assert [p.upload_id for p in after.pages] == [desk.uploads[0]]
    assert [a.annotation_id for a in after.annotations] == [mine.annotation.id]
    assert (after.seen, after.version > before.version) == ((), True)
    assert "taken out" in (desk.ask(out)[out].problem or "")
    assert desk.school.select("SELECT upload_id FROM page_requests") == [(desk.uploads[0],)]
    assert not desk.school.select("SELECT FROM audit_logs WHERE event_type = 'security.page_refused'")
    assert desk.asha.select("SELECT upload_id FROM answer_sheet_uploads") == [(desk.uploads[0],)]
    assert desk.asha.select("SELECT upload_id, ended_at FROM page_exclusions") == [(out, None)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):  # it may name the other student
        desk.asha.select("SELECT reason FROM page_exclusions")
    assert desk.sheets()[1].excluded.reason == WHY
    desk.do("include_page", out, WHY)
    assert (desk.pulled().pages, desk.pulled().annotations) == (before.pages, before.annotations)
    assert [e["page"] for kind in ("page.excluded", "page.included") for e in desk.events(kind)] == [2, 2]
    # Completed without it: what is stamped on it counts for nothing, on her screen as here.
    desk.do("exclude_page", out, WHY)
    marks = {2: Decimal("0.5"), 3: Decimal(1), 4: Decimal(1)}
    *_, verdict = desk.journal.send(mark(KEYS[1], "1"), mark(KEYS[2], "1"), SubmitEvaluation(marks, Decimal("2.5")))
    assert (verdict.kind, verdict.reason) == (VerdictKind.APPLIED, None)
    ((document,),) = desk.school.select("SELECT annotation_data FROM evaluations")
    assert [(p["page_number"], len(p["annotations"])) for p in document["pages"]] == [(1, 1)]
    assert desk.school.select("SELECT count(*) FROM annotation_registers WHERE NOT deleted") == [(2,)]
    with desk.asha.session() as session:
        assert [s.pages for s in finished_scripts(session)] == [1]


def test_the_document_says_which_version_was_marked(desk: Desk) -> None:
    desk.replace(desk.uploads[0])
    *_, verdict = desk.journal.send(OpenEvaluation(), *(mark(key, "1") for key in KEYS), sending("1", "1", "1"))
    assert verdict.kind is VerdictKind.APPLIED
    ((document,),) = desk.school.select("SELECT annotation_data FROM evaluations")
    assert [(p["page_number"], p.get("version_number")) for p in document["pages"]] == [(1, 2), (2, None)]
    for act in (("exclude_page", desk.uploads[1]), ("ask_rescan", [desk.uploads[1]])):
        with pytest.raises(RefusedError, match="completed"):
            desk.do(*act, WHY)


def test_asking_answers_the_flag_and_is_all_or_nothing(desk: Desk) -> None:
    flag, other = FlagId(uuid4()), FlagId(uuid4())
    desk.journal.send(OpenEvaluation(), RaiseFlag(flag, FlagReason.RESCAN, "blurred", PageRef(1)))
    school = desk.school
    elsewhere = school.journal(desk.asha)
    elsewhere.send(RaiseFlag(other, FlagReason.RESCAN, "", PageRef(1)))
    (foreign,) = school.uploads(elsewhere.evaluation_id)
    for pages, of, words in (
        ([desk.uploads[0], foreign], None, "more than one script"),
        ([desk.uploads[0], uuid4()], None, "no such page"),
        ([desk.uploads[0]], other, "another script"),
        ([desk.uploads[0]], FlagId(uuid4()), "another script"),
        ([], None, "between 1 and 100"),
    ):
        with pytest.raises(RefusedError, match=words):
            desk.do("ask_rescan", pages, WHY, of)
    assert school.select("SELECT FROM rescan_requests") == []
    asked = desk.do("ask_rescan", [*desk.uploads, desk.uploads[0]], WHY, flag)
    first, second = (s.rescan.key for s in desk.sheets())
    assert {first, second} == set(asked)
    assert [(f.answered, f.answer) for f in desk.pulled().flags] == [(True, WHY)]
    assert school.select("SELECT flag_id, reason FROM rescan_requests") == [(flag, WHY)] * 2
    with pytest.raises(ConflictError, match="asked for this"):
        desk.do("ask_rescan", [desk.uploads[1]], WHY)
    desk.do("cancel_rescan", first, WHY)
    for rescan in (first, uuid4()):
        with pytest.raises(RefusedError):
            desk.do("cancel_rescan", rescan, WHY)
    with pytest.raises(ConflictError, match="answered this flag"):
        desk.do("ask_rescan", [desk.uploads[0]], WHY, flag)
    assert school.select("SELECT rescan_id FROM rescan_requests WHERE closed_at IS NULL") == [(second,)]
    assert len(desk.events("page.rescan_asked")) == len(desk.events("page.rescan_cancelled")) == 1


def test_what_cannot_take_a_pages_place(desk: Desk) -> None:
    page, other = desk.uploads
    for request in (
        uuid4(),
        desk.rescan(other),
        desk.rescan(page, arrived_at=None),
        desk.rescan(page, kind="annotated_pdf"),
    ):
        with pytest.raises(RefusedError, match="no checked rescan"):
            desk.replace(page, request)
    with pytest.raises(RefusedError, match="PDF"):
        desk.replace(page, desk.rescan(page, "application/pdf"))
    request = desk.rescan(page)
    new = desk.replace(page, request)
    with pytest.raises(RefusedError, match="in use"):
        desk.replace(new, request)
    with pytest.raises(ConflictError, match="has replaced"):
        desk.replace(page)
    for version in (0, 2, 3, -1, None):
        with pytest.raises(RefusedError, match="no such earlier"):
            desk.do("restore_page", new, version, WHY)
    with pytest.raises(RefusedError, match="is in the script"):
        desk.do("include_page", new, WHY)
    desk.do("exclude_page", new, WHY)
    for act in (("exclude_page", new), ("replace_page", new, request), ("ask_rescan", [new])):
        with pytest.raises(ConflictError, match="out of the script"):
            desk.do(*act, WHY)
    with pytest.raises(RefusedError, match="last page"):
        desk.do("exclude_page", other, WHY)
    for name, *arguments in (
        ("exclude_page", other),
        ("include_page", new),
        ("replace_page", other, request),
        ("restore_page", new, 1),
        ("ask_rescan", [other]),
        ("cancel_rescan", other),
    ):
        for reason in ("", " \n", "x" * 2001, None):
            with pytest.raises(InvalidError):
                desk.do(name, *arguments, reason)
    with desk.school.rows() as rows:
        alone = rows.exam(status="uploaded")
        first = rows.upload(exam_instance_id=alone, page_number=1)
        rows.upload(exam_instance_id=alone, page_number=2)
    desk.do("exclude_page", first, WHY)  # nobody has it yet
    assert desk.school.select("SELECT resource_id FROM audit_logs WHERE resource_type = 'exam'") == [(alone,)]


def test_only_a_coordinator_may(desk: Desk) -> None:
    page, request = desk.uploads[0], desk.rescan(desk.uploads[0])
    admin, former = desk.school.person("admin"), desk.school.person(is_coordinator=True)
    desk.school.execute("UPDATE users SET is_coordinator = false WHERE user_id = %s", former.user_id)
    calls = (
        ("ask_rescan", [page]),
        ("cancel_rescan", page),
        ("replace_page", page, request),
        ("restore_page", page, 1),
        ("exclude_page", page),
        ("include_page", page),
    )
    for name, *arguments in calls:
        for person in (desk.asha, admin, former):
            with pytest.raises(NotAllowedError):
                desk.do(name, *arguments, WHY, who=person)
    for person in (desk.asha, former):
        with pytest.raises(NotAllowedError):
            desk.do("script_sheets", desk.exam, who=person)
    assert len(desk.do("script_sheets", desk.exam, who=admin)) == 2


def test_two_at_once_leave_one_page_in_and_one_version(desk: Desk) -> None:
    outcomes, start = [], threading.Barrier(2)
    requests = [desk.rescan(desk.uploads[0]) for _ in range(2)]

    def act(name: str, *arguments) -> None:
        start.wait()
        try:
            desk.do(name, *arguments, WHY)
            outcomes.append("done")
        except (ConflictError, RefusedError):
            outcomes.append("slower")

    def at_once(*calls) -> None:
        threads = [threading.Thread(target=act, args=call) for call in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    at_once(*(("replace_page", desk.uploads[0], request) for request in requests))
    at_once(*(("exclude_page", page.page_id) for page in desk.sheets()))
    assert sorted(outcomes) == ["done", "done", "slower", "slower"]
    assert len(desk.pulled().pages) == 1


def test_her_computer_follows(desk: Desk, tmp_path) -> None:
    store = open_store(tmp_path, SystemClock())
    sync = Synchroniser(store, desk.asha.session, SystemClock())
    sync.run()
    evaluation = desk.journal.evaluation_id
    theirs = stamp(2, "1")
    store.record(evaluation, PutAnnotations((stamp(1, "0.5"), theirs)))
    sync.run()
    new = desk.replace(desk.uploads[0])
    desk.do("exclude_page", desk.uploads[1], WHY)
    late = stamp(2, "1")
    store.record(evaluation, PutAnnotations((late,)))  # before her computer knows
    sync.run()
    view = store.open_script(evaluation)
    assert [page.upload_id for page in store.pages_of(evaluation)] == [new]
    assert len(view.script.ink) == 1
    for key in KEYS[1:]:
        store.record(evaluation, mark(key, "1"))
    store.record(evaluation, SubmitEvaluation({2: Decimal("0.5"), 3: Decimal(1), 4: Decimal(1)}, Decimal("2.5")))
    assert sync.run().pending == 0
    assert desk.school.select("SELECT status::text, total_manual_marks FROM evaluations") == [
        ("completed", Decimal("2.5"))
    ]
    store._vault.close()


def test_who_coordinates_sees_which_students_have_answered_a_rescan(desk: Desk) -> None:
    def waiting() -> list[RescanAnswer | None]:
        with desk.priya.session() as session:
            return [case.answer for case in read_cases(session).cases if case.kind is CaseKind.RESCAN]

    page = desk.uploads[0]
    ((student,),) = desk.school.select("SELECT student_user_id FROM exam_instances")
    desk.rescan(page, user_id=student)  # before she was asked
    desk.do("ask_rescan", desk.uploads, WHY)
    desk.rescan(page)  # who coordinates put it there
    desk.rescan(page, user_id=student, arrived_at=None)
    assert waiting() == [None, None]
    desk.rescan(page, user_id=student)
    last = desk.rescan(page, user_id=student, mime="image/jpeg")
    (answer,) = [one for one in waiting() if one is not None]
    assert (answer.request_id, answer.files, answer.mime_type) == (last, 2, "image/jpeg")
    desk.do("replace_page", page, last, WHY)
    assert waiting() == [None]  # that of the other page
    with pytest.raises(NotAllowedError), desk.asha.session() as session:
        session.execute(text("SELECT * FROM api.rescan_answers()"))


def test_a_rescan_is_looked_at_by_who_coordinates_before_it_takes_a_pages_place(desk: Desk) -> None:
    page, other = desk.uploads
    ((student,),) = desk.school.select("SELECT student_user_id FROM exam_instances")
    desk.do("ask_rescan", [page], WHY)
    file = desk.rescan(page, user_id=student, mime="image/jpeg")
    unasked, hers, unseen = (
        desk.rescan(other, user_id=student),
        desk.rescan(page),
        desk.rescan(page, user_id=student, arrived_at=None),
    )
    foreign = "This page belongs to no script of yours."

    def asked(*files: UUID) -> dict[UUID, tuple[str | None, str | None]]:
        with desk.priya.session() as session:
            return {one.upload_id: (one.address, one.problem) for one in request_pages(session, files)}

    def came() -> Sheet | None:
        with desk.priya.session() as session:
            (case,) = [one for one in read_cases(session).cases if one.kind is CaseKind.RESCAN]
            return read_file(session, case).came

    found = came()
    assert (found.page_id, found.upload_id, found.page_number, found.mime_type) == (file, page, 1, "image/jpeg")
    assert (found.size, found.sha256, found.came) == (7, "1" * 64, True)
    assert {p.problem for p in desk.ask(file).values()} == {foreign}  # its teacher does not
    waits, none = (None, None), (None, foreign)
    assert asked(file, page, unasked, hers, unseen) == {
        file: waits, page: waits, unasked: none, hers: none, unseen: none,
    }  # fmt: skip
    worker = desk.worker()
    try:
        with open_session(worker) as session:
            keys = {one.upload_id: (one.request_id, one.bucket, one.key) for one in pending(session, 10)}
            assert (set(keys), keys[file][1:]) == ({file, page}, ("rescans", f"rescan/{file}"))
            for request, _bucket, key in keys.values():
                answer(session, request, f"https://s3/{key}", datetime.now(UTC) + timedelta(minutes=5))
    finally:
        worker.dispose()
    addresses = {name: address for name, (address, _) in asked(file, page).items()}
    assert addresses[file] == f"https://s3/rescan/{file}"
    assert addresses[page] != addresses[file]
    new = desk.do("replace_page", page, file, WHY)
    assert asked(file, new) == {file: none, new: none}  # it is a page now, of a script without a case
    with desk.priya.session() as session:
        assert session.execute(text("SELECT * FROM api.rescan_file(:file)"), {"file": file}).all() == []
