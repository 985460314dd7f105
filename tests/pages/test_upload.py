"""Files that staff put into the store, with the real database and object server: these very files, and no others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from PIL import Image
from psycopg.types.json import Jsonb
from sqlalchemy import Engine

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import ConflictError, InvalidError, NotAllowedError, OfflineError, RefusedError, UserError
from mv_desktop.domain.upload import UploadAnswer, UploadFile, UploadKind, UploadState, upload_file
from mv_desktop.offline.casework import Casework
from mv_desktop.pages.download import fetch
from mv_desktop.pages.problem import AddressExpiredError
from mv_desktop.pages.storage import MissingObjectError, ObjectStore
from mv_desktop.pages.upload import put, put_file
from mv_desktop.services import page_address, upload
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.sheet import ask_rescan, script_sheets
from mv_desktop.worker import runner
from mv_desktop.worker.page_job import sign_pending
from mv_desktop.worker.upload_job import confirm_uploads, sign_uploads
from tests.factories.marking import Person, School
from tests.factories.sheet import jpeg
from tests.fakes.picture_source import encoded
from tests.fakes.server import CloneDatabase, TestStore
from tests.fakes.web import answer as web_answer
from tests.fakes.web import serving

PICTURE = encoded(Image.frombytes("L", (100, 100), bytes((n * n) % 251 for n in range(10_000))), "PNG")
CLOCK = SystemClock()


class Desk:
    """One person's way to the server; the worker works whenever she waits."""

    def __init__(self, place: Place, person: Person) -> None:
        self.place = place
        self.person = person
        self.asked: list[bool] = []

    def request(self, file: UploadFile, *, anew: bool = False) -> UploadAnswer:
        self.asked.append(anew)
        with self.person.session() as session:
            return upload.request_upload(session, file, anew=anew)

    def finish(self, request_id: UUID) -> UploadAnswer:
        with self.person.session() as session:
            return upload.finish_upload(session, request_id)

    def send(self, file: UploadFile, data: bytes = PICTURE) -> None:
        put_file(self, file, data, sleep=lambda _: self.place.work())

    def ready(self, file: UploadFile) -> str:
        """Ask, and let the worker sign; the address."""
        self.request(file)
        self.place.work()
        found = self.request(file)
        assert found.state is UploadState.READY
        assert found.address is not None
        return found.address


class Place:
    """A school, a store and a worker."""

    def __init__(self, school: School, store: ObjectStore) -> None:
        self.school = school
        self.store = store
        with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
            connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
        self.worker_url = school.database.url_for("mv_worker", "worker")
        self.worker: Engine = make_engine(self.worker_url, application_name="mv-desktop test worker")
        self.teacher = school.person()
        self.draft = self.question(self.teacher)

    def question(self, author: Person, **values: Any) -> UUID:
        with self.school.rows() as rows:
            return rows.question(created_by=author.user_id, **values)

    def desk(self, person: Person | None = None) -> Desk:
        return Desk(self, person or self.teacher)

    def image(self, data: bytes = PICTURE) -> UploadFile:
        return upload_file(UploadKind.QUESTION_IMAGE, self.draft, data, "image/png")

    def work(self) -> None:
        sign_uploads(self.worker, self.store, CLOCK)
        confirm_uploads(self.worker, self.store)

    def key(self, file: UploadFile) -> str:
        return f"uploads/question_image/{file.sha256}.png"

    def events(self) -> list[str]:
        rows = self.school.select(
            "SELECT event_type FROM audit_logs WHERE event_type LIKE '%%upload%%' ORDER BY log_seq"
        )
        return [event for (event,) in rows]


@pytest.fixture
def place(school: School, s3: TestStore) -> Iterator[Place]:
    store = s3.store()
    made = Place(school, store)
    store.delete(made.key(made.image()))  # the same picture is the same file, whoever puts it there
    yield made
    made.worker.dispose()
    store.close()


@pytest.fixture
def school(database: CloneDatabase) -> Iterator[School]:
    made = School(database)
    yield made
    made.close()


