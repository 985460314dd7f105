"""A bank of 200,000 questions as an admin looks through it, and 10,000 more from a file.

- questions.page, questions.filtered, questions.next_page: a piece of the list. Budget: 50 ms, 95th percentile.
- questions.search, questions.mistyped: by words, also mistyped and with filters. Budget: 100 ms, 95th percentile.
- questions.look: whether an open one was changed, in a transaction of its own. Budget: 2 ms, 95th percentile.
- questions.alike: what is nearly the same as words being written, short and long ones. Budget: 100 ms, 95th percentile.
- questions.approve_500, questions.undo_500: drafts approved at once, part by part, and taken back. Budget: 10 s each.
- questions.plan_10000, questions.import_10000: what a file would do, and doing it. Budget: 30 s for both together.
- questions.take_back_10000, questions.take_back_changed_10000: taking it back, part by part: new ones, and changed ones
  that get back what stood there. Budget: 30 s each.

`BENCH_QUESTIONS` and `BENCH_ROWS` in the environment make it smaller.
"""

from __future__ import annotations

import csv
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.ids import id_source
from mv_desktop.demo import os_user
from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.domain.access import login_name
from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.question_column import Column, match
from mv_desktop.domain.question_import import ImportPlan
from mv_desktop.domain.question_review import Approval, Approved
from mv_desktop.domain.record import Wanted
from mv_desktop.domain.record_import import Taken
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.import_history import imports, kept_import, take_back
from mv_desktop.services.migration import migrate
from mv_desktop.services.question import find_questions
from mv_desktop.services.question_import import perform_import, plan_import
from mv_desktop.services.question_review import approve_questions, undo_approvals
from mv_desktop.services.question_use import similar_questions
from mv_desktop.services.record_moment import moment_of
from mv_desktop.services.staff import provision_login, scram_verifier
from mv_desktop.services.table_reader import read_table, source_file
from tests.bench.report import report, report_value, timed

