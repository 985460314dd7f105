"""People: what they are, and how they belong together."""

from __future__ import annotations

from enum import StrEnum


class UserRole(StrEnum):
    """What a person is; the values are the database's. A coordinator is a teacher or admin with a mark of its own."""

    STUDENT = "student"
    PARENT = "parent"
    TEACHER = "teacher"
    ADMIN = "admin"


class RelationshipType(StrEnum):
    """What a parent is to a student; the values are the database's."""

    FATHER = "father"
    MOTHER = "mother"
    GUARDIAN = "guardian"
    OTHER = "other"
