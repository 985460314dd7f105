"""What the ink of a script adds up to, kept up by each change and never by walking all ink."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.identifier import AnnotationId, MarkKey, PageRef
from mv_desktop.domain.marks import ZERO


class InkTally:
    """Sums and counts by question and by page, of annotations that are added and removed one by one."""

    def __init__(self) -> None:
        self._sums: dict[MarkKey, Decimal] = {}
        self._carrying: dict[MarkKey, int] = {}
        self._of_question: dict[MarkKey, int] = {}
        self._on_page: dict[PageRef, int] = {}
        self._steps: dict[MarkKey, dict[int, dict[AnnotationId, Decimal]]] = {}

    # -- reading ---------------------------------------------------------------------------------------------

    def marks(self, key: MarkKey) -> Decimal | None:
        """What the annotations of a question carry together; None when none carries marks."""
        return self._sums.get(key)

    def of_question(self, key: MarkKey) -> int:
        """How many annotations belong to a question, with marks or without."""
        return self._of_question.get(key, 0)

    def on_page(self, page: PageRef) -> int:
        """How many annotations stand on a page."""
        return self._on_page.get(page, 0)

    def steps(self, key: MarkKey) -> dict[int, Decimal]:
        """What was given for the steps of a question's scheme, by step from 1; only steps that a stamp stands for."""
        return {step: sum(given.values(), ZERO) for step, given in sorted(self._steps.get(key, {}).items())}

    def stamps_of_step(self, key: MarkKey, step: int) -> Mapping[AnnotationId, Decimal]:
        """What each annotation gives for a step, in the order in which they were added."""
        return self._steps.get(key, {}).get(step, {})

    # -- changing --------------------------------------------------------------------------------------------

    def add(self, placed: Placed) -> None:
        """Count an annotation."""
        annotation = placed.annotation
        self._on_page[placed.page] = self._on_page.get(placed.page, 0) + 1
        key, carried = annotation.mark_key, annotation.carried
        if key is None:
            return
        self._of_question[key] = self._of_question.get(key, 0) + 1
        if carried is None:
            return
        self._sums[key] = self._sums.get(key, ZERO) + carried
        self._carrying[key] = self._carrying.get(key, 0) + 1
        if annotation.step is not None:
            self._steps.setdefault(key, {}).setdefault(annotation.step, {})[annotation.annotation_id] = carried

    def remove(self, placed: Placed) -> None:
        """Count an annotation no longer; it was added before."""
        annotation = placed.annotation
        self._on_page[placed.page] -= 1
        key, carried = annotation.mark_key, annotation.carried
        if key is None:
            return
        self._of_question[key] -= 1
        if carried is None:
            return
        self._carrying[key] -= 1
        self._sums[key] -= carried
        if not self._carrying[key]:
            del self._carrying[key], self._sums[key]
        if annotation.step is not None:
            stamps = self._steps[key][annotation.step]
            del stamps[annotation.annotation_id]
            if not stamps:
                del self._steps[key][annotation.step]
