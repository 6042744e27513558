"""Which upstream a tool leaves for, what its calls tell of it, and which answers are never kept."""

from typing import Any

import pytest

from mcp_runtime.calls.results import TextContent, ToolResult, failed
from mcp_runtime.contract.keeping import why_never_kept
from mcp_runtime.contract.tools import ToolAnnotations
from mcp_runtime.resilience.outcomes import WELL, Unwell, outcome_of
from mcp_runtime.resilience.targets import target_of_config, targets_of_config

READS = ToolAnnotations(read_only_hint=True)


def http(url: str, tenant: str = "acme") -> dict[str, Any]:
    return {"tenant_id": tenant, "request": {"url": url}}


def name_of(kind: str, config: dict[str, Any]) -> tuple[str, str] | None:
    target = target_of_config(kind, config)
    return None if target is None else (target.tenant_id, target.name)


def test_tools_of_one_tenant_and_origin_share_one() -> None:
    first = name_of("http", http("https://API.example.com/v1/{id}?a=1"))
    assert first == name_of("http", http("https://api.example.com/v2"))
    others = [http("http://api.example.com/v1"), http("https://api.example.com:8443/"), http("https://b.example.com/")]
    others.append(http("https://api.example.com/v1", tenant="globex"))
    assert len({first, *(name_of("http", config) for config in others)}) == 5


def test_tools_of_one_upstream_share_one_with_as_many_places_as_it_says() -> None:
    upstream = {"id": "u1", "tenant_id": "acme", "name": "CRM", "concurrency": 3}
    target = target_of_config("upstream", {"upstream": upstream, "key": "a"})
    assert target is not None
    assert (target.name, target.shown, target.at_once) == ("upstream u1", "CRM", 3)
    assert name_of("builtin", {"toolkit": "text"}) is None


def test_a_fan_out_leaves_for_each_model() -> None:
    backends = [{"kind": "model", "base_url": f"https://{name}.example/v1"} for name in "ab"]
    config = {"tenant_id": "acme", "backends": [*backends, {"kind": "tool", "tool": "t"}]}
    assert [target.shown for target in targets_of_config("fan_out", config)] == [
        "https://a.example",
        "https://b.example",
    ]
    assert [target.name for target in targets_of_config("http", http("https://a.example/v1"))] == [
        "http https://a.example"
    ]
    assert targets_of_config("builtin", {}) == []


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (ToolResult([TextContent("fine")]), WELL),
        (failed("unknown_city", "There is no such city."), WELL),
        (ToolResult(is_error=True), WELL),
        (failed("upstream_status", "", status=404), WELL),
        (failed("upstream_status", "", status=500), Unwell("status_500")),
        (failed("upstream_status", "", status=429, retry_after=30), Unwell("status_429", 30.0)),
        (failed("upstream_failed", "", reason="went_silent"), Unwell("went_silent")),
        (failed("upstream_failed", "", reason="too_many_connections"), None),
        (failed("upstream_unreachable", "", reason="timeout"), Unwell("timeout")),
        (failed("egress_refused", "", reason="host_is_address"), None),
        (failed("secret_missing", ""), None),
        (failed("account_missing", ""), None),
    ],
)
def test_a_call_tells_whether_its_upstream_is_well(result: ToolResult, expected: Any) -> None:
    assert outcome_of(result) == expected


@pytest.mark.parametrize(
    ("kind", "annotations", "config", "may"),
    [
        ("builtin", READS, {}, True),
        ("http", ToolAnnotations(idempotent_hint=True), {}, False),
        ("upstream", READS, {"upstream": {"id": "u"}}, True),
        ("upstream", READS, {"upstream": {"id": "u", "auth": "headers"}}, True),
        ("upstream", READS, {"upstream": {"id": "u", "auth": "oauth"}}, False),
        ("upstream", READS, {"upstream": {"id": "u", "auth": "oauth_user"}}, False),
        ("fan_out", READS, {"backends": [{"kind": "model"}]}, True),
        ("fan_out", READS, {"backends": [{"kind": "tool"}]}, False),
    ],
)
def test_what_is_never_kept(kind: str, annotations: ToolAnnotations, config: dict[str, Any], may: bool) -> None:
    assert (why_never_kept(kind, annotations, config) == "") is may
