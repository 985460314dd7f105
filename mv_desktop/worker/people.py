"""``mv-desktop people``: members of staff, from the command line of an admin."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.password import judge
from mv_desktop.domain.person import NewMember, StaffMember
from mv_desktop.services import staff
from mv_desktop.services.database import open_session
from mv_desktop.services.sign_in import hello
from mv_desktop.worker.terminal import act_on, asked, who_does_it

_PROGRAM = "people"
_SHOWN_ONCE = "It is shown only now; hand it over in person. It must be changed at the first sign-in."


def main(arguments: Sequence[str]) -> str:
    """Do one thing to the people of the school; returns what to say of it.

    Signs in as `worker.terminal.engine_of` says.

    Raises:
        UserError: it was not done, and why.
    """
    return act_on(_parser(), arguments, _PROGRAM)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mv-desktop people", description="Members of staff; for admins.")
    who = who_does_it("the admin who does it; her password is asked for")
    why = argparse.ArgumentParser(add_help=False, parents=[who])
    why.add_argument("email", metavar="EMAIL", help="whose account")
    why.add_argument("--reason", required=True, metavar="WHY", help="stands in the audit log")
    actions = parser.add_subparsers(required=True, metavar="ACTION")

    listing = actions.add_parser("list", parents=[who], help="all teachers and admins")
    listing.add_argument("--json", action="store_true", help="one JSON line a person")
    listing.set_defaults(act=_list)
    adding = actions.add_parser("add", parents=[why], help="a new member of staff")
    adding.add_argument("--first-name", required=True, metavar="NAME")
    adding.add_argument("--last-name", required=True, metavar="NAME")
    _role_options(adding, default=StaffRole.TEACHER.value)
    adding.set_defaults(act=_add)
    actions.add_parser("reset", parents=[why], help="a new first password").set_defaults(act=_reset)
    actions.add_parser("lock", parents=[why], help="nobody signs in with it, open sessions end").set_defaults(act=_lock)
    actions.add_parser("unlock", parents=[why], help="let her in again").set_defaults(act=_unlock)
    closing = actions.add_parser("deactivate", parents=[why], help="close it; pending work is taken for 14 days")
    closing.set_defaults(act=_deactivate)
    actions.add_parser("reactivate", parents=[why], help="open it again").set_defaults(act=_reactivate)
    renaming = actions.add_parser("email", parents=[why], help="another e-mail address, the same password")
    renaming.add_argument("new_email", metavar="NEW", help="the new address")
    renaming.set_defaults(act=_email)
    role = actions.add_parser("role", parents=[why], help="teacher or admin, coordinator or not")
    _role_options(role, default=None)
    role.set_defaults(act=_role)
    own = actions.add_parser("password", parents=[who], help="change your own, also a first one")
    own.set_defaults(act=_password)
    return parser


def _role_options(parser: argparse.ArgumentParser, *, default: str | None) -> None:
    parser.add_argument("--role", choices=[role.value for role in StaffRole], default=default, required=default is None)
    parser.add_argument("--coordinator", action="store_true", help="she coordinates, too")


# -- What is done ---------------------------------------------------------------------------------------------


def _list(engine: Engine, options: argparse.Namespace) -> str:
    with open_session(engine) as session:
        members = staff.staff_members(session)
    return "\n".join(
        json.dumps(_as_json(member), ensure_ascii=False) if options.json else _as_text(member) for member in members
    )


def _add(engine: Engine, options: argparse.Namespace) -> str:
    member = NewMember(
        email=options.email.strip(),
        first_name=options.first_name,
        last_name=options.last_name,
        role=StaffRole(options.role),
        is_coordinator=options.coordinator,
    )
    password = staff.first_password()
    with open_session(engine) as session:
        staff.create_person(session, member, staff.verifier_for(session, password), options.reason)
    return f"{member.email} has an account. First password: {password}\n{_SHOWN_ONCE}"


def _reset(engine: Engine, options: argparse.Namespace) -> str:
    password = staff.first_password()
    with open_session(engine) as session:
        member = staff.staff_member(session, options.email)
        verifier = staff.verifier_for(session, password)
        ended = staff.reset_password(session, member.user_id, verifier, options.reason)
    return f"{member.email} has a new first password: {password}\n{_SHOWN_ONCE}\n{_ended(ended)}"


def _lock(engine: Engine, options: argparse.Namespace) -> str:
    with open_session(engine) as session:
        member = staff.staff_member(session, options.email)
        ended = staff.lock_person(session, member.user_id, options.reason)
    return f"{member.email} is locked. {_ended(ended)}"


def _unlock(engine: Engine, options: argparse.Namespace) -> str:
    return _simple(engine, options, staff.unlock_person, "can sign in again, with the password as before.")


def _deactivate(engine: Engine, options: argparse.Namespace) -> str:
    said = "is closed. What is pending on her computer is still taken for 14 days, and kept for a coordinator."
    return _simple(engine, options, staff.deactivate_person, said)


def _reactivate(engine: Engine, options: argparse.Namespace) -> str:
    return _simple(engine, options, staff.reactivate_person, "is open again.")


def _simple(engine: Engine, options: argparse.Namespace, act: Callable[[Session, UserId, str], None], said: str) -> str:
    with open_session(engine) as session:
        member = staff.staff_member(session, options.email)
        act(session, member.user_id, options.reason)
    return f"{member.email} {said}"


def _email(engine: Engine, options: argparse.Namespace) -> str:
    new = options.new_email.strip()
    with open_session(engine) as session:
        member = staff.staff_member(session, options.email)
        staff.change_email(session, member.user_id, new, options.reason)
    return f"{member.email} is now {new}, with the same password."


def _role(engine: Engine, options: argparse.Namespace) -> str:
    role = StaffRole(options.role)
    with open_session(engine) as session:
        member = staff.staff_member(session, options.email)
        staff.change_role(session, member.user_id, role, options.reason, is_coordinator=options.coordinator)
    return f"{member.email} is now {role.value}{' and coordinator' if options.coordinator else ''}."


def _password(engine: Engine, _options: argparse.Namespace) -> str:
    from mv_desktop import __version__
    from mv_desktop.domain.operation import OPERATION_SCHEMA

    with open_session(engine) as session:
        person = hello(session, __version__, OPERATION_SCHEMA)
    new = asked("New password: ")
    known = (person.email, person.first_name, person.last_name)
    found = judge(new, engine.url.password or "", known)
    if not found.allowed:
        raise InvalidError(found.why, kept="Your password is as it was.", remedy="Choose another one.")
    if asked("Once more: ") != new:
        raise InvalidError("The two differ.", kept="Your password is as it was.", remedy="Try again.")
    with open_session(engine) as session:
        staff.change_password(session, staff.verifier_for(session, new))
    return "Your password is changed."


def _ended(count: int) -> str:
    return "No session was open." if count == 0 else f"Open sessions ended: {count}."


def _as_json(member: StaffMember) -> dict[str, object]:
    return {
        "user_id": str(member.user_id),
        "email": member.email,
        "first_name": member.first_name,
        "last_name": member.last_name,
        "role": member.role.value,
        "is_coordinator": member.is_coordinator,
        "state": member.state.value,
        "last_login_at": member.last_login_at and member.last_login_at.isoformat(),
    }


def _as_text(member: StaffMember) -> str:
    role = f"{member.role.value}{' and coordinator' if member.is_coordinator else ''}"
    return f"{member.email:<36} {role:<24} {member.state.value:<15} {member.first_name} {member.last_name}"
