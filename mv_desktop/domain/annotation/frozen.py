"""`evaluations.annotation_data` as it may really be found: read entry by entry, so that nothing in it closes a script.

What this program writes has the shape of `document.py`. A completed script may come from another program, an import or
a newer version; it is looked at and never changed, so whatever can be shown of it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from mv_desktop.domain.annotation.shape import read_annotation
from mv_desktop.domain.identifier import PageRef

SCHEMA = 1
"""The newest schema that this program understands."""

_UNREADABLE = "unreadable"
_LARGEST_PAGE = 2**31 - 1


class FrozenAnnotation(NamedTuple):
    """One entry of the document; `body` has an id that no other entry has."""

    page: PageRef
    annotation_id: UUID
    body: Mapping[str, Any]


def newer_program(document: object) -> str | None:
    """The program version that a document of a newer schema asks for, "" where it names none; None for one of ours."""
    schema = document.get("schema", SCHEMA) if isinstance(document, Mapping) else SCHEMA
    if isinstance(schema, int | float) and schema <= SCHEMA:
        return None
    needed = document.get("program") if isinstance(document, Mapping) else None
    return needed[:40] if isinstance(needed, str) else ""


def frozen_annotations(document: object) -> tuple[FrozenAnnotation, ...]:
    """The annotations of a document, in its order.

    An entry without an id, or with one that another has, gets one made of its place and content, the same each time.
    """
    found: list[FrozenAnnotation] = []
    taken: set[UUID] = set()
    for number, (page, entry) in enumerate(_entries(document)):
        body = dict(entry) if isinstance(entry, Mapping) else {"type": _UNREADABLE, "value": entry}
        annotation_id = read_annotation(body).id
        if annotation_id in taken or "id" not in body:
            annotation_id = uuid5(annotation_id, f"{number} {json.dumps(entry, sort_keys=True, default=str)}")
            body["id"] = str(annotation_id)
        taken.add(annotation_id)
        found.append(FrozenAnnotation(page, annotation_id, body))
    return tuple(found)


def _entries(document: object) -> Iterator[tuple[PageRef, Any]]:
    for page in _listed(document, "pages"):
        number, pdf_page = _whole(page, "page_number"), _whole(page, "pdf_page")
        if number:
            yield from ((PageRef(number, pdf_page), entry) for entry in _listed(page, "annotations"))


def _listed(data: object, name: str) -> list[Any]:
    value = data.get(name) if isinstance(data, Mapping) else None
    return value if isinstance(value, list) else []


def _whole(page: object, name: str) -> int:
    """A page's number; 0 where there is none that a script can have."""
    value = page.get(name) if isinstance(page, Mapping) else None
    return value if type(value) is int and 0 < value <= _LARGEST_PAGE else 0
