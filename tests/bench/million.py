"""A database as large as it will be after years: a million evaluations, and nearly all of them completed."""

from __future__ import annotations

import time

import psycopg

from mv_desktop.demo.postgres import LocalPostgres
from tests.bench.report import report_value

TEACHERS = 500
OPEN = 30
"""Scripts of each teacher that are not completed."""


def fill(server: LocalPostgres, database: str, evaluations: int, *, each: int = OPEN) -> None:
    """Put so many evaluations into an empty migrated database.

    `each` of every teacher are not completed, and half of those are late.

    The rows are what the program would have left; checking a million of them one by one would prove nothing.
    """
    begun = time.perf_counter()
    with psycopg.connect(server.super_url(database)) as connection:
        connection.execute("SET session_replication_role = 'replica'")
        connection.execute(
            "INSERT INTO users (email, password_hash, role, first_name, last_name)"
            " SELECT 'teacher' || n || '@crowd.example.org', '!', 'teacher', 'Asha', 'Rao ' || n"
            " FROM generate_series(1, %s) n",
            (TEACHERS,),
        )
        connection.execute("CREATE TEMP TABLE t AS SELECT user_id, row_number() OVER () AS number FROM users")
        connection.execute(
            "INSERT INTO exam_instances (exam_instance_id, student_user_id, template_id, exam_snapshot, exam_type,"
            " class, total_marks, duration_minutes, status, mcq_score)"
            " SELECT md5('exam' || n)::uuid, md5('student' || n)::uuid, md5('template')::uuid, '{\"schema\": 1}',"
            " 'board_exam', 'XII', 80, 180, 'pending_evaluation', 1 FROM generate_series(1, %s) n",
            (evaluations,),
        )
        connection.execute(
            """
            INSERT INTO evaluations (exam_instance_id, teacher_user_id, sla_deadline, sla_hours_allocated, status,
                completed_at, total_manual_marks)
            SELECT md5('exam' || n)::uuid, t.user_id, now() + (n %% 4000 - 2000) * interval '1 minute', 48,
                   CASE WHEN n > %(open)s THEN 'completed'::mv_evaluation_status
                        WHEN n %% 3 = 0 THEN 'in_progress' ELSE 'assigned' END,
                   CASE WHEN n > %(open)s THEN now() END, CASE WHEN n > %(open)s THEN 40 END
            FROM generate_series(1, %(all)s) n JOIN t ON t.number = 1 + n %% %(teachers)s
            """,
            {"open": TEACHERS * each, "all": evaluations, "teachers": TEACHERS},
        )
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE evaluations, exam_instances, users")
    report_value(
        f"{database.removeprefix('bench_')}.filled", round(time.perf_counter() - begun, 1), "s", evaluations=evaluations
    )