_DATABASE = "bench_questions"
_QUESTIONS = int(os.environ.get("BENCH_QUESTIONS", "200000"))
_ROWS = int(os.environ.get("BENCH_ROWS", "10000"))
_EMAIL, _PASSWORD = "admin@bench.example.org", "bench questions"
_ROUNDS = 10
_APPROVED, _PART = 500, 50
_VOCABULARY = """
matrix determinant integral derivative vector plane line probability circle tangent sphere cylinder median mean
polynomial zero root quadratic equation progression triangle similar angle height distance ladder shadow tower
function relation inverse domain range limit continuous differentiable maximum minimum area region bounded curve
"""
_WORDS = _VOCABULARY.split()
_FILL = (
    """
    INSERT INTO questions (question_id, class, unit, question_type, marks, difficulty, question_text, mcq_choices,
        mcq_correct_choices, explanation, cbse_year, tags, status, created_at, updated_at)
    SELECT md5('question' || n)::uuid, CASE n %% 2 WHEN 0 THEN 'X' ELSE 'XII' END,
           (ARRAY['Matrices', 'Determinants', 'Probability', 'Circles', 'Triangles', 'Integrals'])[1 + n %% 6],
           (ARRAY['MCQ', 'VSA', 'SA', 'LA'])[1 + n %% 4]::mv_question_type, (ARRAY[1, 2, 3, 5])[1 + n %% 4],
           (ARRAY['easy', 'medium', 'hard'])[1 + n %% 3]::mv_question_difficulty,
           'Question ' || n || ': find the ' || w.a || ' of the ' || w.b || ' $\\frac{' || n %% 97 || '}{x}$ and the '
               || w.c || ' where ' || w.d || ' and ' || w.e || ' are given.',
           CASE n %% 4 WHEN 0 THEN '[{"id": "A", "text": "$1$"}, {"id": "B", "text": "$2$"}]'::jsonb END,
           CASE n %% 4 WHEN 0 THEN '["A"]'::jsonb END, 'By the rule of the ' || w.f || ', which gives ' || w.a || '.',
           CASE WHEN n %% 5 = 0 THEN 2005 + n %% 20 END, ARRAY['board', w.b],
           CASE WHEN n %% 50 = 0 THEN 'draft' WHEN n %% 70 = 0 THEN 'archived' ELSE 'active' END::mv_question_status,
           now() - n * interval '1 minute', now() - n * interval '1 minute'
    FROM generate_series(1, %(questions)s) n
    CROSS JOIN LATERAL (
        SELECT %(words)s::text[] AS all_words, cardinality(%(words)s::text[]) AS many
    ) k
    CROSS JOIN LATERAL (
        SELECT k.all_words[1 + n * 7 %% k.many] AS a, k.all_words[1 + n * 11 / 3 %% k.many] AS b,
               k.all_words[1 + n / 5 %% k.many] AS c, k.all_words[1 + n / 41 %% k.many] AS d,
               k.all_words[1 + n * 3 / 7 %% k.many] AS e, k.all_words[1 + n / 11 %% k.many] AS f
    ) w
    """,
    """
    INSERT INTO question_search (question_id, document, text_key)
    SELECT q.question_id, array_to_tsvector(api._words(api._question_text(q))), api._text_key(q.question_text)
    FROM questions q
    """,
    """
    INSERT INTO question_reviews (question_id, state, submitted_by, submitted_at)
    SELECT q.question_id, 'waiting', u.user_id, now() FROM questions q CROSS JOIN users u
    WHERE q.status = 'draft' AND q.class = 'X'
    """,
    """
    INSERT INTO question_proposals (proposal_id, template_id, question_id, adjustment, reason, proposed_by)
    SELECT md5('proposal' || n)::uuid, md5('template')::uuid, md5('question' || n)::uuid, 'award', 'misprinted',
           u.user_id
    FROM generate_series(1, least(%(questions)s, 10000)) n CROSS JOIN users u
    """,
    """
    INSERT INTO question_decisions (
        template_id, decision_number, question_id, decision, proposal_id, reason, decided_by
    )
    SELECT p.template_id, row_number() OVER (ORDER BY p.proposal_id), p.question_id, 'declined', p.proposal_id, 'right',
           p.proposed_by
    FROM question_proposals p ORDER BY p.proposal_id OFFSET 40
    """,
    """
    INSERT INTO question_words
    SELECT DISTINCT w FROM question_search s CROSS JOIN unnest(tsvector_to_array(s.document)) w WHERE length(w) > 2
    """,
)
_FILTERS: tuple[dict[str, str], ...] = (
    {"class": "XII"},
    {"status": "draft"},
    {"status": "waiting"},
    {"status": "waiting", "unit": "Circles"},
    {"status": "faulty"},
    {"status": "archived", "question_type": "LA"},
    {"unit": "Circles", "difficulty": "hard", "marks": "3"},
    {"cbse_year": "2010"},
    {"cbse_year": "2024", "unit": "Matrices"},
    {"class": "X", "unit": "Integrals"},
    {"question_type": "LA", "marks": "6"},
)
_SEARCHES = (
    "matrix",
    "tangent sphere",
    "frac",
    "find",
    "probab",
    "question 77",
    "board median ladder shadow",
    "nowhere",
)
_MISTYPED = ("matrx", "tangant spher", "diferentiable functon", "probabilty", "determinent of mtrix", "xyzzyq")


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-questions-"))
    folder.chmod(0o711)  # as root, the server's unprivileged user must get through
    try:
        with LocalPostgres(folder / "postgres", fast_and_unsafe=True) as server:
            server.prepare(_DATABASE)
            migrate(server.owner_url(_DATABASE))
            engine = _admin(server)
            seconds = timed(partial(_fill, server)) / 1000
            report_value("questions.filled", round(seconds, 1), "s", questions=_QUESTIONS)
            _measure(engine)
            _measure_approval(engine)
            _measure_import(engine, folder)
            engine.dispose()
    finally:
        os_user.erase(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _fill(server: LocalPostgres) -> None:
    """Rows as the triggers would have left them; one by one would prove nothing."""
    with psycopg.connect(server.super_url(_DATABASE), autocommit=True) as connection:
        connection.execute("SET session_replication_role = 'replica'")
        for statement in _FILL:
            connection.execute(statement, {"questions": _QUESTIONS, "words": _WORDS})
        connection.execute("VACUUM ANALYZE")


def _admin(server: LocalPostgres) -> Engine:
    owner = make_engine(server.owner_url(_DATABASE), application_name="mv-desktop bench owner")
    with psycopg.connect(server.owner_url(_DATABASE)) as connection:
        made = connection.execute(
            "INSERT INTO users (email, password_hash, role, first_name, last_name)"
            " VALUES (%s, '!', 'admin', 'Priya', 'Nair') RETURNING user_id",
            (_EMAIL,),
        ).fetchone()
    assert made is not None
    with open_session(owner) as session:
        provision_login(session, UserId(made[0]), scram_verifier(_PASSWORD))
    owner.dispose()
    return make_engine(server.url(_DATABASE, login_name(_EMAIL), _PASSWORD), application_name="mv-desktop bench")


def _measure(engine: Engine) -> None:
    asked = {
        "page": [Wanted()],
        "filtered": [Wanted("", choices) for choices in _FILTERS],
        "search": [Wanted(words, choices) for words in _SEARCHES for choices in ({}, {"class": "XII"})],
        "mistyped": [Wanted(words, choices) for words in _MISTYPED for choices in ({}, {"status": "active"})],
    }
    with open_session(engine) as session:
        find_questions(session, Wanted())  # the connection, which the list does not make anew, is not measured
        for name, all_wanted in asked.items():
            samples = [timed(partial(find_questions, session, one)) for _ in range(_ROUNDS) for one in all_wanted]
            report(f"questions.{name}", samples, questions=_QUESTIONS)
        report("questions.next_page", _scrolled(session), questions=_QUESTIONS)
        samples = [timed(partial(similar_questions, session, one)) for _ in range(_ROUNDS) for one in _written(session)]
        report("questions.alike", samples, questions=_QUESTIONS)
        keys = [str(row.question_id) for row in find_questions(session, Wanted()).rows]
    samples = [timed(partial(_look, engine, one)) for _ in range(_ROUNDS) for one in keys]
    report("questions.look", samples, questions=_QUESTIONS)


def _look(engine: Engine, key: str) -> None:
    with open_session(engine) as session:
        assert moment_of(session, "question", key) is not None


def _written(session: Session) -> list[str]:
    """Texts of the bank as they are, begun only, and with a word or a number changed; and words that all of it has."""
    texts = [row.opening for row in find_questions(session, Wanted("", {"class": "XII"})).rows[:4]]
    changed = [one.replace("find the", "work out the").replace("Question 1", "Question 2") for one in texts]
    return [*texts, *changed, *(one[: len(one) // 2] for one in texts), "find the", "Find the area where x", "zzz qqq"]


def _scrolled(session: Session) -> list[float]:
    samples: list[float] = []
    after = None
    for _ in range(50):
        samples.append(timed(partial(find_questions, session, Wanted("", {"class": "XII"}), after)))
        piece = find_questions(session, Wanted("", {"class": "XII"}), after)
        if not piece.more:
            break
        after = piece.rows[-1]
    return samples


def _measure_approval(engine: Engine) -> None:
    """As the screen does it: each part a transaction of its own."""
    with open_session(engine) as session:
        first = find_questions(session, Wanted("", {"status": "draft"}))
        rows = [*first.rows]
        while first.more and len(rows) < _APPROVED:
            first = find_questions(session, Wanted("", {"status": "draft"}), rows[-1])
            rows += first.rows
    seen = [Approval(row.question_id, row.updated_at) for row in rows[:_APPROVED]]
    done: list[Approval] = []

    def in_parts(decide: Callable[[Session, Sequence[Approval]], Approved], all_rows: Sequence[Approval]) -> None:
        for start in range(0, len(all_rows), _PART):
            with open_session(engine) as session:
                done.extend(decide(session, all_rows[start : start + _PART]).done)

    seconds = timed(partial(in_parts, approve_questions, seen)) / 1000
    report_value("questions.approve_500", round(seconds, 2), "s", approved=len(done))
    approved = tuple(done)
    done.clear()
    seconds = timed(partial(in_parts, undo_approvals, approved)) / 1000
    report_value("questions.undo_500", round(seconds, 2), "s", undone=len(done))


def _measure_import(engine: Engine, folder: Path) -> None:
    first, made = _imported(engine, _sheet(folder, "hard"), active=True)
    for name, seconds in made.items():
        report_value(f"questions.{name}_10000", round(seconds, 1), "s", rows=_ROWS)
    second, _ = _imported(engine, _sheet(folder, "easy"))
    connect = partial(open_session, engine)
    taken: list[Taken] = []
    seconds = timed(lambda: taken.append(take_back(connect, second, "bench"))) / 1000
    report_value("questions.take_back_changed_10000", round(seconds, 1), "s", rows=taken[0].put_back)
    third, _ = _imported(engine, _sheet(folder, "hard", "Another"))
    seconds = timed(lambda: taken.append(take_back(connect, third, "bench"))) / 1000
    report_value("questions.take_back_10000", round(seconds, 1), "s", rows=taken[1].gone)
    with open_session(engine) as session:
        assert [one.import_id for one in imports(session, "question").rows] == [third, second, first]


def _sheet(folder: Path, difficulty: str, begin: str = "From the file") -> Path:
    path = folder / "sheet.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        columns = (Column.CLASS, Column.UNIT, Column.TYPE, Column.DIFFICULTY, Column.TEXT, Column.ANSWER, Column.STEPS)
        writer.writerow(column.value for column in columns)
        for number in range(_ROWS):
            text = f"{begin} {number}: find $\\frac{{{number}}}{{x}}$ of the {_WORDS[number % len(_WORDS)]}."
            writer.writerow(["12", "Matrices", "SA", difficulty, text, "$x=2$", "1: sets it up\n2: solves it"])
    return path


def _imported(engine: Engine, path: Path, *, active: bool = False) -> tuple[UUID, dict[str, float]]:
    """Its id, and how long it took to plan and to write, in seconds."""
    import_id, new_id = uuid4(), id_source(SystemClock())
    plans: list[ImportPlan] = []

    def plan() -> None:
        with open_session(engine) as session:
            plans.append(plan_import(session, read_table(path, match).table))

    def write() -> None:
        with kept_import(partial(open_session, engine), import_id, "question", source_file(path), "bench") as session:
            perform_import(session, path.name, plans[0], import_id, new_id, "bench", active=active)

    return import_id, {"plan": timed(plan) / 1000, "import": timed(write) / 1000}


if __name__ == "__main__":
    sys.exit(main())
