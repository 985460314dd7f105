"""Asks the server for addresses to which files are put."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop.domain.upload import UploadAnswer, UploadFile

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class UploadDesk:
    """On the person's own login, each question in a transaction of its own.

    Args:
        connect: gives a session in one transaction.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def request(self, file: UploadFile, *, anew: bool) -> UploadAnswer:
        """Ask for an address, or see whether there is one."""
        from mv_desktop.services.upload import request_upload

        with self._connect() as session:
            return request_upload(session, file, anew=anew)

    def finish(self, request_id: UUID) -> UploadAnswer:
        """Say that the file is there, or see what was found."""
        from mv_desktop.services.upload import finish_upload

        with self._connect() as session:
            return finish_upload(session, request_id)
