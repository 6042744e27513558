"""Versions of what is published: they only grow, also across the deletion and return of a slug."""

from time import time_ns

from django.db.models import BigIntegerField, Expression, F, Value
from django.db.models.functions import Greatest


def next_version(previous: int = 0) -> int:
    """The version after `previous`: Unix time in microseconds, or one more where the clock is behind.

    Taken from the clock, so that a new server is newer than the tombstone of an old one with the same slug. Exact in
    the doubles of the store's scripts until the year 2255.
    """
    return max(previous + 1, time_ns() // 1_000)


def next_version_expression(field: str = "version") -> Expression:
    """The same, computed by the database for many rows at once."""
    return Greatest(F(field) + 1, Value(next_version(), output_field=BigIntegerField()))
