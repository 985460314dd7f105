"""Reference data: the plans, the holidays and the system configuration.

Revision ID: 002
Revises: 001

Rows that are there already stay as they are, so it may run on a database that somebody seeded before. The
files it reads belong to this revision: a later change of the data is a later revision with files of its own.
"""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from alembic import op

from mv_desktop.core.paths import resource

revision = "002"
down_revision = "001"
branch_labels = None
depends_on = None

_HOLIDAY_IDS = UUID("6ad2f5f0-3c0e-5d0a-9b57-8f2f5d1f0a02")
"""Holidays get ids made from their date and name, so that the downgrade knows its own rows from others'."""

_PLANS: tuple[tuple[str, str, int, Decimal | None, bool, bool, bool, bool, bool, int, int, int], ...] = (
    # plan_type, display_name, exams, hours, board, section, unit, mcq, leaderboard, SLA hours, month, year
    ("basic", "Basic Plan", 5, Decimal(1), True, True, False, True, False, 48, 29_900, 299_900),
    ("premium_mcq", "Premium MCQ", 15, Decimal(0), False, False, False, True, False, 48, 49_900, 499_900),
    ("premium", "Premium Plan", 50, Decimal(1), True, True, True, True, True, 48, 99_900, 999_900),
    ("centum", "Plan Centum", 50, None, True, True, True, True, True, 24, 149_900, 1_499_900),
)
_PLAN_COLUMNS = (
    "plan_type",
    "display_name",
    "exams_per_month",
    "teacher_hours_per_month",
    "allow_board_exam",
    "allow_section_practice",
    "allow_unit_practice",
    "allow_mcq_only",
    "leaderboard_eligible",
    "sla_hours",
    "monthly_price_paise",
    "annual_price_paise",
)

_INSERT_PLAN = sa.text(
    f"INSERT INTO subscription_plans ({', '.join(_PLAN_COLUMNS)}) "
    "VALUES (CAST(:plan_type AS mv_plan_type), "
    f"{', '.join(f':{column}' for column in _PLAN_COLUMNS[1:])}) ON CONFLICT DO NOTHING"
)
_INSERT_HOLIDAY = sa.text(
    "INSERT INTO holidays (holiday_id, holiday_date, holiday_name, holiday_type) "
    "VALUES (CAST(:holiday_id AS uuid), CAST(:holiday_date AS date), :holiday_name, :holiday_type) "
    "ON CONFLICT DO NOTHING"
)
_INSERT_CONFIG = sa.text(
    "INSERT INTO system_config (config_key, config_value, description) "
    "VALUES (:key, CAST(:value AS jsonb), :about) ON CONFLICT DO NOTHING"
)


def upgrade() -> None:
    connection = op.get_bind()
    connection.execute(_INSERT_PLAN, [dict(zip(_PLAN_COLUMNS, plan, strict=True)) for plan in _PLANS])
    connection.execute(_INSERT_HOLIDAY, _holidays())
    connection.execute(_INSERT_CONFIG, _config())


def downgrade() -> None:
    connection = op.get_bind()
    connection.execute(
        sa.text("DELETE FROM system_config WHERE config_key = :key"), [{"key": row["key"]} for row in _config()]
    )
    connection.execute(
        sa.text("DELETE FROM holidays WHERE holiday_id = CAST(:id AS uuid)"),
        [{"id": row["holiday_id"]} for row in _holidays()],
    )
    # Refused by the foreign key while somebody subscribes to a plan: a sold plan is not ours to remove.
    connection.execute(
        sa.text("DELETE FROM subscription_plans WHERE plan_type = CAST(:plan_type AS mv_plan_type)"),
        [{"plan_type": plan[0]} for plan in _PLANS],
    )


def _holidays() -> list[dict[str, str]]:
    with resource("reference", "holidays.csv").open(encoding="utf-8", newline="") as file:
        return [
            {**row, "holiday_id": str(uuid5(_HOLIDAY_IDS, f"{row['holiday_date']} {row['holiday_name']}"))}
            for row in csv.DictReader(file)
        ]


def _config() -> list[dict[str, Any]]:
    rows = json.loads(resource("reference", "system_config.json").read_text(encoding="utf-8"))
    return [{**row, "value": json.dumps(row["value"], ensure_ascii=False)} for row in rows]
