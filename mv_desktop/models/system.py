"""The audit log and its seals, holidays and shared settings."""

from __future__ import annotations

from datetime import date
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.domain.audit import EventData
from mv_desktop.domain.person import UserRole
from mv_desktop.domain.setting import ConfigValue
from mv_desktop.models.base import (
    Base,
    BigCount,
    CreatedAt,
    Name100,
    NewUuid,
    No,
    StampedAt,
    Text50,
    Text255,
    UpdatedAt,
)
from mv_desktop.models.document import Document
from mv_desktop.models.enums import USER_ROLE


class AuditLog(Base):
    """What happened. Rows are added only: a trigger refuses UPDATE, DELETE and TRUNCATE, from everyone.

    Another gives each its number, `log_seq`, whatever the writer says.
    """

    __tablename__ = "audit_logs"

    log_id: Mapped[NewUuid]
    event_type: Mapped[Name100]
    actor_user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    actor_role: Mapped[UserRole | None] = mapped_column(USER_ROLE)
    actor_ip: Mapped[IPv4Address | IPv6Address | IPv4Interface | IPv6Interface | None] = mapped_column(INET())
    resource_type: Mapped[Text50 | None]
    resource_id: Mapped[UUID | None]
    event_data: Mapped[EventData | None] = mapped_column(Document(EventData))
    created_at: Mapped[CreatedAt]
    log_seq: Mapped[BigCount]

    __table_args__ = (
        UniqueConstraint("log_seq"),
        Index("ix_audit_logs_event", "event_type"),
        Index("ix_audit_logs_actor", "actor_user_id"),
        Index("ix_audit_logs_resource", "resource_type", "resource_id"),
        Index("ix_audit_logs_created", text("created_at DESC")),
        Index("ix_audit_logs_event_time", "event_type", text("created_at DESC"), text("log_seq DESC")),
        Index(
            "ix_audit_logs_actor_event", "actor_user_id", "event_type", text("created_at DESC"), text("log_seq DESC")
        ),
    )


class AuditSeal(Base):
    """One link of the chain over the audit log; it stays when its entry should ever be gone."""

    __tablename__ = "audit_seals"

    log_seq: Mapped[int] = mapped_column(BigInteger(), primary_key=True, autoincrement=False)
    log_id: Mapped[UUID]
    seal: Mapped[bytes]
    sealed_at: Mapped[StampedAt]

    __table_args__ = (CheckConstraint("octet_length(seal) = 32", name="seal"),)


class Holiday(Base):
    """One holiday; with `is_working_day` it makes its date a working day."""

    __tablename__ = "holidays"

    holiday_id: Mapped[NewUuid]
    holiday_date: Mapped[date]
    holiday_name: Mapped[Text255]
    holiday_type: Mapped[Text50 | None]
    is_working_day: Mapped[No]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    __table_args__ = (
        UniqueConstraint("holiday_date", "holiday_name", name="uq_holidays_date_name"),
        CheckConstraint("holiday_date >= DATE '2024-01-01'", name="date"),
        Index("ix_holidays_date", "holiday_date"),
    )


class SystemConfig(Base):
    """One shared setting; `domain/setting.py` knows the shape of each."""

    __tablename__ = "system_config"

    config_key: Mapped[Name100] = mapped_column(primary_key=True)
    config_value: Mapped[ConfigValue] = mapped_column(Document(ConfigValue, json_null=True))
    description: Mapped[str | None]
    updated_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    updated_at: Mapped[UpdatedAt]
