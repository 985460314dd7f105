"""Pictures of questions against real servers: asked for, looked at by the worker, signed, and kept by teachers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from PIL import Image

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import InvalidError, OfflineError, RefusedError, SetupError
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.picture import PictureAddress
from mv_desktop.domain.question import QuestionStatus
from mv_desktop.offline.office.question_picture import QuestionPictures
from mv_desktop.offline.pages import PageFetcher
from mv_desktop.offline.picture_fetch import COMING
from mv_desktop.offline.sync import Synchroniser
from mv_desktop.pages.cache import PageCache
from mv_desktop.pages.download import fetch
from mv_desktop.services.database import make_engine
from mv_desktop.services.picture import request_pictures
from mv_desktop.services.question import open_question, put_question, set_question_status
from mv_desktop.worker.picture_job import check_pictures, picture_rules, sign_pictures
from mv_desktop.worker.upload_job import confirm_uploads, sign_uploads
from tests.factories.local import open_store, signed_in
from tests.factories.marking import Person, School
from tests.factories.paper import paper
from tests.fakes.picture_source import encoded
from tests.fakes.server import CloneDatabase, TestStore

CLOCK = SystemClock()
DIAGRAM = encoded(Image.new("RGB", (320, 200), "#c9d9f2"), "PNG")
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


class House:
    """A school, a store and a worker that works when it is told to."""

    def __init__(self, school: School, store: Any) -> None:
        self.school, self.store = school, store
        with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
            connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
        self.engine = make_engine(school.database.url_for("mv_worker", "worker"), application_name="test worker")
        self.rules = picture_rules(store, {"MV_PICTURE_HOSTS": "www.example.org"})

    def put(self, key: str, data: bytes) -> str:
        self.store.put(key, data, content_type="image/png")
        return key

    def work(self, _: float = 0) -> None:
        for job in (
            lambda: check_pictures(self.engine, self.store, self.rules),
            lambda: sign_pictures(self.engine, self.store, CLOCK),
            lambda: sign_uploads(self.engine, self.store, CLOCK),
            lambda: confirm_uploads(self.engine, self.store),
        ):
            while job():
                pass

    def ask(self, person: Person, *places: str, **whose: Any) -> dict[str, PictureAddress]:
        with person.session() as session:
            return {one.place: one for one in request_pictures(session, places, **whose)}

    def script(self, teacher: Person, **pictures: str) -> EvaluationId:
        exam = paper()
        first, second, *rest = exam.questions
        questions = (first, second.model_copy(update=pictures), *rest)
        return self.school.script(teacher, exam=exam.model_copy(update={"questions": questions}))


@pytest.fixture
def house(database: CloneDatabase, s3: TestStore) -> Iterator[House]:
    school, store = School(database), s3.store()
    made = House(school, store)
    yield made
    made.engine.dispose()
    store.close()
    school.close()


def test_a_teacher_has_the_pictures_of_her_scripts_with_her_also_without_a_network(
    house: House, tmp_path: Path
) -> None:
    teacher, other = house.school.person(), house.school.person()
    diagram = house.put(f"questions/{uuid4()}.png", DIAGRAM)
    broken = f"s3://{house.store.bucket}/{house.put(f'questions/{uuid4()}.png', SVG)}"
    sheet = house.put(f"answer-sheets/{uuid4()}.jpg", DIAGRAM)
    inline = "data:image/png;base64," + "A" * 2000  # a place is shorter; the others of the paper come nevertheless
    pictures = {"question_image_url": broken, "explanation_image_url": sheet, "correct_answer_image_url": inline}
    script = house.script(teacher, diagram_image_url=diagram, **pictures)
    # who may: nobody else, and nothing else than her papers name
    assert "no question that you may see" in (house.ask(other, diagram, evaluations=[script])[diagram].problem or "")
    assert "no question that you may see" in (house.ask(teacher, sheet)[sheet].problem or "")
    assert house.school.select("SELECT count(*) FROM audit_logs WHERE event_type = 'security.picture_refused'") == [
        (2,)
    ]
    asked = house.ask(teacher, diagram, inline, evaluations=[script])
    assert asked[diagram] == PictureAddress(diagram)
    assert "no question that you may see" in (asked[inline].problem or "")
    house.work()
    found = house.ask(teacher, diagram, evaluations=[script])[diagram]
    assert found.size == len(DIAGRAM)
    assert fetch(found.address or "", expected_bytes=found.size, expected_sha256=found.sha256) == DIAGRAM
    # she fetches them with the pages
    store = open_store(tmp_path, CLOCK)
    Synchroniser(store, teacher.session, CLOCK).run()
    cache = PageCache(tmp_path / "pages", store._vault.page_key, 10_000_000, ranks=store.pages.ranks)
    fetcher = PageFetcher(store, cache, teacher.session, sleep=house.work)
    assert fetcher.pictures.look(diagram) == fetcher.pictures.look(broken)
    assert (fetcher.pictures.look(diagram).words, fetcher.pictures.look(diagram).waiting) == (COMING, True)
    store.pages.take([script], CLOCK.now())
    result = fetcher.fetch_ahead([script])
    assert script in result.changed
    assert fetcher.pictures.look(diagram).data == DIAGRAM
    assert "drawing in code" in fetcher.pictures.look(broken).words
    assert "no pictures of questions" in fetcher.pictures.look(sheet).words
    assert not fetcher.pictures.look(broken).waiting
    assert DIAGRAM not in b"".join(path.read_bytes() for path in (tmp_path / "pages").iterdir())
    # without a network, and after the program ended
    fetcher.close()
    store._vault.close()
    again = open_store(tmp_path, CLOCK)
    kept = PageCache(tmp_path / "pages", again._vault.page_key, 10_000_000, ranks=again.pages.ranks)
    without = PageFetcher(again, kept, None)  # type: ignore[arg-type]
    assert without.pictures.look(diagram).data == DIAGRAM
    assert "drawing in code" in without.pictures.look(broken).words
    # an older server is not asked for what it does not know
    again.contacted(signed_in(schema_version="052"))
    assert without.pictures.fetch([script], lambda: False, pressing=True, again=True) == (frozenset(), "")
    assert "older than this program" in without.pictures.look("questions/other.png").words
    again._vault.close()


def test_what_lies_elsewhere_is_never_fetched_and_what_changed_is_looked_at_anew(house: House, tmp_path: Path) -> None:
    admin = house.school.person("admin")
    hostile = ["https://evil.example.net/7.png", "http://169.254.169.254/latest", "answer-sheets/1/001.jpg", "x" * 1000]
    key = house.put(f"questions/{uuid4()}.png", b"")
    house.ask(admin, key, "questions/none.png", "https://www.example.org/7.png", *hostile)
    house.work()
    found = house.ask(admin, key, "questions/none.png", "https://www.example.org/7.png", *hostile)
    assert all("is not fetched" in (found[place].problem or "") for place in hostile)
    assert found["questions/none.png"].problem == "This picture is not in the store."
    assert found[key].problem == "This file is empty."
    assert found["https://www.example.org/7.png"].address == "https://www.example.org/7.png"
    assert not any(one.address for one in found.values() if one.problem)
    house.put(key, DIAGRAM)
    house.school.execute("UPDATE question_pictures SET checked_at = now() - interval '11 seconds'")
    house.school.execute("UPDATE picture_requests SET signed_at = now() - interval '11 seconds'")
    house.ask(admin, key, anew=True)
    house.work()
    address = house.ask(admin, key)[key].address or ""
    assert fetch(address) == DIAGRAM
    with pytest.raises(SetupError):
        picture_rules(house.store, {"MV_PICTURE_FOLDERS": "/"})
    with pytest.raises(SetupError):
        picture_rules(house.store, {"MV_PICTURE_HOSTS": "https://www.example.org"})


def test_a_pasted_picture_is_kept_here_until_it_is_stored_and_only_stored_ones_stand_in_questions(
    house: House, tmp_path: Path
) -> None:
    admin, author = house.school.person("admin"), house.school.person()
    question = uuid4()
    store = open_store(tmp_path, CLOCK)
    pictures = QuestionPictures(admin.session, store, CLOCK, sleep=house.work)
    new = pictures.take(DIAGRAM)
    assert new.startswith("new:")
    assert pictures.look(new).data
    place = pictures.store(new)
    assert place.startswith(f"s3://{house.store.bucket}/uploads/question_image/")
    assert pictures.store(new) == place  # by the name that a draft may still know
    assert QuestionPictures(admin.session, store, CLOCK, sleep=house.work).look(place).data == pictures.look(place).data
    # the same picture of somebody else is there already: one file, and nothing is put
    elsewhere = open_store(tmp_path / "other", CLOCK)
    other = QuestionPictures(author.session, elsewhere, CLOCK, sleep=house.work)
    assert other.store(other.take(DIAGRAM)) == place
    assert house.school.select("SELECT count(*), count(DISTINCT s3_key) FROM upload_requests") == [(3, 1)]
    # what stands in a question is a picture that was looked at; that of the platform stays
    values: dict[str, Any] = {
        "class": "XII", "unit": "Matrices", "question_type": "VSA", "marks": 2, "question_text": "Find $x$.",
    }  # fmt: skip
    for wrong in ("answer-sheets/1/001.jpg", f"s3://{house.store.bucket}/questions/none.png"):
        with admin.session() as session, pytest.raises(InvalidError, match="picture"):
            put_question(session, question, None, values | {"diagram_image_url": wrong}, "for the test")
    with admin.session() as session:
        put_question(session, question, None, values | {"diagram_image_url": place}, "for the test")
        opened = open_question(session, question)
    assert opened.draft.pictures == {"diagram": place}
    house.school.execute("UPDATE questions SET question_image_url = 'https://old.example.org/1.png'")
    with admin.session() as session:
        seen = open_question(session, question).seen
        put_question(session, question, seen, {"question_text": "Find $y$."}, "for the test")
    # a file that is no picture is not one in the store either
    house.store.put(place.split("/", 3)[3], SVG, content_type="image/png")
    with pytest.raises(RefusedError):
        pictures.store("new:" + "0" * 64)
    unplugged = QuestionPictures(_nowhere, store, CLOCK)  # type: ignore[arg-type]
    kept = unplugged.take(encoded(Image.new("L", (30, 20)), "PNG"))
    with pytest.raises(OfflineError):
        unplugged.store(kept)
    assert unplugged.look(kept).data
    for each in (store, elsewhere):
        each._vault.close()


def test_what_can_be_answered_instead_has_pictures_by_the_same_rules(house: House, tmp_path: Path) -> None:
    admin, question = house.school.person("admin"), uuid4()
    store, readers = open_store(tmp_path, CLOCK), open_store(tmp_path / "reader", CLOCK)
    pictures = QuestionPictures(admin.session, store, CLOCK, sleep=house.work)
    place = pictures.store(pictures.take(DIAGRAM))

    def instead(**named: str) -> dict[str, Any]:
        return {"scheme": {"alternatives": [{"question_text": "Find $z$.", **named}]}}

    values: dict[str, Any] = {
        "class": "XII", "unit": "Matrices", "question_type": "VSA", "marks": 2, "question_text": "Find $x$.",
    }  # fmt: skip
    for wrong in ("answer-sheets/1/001.jpg", f"s3://{house.store.bucket}/questions/none.png"):
        with admin.session() as session, pytest.raises(InvalidError, match="picture"):
            put_question(session, question, None, values | instead(diagram_image_url=wrong), "for the test")
    with admin.session() as session:
        put_question(session, question, None, values | instead(diagram_image_url=place), "for the test")
        opened = open_question(session, question)
        assert opened.draft.pictures == {"or_diagram": place}
        set_question_status(session, question, opened.seen, QuestionStatus.ACTIVE, "for the test")
    teacher = QuestionPictures(house.school.person().session, readers, CLOCK, sleep=house.work)
    assert teacher.look(place).data is None
    assert teacher.look(place, question).data
    # that of the platform stays in the next version, too
    old = "https://old.example.org/2.png"
    house.school.execute(
        "UPDATE question_schemes"
        " SET scheme = jsonb_set(scheme, '{alternatives,0,question_image_url}', to_jsonb(%s::text))",
        old,
    )
    with admin.session() as session:
        seen = open_question(session, question).seen
        kept = instead(diagram_image_url=place, question_image_url=old, newer="words")
        put_question(session, question, seen, kept, "for the test")
        assert open_question(session, question).draft.pictures == {"or_diagram": place, "or_question": old}
    for each in (store, readers):
        each._vault.close()


def _nowhere() -> None:
    raise OfflineError("The server does not answer.")