def test_a_file_is_put_into_the_store_and_looked_at(place: Place) -> None:
    file = place.image()
    place.desk().send(file)
    assert place.store.get(place.key(file)) == PICTURE
    assert place.store.look(place.key(file)).content_type == "image/png"
    assert place.school.select("SELECT sha256, s3_bucket, arrived_at IS NOT NULL FROM upload_requests") == [
        (file.sha256, place.store.bucket, True)
    ]
    assert place.events() == ["upload.requested", "upload.stored"]
    place.desk().send(file)  # again, as after an answer that was lost
    assert place.events() == ["upload.requested", "upload.stored"]


def test_the_real_worker_does_it(place: Place) -> None:
    stop = threading.Event()
    worker = threading.Thread(target=runner.run, args=(place.worker_url, place.store, stop))
    worker.start()
    try:
        put_file(place.desk(), file := place.image(), PICTURE)
    finally:
        stop.set()
        worker.join()
    assert place.store.get(place.key(file)) == PICTURE


@pytest.mark.parametrize("data", [PICTURE + b"x", PICTURE[:-1], b""], ids=["longer", "shorter", "empty"])
def test_another_size_is_not_taken(place: Place, data: bytes) -> None:
    file = place.image()
    address = place.desk().ready(file)
    with pytest.raises(AddressExpiredError):
        put(address, file, data)
    with pytest.raises(MissingObjectError):
        place.store.look(place.key(file))


def test_other_bytes_of_the_same_size_are_not_taken(place: Place) -> None:
    file = place.image()
    address = place.desk().ready(file)
    with pytest.raises(AddressExpiredError):
        put(address, file, bytes(len(PICTURE)))
    with pytest.raises(MissingObjectError):
        place.store.look(place.key(file))


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"md5": "0" * 32}, {"mime_type": "text/html"}])
def test_another_digest_or_type_than_the_signed_one_is_not_taken(place: Place, change: dict[str, str]) -> None:
    file = place.image()
    address = place.desk().ready(file)
    with pytest.raises(AddressExpiredError):
        put(address, replace(file, **change), PICTURE)  # type: ignore[arg-type]
    with pytest.raises(MissingObjectError):
        place.store.look(place.key(file))


def test_another_key_is_not_taken_and_the_address_is_for_putting_only(place: Place) -> None:
    file = place.image()
    address = place.desk().ready(file)
    victim = "sheets/somebody.jpg"
    place.store.put(victim, b"sheet", content_type="image/jpeg")
    with pytest.raises(AddressExpiredError):
        put(address.replace(place.key(file), victim), file, PICTURE)
    assert place.store.get(victim) == b"sheet"
    with pytest.raises(UserError):
        fetch(address)


def test_an_expired_address_is_refused_by_the_store_and_made_anew(place: Place) -> None:
    file = place.image()
    desk = place.desk()
    first = desk.ready(file)
    old = place.store.signed_put(
        place.key(file), 1, size=file.size, content_type=file.mime_type,
        sha256=bytes.fromhex(file.sha256), md5=bytes.fromhex(file.md5),
    )  # fmt: skip
    threading.Event().wait(2.1)  # S3's clock counts in seconds, and nobody can set it
    with pytest.raises(AddressExpiredError):
        put(old, file, PICTURE)
    place.school.execute(
        "UPDATE upload_requests SET address = %s, signed_at = now() - interval '11 seconds'", old
    )  # as it would be with a store whose clock runs ahead: the database thinks that it is valid
    desk.asked.clear()
    desk.send(file)
    assert True in desk.asked
    assert place.store.get(place.key(file)) == PICTURE
    assert first != old


def test_an_address_with_less_than_a_minute_left_is_made_anew(place: Place) -> None:
    file = place.image()
    desk = place.desk()
    desk.ready(file)
    place.school.execute("UPDATE upload_requests SET expires_at = now() + interval '59 seconds'")
    assert desk.request(file) == UploadAnswer(UploadState.WAITING)
    place.work()
    found = desk.request(file)
    assert found.expires_at is not None
    left = found.expires_at - datetime.now(UTC)
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)


