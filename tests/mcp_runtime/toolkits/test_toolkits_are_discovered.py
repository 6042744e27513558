"""Shipped folders and installed packages are found; a broken one is reported and hurts nobody."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from mcp_runtime.contract.ports import ToolCatalogue
from mcp_runtime.toolkits import Toolkit
from mcp_runtime.toolkits.registry import ToolkitRegistry

GOOD = """
    from typing import Annotated
    from msgspec import Meta
    from mcp_runtime.toolkits import Toolkit
    toolkit = Toolkit("weather")

    @toolkit.tool()
    async def forecast(city: str) -> str:
        \"\"\"Say what the weather will be.\"\"\"
        return city
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place for installed packages."""
    monkeypatch.syspath_prepend(str(tmp_path))
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        if name.startswith("installed_"):
            del sys.modules[name]


def install(site: Path, name: str, source: str, value: str | None = None) -> None:
    """What pip would leave behind: the module, and metadata with its entry point."""
    (site / f"installed_{name}.py").write_text(dedent(source))
    metadata = site / f"atrium_{name}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: atrium-{name}\nVersion: 1.0\n")
    entry = value or f"installed_{name}:toolkit"
    (metadata / "entry_points.txt").write_text(f"[atrium.toolkits]\n{name} = {entry}\n")


def names(registry: ToolkitRegistry) -> list[str]:
    return [toolkit.name for toolkit in registry.toolkits]


def test_the_shipped_toolkits_are_whole() -> None:
    registry = ToolkitRegistry.discover()
    assert names(registry) == ["compute", "data", "text", "time"]
    assert registry.problems == ()


def test_toolkits_for_development_exist_only_there() -> None:
    assert {"conformance", "echo"} < set(names(ToolkitRegistry.discover(development=True)))
    assert ToolkitRegistry.discover().definition("echo", "echo") is None


def test_an_installed_package_joins(site: Path) -> None:
    install(site, "weather", GOOD)
    registry: ToolCatalogue = ToolkitRegistry.discover()
    definition = registry.definition("weather", "forecast")
    assert definition is not None
    assert definition in registry.definitions()
    assert definition.description == "Say what the weather will be."


@pytest.mark.must("MUST-26.6")
@pytest.mark.parametrize(
    ("source", "value", "reason"),
    [
        ("import nothing_like_this", None, "No module named 'nothing_like_this'"),
        ("raise RuntimeError('no licence')", None, "RuntimeError: no licence"),
        ("import sys; sys.exit(3)", None, "SystemExit: 3"),
        ("def broken(:", None, "SyntaxError"),
        ("other = 1", None, "toolkit"),
        ("toolkit = 1", None, "this is no Toolkit but int"),
        (GOOD.replace("city: str", "city"), None, "'city' needs a type"),
        (
            GOOD.replace("city: str", 'city: Annotated[float, Meta(extra_json_schema={"x-mcp-header": "City"})]'),
            None,
            "needs a plain string, integer or boolean",
        ),
        (GOOD.replace('"weather"', '"text"'), None, "a toolkit named 'text' already"),
    ],
)
def test_a_broken_package_is_reported_and_leaves_the_others_alone(
    site: Path, caplog: pytest.LogCaptureFixture, source: str, value: str | None, reason: str
) -> None:
    install(site, "bad", source, value)
    install(site, "weather", GOOD)
    with caplog.at_level(logging.ERROR):
        registry = ToolkitRegistry.discover()
    (problem,) = registry.problems
    assert problem.source == "atrium-bad: bad = installed_bad:toolkit"
    assert reason in problem.reason
    assert problem.reason in caplog.text
    assert names(registry) == ["compute", "data", "text", "time", "weather"]


def test_a_shipped_toolkit_keeps_its_name(site: Path) -> None:
    install(site, "text", GOOD.replace('"weather"', '"text"'))
    assert ToolkitRegistry.discover().definition("text", "slugify") is not None


def test_the_catalogue_has_a_stable_order() -> None:
    first = [(tool.toolkit, tool.name) for tool in ToolkitRegistry.discover().definitions()]
    again = ToolkitRegistry([Toolkit("b"), Toolkit("a")])
    assert first == [(tool.toolkit, tool.name) for tool in ToolkitRegistry.discover().definitions()]
    assert names(again) == ["a", "b"]
