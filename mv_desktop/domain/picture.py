"""Pictures of questions: where a question says that they are, and from where one may be fetched.

A question names a picture by a place: a key of our store, ``s3://bucket/key``, or an address of the web platform. Who
writes a question must not be able to have somebody's answer sheet, or a computer inside the school's network, shown as
its picture: `source_of` refuses all that is not a picture of a question by where it lies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

FOLDERS = ("questions/", "question-images/", "question_images/", "uploads/question_image/")
"""Where pictures of questions lie in the store, unless the worker is told otherwise; answer sheets lie elsewhere."""

PICTURE_SCHEMA = "053"
"""The first version of the database that knows of pictures."""

LONGEST_PLACE = 1000
NEW = "new:"
"""What a picture is called that is on this computer only, before its SHA-256."""

_NAMES = ("question_image_url", "diagram_image_url", "correct_answer_image_url", "explanation_image_url", "image")
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg"}
_REFUSED_ELSEWHERE = "This picture lies at an address that is not one of the platform’s: it is not fetched."
_REFUSED_FOLDER = "This picture lies where no pictures of questions are kept: it is not fetched."
_REFUSED_BUCKET = "This picture lies in another store than that of the school: it is not fetched."
_REFUSED_OPEN = "This picture’s address is not encrypted (https): it is not fetched."
_REFUSED_FORM = "This picture’s address makes no sense: it is not fetched."


@dataclass(frozen=True, slots=True)
class PictureSource:
    """From where a picture is fetched: a key of the store's bucket, or an address; or why from nowhere.

    Attributes:
        key: in the bucket; "" where it lies elsewhere.
        address: of the web; "" where it lies in the store.
        problem: a sentence why it is not fetched, "" where it is.
    """

    key: str = ""
    address: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PictureRules:
    """From where pictures are fetched.

    Attributes:
        bucket: of the store.
        endpoint: the store's address.
        folders: what keys of pictures begin with, each with a slash at its end.
        hosts: names of the platform's computers, in small letters.
    """

    bucket: str
    endpoint: str
    folders: Sequence[str] = FOLDERS
    hosts: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PictureAddress:
    """What the server says of a picture now.

    Attributes:
        place: as the question names it.
        address: from where to fetch it, None while there is none.
        size, sha256: of the file, as the worker found it; None where it could not look.
        problem: why it cannot be shown, a sentence, or None.
    """

    place: str
    address: str | None = None
    size: int | None = None
    sha256: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class SeenPicture:
    """A picture as far as it is here.

    Attributes:
        data: the file, JPEG or PNG and checked; None while it cannot be shown.
        words: why not, a sentence; "" where it can.
        waiting: it may come yet.
    """

    data: bytes | None = None
    words: str = ""
    waiting: bool = False


def picture_id(place: str) -> UUID:
    """The id of a picture, the same on every computer."""
    return UUID(bytes=hashlib.md5(place.encode(), usedforsecurity=False).digest())


def key_of(sha256: str, mime_type: str) -> str:
    """Where a picture is kept in the store, by what is in it: the same picture twice is one file."""
    return f"{FOLDERS[-1]}{sha256}.{_ENDINGS[mime_type]}"


def places_of(paper: Any) -> tuple[str, ...]:  # noqa: ANN401 (JSON)
    """The places of all pictures in a paper or a question, as JSON has them; each once, in order."""
    return tuple(dict.fromkeys(_places(paper)))


def _places(value: Any) -> Iterator[str]:  # noqa: ANN401
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name in _NAMES and isinstance(inner, str):
                if inner.strip():
                    yield inner
            else:
                yield from _places(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _places(inner)


def source_of(place: str, rules: PictureRules) -> PictureSource:
    """From where the picture at `place` is fetched, or why it is not."""
    if len(place) > LONGEST_PLACE or not place.isprintable():
        return PictureSource(problem=_REFUSED_FORM)
    try:
        parts = urlsplit(place)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return PictureSource(problem=_REFUSED_FORM)
    if place.startswith("s3://"):
        bucket, _, key = place.removeprefix("s3://").partition("/")
        return _in_store(key, rules) if bucket == rules.bucket else PictureSource(problem=_REFUSED_BUCKET)
    if "://" not in place and not parts.scheme:
        return _in_store(place, rules)
    if parts.scheme not in {"http", "https"} or not host:
        return PictureSource(problem=_REFUSED_FORM)
    key_there = _key_at(host, port, unquote(parts.path), rules)
    if key_there is not None:
        return _in_store(key_there, rules)
    if host not in rules.hosts or parts.username is not None or port not in {None, 443}:
        return PictureSource(problem=_REFUSED_ELSEWHERE)
    if parts.scheme != "https":
        return PictureSource(problem=_REFUSED_OPEN)
    return PictureSource(address=place)


def _in_store(key: str, rules: PictureRules) -> PictureSource:
    """A key below one of the folders. No part of it may lead upwards: not every server takes keys as they are."""
    odd = "\\" in key or any(part in {"", ".", ".."} for part in key.split("/"))
    if odd or not any(folder.strip("/") and key.startswith(folder) for folder in rules.folders):
        return PictureSource(problem=_REFUSED_FOLDER)
    return PictureSource(key=key)


def _key_at(host: str, port: int | None, path: str, rules: PictureRules) -> str | None:
    """The key of what lies at an address of our store itself, whose signature may have ended; None for others."""
    parts = urlsplit(rules.endpoint)
    if port not in {None, parts.port}:
        return None
    ours = {(parts.hostname or "").lower()}
    if rules.endpoint.endswith(".amazonaws.com"):
        ours.add("s3.amazonaws.com")
    if host in ours and path.startswith(f"/{rules.bucket}/"):
        return path.removeprefix(f"/{rules.bucket}/")
    return path.removeprefix("/") if host.removeprefix(f"{rules.bucket}.") in ours - {host} else None
