"""What was copied of a completed script before it was opened again, and what of it was returned."""

from __future__ import annotations

from pydantic import JsonValue, RootModel


class CopiedRow(RootModel[dict[str, JsonValue]]):
    """A row as it stood, by its columns; whatever a newer version adds is in it too."""


class CopiedRows(RootModel[list[dict[str, JsonValue]]]):
    """Rows as they stood, or entries of a list that says as much."""
