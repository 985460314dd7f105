"""``mv-desktop questions``: the bank from files and into them, from the command line of an admin."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.durable import save_whole
from mv_desktop.core.errors import InvalidError
from mv_desktop.core.ids import id_source
from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.domain.import_history import ImportState
from mv_desktop.domain.question_column import match
from mv_desktop.domain.question_import import ImportPlan
from mv_desktop.domain.record_import import Meaning, Told
from mv_desktop.domain.workbook import Chosen, names_text
from mv_desktop.services.database import open_session
from mv_desktop.services.export_note import note_export
from mv_desktop.services.import_history import imports, kept_import, take_back
from mv_desktop.services.question_file import to_csv, to_xlsx
from mv_desktop.services.question_import import export_rows, perform_import, plan_import
from mv_desktop.services.table_reader import read_table, source_file
from mv_desktop.worker.terminal import act_on, who_does_it

_PROGRAM = "questions"
_MOST_SHOWN = 20
_STATES = {
    ImportState.RUNNING: "(being written)",
    ImportState.INTERRUPTED: "(interrupted: nothing was written)",
    ImportState.TAKING_BACK: "(partly taken back)",
    ImportState.TAKEN_BACK: "(taken back)",
}


def main(arguments: Sequence[str]) -> str:
    """Do one thing to the bank; returns what to say of it.

    Signs in as `worker.terminal.engine_of` says.

    Raises:
        UserError: it was not done, and why.
    """
    return act_on(_parser(), arguments, _PROGRAM)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mv-desktop questions", description="The question bank; for admins.")
    who = who_does_it("the admin who does it; her password is asked for")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    importing = actions.add_parser("import", parents=[who], help="questions from CSV or XLSX")
    importing.add_argument("file", type=Path, metavar="FILE")
    importing.add_argument(
        "--sheet",
        default="",
        metavar="NAME",
        help="of a workbook; else the first whose headings are those of questions",
    )
    importing.add_argument("--dry-run", action="store_true", help="only say what each row would do")
    importing.add_argument("--json", action="store_true", help="as one JSON line")
    importing.add_argument("--all-or-nothing", action="store_true", help="write nothing when a row is wrong")
    importing.add_argument("--approve", action="store_true", help="new questions are active at once, no drafts")
    importing.add_argument("--reason", metavar="WHY", help="stands in the audit log; the file's name unless said")
    importing.set_defaults(act=_import)
    exporting = actions.add_parser("export", parents=[who], help="the whole bank; by the name's ending CSV or XLSX")
    exporting.add_argument("file", type=Path, metavar="FILE")
    exporting.set_defaults(act=_export)
    listing = actions.add_parser("imports", parents=[who], help="the last imports, with their ids")
    listing.set_defaults(act=_imports)
    undoing = actions.add_parser("undo", parents=[who], help="take a whole import back")
    undoing.add_argument("import_id", type=UUID, metavar="ID")
    undoing.add_argument("--reason", required=True, metavar="WHY", help="stands in the audit log")
    undoing.set_defaults(act=_undo)
    return parser


def _import(engine: Engine, options: argparse.Namespace) -> str:
    table, chosen = read_table(options.file, match, options.sheet)
    source, read = source_file(options.file, chosen), _read(chosen)
    if options.json and read and sys.stderr is not None:
        sys.stderr.write(f"{read}\n")
    new_id = id_source(SystemClock())
    import_id = new_id()
    with open_session(engine) as session:
        plan = plan_import(session, table, told=_progress("Read", options))
    if plan.errors and options.all_or_nothing:
        raise InvalidError(f"{len(plan.errors)} rows are wrong. Nothing was written.\n{_errors(plan)}")
    wrote = plan.count(Meaning.NEW) + plan.count(Meaning.CHANGED)
    if wrote and not options.dry_run:
        reason = options.reason or f"Import of {options.file.name}"[:500]
        told = _progress("Written", options)
        with kept_import(lambda: open_session(engine), import_id, "question", source, reason) as session:
            perform_import(session, source.name, plan, import_id, new_id, reason, active=options.approve, told=told)
    if options.json:
        return json.dumps(plan.as_json(), ensure_ascii=False)
    done = "Nothing was written." if options.dry_run or not wrote else f"Import {import_id}; “undo” takes it back."
    return "\n".join(filter(None, (read, _counts(plan), _errors(plan), done)))


def _read(chosen: Chosen) -> str:
    """Which sheet was read, and which ones that look alike were not; "" in a file without sheets."""
    words = f"Sheet “{chosen.read}” was read." if chosen.read else ""
    if chosen.unread:
        words += f" Not read, although their headings fit: {names_text(chosen.unread)}. --sheet NAME reads another one."
    return words


def _progress(word: str, options: argparse.Namespace) -> Told:
    """On a terminal only; Ctrl+C stops it, and nothing is written."""

    def told(done: int, total: int) -> bool:
        if not options.json and sys.stderr is not None and sys.stderr.isatty():
            sys.stderr.write(f"\r{word}: {done:,} of {total:,}" + ("\n" if done == total else ""))
            sys.stderr.flush()
        return True

    return told


def _counts(plan: ImportPlan) -> str:
    return (
        f"{len(plan.rows)} rows: {plan.count(Meaning.NEW)} new, {plan.count(Meaning.CHANGED)} changed,"
        f" {plan.count(Meaning.DUPLICATE)} duplicate, {plan.count(Meaning.WRONG)} wrong."
    )


def _errors(plan: ImportPlan) -> str:
    errors = plan.errors
    lines = [f"Row {row}{f', {column}' if column else ''}: {why}" for row, column, why in errors[:_MOST_SHOWN]]
    if len(errors) > _MOST_SHOWN:
        lines.append(f"… and {len(errors) - _MOST_SHOWN} more; --json tells all.")
    return "\n".join(lines)


def _export(engine: Engine, options: argparse.Namespace) -> str:
    kinds = {".csv": (ExportFormat.CSV, to_csv), ".xlsx": (ExportFormat.XLSX, to_xlsx)}
    if options.file.suffix.lower() not in kinds:
        raise InvalidError("The file’s name must end in .csv or .xlsx.")
    kind, write = kinds[options.file.suffix.lower()]
    with open_session(engine) as session:
        rows = list(export_rows(session))
    ready = partial(note_export, lambda: open_session(engine), ExportNote("question"), kind, len(rows), options.file)
    save_whole(options.file, write(rows), ready)
    return f"{len(rows)} questions are in {options.file}."


def _imports(engine: Engine, _options: argparse.Namespace) -> str:
    with open_session(engine) as session:
        found = imports(session, "question", limit=50).rows
    return "\n".join(
        f"{one.import_id}  {one.at:%Y-%m-%d %H:%M}  {one.by}  {one.file.name}  {_STATES.get(one.state, '')}".rstrip()
        for one in found
    )


def _undo(engine: Engine, options: argparse.Namespace) -> str:
    taken = take_back(
        lambda: open_session(engine), options.import_id, options.reason, told=_progress("Taken back", options)
    )
    said = f"{taken.gone} drafts are gone, {taken.archived} archived, {taken.put_back} as they were before."
    return f"{said} {taken.left} were changed since and stay." if taken.left else said
