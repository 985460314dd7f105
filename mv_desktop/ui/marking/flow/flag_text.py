"""A flag in words."""

from __future__ import annotations

from mv_desktop.domain.flag import FLAG_WORDS, Flag
from mv_desktop.ui.text import tr


def reason_text(flag: Flag) -> str:
    """Why, in the language spoken; a reason that this version does not know as it is."""
    return tr(FLAG_WORDS[flag.reason]) if flag.reason in FLAG_WORDS else flag.reason


def flag_text(flag: Flag) -> str:
    """Why, with her own words, and what the coordinator answered."""
    text = reason_text(flag) + (f": {flag.comment}" if flag.comment else "")
    if flag.answered:
        text += " · " + (tr("answered: {answer}", answer=flag.answer) if flag.answer else tr("answered"))
    return text


def place_text(flag: Flag) -> str:
    """What it is about: the script, a page, or a spot on one."""
    if flag.page is None:
        return tr("The whole script")
    page = tr("Page {page}", page=flag.page.label)
    return page if flag.spot is None else page + ", " + tr("a spot")
