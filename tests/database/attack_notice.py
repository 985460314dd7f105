"""Attempts at what others are told, and at telling them something."""

from __future__ import annotations

from psycopg.errors import InsufficientPrivilege

from tests.database.attack import Attack
from tests.database.scene import ADMIN, ASHA, COORDINATOR, NEWCOMER, WORKER

_CALLS = {
    "tell Meera something": "SELECT api._tell(%(meera)s, 'sla.breached', '{}')",
    "tell all coordinators something": "SELECT api._tell_coordinators('sla.breached', '{}')",
    "read on which channels others are woken": "SELECT channel FROM public.notice_readers",
    "claim a mail": "SELECT api.claim_notice_mail('1 hour', '1 hour', 1)",
    "remove notices": "SELECT api.prune_notices(1, 1000)",
}
_MAY = {WORKER: {"claim a mail", "remove notices"}}

ATTACKS = (
    *(
        Attack(f"as {who}: {name}", who, (call,), InsufficientPrivilege)
        for who in (ASHA, NEWCOMER, COORDINATOR, ADMIN, WORKER)
        for name, call in _CALLS.items()
        if name not in _MAY.get(who, ())
    ),
    *(
        Attack(
            f"as {who}: read what others are told",
            who,
            ("SELECT api.my_notices(NULL, 200)", "SELECT n FROM public.notices n", "SELECT 'done'"),
            says="done",
        )
        for who in (ASHA, COORDINATOR, ADMIN)
    ),
    Attack("mark Meera's notice as read", ASHA, ("SELECT api.read_notices(ARRAY[%(notice)s]::uuid[])",), says="(0,)"),
    Attack("what comes after Meera's notice", ASHA, ("SELECT api.my_notices(%(notice)s)",), says="'notices': []"),
)
