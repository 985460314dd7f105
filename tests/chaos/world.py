"""What the machine plays with: a real server with people on it, and beside it a model of what it must answer."""

from __future__ import annotations

import copy
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.services.kept_work import kept_work
from tests.chaos.model import Model, Script, Sent
from tests.factories.marking import School
from tests.fakes.server import CloneDatabase, clone, drop

_REGISTERS = (
    ("mark_registers", "question_number"),
    ("annotation_registers", "placed_seq"),
    ("question_marks", "question_number"),
)

LOST, TWICE, DIFFERS = "lost", "twice", "differs"


class BrokenError(AssertionError):
    """Something that must hold does not.

    Attributes:
        rule: `LOST`, `TWICE` or `DIFFERS`.
    """

    def __init__(self, rule: str, *what: object) -> None:
        super().__init__(rule, *what)
        self.rule = rule


def must(holds: object, rule: str, *what: object) -> None:
    """Raise `BrokenError` unless it `holds`."""
    if not holds:
        raise BrokenError(rule, *what)


class KilledError(BaseException):
    """The program was ended in the middle of what it did; nothing may catch this."""


def scratch() -> Path:
    """A new folder, in memory where there is such a place: what is kept on a disk is tested in `power.py`."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="mv-chaos-", dir=memory if memory.is_dir() else None))


@dataclass
class Made:
    """An operation that was recorded somewhere.

    Attributes:
        born: on which computer, and as which of its operations.
        base_version: of the script that was on the screen.
        promised: the program said that it is saved, and no copy of the disk that had it is gone.
    """

    op_id: UUID
    born: tuple[int, int]
    evaluation_id: UUID
    base_version: int
    promised: bool = True
    out_of_order: bool = False


class World:
    """The server, its people, and the model of it.

    Args:
        database: in which everything is committed.

    Attributes:
        restored: the server was restored from a backup since the machine began.
        statements: about so many SQL statements a write has.
        steps: of the machine, in all its runs.
        stats: how often what was done, faults as "fault: …", verdicts as "verdict: …".
    """

    def __init__(self, database: CloneDatabase) -> None:
        self.database = database
        self.school = School(database)
        self.people = [self.school.person(), self.school.person()]
        self.limbo = self.school.person()
        self.coordinator = self.school.person("teacher", is_coordinator=True)
        self.stats: Counter[str] = Counter()
        self.steps = 0
        self.statements = 20
        self.admin = self._admin()
        self.restored = self.has_backup = False
        self._copy = CloneDatabase(database.server, f"{database.name}_copy")
        self.scripts: list[EvaluationId] = []
        self.most_known: int | None = None
        ((self._newest,),) = self.school.select("SELECT api._setting('operation_schema')")

    def begin(self) -> None:
        """New scripts, nothing known of what was before: two of the first teacher's and one of the second's."""
        self.model = Model()
        self.made: dict[UUID, Made] = {}
        self.verdicts: dict[UUID, str] = {}
        self.seen: set[UUID] = set()
        self.restored = self.has_backup = False
        self.scripts = [self.school.script(self.people[owner]) for owner in (0, 0, 1)]
        for evaluation, owner in zip(self.scripts, (0, 0, 1), strict=True):
            self.model.scripts[evaluation] = Script(self.people[owner].user_id)

    def end(self) -> None:
        """Leave nothing in anybody's queue."""
        self.schema(None)
        self.admin.execute("UPDATE users SET is_active = true WHERE NOT is_active")
        self.admin.execute(
            "UPDATE evaluations SET teacher_user_id = %s WHERE evaluation_id = ANY (%s) AND status <> 'completed'",
            (self.limbo.user_id, self.scripts),
        )

    def close(self) -> None:
        self.admin.close()
        self.school.close()

    # -- a server that is restored ---------------------------------------------------------------------------

    def back_up(self) -> None:
        """Copy the whole database, and what is known of it."""
        self._let_go()
        drop(self._copy)
        clone(self.database.server, self.database.name, self._copy.name)
        self.admin = self._admin()
        self._known = copy.deepcopy((self.model, self.verdicts, self.seen, self.most_known))
        self.has_backup = True

    def restore(self) -> None:
        """Put the copy in the place of the database: what came since is gone on the server."""
        self._let_go()
        drop(self.database)
        clone(self.database.server, self._copy.name, self.database.name)
        drop(self._copy)
        self.admin = self._admin()
        self.model, self.verdicts, self.seen, self.most_known = self._known
        self.restored, self.has_backup = True, False

    def _let_go(self) -> None:
        """A database is copied only when nobody is connected to it."""
        self.admin.close()
        for person in (*self.people, self.limbo, self.coordinator):
            person.engine.dispose()
        self.school.engine.dispose()

    def schema(self, most: int | None) -> None:
        """Let the server know operations up to a schema, None for all."""
        self.most_known = most
        value = self._newest if most is None else self._newest | {"max": most}
        self.admin.execute(
            "UPDATE system_config SET config_value = %s WHERE config_key = 'operation_schema'", (Jsonb(value),)
        )

    def set_active(self, who: int, active: bool) -> None:
        """Close an account, or open it again."""
        person = self.people[who].user_id
        self.admin.execute("UPDATE users SET is_active = %s WHERE user_id = %s", (active, person))
        (self.model.closed.discard if active else self.model.closed.add)(person)

    def later(self, hours: int) -> datetime:
        return datetime.now(UTC) + timedelta(hours=hours)

    def holiday(self, evaluation: EvaluationId) -> None:
        """A deadline moves; nothing else of the script does."""
        self.admin.execute(
            "UPDATE evaluations SET sla_deadline = sla_deadline + interval '1 day' WHERE evaluation_id = %s"
            " AND status <> 'completed'",
            (evaluation,),
        )

    def heal(self) -> None:
        """The network is good, the server is new, everybody is there."""
        self.schema(None)
        for who in range(len(self.people)):
            self.set_active(who, True)

    def script(self, evaluation: EvaluationId) -> Script:
        return self.model.scripts[evaluation]

    def select(self, query: str, *values: object) -> list[dict[str, Any]]:
        return self.admin.execute(query, values).fetchall()

    # -- what must hold on the server ------------------------------------------------------------------------

    def check(self) -> None:
        """Every new verdict is the model's, and afterwards the server stands where the model stands."""
        rows = self.select(
            "SELECT * FROM applied_operations WHERE evaluation_id = ANY (%s) ORDER BY received_at, seq", self.scripts
        )
        for row in rows:
            if row["op_id"] not in self.seen:
                self.seen.add(row["op_id"])
                self._check_verdict(row)
        last: dict[int, int] = {}
        for row in rows:
            made = self.made.get(row["op_id"])
            if made is not None and not made.out_of_order and not self.restored:
                computer, number = made.born
                must(number > last.get(computer, -1), DIFFERS, "the order in which she did it", row)
                last[computer] = number
        self._check_scripts()
        held = {
            r["held_operation"]
            for r in self.select(
                "SELECT held_operation FROM mark_conflicts WHERE evaluation_id = ANY (%s) AND state = 'open'",
                self.scripts,
            )
        }
        expected = {
            i for script in self.model.scripts.values() for i, item in script.held.items() if item.state == "open"
        }
        must(held == expected, DIFFERS, "marks that wait for a decision", held, expected)
        self._check_evidence()

    def _check_verdict(self, row: dict[str, Any]) -> None:
        made = self.made.get(row["op_id"])
        must(made is not None, TWICE, "an operation that nobody made", row)
        assert made is not None
        must(row["base_version"] == made.base_version, DIFFERS, "the version on her screen", row, made)
        fields = ("op_id", "stream_id", "user_id", "evaluation_id", "assignment_version", "base_version", "kind")
        answer = self.model.judge(Sent(*(row[name] for name in fields), row["payload"], row["operation_schema"]))
        must((row["verdict"], row["reason"]) == answer, DIFFERS, "the verdict", row, answer)
        self.verdicts[row["op_id"]] = row["verdict"]
        self.stats[f"verdict: {row['verdict']} {row['reason'] or ''}".strip()] += 1

    def _check_scripts(self) -> None:
        rows = self.select(
            "SELECT evaluation_id, teacher_user_id, assignment_version, status::text, total_manual_marks, version,"
            " (SELECT h.kind FROM evaluation_holds h WHERE h.evaluation_id = e.evaluation_id AND h.ended_at IS NULL)"
            " AS hold FROM evaluations e WHERE evaluation_id = ANY (%s)",
            self.scripts,
        )
        marks, ink, final = (self._of_each(table, order) for table, order in _REGISTERS)
        for row in rows:
            evaluation = row["evaluation_id"]
            model = self.script(evaluation)
            there = (row["teacher_user_id"], row["assignment_version"], row["status"], row["hold"])
            expected = (model.teacher, model.assignment_version, model.status, model.hold)
            must(there == expected, DIFFERS, "the script", there, expected)
            must(row["version"] <= model.version, TWICE, "the script's version", row["version"], model.version)
            must(row["version"] == model.version, DIFFERS, "the script's version", row["version"], model.version)
            typed = {
                (r["question_number"], r["alternative"]): (r["state"], r["marks"], r["comment"])
                for r in marks[evaluation]
            }
            must(typed == model.content()["marks"], DIFFERS, "marks on the server", typed, model.marks)
            drawn = [
                r["body"] | {"page_number": r["page_number"], "pdf_page": r["pdf_page"]}
                for r in ink[evaluation]
                if not r["deleted"]
            ]
            must(drawn == model.content()["ink"], DIFFERS, "ink on the server", drawn, model.ink)
            counted = {r["question_number"]: r["marks_awarded"] for r in final[evaluation]}
            must(counted == (model.final or {}), DIFFERS, "the final marks", counted, model.final)
            if model.final is not None:
                must(row["total_manual_marks"] == sum(counted.values()), DIFFERS, "the total", row)
                self._check_completion(evaluation, model)

    def _of_each(self, table: str, order: str) -> dict[EvaluationId, list[dict[str, Any]]]:
        found: dict[EvaluationId, list[dict[str, Any]]] = {evaluation: [] for evaluation in self.scripts}
        for row in self.select(f"SELECT * FROM {table} WHERE evaluation_id = ANY (%s) ORDER BY {order}", self.scripts):
            found[row["evaluation_id"]].append(row)
        return found

    def _check_completion(self, evaluation: EvaluationId, model: Script) -> None:
        (audited,) = self.select(
            "SELECT count(*) AS n FROM audit_logs WHERE resource_id = %s AND event_type = 'evaluation.completed'"
            " AND actor_user_id = %s",
            evaluation,
            model.teacher,
        )
        must(audited["n"], DIFFERS, "a completion that nobody is told to have made", evaluation)

    def _check_evidence(self) -> None:
        bad = self.select(
            "SELECT op_id FROM (SELECT op_id, estimated_at, received_at, lag(estimated_at) OVER (PARTITION BY stream_id"
            " ORDER BY seq) AS before FROM applied_operations WHERE evaluation_id = ANY (%s)) o"
            " WHERE estimated_at > received_at + interval '1 millisecond' OR estimated_at < before",
            self.scripts,
        )
        must(not bad, DIFFERS, "an operation after its receipt, or before the one before it", bad)

    def check_told(self) -> None:
        """A coordinator sees every piece of work that was kept."""
        kept = {
            (r["evaluation_id"], r["user_id"], r["assignment_version"])
            for r in self.select(
                "SELECT DISTINCT evaluation_id, user_id, assignment_version FROM applied_operations o"
                " WHERE evaluation_id = ANY (%s) AND (verdict = 'kept' OR EXISTS (SELECT 1 FROM mark_conflicts c"
                " WHERE c.held_operation = o.op_id AND c.state = 'left'))",
                self.scripts,
            )
        }
        shown = set()
        with self.coordinator.session() as session:
            for evaluation in self.scripts:
                for work in kept_work(session, evaluation, decided_too=True):
                    shown.add((work.piece.evaluation_id, work.piece.teacher_user_id, work.piece.work_version))
        must(kept <= shown, LOST, "kept work that no coordinator sees", kept - shown)

    def _admin(self) -> psycopg.Connection[dict[str, Any]]:
        return psycopg.connect(self.database.owner_url, autocommit=True, row_factory=dict_row)
