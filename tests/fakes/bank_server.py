"""The server's comment bank as one teacher's computers see it, in memory, after the same rules."""

from __future__ import annotations

from dataclasses import replace

from mv_desktop.domain.comment import PutComment, UseComment, applied, may_change
from mv_desktop.domain.comment_exchange import ChangeAnswer, ChangeVerdict, PulledComments
from mv_desktop.domain.identifier import CommentId
from tests.factories.comment import ASHA, NOON


class FakeBank:
    """Answers like `api.apply_comment_changes`.

    Attributes:
        bank: the comments by id; bank_answers: every answer by the change's id.
        bank_person: who asks; bank_missing: an exception that every call raises.
        bank_received: the ids of the changes of every delivery.
        bank_texts: every wording that arrived.
    """

    def __init__(self):
        self.bank = {}
        self.bank_answers = {}
        self.bank_received = []
        self.bank_texts = set()
        self.bank_person = ASHA
        self.bank_missing = None
        self._moved = {}
        self._moment = 1

    def write(self, comment):
        """Somebody else's change, or one from another computer."""
        self._moment += 1
        self.bank[comment.comment_id] = comment
        self._moved[comment.comment_id] = self._moment

    def hide(self, comment_id):
        """What was shared is shared no longer."""
        self._moment += 1
        del self.bank[comment_id]
        self._moved[comment_id] = self._moment

    def apply_comment_changes(self, session, changes):
        if self.bank_missing is not None:
            raise self.bank_missing
        answers = []
        for sent in changes:
            self.bank_received.append(sent.change.change_id)
            if sent.change.change_id not in self.bank_answers:
                self.bank_answers[sent.change.change_id] = self._judge_change(sent)
            answers.append(self.bank_answers[sent.change.change_id])
        return tuple(answers)

    def pull_comments(self, session, after):
        if self.bank_missing is not None:
            raise self.bank_missing
        news = [name for name, moment in self._moved.items() if moment >= after]
        comments = tuple(self.bank[name] for name in news if name in self.bank)
        return PulledComments(self._moment + 1, comments, tuple(name for name in news if name not in self.bank))

    def _judge_change(self, sent):
        change = sent.change
        now = self.bank.get(change.comment_id)
        if isinstance(change, UseComment):
            if now is None:
                return ChangeAnswer(change.change_id, ChangeVerdict.REFUSED, reason="unknown_comment")
            self._apply(change)
            return ChangeAnswer(change.change_id, ChangeVerdict.APPLIED)
        self.bank_texts.add(change.body.text)
        if "poison" in change.body.text:
            return ChangeAnswer(change.change_id, ChangeVerdict.REFUSED, reason="malformed")
        may = now is None or may_change(now, self.bank_person)
        if not may or (now is not None and now.version != sent.base_version and now.body.text != change.body.text):
            copy = CommentId(change.change_id)
            self._apply(PutComment(change.change_id, copy, replace(change.body, shared=False)))
            return ChangeAnswer(
                change.change_id,
                ChangeVerdict.COPIED,
                1,
                "changed" if may else "not_yours",
                copy,
                now.changed_by_name if may else "",
            )
        self._apply(change)
        return ChangeAnswer(change.change_id, ChangeVerdict.APPLIED, self.bank[change.comment_id].version)

    def _apply(self, change):
        applied(self.bank, change, self.bank_person, NOON)
        self._moment += 1
        self._moved[change.comment_id] = self._moment
