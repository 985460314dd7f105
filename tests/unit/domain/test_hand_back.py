"""The reasons for handing a script back."""

from __future__ import annotations

import json
from pathlib import Path

from mv_desktop.domain.hand_back import HAND_BACK_WORDS, HandBackReason

HINDI = Path(__file__).parents[3] / "resources" / "translations" / "hi.json"


def test_each_reason_has_words_of_its_own_in_both_languages():
    assert set(HAND_BACK_WORDS) == set(HandBackReason)
    hindi = json.loads(HINDI.read_text(encoding="utf-8"))
    said = [(words, hindi[words]) for words in HAND_BACK_WORDS.values()]
    assert len({english for english, _ in said}) == len({words for _, words in said}) == len(HandBackReason)
