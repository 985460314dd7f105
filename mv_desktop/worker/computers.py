"""``mv-desktop computers``: where members of staff work, and revoking a computer, from an admin's command line."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.computer import Computer
from mv_desktop.services import computer as service
from mv_desktop.services import staff
from mv_desktop.services.database import open_session
from mv_desktop.worker.terminal import act_on, who_does_it

_PROGRAM = "computers"


def main(arguments: Sequence[str]) -> str:
    """Do one thing about a computer; returns what to say of it. Signs in as `worker.terminal.engine_of` says.

    Raises:
        UserError: it was not done, and why.
    """
    return act_on(_parser(), arguments, _PROGRAM)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mv-desktop computers", description="Computers of the staff; for admins.")
    who = who_does_it("the admin who does it; her password is asked for")
    which = argparse.ArgumentParser(add_help=False, parents=[who])
    which.add_argument("email", metavar="EMAIL", help="whose file on it")
    which.add_argument("computer", metavar="ID", help="the computer's id, or how it begins, as “list” shows it")
    which.add_argument("--reason", required=True, metavar="WHY", help="stands in the audit log")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", parents=[who], help="all computers, or one person's")
    listing.add_argument("email", metavar="EMAIL", nargs="?", help="whose")
    listing.add_argument("--json", action="store_true", help="one JSON line a computer")
    listing.set_defaults(act=_list)
    revoking = actions.add_parser("revoke", parents=[which], help="it sends what is pending, and wipes itself")
    revoking.set_defaults(act=_revoke)
    actions.add_parser("restore", parents=[which], help="let her sign in there again").set_defaults(act=_restore)
    return parser


def _list(engine: Engine, options: argparse.Namespace) -> str:
    with open_session(engine) as session:
        user_id = None if options.email is None else staff.staff_member(session, options.email).user_id
        rows = service.computers(session, user_id)
    show = _as_json if options.json else _as_text
    return "\n".join(map(show, rows)) or "No computer is known."


def _revoke(engine: Engine, options: argparse.Namespace) -> str:
    with open_session(engine) as session:
        found = _found(service.computers(session, staff.staff_member(session, options.email).user_id), options.computer)
        service.revoke_computer(session, found.user_id, found.computer_id, options.reason)
    return (
        f"{found.name or found.computer_id} is revoked. At its next contact it sends what is pending and wipes itself; "
        "“list” then says so. If it may be in somebody's hands, lock the account, too, or give it another password: "
        "people lock, people reset."
    )


def _restore(engine: Engine, options: argparse.Namespace) -> str:
    with open_session(engine) as session:
        found = _found(service.computers(session, staff.staff_member(session, options.email).user_id), options.computer)
        service.restore_computer(session, found.user_id, found.computer_id, options.reason)
    return f"{options.email} can sign in on {found.name or found.computer_id} again; her scripts are fetched anew."


def _found(rows: Sequence[Computer], named: str) -> Computer:
    found = [row for row in rows if str(row.computer_id).startswith(named.strip().lower())]
    if len(found) != 1:
        raise InvalidError(
            "There is no such computer." if not found else f"{len(found)} computers begin like that.",
            remedy="“mv-desktop computers list EMAIL” shows their ids.",
        )
    return found[0]


def _as_json(row: Computer) -> str:
    values = {name: getattr(row, name) for name in Computer.__dataclass_fields__}
    return json.dumps({name: _plain(value) for name, value in values.items()}, ensure_ascii=False)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _as_text(row: Computer) -> str:
    if row.wiped_at is not None:
        left = f", {row.left_behind} changes left there" if row.left_behind else ""
        state = f"revoked, wiped {row.wiped_at:%Y-%m-%d %H:%M}{left}"
    else:
        state = "in use" if row.revoked_at is None else "revoked, not heard of since"
    where = f"{row.name or 'without a name':<24} {row.program:<10}"
    return f"{row.computer_id}  {row.email:<36} {where} {row.last_seen_at:%Y-%m-%d %H:%M}  {state}"
