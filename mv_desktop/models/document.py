"""JSONB columns with a shape: what the program reads and writes are pydantic models, never bare dictionaries."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine


class Document(TypeDecorator[Any]):
    """A JSONB column that holds `shape`: a pydantic model, or a tuple of such or of plain values.

    What does not have the shape is refused on the way in and out (pydantic's ValidationError, a ValueError).
    None is SQL NULL, unless `json_null`: then it is JSON's null, for columns that are NOT NULL.
    """

    impl = JSONB
    cache_ok = True

    def __init__(self, shape: Any, *, json_null: bool = False) -> None:  # noqa: ANN401 (any type form)
        super().__init__(none_as_null=not json_null)
        self.shape = shape
        self.json_null = json_null
        # Not `_adapter`: an attribute without the underscore would enter the cache key and need a hash.
        self._adapter: TypeAdapter[Any] = TypeAdapter(shape)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002
        if value is None:
            return None
        checked = self._adapter.validate_python(value)
        return self._adapter.dump_python(checked, mode="json", by_alias=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002
        if value is None and not self.json_null:
            return None
        return self._adapter.validate_python(value)

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:  # noqa: ANN401
        # Paths and containment compare with plain JSON, not with a whole document.
        return self.impl_instance.coerce_compared_value(op, value)
