"""What second marking needs of the server and of her file; what asks the server is called on `SECOND_LANE`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from mv_desktop.domain.evaluation import PageInfo
from mv_desktop.domain.exchange import PulledPage
from mv_desktop.domain.identifier import MarkingId
from mv_desktop.domain.picture import SeenPicture
from mv_desktop.domain.second import SecondDraft, SecondLook, SecondMark, SecondScript
from mv_desktop.offline.second import SecondPages
from mv_desktop.ui.marking.port import Recorder

SECOND_LANE = "second"
PAGES_LANE = "second_pages"
"""Pages come beside everything else: a mark that is handed in does not wait for them."""


class Drafts(Recorder, Protocol):
    """What she typed, on this computer, as `offline.second_draft.SecondDrafts`; called from any lane."""

    def begin(self, draft: SecondDraft) -> SecondDraft:
        """The draft that stands there, or this one from now on."""
        ...

    def comment(self, marking: MarkingId, words: str) -> None:
        """Keep what is to be told who coordinates."""
        ...

    def lose(self, marking: MarkingId) -> None:
        """It is not hers any more."""
        ...

    def drop(self, marking: MarkingId) -> None:
        """It is not needed any more."""
        ...


class SecondPlace(Protocol):
    """As `offline.second.SecondMarkings`, which raises what its methods say."""

    @property
    def drafts(self) -> Drafts:
        """What she typed."""
        ...

    def look(self) -> SecondLook:
        """What there is to do, and what she typed."""
        ...

    def picture(self, marking: MarkingId, place: str) -> SeenPicture:
        """A picture of a question of its paper."""
        ...

    def read(self, marking: MarkingId) -> SecondScript:
        """The paper, and which pages there are."""
        ...

    def fetch(
        self, script: SecondScript, page: PulledPage, into: SecondPages, cancelled: Callable[[], bool]
    ) -> tuple[PageInfo, ...]:
        """Bring the pages of one file."""
        ...

    def hand_in(self, marking: MarkingId, marks: Sequence[SecondMark], comment: str) -> None:
        """Send all her marks; may be repeated."""
        ...

    def decline(self, marking: MarkingId, reason: str) -> None:
        """Hand it back without marks."""
        ...
