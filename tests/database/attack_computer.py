"""Attempts at other people's computers, and at putting work into the server by a file."""

from __future__ import annotations

import psycopg
from psycopg.errors import InsufficientPrivilege, InvalidParameterValue

from tests.database.attack import Attack
from tests.database.scene import ADMIN, ASHA, CLOSED, COORDINATOR, LOCKED, NEWCOMER, STRANGER, WORKER

_FILE = "repeat('a', 64)"
_MARK = (
    "jsonb_build_array(jsonb_build_object('op_id', gen_random_uuid(), 'evaluation_id', {evaluation},"
    " 'assignment_version', 1, 'base_version', 0, 'kind', 'mark.clear', 'payload', '{{}}'::jsonb, 'schema', 1))"
)
_CALLS = {
    "list computers": "api.computers()",
    "revoke a computer": "api.revoke_computer(%(meera)s, %(computer)s, 'x')",
    "restore a computer": "api.restore_computer(%(meera)s, %(computer)s, 'x')",
    "bring work in": f"api.import_operations(%(meera)s, {_FILE}, {_MARK.format(evaluation='%(open)s')})",
}
_MAY = {
    COORDINATOR: {"bring work in"},
    ADMIN: {"list computers", "revoke a computer", "restore a computer"},
}
_SHUT_OUT = (LOCKED, STRANGER)

ATTACKS = (
    *(
        Attack(
            f"as {who}: {name}, which is not hers to do",
            who,
            (f"SELECT {call}",),
            psycopg.OperationalError if who in _SHUT_OUT else InsufficientPrivilege,
        )
        for who in (ASHA, CLOSED, NEWCOMER, LOCKED, STRANGER, COORDINATOR, ADMIN, WORKER)
        for name, call in _CALLS.items()
        if name not in _MAY.get(who, ())
    ),
    Attack("read of computers", ASHA, ("SELECT name FROM public.computers",), InsufficientPrivilege),
    Attack("say that she is on Meera's", ASHA, ("SELECT api.meet_computer(%(computer)s, 'x', 'x')",), says="False"),
    Attack("say that Meera's was wiped", ASHA, ("SELECT api.computer_wiped(%(computer)s, 0)",)),
    Attack(
        "as admin: hide a computer by hand",
        ADMIN,
        ("DELETE FROM public.computers",),
        InsufficientPrivilege,
    ),
    Attack(
        "as coordinator: work for who is nobody",
        COORDINATOR,
        (f"SELECT api.import_operations(%(student)s, {_FILE}, '[]')",),
        says="unknown",
    ),
    Attack(
        "as coordinator: work on a script that was never hers",
        COORDINATOR,
        (f"SELECT api.import_operations(%(meera)s, {_FILE}, {_MARK.format(evaluation='%(my_open)s')})",),
        says="never_assigned",
    ),
    Attack(
        "as coordinator: fifty-one operations in a file",
        COORDINATOR,
        (f"SELECT api.import_operations(%(meera)s, {_FILE}, (SELECT jsonb_agg(n) FROM generate_series(1, 51) n))",),
        InvalidParameterValue,
    ),
    Attack(
        "as coordinator: write kept work past the function",
        COORDINATOR,
        ("SELECT api._store_verdict(NULL, '{}', '{}')",),
        InsufficientPrivilege,
    ),
)
