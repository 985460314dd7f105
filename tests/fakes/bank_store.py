"""The comment bank of a local file in memory."""

from __future__ import annotations

import threading
from uuid import UUID

from mv_desktop.core.errors import UserError
from mv_desktop.domain.comment import PutComment, UseComment, applied
from mv_desktop.domain.identifier import ChangeId
from tests.factories.comment import ASHA, NOON


class FakeBankStore:
    """Keeps what it is given, and fails when told to.

    Attributes:
        me: who works here.
        bank: the comments by id.
        scripts: on how many scripts a comment is said to stand; updated: what `update` was called with.
        others: the scripts that `update` says it changed.
        fail: how many of the next writes fail.
        begun: the comments that were begun and not saved.
        gate: reads wait while it is not set.
    """

    def __init__(self, *comments):
        self.me = ASHA
        self.bank = {comment.comment_id: comment for comment in comments}
        self.scripts = 0
        self.updated = []
        self.others = frozenset()
        self.fail = 0
        self.begun = ()
        self.gate = threading.Event()
        self.gate.set()

    def person(self):
        return self.me

    def comments(self):
        self.gate.wait(10)
        return tuple(self.bank.values())

    def put(self, body, comment_id, version=None):
        self._write()
        applied(self.bank, PutComment(ChangeId(UUID(int=0)), comment_id, body), self.me, NOON)

    def drafts(self):
        return self.begun

    def keep_drafts(self, drafts):
        self.begun = drafts

    def use(self, comment_id):
        self._write()
        applied(self.bank, UseComment(ChangeId(UUID(int=0)), comment_id), self.me, NOON)

    def standing(self, comment_id, before):
        return self.scripts

    def update(self, before, after, but):
        self._write()
        self.updated.append((before, after, but))
        return self.others

    def _write(self):
        if self.fail:
            self.fail -= 1
            raise UserError("The disk is full.")
