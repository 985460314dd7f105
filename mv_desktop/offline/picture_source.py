"""Where pictures of questions come from: what the server says of them, and the process that checks them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from mv_desktop.domain.picture import PictureAddress
from mv_desktop.offline.page_source import Connect
from mv_desktop.pages.answer import CheckedFile
from mv_desktop.pages.limit import Limits
from mv_desktop.pages.part import Part


class PictureSource(Protocol):
    """Where pictures come from."""

    def addresses(
        self,
        places: Sequence[str],
        evaluations: Sequence[UUID] = (),
        questions: Sequence[UUID] = (),
        *,
        anew: bool = False,
    ) -> tuple[PictureAddress, ...]:
        """What is known of these pictures now; what has no address is asked for."""
        ...

    def download(self, address: PictureAddress) -> bytes:
        """The picture at an address that was given. Raises as `pages.download.fetch` does."""
        ...

    def check(self, data: bytes, limits: Limits) -> CheckedFile:
        """What the picture is."""
        ...


class ServerPictures:
    """The real server, store and checking process, imported when a picture is first fetched.

    Args:
        connect: gives a session in one transaction.
        through: an HTTP proxy that leads to the store, instead of the environment's.
    """

    def __init__(self, connect: Connect, through: str = "") -> None:
        self._connect, self._through = connect, through

    def addresses(
        self,
        places: Sequence[str],
        evaluations: Sequence[UUID] = (),
        questions: Sequence[UUID] = (),
        *,
        anew: bool = False,
    ) -> tuple[PictureAddress, ...]:
        from mv_desktop.services.picture import request_pictures

        with self._connect() as session:
            return request_pictures(session, places, evaluations=evaluations, questions=questions, anew=anew)

    def download(self, address: PictureAddress) -> bytes:
        from mv_desktop.pages.download import fetch
        from mv_desktop.pages.web import Connections

        connections = Connections(1, self._through)
        try:
            return fetch(
                address.address or "",
                expected_bytes=address.size,
                expected_sha256=address.sha256,
                part=Part(),
                connections=connections,
            )
        finally:
            connections.close()

    def check(self, data: bytes, limits: Limits) -> CheckedFile:
        from mv_desktop.pages.question_picture import check_question_picture

        return check_question_picture(data, limits)
