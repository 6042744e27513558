"""The outside world of the tests of egress, for tools that go there."""

from tests.egress.conftest import anyio_backend, listen

__all__ = ["anyio_backend", "listen"]