def test_a_fresh_address_is_not_made_anew_however_often_it_is_asked(place: Place) -> None:
    file = place.image()
    desk = place.desk()
    address = desk.ready(file)
    assert desk.request(file, anew=True).address == address


def test_a_request_is_for_the_one_who_asked(place: Place) -> None:
    file = place.image()
    place.desk().ready(file)
    other = place.desk(place.school.person("admin"))
    assert other.request(file) == UploadAnswer(UploadState.REFUSED, reason="id_reused")
    assert other.finish(file.request_id) == UploadAnswer(UploadState.REFUSED, reason="unknown")
    for person in (other.person, place.teacher):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            person.select("SELECT address FROM upload_requests")
    assert place.events()[-1] == "security.upload_refused"


def test_an_id_is_good_for_one_file(place: Place) -> None:
    file = place.image()
    desk = place.desk()
    desk.request(file)
    for change in ({"size": 7}, {"sha256": "1" * 64}, {"md5": "1" * 32}, {"mime_type": "image/jpeg"}):
        assert desk.request(replace(file, **change)).reason == "id_reused"  # type: ignore[arg-type]


def _own_draft(place: Place) -> tuple[Person, UUID, bool]:
    return place.teacher, place.draft, True


def _active(place: Place) -> tuple[Person, UUID, bool]:
    return place.teacher, place.question(place.teacher, status="active"), False


def _others_draft(place: Place) -> tuple[Person, UUID, bool]:
    return place.school.person(), place.draft, False


def _admin(place: Place) -> tuple[Person, UUID, bool]:
    return place.school.person("admin"), place.question(place.teacher, status="active"), True


def _coordinator(place: Place) -> tuple[Person, UUID, bool]:
    return place.school.person("teacher", is_coordinator=True), place.draft, False


def _unknown(place: Place) -> tuple[Person, UUID, bool]:
    return place.school.person("admin"), uuid4(), True  # of a question that is being written


@pytest.mark.parametrize("case", [_own_draft, _active, _others_draft, _admin, _coordinator, _unknown])
def test_who_may_put_a_picture_of_a_question(place: Place, case: Callable[[Place], tuple[Person, UUID, bool]]) -> None:
    person, question, allowed = case(place)
    file = upload_file(UploadKind.QUESTION_IMAGE, question, PICTURE, "image/png")
    found = place.desk(person).request(file)
    assert (found.state is UploadState.WAITING, found.reason) == (allowed, None if allowed else "not_allowed")
    assert place.events()[-1] == ("upload.requested" if allowed else "security.upload_refused")


@pytest.mark.parametrize(("role", "allowed"), [("teacher", False), ("coordinator", True), ("admin", True)])
def test_who_may_put_a_rescan(place: Place, role: str, allowed: bool) -> None:
    sheet = place.school.uploads(place.school.script(place.teacher))[0]
    file = upload_file(UploadKind.RESCAN, sheet, PICTURE, "image/png")
    person = {
        "teacher": lambda: place.teacher,
        "coordinator": lambda: place.school.person("teacher", is_coordinator=True),
        "admin": lambda: place.school.person("admin"),
    }[role]()
    assert (place.desk(person).request(file).state is UploadState.WAITING) is allowed


@pytest.mark.parametrize(
    ("status", "own", "allowed"), [("completed", True, True), ("completed", False, False), ("in_progress", True, False)]
)
def test_who_may_put_an_annotated_pdf(place: Place, status: str, own: bool, allowed: bool) -> None:
    script = place.school.script(place.teacher, status=status)
    file = upload_file(UploadKind.ANNOTATED_PDF, script, PICTURE, "application/pdf")
    person = place.teacher if own else place.school.person()
    assert (place.desk(person).request(file).state is UploadState.WAITING) is allowed


