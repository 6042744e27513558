"""The outside of these stories."""

from typing import Any

import pytest

from tests.tenants.upstreams import readers
from tests.tenants.upstreams.readers import ToldReader


@pytest.fixture
def reader(settings: Any) -> ToldReader:
    """What reads upstreams here, having been told nothing yet."""
    settings.UPSTREAM_READER = f"{readers.__name__}.READER"
    readers.READER.answers.clear()
    readers.READER.asked.clear()
    return readers.READER
