"""One installation for the tests that leave it up; the cast where a worker of its own runs their jobs."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.control_plane.processes.installation import Installation
from tests.fixtures.cast import Cast, cast_build


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with Installation(tmp_path_factory.mktemp("installation") / "data") as running:
        running.wait_until_up()
        yield running


@pytest.fixture
def cast(transactional_db: None, settings: Any, store: Any) -> Cast:
    """Everybody, with the tools that a real worker finds."""
    settings.TOOL_CATALOGUE = "tests.control_plane.processes.job_worker.CATALOGUE"
    return cast_build()
