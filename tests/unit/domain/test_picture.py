"""From where pictures of questions are fetched, and from where never."""

from __future__ import annotations

from uuid import UUID

import pytest

from mv_desktop.domain.picture import PictureRules, PictureSource, key_of, picture_id, places_of, source_of
from tests.factories.paper import paper

RULES = PictureRules("school", "https://s3.ap-south-1.amazonaws.com", hosts=("www.example.org",))
OWN = PictureRules("school", "http://127.0.0.1:9000")


@pytest.mark.parametrize(
    ("place", "rules", "source"),
    [
        ("questions/7.png", RULES, PictureSource(key="questions/7.png")),
        ("s3://school/question-images/7.png", RULES, PictureSource(key="question-images/7.png")),
        (
            "https://s3.ap-south-1.amazonaws.com/school/questions/a%20b.png?X-Amz-Signature=1",
            RULES,
            PictureSource(key="questions/a b.png"),
        ),
        ("https://school.s3.ap-south-1.amazonaws.com/questions/7.png", RULES, PictureSource(key="questions/7.png")),
        ("https://school.s3.amazonaws.com/questions/7.png", RULES, PictureSource(key="questions/7.png")),
        ("http://127.0.0.1:9000/school/questions/7.png", OWN, PictureSource(key="questions/7.png")),
        ("https://WWW.example.org/q/7.png", RULES, PictureSource(address="https://WWW.example.org/q/7.png")),
    ],
)
def test_a_picture_of_ours_is_found(place: str, rules: PictureRules, source: PictureSource) -> None:
    assert source_of(place, rules) == source


@pytest.mark.parametrize(
    ("says", "places"),
    [
        ("no pictures of questions", [
            "answer-sheets/1/001.jpg", "s3://school/answer-sheets/1/001.jpg", "questions/../answer-sheets/1/001.jpg",
            "questions//7.png", "questions/./7.png", "questions\\..\\7.png", "/questions/7.png", "questions/", "x",
            "uploads/rescan/1/2", "s3://school/", "https://school.s3.amazonaws.com/answer-sheets/1/001.jpg",
            "https://s3.amazonaws.com/school/questions/%2e%2e/answer-sheets/1/001.jpg",
        ]),
        ("another store", ["s3://other/questions/7.png", "s3:///questions/7.png"]),
        ("not one of the platform’s", [
            "https://example.net/7.png", "http://169.254.169.254/latest/meta-data", "https://localhost/questions/7.png",
            "https://someone@www.example.org/7.png", "https://www.example.org:8443/7.png",
            "https://www.example.org.evil.net/7.png", "https://s3.amazonaws.com/other/questions/7.png",
            "https://s3.ap-south-1.amazonaws.com:444/school/questions/7.png",
        ]),
        ("not encrypted", ["http://www.example.org/7.png"]),
        ("makes no sense", [
            "file:///etc/passwd", "data:image/png;base64,AAAA", "https:///7.png", "https://[::1/7.png",
            "https://www.example.org:x/7.png", "questions/7\n.png", "questions/" + "7" * 1000,
        ]),
    ],
)  # fmt: skip
def test_everything_else_is_refused_with_a_reason(says: str, places: list[str]) -> None:
    for place in places:
        source = source_of(place, RULES)
        assert says in source.problem, (place, source)
        assert not source.key
        assert not source.address


def test_no_folder_opens_the_whole_store() -> None:
    assert source_of("anything/7.png", PictureRules("school", "https://s3.example.org", folders=("/", ""))).problem


def test_the_pictures_of_a_paper_are_listed_once_wherever_they_stand() -> None:
    questions = paper().model_dump(mode="json")["questions"]
    questions[0] |= {"choices": [{"id": "A", "image": "questions/a.png"}, {"id": "B", "image": None}]}
    questions[1] |= {"question_image_url": "questions/q.png", "diagram_image_url": " "}
    questions[2]["alternatives"][1] |= {
        "diagram_image_url": "questions/d.png",
        "explanation_image_url": "questions/q.png",
    }
    questions[3] |= {"correct_answer_image_url": "questions/c.png", "scheme": {"steps": [{"text": "questions/no.png"}]}}
    found = places_of({"questions": questions})
    assert found == ("questions/a.png", "questions/q.png", "questions/d.png", "questions/c.png")
    assert len(set(map(picture_id, found))) == 4
    assert picture_id("questions/a.png") == UUID("87a77f6e776fd560278e4f128f3e4d73")


def test_the_same_picture_is_one_file() -> None:
    assert key_of("0" * 64, "image/jpeg") == f"uploads/question_image/{'0' * 64}.jpg"
