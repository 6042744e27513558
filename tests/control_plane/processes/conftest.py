"""One installation for the tests that leave it up."""

from collections.abc import Iterator

import pytest

from tests.control_plane.processes.installation import Installation


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with Installation(tmp_path_factory.mktemp("installation") / "data") as running:
        running.wait_until_up()
        yield running
