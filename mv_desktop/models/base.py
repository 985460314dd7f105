"""What all models share: the declarative base, the names of constraints, and a vocabulary of columns.

A column that occurs more than once with the same meaning is written as one of these annotated types, so that
its SQL type, default and precision are said in one place.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Integer,
    MetaData,
    Numeric,
    String,
    Text,
    Uuid,
    text,
)
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import UserDefinedType

NAMING_CONVENTION = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}
"""How constraints are named that name themselves not; a CHECK gives the last part of its name."""


class RoleName(UserDefinedType[str]):
    """PostgreSQL's own type for names of roles."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "name"


class Base(DeclarativeBase):
    """The base of all models; its `metadata` describes the whole of schema ``public``."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        int: Integer(),
        bool: Boolean(),
        date: Date(),
        datetime: DateTime(timezone=True),
        UUID: Uuid(),
    }


NewUuid = Annotated[UUID, mapped_column(Uuid(), primary_key=True, server_default=text("gen_random_uuid()"))]
"""A key that the server makes."""

CreatedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=text("now()"))]
"""The moment the row was written, unless the writer says otherwise."""

StampedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))]
"""The very moment, also within a transaction: two rows of one transaction differ."""

UpdatedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=text("now()"))]
"""The moment of the last change, kept by a trigger: what a client writes is overruled."""

Yes = Annotated[bool, mapped_column(Boolean(), server_default=text("true"))]
"""True unless said otherwise."""

No = Annotated[bool, mapped_column(Boolean(), server_default=text("false"))]
"""False unless said otherwise."""

Zero = Annotated[int, mapped_column(Integer(), server_default=text("0"))]
"""A count that starts at nought."""

BigZero = Annotated[int, mapped_column(BigInteger(), server_default=text("0"))]
"""A version or sequence number that starts at nought."""

BigCount = Annotated[int, mapped_column(BigInteger())]
"""A count or size that may pass 2**31."""

Marks = Annotated[Decimal, mapped_column(Numeric(5, 2))]
"""The marks of one question."""

Score = Annotated[Decimal, mapped_column(Numeric(6, 2))]
"""The marks of a paper."""

Hours = Annotated[Decimal, mapped_column(Numeric(5, 2))]
"""Hours of consultation."""

Name100 = Annotated[str, mapped_column(String(100))]
"""A name of at most 100 characters: a person's, a unit's, an event's."""

Text255 = Annotated[str, mapped_column(String(255))]
"""A line of at most 255 characters."""

Text50 = Annotated[str, mapped_column(String(50))]
"""A word or two of at most 50 characters."""

Text10 = Annotated[str, mapped_column(String(10))]
"""A school class. `class` is a word of Python, so where a column has that name the attribute is `class_name`."""

Text20 = Annotated[str, mapped_column(String(20))]
"""A short word or number of at most 20 characters."""
