"""The comment bank of the local file as the marking screen wants it (`ui/marking/bank/bank_port.py`)."""

from __future__ import annotations

from mv_desktop.core.clock import Clock
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.comment import BankComment, BankPerson, CommentBody, CommentDraft
from mv_desktop.domain.identifier import CommentId, EvaluationId
from mv_desktop.offline.comment_update import update_scripts
from mv_desktop.offline.store import LocalStore
from mv_desktop.ui.actions import KeyMap, Scope, build_actions, set_keys
from mv_desktop.ui.marking.bank.bank_desk import BankDesk
from mv_desktop.ui.marking.screen import MarkingScreen
from mv_desktop.ui.marking.tool.tool_box import ToolBox
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.widgets.toast import Messages


def open_bank(
    screen: MarkingScreen,
    store: LocalStore,
    tasks: Tasks,
    ids: IdSource,
    clock: Clock,
    messages: Messages,
    keys: KeyMap | None = None,
) -> BankDesk:
    """The comment bank of `store` on the marking screen; its commands are the screen's from now on."""
    desk = BankDesk(screen, screen.views, lambda: screen.session, BankOfStore(store), tasks, ids, clock, messages)
    actions = build_actions(screen, Scope.MARKING, desk.handlers(), keys)
    set_keys(desk.panel.actions_by_id, keys or KeyMap())
    screen.actions_by_id.update(actions | desk.panel.actions_by_id)  # new keys and the palette are for the panel, too
    box = screen.findChild(ToolBox)
    if box is not None:
        box.add_command("comment", actions["marking.comment_bank"])
    return desk


class BankOfStore:
    """Passes on to `LocalStore.bank`."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store

    def person(self) -> BankPerson | None:
        """Who works here."""
        return self._store.bank.person()

    def comments(self) -> tuple[BankComment, ...]:
        """All comments."""
        return self._store.bank.comments()

    def put(self, body: CommentBody, comment_id: CommentId, version: int | None = None) -> None:
        """Write a comment down."""
        self._store.bank.put(body, comment_id, version)

    def drafts(self) -> tuple[CommentDraft, ...]:
        """The comments that were begun and not saved."""
        return self._store.bank.drafts()

    def keep_drafts(self, drafts: tuple[CommentDraft, ...]) -> None:
        """These are all of them now."""
        self._store.bank.keep_drafts(drafts)

    def use(self, comment_id: CommentId) -> None:
        """Count a use."""
        self._store.bank.use(comment_id)

    def standing(self, comment_id: CommentId, before: CommentBody) -> int:
        """On how many scripts it stands."""
        return len(self._store.bank.standing(comment_id, before))

    def update(self, before: CommentBody, after: BankComment, but: EvaluationId | None) -> frozenset[EvaluationId]:
        """Bring a change to them."""
        return update_scripts(self._store, before, after, but=but)
