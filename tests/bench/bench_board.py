"""The board of 500 teachers with 20,000 open scripts, read by who coordinates from a real server.

- board.read: all of it. Budget: 250 ms.
- board.open: the same, what is expected of each script, and a line for each teacher. Budget: 500 ms.
- board.refresh_none: nothing has changed. Budget: 20 ms.
- board.refresh_one: a script was moved. Budget: 250 ms.
- board.move_200: so many scripts moved at once. Budget: 2 s.

`BENCH_SCRIPTS` in the environment makes it smaller, with a teacher for each 40.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import Engine

from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.domain.access import login_name
from mv_desktop.domain.board_state import Board
from mv_desktop.domain.board_view import at_risk, teacher_rows
from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.move import WantedMove
from mv_desktop.services.assignment_move import move_scripts
from mv_desktop.services.board import read_board, refreshed
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.migration import migrate
from mv_desktop.services.staff import provision_login, scram_verifier
from tests.bench.report import report, timed

_DATABASE = "bench_board"
_SCRIPTS = int(os.environ.get("BENCH_SCRIPTS", "20000"))
_TEACHERS = _SCRIPTS // 40
_PASSWORD = "bench board"
_EMAIL = "head@bench.example.org"
_ROUNDS = 7


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-board-"))
    folder.chmod(0o711)  # as root, the server's unprivileged user must get through
    try:
        with LocalPostgres(folder / "postgres") as server:
            server.prepare(_DATABASE)
            migrate(server.owner_url(_DATABASE))
            _fill(server)
            _measure(_head(server))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _fill(server: LocalPostgres) -> None:
    with psycopg.connect(server.super_url(_DATABASE)) as connection:
        connection.execute(
            "INSERT INTO users (email, password_hash, role, first_name, last_name)"
            " SELECT 'teacher' || n || '@bench.example.org', '!', 'teacher', 'Asha', 'Rao ' || n"
            " FROM generate_series(1, %s) n",
            (_TEACHERS,),
        )
        connection.execute(
            "INSERT INTO staff_logins (login_name, user_id)"
            " SELECT 'mv_bench_' || row_number() OVER (), user_id FROM users WHERE role = 'teacher'"
        )
        connection.execute(
            "INSERT INTO users (email, password_hash, role, first_name, last_name, student_class)"
            " SELECT 'student' || n || '@bench.example.org', '!', 'student', 'Ravi', 'Das', 'XII'"
            " FROM generate_series(1, %s) n",
            (_SCRIPTS,),
        )
        template = connection.execute(
            "INSERT INTO exam_templates (template_name, class, exam_type, config)"
            " VALUES ('Board', 'XII', 'board_exam', '{}') RETURNING template_id"
        ).fetchone()
        assert template is not None
        connection.execute(
            "INSERT INTO exam_instances (student_user_id, template_id, exam_snapshot, exam_type, class, total_marks,"
            " duration_minutes, status)"
            " SELECT user_id, %s, %s, 'board_exam', 'XII', 80, 180, 'pending_evaluation' FROM users"
            " WHERE role = 'student'",
            (template[0], Jsonb({"schema": 1})),
        )
        connection.execute(
            "INSERT INTO evaluations (exam_instance_id, teacher_user_id, sla_hours_allocated, sla_deadline)"
            " SELECT x.exam_instance_id, t.user_id, 48, now() + random() * interval '5 days' + interval '2 hours'"
            " FROM (SELECT exam_instance_id, row_number() OVER () AS n FROM exam_instances) x"
            " JOIN (SELECT user_id, row_number() OVER () AS n FROM users WHERE role = 'teacher') t"
            " ON t.n = 1 + x.n %% %s",
            (_TEACHERS,),
        )
    with psycopg.connect(server.super_url(_DATABASE), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _head(server: LocalPostgres) -> Engine:
    """Somebody who coordinates, and has no scripts of her own."""
    with psycopg.connect(server.super_url(_DATABASE)) as connection:
        row = connection.execute(
            "INSERT INTO users (email, password_hash, role, first_name, last_name, is_coordinator)"
            " VALUES (%s, '!', 'admin', 'Head', 'Rao', true) RETURNING user_id",
            (_EMAIL,),
        ).fetchone()
    assert row is not None
    owner = make_engine(server.owner_url(_DATABASE), application_name="mv-desktop bench owner")
    with open_session(owner) as session:
        provision_login(session, UserId(row[0]), scram_verifier(_PASSWORD, iterations=4096))
    owner.dispose()
    return make_engine(server.url(_DATABASE, login_name(_EMAIL), _PASSWORD), application_name="mv-desktop bench")


def _measure(engine: Engine) -> None:
    size = {"scripts": _SCRIPTS, "teachers": _TEACHERS}
    report("board.read", [timed(lambda: _read(engine)) for _ in range(_ROUNDS)], **size)
    report("board.open", [timed(lambda: _open(engine)) for _ in range(_ROUNDS)], **size)
    board = _read(engine)
    report("board.refresh_none", [timed(lambda: _refresh(engine, board)) for _ in range(_ROUNDS * 3)], **size)
    teacher = next(iter(board.teachers))
    hers = [key for key, script in board.school.script.items() if script.teacher_id != teacher]
    samples = []
    for number in range(_ROUNDS):
        _move(engine, [WantedMove(hers[number], 1, teacher)])
        samples.append(timed(lambda: _refresh(engine, board)))
    report("board.refresh_one", samples, **size)
    most = min(200, len(hers) - _ROUNDS)
    wanted = [WantedMove(key, 1, teacher) for key in hers[_ROUNDS : _ROUNDS + most]]
    report("board.move_200", [timed(lambda: _move(engine, wanted))], moved=most)
    engine.dispose()


def _read(engine: Engine) -> Board:
    with open_session(engine) as session:
        return read_board(session)


def _open(engine: Engine) -> None:
    board = _read(engine)
    expected = board.school.expected(board.school.scripts)
    if len(teacher_rows(board.school, board.teachers.values(), expected)) != _TEACHERS:
        raise RuntimeError("a teacher is missing")
    at_risk(expected)


def _refresh(engine: Engine, board: Board) -> None:
    with open_session(engine) as session:
        refreshed(session, board)


def _move(engine: Engine, moves: list[WantedMove]) -> None:
    with open_session(engine) as session:
        move_scripts(session, moves, "measured")


if __name__ == "__main__":
    sys.exit(main())
