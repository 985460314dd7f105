"""Imports that the server keeps: seen by any admin later, also those that broke off, and taken back part by part."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from mv_desktop.cli import main
from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import NotAllowedError, RefusedError
from mv_desktop.core.ids import id_source
from mv_desktop.domain.import_history import Deed, ImportState, Outcome, Prospect, SourceFile
from mv_desktop.domain.question_column import match
from mv_desktop.domain.question_import import ImportPlan
from mv_desktop.domain.record_import import ImportStoppedError, Taken
from mv_desktop.services.import_history import import_rows, imports, kept_import, take_back, weigh_import
from mv_desktop.services.question_import import perform_import, plan_import
from mv_desktop.services.table_reader import read_table, source_file
from tests.factories.marking import Person, School

new_id = id_source(SystemClock())


def questions(path: Path, texts: Sequence[str], difficulty: str = "Easy") -> Path:
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(["Class", "Unit", "Question Type", "Difficulty", "Marks", "Question Text", "Answer"])
    writer.writerows(["XII", "Matrices", "VSA", difficulty, "2", text, "$1$"] for text in texts)
    path.write_text(lines.getvalue(), encoding="utf-8")
    return path


def plan(admin: Person, path: Path) -> ImportPlan:
    with admin.session() as session:
        return plan_import(session, read_table(path, match).table)


def bring_in(admin: Person, path: Path, *, active: bool = False) -> UUID:
    found, import_id = plan(admin, path), uuid4()
    with kept_import(admin.session, import_id, "question", source_file(path), "term 1") as session:
        perform_import(session, path.name, found, import_id, new_id, "term 1", active=active)
    return import_id


def test_what_an_import_did_is_seen_and_taken_back_by_another_admin_later(school: School, tmp_path: Path) -> None:
    asha, ravi = school.person("admin"), school.person("admin")
    first = bring_in(asha, questions(tmp_path / "one.csv", [f"Find $x_{n}$" for n in range(8)]))
    path = questions(tmp_path / "two.csv", [f"Find $x_{n}$" for n in range(4, 12)], "Hard")
    second = bring_in(asha, path)
    with ravi.session() as session:
        found = imports(session, "question")
        assert [one.import_id for one in found.rows] == [second, first]
        assert imports(session, "student").rows == ()
        assert imports(session, None, limit=1).more
        assert [one.import_id for one in imports(session, None, second).rows] == [first]
        latest = found.rows[0]
        assert latest.file == SourceFile("two.csv", hashlib.sha256(path.read_bytes()).hexdigest())
        assert (latest.new, latest.changed, latest.state, latest.taken_back_at) == (4, 4, ImportState.DONE, None)
        assert (
            latest.by
            == school.select("SELECT first_name || ' ' || last_name FROM users WHERE user_id = %s", asha.user_id)[0][0]
        )
        rows = import_rows(session, second).rows
        assert [(row.place, row.row, row.deed) for row in rows] == [
            (n, n + 1, Deed.CHANGED if n <= 4 else Deed.NEW) for n in range(1, 9)
        ]
        assert (rows[0].label, rows[0].before, rows[0].after) == (
            "Find $x_4$", {"difficulty": "easy"}, {"difficulty": "hard"},
        )  # fmt: skip
        assert rows[7].before is None
        assert rows[7].after is not None
        assert rows[7].after["question_text"] == "Find $x_11$"
        assert [row.place for row in import_rows(session, second, 6).rows] == [7, 8]
        assert weigh_import(session, second) == Prospect(4, 4, 0)
    touched = rows[0].key
    with asha.session() as session:
        session.connection().exec_driver_sql(
            "SELECT api.put_question(%s, (SELECT updated_at FROM questions WHERE question_id = %s), %s, 'mine')",
            (touched, touched, json.dumps({"topic": "mine"})),
        )
    school.execute("DELETE FROM question_schemes WHERE question_id = %s", rows[7].key)
    school.execute("DELETE FROM questions WHERE question_id = %s", rows[7].key)
    with ravi.session() as session:
        assert weigh_import(session, second) == Prospect(3, 3, 2)
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> bool:
        told.append((done, total))
        return False

    with pytest.raises(ImportStoppedError):
        take_back(ravi.session, second, "wrong file", limit=3, told=stop)
    assert told == [(3, 8)]
    with asha.session() as session:
        assert imports(session, "question").rows[0].state is ImportState.TAKING_BACK
        assert [row.outcome for row in import_rows(session, second).rows[4:]] == [
            None, Outcome.GONE, Outcome.GONE, Outcome.LEFT,
        ]  # fmt: skip
    assert take_back(asha.session, second, "the rest of it", limit=3) == Taken(3, 0, 3, 2)
    with ravi.session() as session:
        again = import_rows(session, second).rows
        assert (again[0].outcome, again[0].why, again[0].by) == (Outcome.LEFT, "changed", latest.by)
        assert (again[7].outcome, again[7].why) == (Outcome.LEFT, "unknown")
        state = imports(session, "question").rows[0]
        assert (state.state, state.taken_back_by != "", state.taken_back_at is None) == (
            ImportState.TAKEN_BACK, True, False,
        )  # fmt: skip
    assert school.select("SELECT count(*) FILTER (WHERE difficulty = 'easy'), count(*) FROM questions") == [(7, 8)]
    with pytest.raises(RefusedError, match="This is so already"):
        take_back(ravi.session, second, "once more")
    assert [event for (event,) in school.select(
        "SELECT event_type FROM audit_logs WHERE resource_type = 'import' AND resource_id = %s ORDER BY log_seq", second
    )] == ["import.started", "import.completed", "import.withdrawn", "import.taken_back"]  # fmt: skip


def test_two_admins_take_it_back_together_and_a_program_before_this_one_does_all_at_once(
    school: School, tmp_path: Path
) -> None:
    admins = [school.person("admin"), school.person("admin")]
    path = questions(tmp_path / "many.csv", [f"Find $x_{n}$" for n in range(60)])
    import_id = bring_in(admins[0], path, active=True)
    with ThreadPoolExecutor(2) as both:
        work = [both.submit(take_back, admin.session, import_id, "wrong", limit=5) for admin in admins]
        outcomes = [one.exception() or one.result() for one in work]
    assert Taken(0, 60, 0, 0) in outcomes
    for one in outcomes:  # who comes behind the other's last part is told that it is so
        assert one == Taken(0, 60, 0, 0) or isinstance(one, RefusedError)
    assert school.select("SELECT DISTINCT status::text FROM questions") == [("archived",)]

    old = uuid4()
    rows = json.dumps([{"question_id": str(uuid4()), "seen": None, "values": {
        "class": "XII", "unit": "Matrices", "question_type": "VSA", "marks": 2, "question_text": "Old", "tags": [],
    }}])  # fmt: skip
    with psycopg.connect(admins[1].url) as before:
        assert before.execute("SELECT api.import_questions(%s, 'old.csv', %s, false, 'x')", (old, rows)).fetchone() == (
            {"done": True, "rows": 1},
        )
    with admins[0].session() as session:
        assert [(one.state, one.new) for one in imports(session, None, limit=1).rows] == [(ImportState.DONE, 1)]
    with psycopg.connect(admins[1].url) as before:
        undo = "SELECT api.undo_question_import(%s, 'x')"
        assert before.execute(undo, (old,)).fetchone() == (
            {"done": True, "gone": 1, "archived": 0, "put_back": 0, "left": 0},
        )
        assert before.execute(undo, (old,)).fetchone() == ({"refused": "unknown"},)


def test_an_import_that_breaks_off_is_interrupted_and_one_that_is_written_is_not_taken_back(
    school: School, tmp_path: Path
) -> None:
    admin, other = school.person("admin"), school.person("admin")
    path = questions(tmp_path / "killed.csv", [f"Find $x_{n}$" for n in range(30)])
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.database.import_child", admin.url, str(path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "written\n"
        with other.session() as session:
            (running,) = imports(session, "question").rows
        assert (running.state, running.file.name) == (ImportState.RUNNING, "killed.csv")
        with pytest.raises(RefusedError, match="still being written"):
            take_back(other.session, running.import_id, "too early")
        os.kill(child.pid, signal.SIGKILL)
    finally:
        child.kill()
        child.communicate()
    while school.select(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'import child'"
    ) != [(0,)]:
        pass
    with other.session() as session:
        assert [one.state for one in imports(session, "question").rows] == [ImportState.INTERRUPTED]
    assert school.select("SELECT count(*) FROM questions") == [(0,)]
    assert take_back(other.session, running.import_id, "tidied") == Taken(0, 0, 0, 0)
    with other.session() as session:
        assert [one.state for one in imports(session, "question").rows] == [ImportState.TAKEN_BACK]


def test_only_admins_bring_in_look_and_take_back(school: School, tmp_path: Path) -> None:
    admin = school.person("admin")
    import_id = bring_in(admin, questions(tmp_path / "one.csv", ["Find $x$"]))
    calls: tuple[Callable[[Person], object], ...] = (
        lambda who: take_back(who.session, import_id, "x"),
        lambda who: _asked(who, "SELECT * FROM api.imports(NULL, NULL, 10)"),
        lambda who: _asked(who, "SELECT * FROM api.import_rows(%s, 0, 10)", import_id),
        lambda who: _asked(who, "SELECT api.weigh_import(%s)", import_id),
        lambda who: _asked(who, "SELECT api.begin_import(gen_random_uuid(), 'plan', 'f', NULL)"),
        lambda who: _asked(who, "SELECT * FROM public.record_import_rows"),
    )
    for who in (school.person(), school.person(is_coordinator=True)):
        for call in calls:
            with pytest.raises((NotAllowedError, psycopg.errors.InsufficientPrivilege)):
                call(who)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _asked(admin, "SELECT * FROM public.record_import_rows")
    # Another admin's import is not hers to go on with, and nothing is told of questions that were not taken back.
    other, mine = school.person("admin"), uuid4()
    assert _asked(admin, "SELECT api.begin_import(%s, 'plan', 'f', NULL)", mine) == [({"done": True},)]
    for call in ("hold_import(%s, 'plan')", "drop_import(%s, 'plan')", "end_import(%s, 'plan', 'x')",
                 "keep_import_rows(%s, 'plan', '[]')"):  # fmt: skip
        assert _asked(other, f"SELECT api.{call}", mine) == [({"refused": "unknown"},)]
    assert _asked(other, "SELECT api.tell_taken_back(%s, '[]')", import_id) == [({"refused": "unknown"},)]
    assert _asked(admin, "SELECT api.begin_import(%s, 'plan', 'f', NULL)", mine) == [({"refused": "so_already"},)]
    assert _asked(admin, "SELECT api.begin_import(gen_random_uuid(), 'moon', 'f', NULL)") == [
        ({"refused": "malformed"},)
    ]
    assert _asked(admin, "SELECT api.keep_import_rows(%s, 'plan', '[{}]')", mine) == [({"refused": "malformed"},)]


def test_the_command_keeps_its_imports_too(school: School, tmp_path: Path, monkeypatch, capsys) -> None:
    admin = school.person("admin")
    monkeypatch.setenv("MV_DATABASE_URL", admin.url)
    path = questions(tmp_path / "cli.csv", ["Find $x$", "Find $y$"])
    assert main(["questions", "import", str(path)]) == 0
    with admin.session() as session:
        (found,) = imports(session, "question").rows
    assert found.file == source_file(path)
    assert (found.new, found.state) == (2, ImportState.DONE)
    capsys.readouterr()
    assert main(["questions", "undo", str(found.import_id), "--reason", "wrong"]) == 0
    assert capsys.readouterr().out == "2 drafts are gone, 0 archived, 0 as they were before.\n"
    assert main(["questions", "imports"]) == 0
    assert capsys.readouterr().out.rstrip().endswith("cli.csv  (taken back)")


def test_of_who_is_made_anonymous_no_file_says_anything_any_more(school: School) -> None:
    admin, import_id = school.person("admin"), uuid4()
    with school.rows() as rows:
        child, mother = rows.user("student", email="kavya@home.example"), rows.user("parent", email="mira@home.example")
    kept = [
        {"key": str(child), "row": 2, "label": "kavya@home.example", "before": {"parents": ""},
         "after": {"parents": "mira@home.example mother first"}, "left_at": "2026-07-15T06:30:00+00:00"},
        {"key": str(mother), "row": 3, "label": "mira@home.example", "before": None,
         "after": {"first_name": "Mira"}, "left_at": "2026-07-15T06:30:00+00:00"},
    ]  # fmt: skip
    with psycopg.connect(admin.url) as connection:
        for call in (
            "begin_import(%(id)s, 'student', 'f.csv', NULL)",
            "hold_import(%(id)s, 'student')",
            "keep_import_rows(%(id)s, 'student', %(rows)s)",
            "end_import(%(id)s, 'student', 'x')",
        ):
            answer = connection.execute(f"SELECT api.{call}", {"id": import_id, "rows": json.dumps(kept)}).fetchone()
            assert answer == ({"done": True},)
        connection.execute(
            "SELECT api.anonymise(%s, (SELECT updated_at FROM users WHERE user_id = %s), 'asked for')", (mother, mother)
        )
    with admin.session() as session:
        hers, own = import_rows(session, import_id).rows
    assert (own.label, own.before, own.after) == ("–", None, None)
    assert hers.after == {"parents": f"{mother}@anonymous.invalid mother first"}


def _asked(who: Person, query: str, *values: object) -> list[tuple[object, ...]]:
    with psycopg.connect(who.url) as connection:
        return connection.execute(query, values).fetchall()
