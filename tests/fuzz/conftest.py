"""A store for each test of this folder."""

from typing import Any

import pytest

from tests.fixtures.store import ValkeyServer


@pytest.fixture
def redis_url(valkey: ValkeyServer, store: Any) -> str:
    """The URL of a store with nothing in it."""
    return valkey.url
