"""Notices in the language spoken, with their moments as people say them today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from mv_desktop.domain.notice import Notice, Told, worded
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.widgets.deadline_text import moment, whole_moment


def notice_text(told: Told, now: datetime, zone: tzinfo) -> str:
    """What one notice says at `now` (aware)."""
    said = worded(told, lambda when: moment(when, now, zone))
    return tr(said.template, **said.values)


def whole_text(told: Told, zone: tzinfo) -> str:
    """The same with whole moments, for a tool tip."""
    said = worded(told, lambda when: whole_moment(when, zone))
    return tr(said.template, **said.values)


def news_text(fresh: Sequence[Notice], now: datetime, zone: tzinfo) -> str:
    """What is said of new ones as they come, the newest first: the one, or how many; at least one."""
    if len(fresh) == 1:
        return notice_text(fresh[0], now, zone)
    return tr("{count} new notices. The newest: {notice}", count=len(fresh), notice=notice_text(fresh[0], now, zone))


def unread_text(unread: int) -> str:
    """How many are unread, in a few words."""
    return tr_count("{count} unread notice", "{count} unread notices", unread)
