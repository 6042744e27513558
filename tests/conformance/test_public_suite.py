"""The public conformance suite against the conformance toolkit, each request going to another replica than the last."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conformance.passing import PASSING
from tests.conformance.suite import REVISIONS, TASKS, WITH_TASKS, Scenario, scenario_read, suite_run
from tests.fixtures.live import Live, ProxyFactory

Results = Mapping[str, Mapping[str, Scenario]]


@pytest.fixture(scope="module")
def results(live: Live, proxy_to: ProxyFactory, node: Path, tmp_path_factory: pytest.TempPathFactory) -> Results:
    key = live.endpoint("everything").api_key
    url = live.endpoint("everything", proxy_to("--authorization", f"Bearer {key}")).url
    folder = tmp_path_factory.mktemp("suite")
    found = {revision: suite_run(node, url, revision, folder / revision) for revision in REVISIONS}
    return {**found, TASKS: found[WITH_TASKS]}


@pytest.mark.processes
@pytest.mark.parametrize(
    ("revision", "name"), [(revision, name) for revision, names in PASSING.items() for name in names]
)
def test_scenario_passes_over_two_replicas(results: Results, revision: str, name: str) -> None:
    scenario = results[revision][name]
    assert scenario.complaints == ()
    assert scenario.passed > 0


def test_a_failed_check_counts_against_its_scenario() -> None:
    good = {"id": "a", "status": "SUCCESS", "description": "d"}
    bad = {"id": "b", "status": "FAILURE", "description": "d", "errorMessage": "went wrong"}
    assert scenario_read("s", [good]).is_good
    assert scenario_read("s", [good, bad]) == Scenario("s", 1, ("b: went wrong",))


def test_a_scenario_without_a_check_has_not_passed() -> None:
    assert not scenario_read("s", []).is_good
    assert not scenario_read("s", [{"id": "a", "status": "SKIPPED", "description": "d"}]).is_good
