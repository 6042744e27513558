"""The loop that these tests run on: that of production."""

import warnings
from collections.abc import Coroutine
from typing import Any, TypeVar

import uvloop

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run to the end. Connections to the store close a little later than their loop; as an error, what Python says of
    that would keep uvloop from ever closing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        return uvloop.run(main)
