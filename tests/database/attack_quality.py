"""Attempts at the second markings of others, and at deciding what is marked a second time."""

from __future__ import annotations

from psycopg.errors import InsufficientPrivilege

from tests.database.attack import Attack
from tests.database.scene import ADMIN, ASHA, COORDINATOR, NEWCOMER

_MARKS = """'[{"question_number": 2, "marks": "1"}]'"""

ATTACKS = (
    *(
        Attack(f"as {who}: {name}", who, (call,), InsufficientPrivilege)
        for who in (ASHA, NEWCOMER, COORDINATOR, ADMIN)
        for name, call in {
            "draw the samples": """SELECT api.choose_samples('[{"evaluation": "<done>", "why": "share"}]')""",
            "read what samples are drawn with": "SELECT api.sample_rule()",
            "read the key of the samples": "SELECT * FROM api._sample_key",
            "read of which scripts nothing is decided": "SELECT * FROM api._scripts_to_sample",
            "see whether a sample is drawn": "SELECT * FROM api.scripts_to_sample(10)",
            "give samples as the worker does": "SELECT api.give_samples(10)",
            "give a sample without being asked who one is": "SELECT api._give_sample(%(done)s, %(asha)s, NULL)",
            "choose a sample oneself": "SELECT api._choose(%(done)s, 'first', NULL, NULL)",
            "write a second mark": "UPDATE public.sample_marks SET second_marks = 0",
            "end a second marking": "DELETE FROM public.second_markings",
        }.items()
    ),
    *(
        Attack(f"as {who}: {name}", who, (call,), InsufficientPrivilege)
        for who in (ASHA, NEWCOMER)
        for name, call in {
            "ask for a second marking": "SELECT api.ask_sample(%(done)s, 'x')",
            "see who could mark a sample": "SELECT api.second_teachers(%(done)s)",
            "give a sample": "SELECT api.give_sample(%(done)s, %(asha)s)",
            "take a sample back": "SELECT api.take_sample_back(%(marking)s, 'x')",
            "see which scripts are samples": "SELECT * FROM public.script_samples",
            "see who marks a second time": "SELECT * FROM public.second_markings",
        }.items()
    ),
    Attack("read what came of Meera's samples", ASHA, ("SELECT * FROM public.sample_marks",), silent=True),
    Attack(
        "read what somebody marks a second time",
        ASHA,
        ("SELECT api.my_second_markings()", "SELECT api.read_second_marking(%(marking)s)"),
        says="None",
    ),
    Attack(
        "mark what somebody else was given", ASHA, (f"SELECT api.mark_second(%(marking)s, {_MARKS})",), says="unknown"
    ),
    Attack(
        "hand back what somebody else was given", ASHA, ("SELECT api.decline_second(%(marking)s, 'x')",), says="unknown"
    ),
)