@pytest.mark.parametrize(
    ("change", "reason"), [({"mime_type": "image/svg+xml"}, "wrong_type"), ({"size": 5 * 1024**2 + 1}, "too_large")]
)
def test_type_and_size_are_limited(place: Place, change: dict[str, Any], reason: str) -> None:
    desk = place.desk()
    assert desk.request(replace(place.image(), **change)).reason == reason
    assert desk.request(replace(place.image(), size=5 * 1024**2)).state is UploadState.WAITING


def test_the_setting_says_which_scans_are_taken(place: Place) -> None:
    sheet = place.school.uploads(place.school.script(place.teacher))[0]
    place.school.execute(
        "UPDATE system_config SET config_value = %s WHERE config_key = 'allowed_upload_mimetypes'", Jsonb(["image/png"])
    )
    desk = place.desk(place.school.person("admin"))
    assert desk.request(upload_file(UploadKind.RESCAN, sheet, PICTURE, "image/jpeg")).reason == "wrong_type"
    assert desk.request(upload_file(UploadKind.RESCAN, sheet, PICTURE, "image/png")).state is UploadState.WAITING


def test_how_much_one_person_asks_for_is_limited(place: Place) -> None:
    desk = place.desk()
    fill = (
        "INSERT INTO upload_requests (request_id, user_id, kind, resource_id, sha256, md5, bytes, mime_type, s3_key)"
        " SELECT gen_random_uuid(), %s, 'rescan', gen_random_uuid(), repeat('0', 64), repeat('0', 32), %s, 'x',"
        " 'k' || i FROM generate_series(1, %s) i"
    )
    place.school.execute(fill, place.teacher.user_id, 1, 199)
    assert desk.request(place.image()).state is UploadState.WAITING
    assert desk.request(place.image()).reason == "too_many"
    with pytest.raises(RefusedError, match="short time"):
        desk.send(place.image())
    place.school.execute("UPDATE upload_requests SET requested_at = now() - interval '61 minutes'")
    assert desk.request(place.image()).state is UploadState.WAITING
    place.school.execute("UPDATE upload_requests SET bytes = 1073741824 - %s WHERE s3_key = 'k1'", len(PICTURE) * 2)
    assert desk.request(place.image()).reason == "too_many"


@pytest.mark.parametrize("change", ["sha256", "md5", "size"])
def test_a_request_without_its_digests_is_an_error(place: Place, change: str) -> None:
    wrong: dict[str, Any] = {change: 0 if change == "size" else "XYZ"}
    with pytest.raises(InvalidError):
        place.desk().request(replace(place.image(), **wrong))


def test_what_never_came_is_told(place: Place) -> None:
    file = place.image()
    desk = place.desk()
    desk.ready(file)
    desk.finish(file.request_id)
    with pytest.raises(RefusedError, match="not in the store"):
        desk.send(file)
    assert place.events()[-1] == "upload.failed"


def test_a_store_that_compares_nothing_is_found_out_by_the_worker(place: Place) -> None:
    file = place.image()
    desk = place.desk()
    desk.ready(file)
    place.store.put(place.key(file), bytes(len(PICTURE)), content_type="image/png")
    desk.finish(file.request_id)
    with pytest.raises(RefusedError, match="another than the one"):
        desk.send(file)


def test_a_file_that_changed_meanwhile_is_not_sent(place: Place) -> None:
    with pytest.raises(InvalidError, match="has changed"):
        place.desk().send(place.image(), PICTURE + b"x")
    assert place.events() == []


def test_without_a_worker_it_is_given_up_and_nothing_is_lost(place: Place) -> None:
    moments = iter(range(0, 10_000, 10))
    file = place.image()
    with pytest.raises(OfflineError, match="has not looked"):
        put_file(place.desk(), file, PICTURE, sleep=lambda _: None, monotonic=lambda: next(moments))
    place.desk().send(file)


def test_not_allowed_is_said_in_words(place: Place) -> None:
    with pytest.raises(NotAllowedError, match="You may not put a file there"):
        place.desk(place.school.person()).send(place.image())


