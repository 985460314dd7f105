"""What the tables of the Sync page say: where the work on each script is, and what the server put aside."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo

from mv_desktop.offline.work_store import AsideWork, ScriptWork
from mv_desktop.ui.sync.change_text import change_text
from mv_desktop.ui.sync.state import short_moment
from mv_desktop.ui.text import said, tr, tr_count
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.fact_table import Cell, TableRow

SCRIPT_HEADINGS = ("Script", "Only here", "Sent", "Confirmed", "Put aside")
ASIDE_HEADINGS = ("Script", "What it was", "Result", "When")

SINCE, AT, UNTIL = "{count} since {when}", "{count} at {when}", "{count} until {when}"
_NONE = Cell("–", role="muted")
_RESULTS: dict[str, tuple[str, str, ColorRole]] = {
    "kept": ("kept", "saved", "soon"),
    "refused": ("refused", "warning", "danger"),
    "set_aside": ("tried again", "sync", "accent"),
}
"""By verdict: the word, the icon and its colour."""


def script_rows(scripts: Iterable[ScriptWork], now: datetime, zone: tzinfo) -> tuple[TableRow, ...]:
    """A row a script: what of it is only here, sent, confirmed and put aside, with counts and moments."""
    return tuple(TableRow(work.evaluation_id, _script_cells(work, now, zone)) for work in scripts)


def aside_rows(aside: Iterable[AsideWork], now: datetime, zone: tzinfo) -> tuple[TableRow, ...]:
    """A row a change: whose script, what it was, and what became of it."""
    rows = []
    for work in aside:
        word, icon, role = _RESULTS[work.verdict]
        cells = (
            Cell(said(work.script_code)),
            Cell(change_text(work.operation, work.kind)),
            Cell(tr(word), icon, role, said(work.why)),
            Cell(short_moment(work.made_at, now, zone)),
        )
        rows.append(TableRow(work.op_id, cells))
    return tuple(rows)


def _script_cells(work: ScriptWork, now: datetime, zone: tzinfo) -> tuple[Cell, ...]:
    def counted(count: int, at: datetime | None, template: str) -> str:
        return str(count) if at is None else tr(template, count=count, when=short_moment(at, now, zone))

    here, sent, confirmed, aside = _NONE, _NONE, _NONE, _NONE
    if work.here:
        tip = tr_count("{count} change on this computer", "{count} changes on this computer", work.here)
        here = Cell(counted(work.here, work.here_since, SINCE), "saved", "soon", tip)
    if work.sent:
        tip = tr_count("{count} change sent, not confirmed", "{count} changes sent, not confirmed", work.sent)
        sent = Cell(counted(work.sent, work.sent_at, AT), "upload", "accent", tip)
    if work.confirmed:
        tip = tr_count("{count} change confirmed", "{count} changes confirmed", work.confirmed)
        confirmed = Cell(counted(work.confirmed, work.confirmed_at, UNTIL), "done", "done", tip)
    if work.aside:
        tip = tr_count("{count} change put aside", "{count} changes put aside", work.aside)
        aside = Cell(str(work.aside), "warning", "soon", tip)
    return Cell(work.script_code, tip=f"{work.script_code} · {work.title}"), here, sent, confirmed, aside
