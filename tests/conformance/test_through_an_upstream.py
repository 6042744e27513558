"""Some scenarios of the public suite at a server that has everything from another one. All: make conformance."""

import asyncio
from pathlib import Path

import pytest

from tests.conformance.suite import scenarios_run
from tests.conformance.through import authorizing, servers

SCENARIOS = (
    "tools-call-simple-text",
    "tools-call-mixed-content",
    "tools-call-with-progress",
    "resources-read-binary",
    "prompts-get-embedded-resource",
    "input-required-result-multi-round",
)


async def run(node: Path, folder: Path) -> list[str]:
    async with servers(folder) as (_, through), authorizing(through) as url:
        found = await asyncio.to_thread(scenarios_run, node, url, SCENARIOS, folder / "suite")
    return [f"{name}: {scenario.complaints}" for name, scenario in found.items() if not scenario.is_good]


@pytest.mark.processes
def test_what_passes_at_a_server_passes_through_us(node: Path, tmp_path: Path) -> None:
    assert asyncio.run(run(node, tmp_path)) == []
