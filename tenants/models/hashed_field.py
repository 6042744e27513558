"""A column that never sees the clear text of what is put into it."""

import hashlib
from typing import Any

from django.db import models


class StoredDigest(str):
    """A value that came from the column, so it is a digest already."""

    __slots__ = ()


class HashedField(models.CharField):  # type: ignore[type-arg]
    """Stores the hexadecimal SHA-256 of its value, and finds rows by the clear value.

    A digest that was read from the database is written back as it is. A digest that a caller sends is hashed like any
    other text, so knowing what is stored opens nothing.
    """

    def from_db_value(self, value: str | None, *_: Any) -> StoredDigest | None:
        """Mark what comes from the database."""
        return None if value is None else StoredDigest(value)

    def get_prep_value(self, value: Any) -> Any:
        """Hash what does not come from the database."""
        prepared = super().get_prep_value(value)
        if prepared is None or isinstance(value, StoredDigest):
            return prepared
        return hashlib.sha256(str(prepared).encode()).hexdigest()
