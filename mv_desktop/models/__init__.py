"""The shared database as SQLAlchemy sees it; `Base.metadata` is complete once this package is imported."""

from mv_desktop.models.base import Base

__all__ = ["Base"]
