"""The papers of the scripts that were opened last, parsed once."""

from __future__ import annotations

from collections import OrderedDict

from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.offline import projection

_MOST = 4


class RecentPapers:
    """Keeps what was parsed; a script that was fetched anew is to be forgotten, it may have another paper."""

    def __init__(self) -> None:
        self._papers: OrderedDict[EvaluationId, ExamSnapshot] = OrderedDict()

    def get(self, evaluation_id: EvaluationId, stored: bytes) -> ExamSnapshot:
        """The paper of a script, which the file has as `stored`."""
        paper = self._papers.pop(evaluation_id, None) or projection.parsed_paper(stored)
        self._papers[evaluation_id] = paper
        while len(self._papers) > _MOST:
            self._papers.popitem(last=False)
        return paper

    def forget(self, evaluation_id: EvaluationId) -> None:
        """Parse that script's paper anew when it is asked for."""
        self._papers.pop(evaluation_id, None)
