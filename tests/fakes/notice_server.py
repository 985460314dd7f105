"""The server's notices of one person, in memory, after the same rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from mv_desktop.domain.notice import Notice, NoticeData, NoticePage
from tests.factories.local import NOW


class FakeNotices:
    """Answers like `api.my_notices` and its kin.

    Attributes:
        notices: the oldest first; read_here: what was said to be read, in order.
        notice_language: in which she is written to; listened: the channels, in order.
        notices_missing: an exception that every call raises.
    """

    def __init__(self):
        self.notices = []
        self.read_here = []
        self.notice_language = "en"
        self.listened = []
        self.notices_missing = None

    def tell(self, kind="script.assigned", *, read=False, **data):
        number = len(self.notices) + 1
        at = NOW + timedelta(seconds=number)
        values = NoticeData(**({"script": f"VX-{number}", "due_at": NOW + timedelta(hours=4)} | data))
        self.notices.append(Notice(kind, values, at, UUID(int=number), at if read else None))
        return self.notices[-1]

    def my_notices(self, session, after, limit):
        self._fail()
        newest = self.notices[::-1]
        places = [number for number, notice in enumerate(newest) if notice.notice_id == after]
        found = newest[places[0] + 1 :] if places else newest if after is None else []
        unread = sum(notice.read_at is None for notice in self.notices)
        return NoticePage(tuple(found[:limit]), unread, self.notice_language, "mv_notice_" + "0" * 32)

    def read_notices(self, session, notice_ids):
        self._fail()
        self.read_here += notice_ids
        self.notices = [
            replace(notice, read_at=notice.read_at or NOW) if notice.notice_id in notice_ids else notice
            for notice in self.notices
        ]

    def set_notice_language(self, session, language):
        self.notice_language = language

    def listen(self, session, channel):
        self.listened.append(channel)

    def _fail(self):
        if self.notices_missing is not None:
            raise self.notices_missing
