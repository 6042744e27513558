"""A runner that is kept warm from test to test, as a worker's is from job to job."""

from collections.abc import Iterator

import pytest

from mcp_runtime.jobs.warm_runner import WarmRunner
from tests.mcp_runtime.jobs.running import AT_ONCE, options


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmRunner]:
    runner = WarmRunner(options(tmp_path_factory.mktemp("installed")), AT_ONCE)
    yield runner
    runner.close()
