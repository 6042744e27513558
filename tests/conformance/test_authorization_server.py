"""The public suite's scenarios for authorization servers, in every revision, by a client that registered itself."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conformance.authorization_server import RUNS, SCENARIOS, Run, authorization_run
from tests.conformance.suite import Scenario
from tests.fixtures.live import Live

Results = Mapping[Run, Mapping[str, Scenario]]


@pytest.fixture(scope="module")
def results(live: Live, node: Path, tmp_path_factory: pytest.TempPathFactory) -> Results:
    return authorization_run(node, live, tmp_path_factory.mktemp("authorization"))


@pytest.mark.processes
@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("run", RUNS, ids=str)
def test_scenario_passes_with_nothing_left_out(results: Results, run: Run, name: str) -> None:
    scenario = results[run][name]
    assert scenario.complaints == ()
    assert scenario.passed > 0
    assert scenario.skipped == 0