@pytest.mark.parametrize("status", ["500 Internal Server Error", "503 Slow Down", "307 Temporary Redirect"])
def test_a_store_that_cannot_answer_means_later(place: Place, status: str) -> None:
    with serving(web_answer(b"", status=status)) as web, pytest.raises(OfflineError, match=status[:3]):
        put(web.address, place.image(), PICTURE)


@pytest.mark.parametrize("address", ["ftp://store/x", "file:///etc/passwd", "nonsense"])
def test_an_address_that_is_none_is_no_crash(place: Place, address: str) -> None:
    with pytest.raises(OfflineError):
        put(address, place.image(), PICTURE)


def test_a_deactivated_person_gets_no_address(place: Place) -> None:
    file = place.image()
    place.desk().request(file)
    place.school.execute("UPDATE users SET is_active = false WHERE user_id = %s", place.teacher.user_id)
    with pytest.raises(NotAllowedError):
        place.desk().request(file)


def test_a_page_whose_address_does_not_work_gets_another(place: Place) -> None:
    """The store has moved, or has another key: the database knows nothing of it."""
    (page,) = place.school.uploads(place.school.script(place.teacher))
    with place.teacher.session() as session:
        page_address.request_pages(session, [page])
    assert sign_pending(place.worker, place.store, CLOCK) == 1
    with place.teacher.session() as session:
        assert page_address.renew_pages(session, [page]) == 0  # it is fresh
        assert page_address.request_pages(session, [page])[0].address is not None
    place.school.execute("UPDATE page_requests SET signed_at = now() - interval '11 seconds'")
    with place.school.person().session() as session:
        assert page_address.renew_pages(session, [page]) == 0  # it is not hers
    with place.teacher.session() as session:
        assert page_address.renew_pages(session, [page]) == 1
        assert page_address.request_pages(session, [page])[0].address is None
    assert sign_pending(place.worker, place.store, CLOCK) == 1
    with open_session(place.teacher.engine) as session:
        assert page_address.request_pages(session, [page])[0].address is not None


def test_a_coordinator_puts_a_rescan_in_a_page_s_place_and_brings_the_first_back(place: Place, tmp_path: Path) -> None:
    priya = place.school.person(is_coordinator=True)
    script = place.school.script(place.teacher)
    ((exam,),) = place.school.select("SELECT exam_instance_id FROM evaluations WHERE evaluation_id = %s", script)
    desk = Casework(priya.session, sleep=lambda _: place.work())
    with priya.session() as session:
        (before,) = script_sheets(session, exam)
        ask_rescan(session, [before.page_id], "Too dark")
    rescan, text = tmp_path / "rescan.jpg", tmp_path / "text.jpg"
    rescan.write_bytes(data := jpeg())
    text.write_text("no picture")
    for bad in (text, tmp_path / "nothing.jpg"):
        with pytest.raises(InvalidError):
            desk.replace(before, str(bad), "By mail")
    desk.replace(before, str(rescan), "By mail")
    with priya.session() as session:
        (now,) = script_sheets(session, exam)
    assert (now.version, now.versions[0].noted.reason, now.rescan) == (2, "By mail", None)
    ((key,),) = place.school.select("SELECT s3_key FROM page_versions")
    assert place.store.get(key) == data
    with pytest.raises(ConflictError, match="has replaced this page"):
        desk.replace(before, str(rescan), "By mail")
    desk.restore(now, "It was better")
    with priya.session() as session:
        (back,) = script_sheets(session, exam)
    assert [one.noted.reason for one in back.versions] == ["By mail", "It was better"]
    assert [one.restores for one in back.versions] == [None, 1]
    log = place.school.select(
        "SELECT actor_user_id, event_data ->> 'reason' FROM audit_logs"
        " WHERE event_type IN ('page.replaced', 'page.restored') ORDER BY log_seq"
    )
    assert log == [(priya.user_id, "By mail"), (priya.user_id, "It was better")]
