"""`annotation_data` that did not come from this program's registers: pulled, shown, and never changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from psycopg.types.json import Jsonb

from mv_desktop.domain.annotation.shape import read_annotation
from mv_desktop.domain.exchange import PulledScript
from mv_desktop.services.evaluation import pull_scripts
from tests.factories.bad_ink import BROKEN, STAMP
from tests.factories.marking import Person, School
from tests.fakes.server import CloneDatabase


@pytest.fixture
def school(database: CloneDatabase) -> Iterator[School]:
    made = School(database)
    yield made
    made.close()


def imported(school: School, document: object, status: str = "completed") -> PulledScript:
    """A script whose document another program wrote, as its teacher pulls it."""
    asha: Person = school.person()
    done = {"completed_at": "2026-07-01 12:00+05:30", "total_manual_marks": 3} if status == "completed" else {}
    script = school.script(asha, status=status, annotation_data=Jsonb(document), **done)
    before = school.select("SELECT annotation_data FROM evaluations")
    with asha.session() as session:
        (pulled,) = pull_scripts(session, [script])
    assert school.select("SELECT annotation_data FROM evaluations") == before
    return pulled


def test_a_completed_script_without_registers_shows_its_document(school):
    pages = [{"page_number": 1, "annotations": [STAMP, *BROKEN.values()]}, {"page_number": 2, "annotations": "none"}]
    pulled = imported(school, {"schema": 1, "pages": pages})
    assert pulled.newer_program is None
    assert len({item.annotation_id for item in pulled.annotations}) == len(BROKEN) + 1
    assert {item.page_number for item in pulled.annotations} == {1}
    assert pulled.annotations[0].body == STAMP
    for item in pulled.annotations:
        read_annotation(item.body, item.annotation_id)


@pytest.mark.parametrize("document", [[], "ink", 7, {"pages": None}])
def test_a_document_of_no_shape_is_an_empty_one(school, document):
    assert imported(school, document).annotations == ()


def test_a_newer_schema_names_the_program_it_needs(school):
    pulled = imported(school, {"schema": 2, "program": "2.0", "pages": []}, status="in_progress")
    assert pulled.newer_program == "2.0"
