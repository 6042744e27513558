"""Which upstream a tool leaves the house for."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from mcp_runtime.contract.breakers import http_target, upstream_target
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.contract.upstreams import UpstreamSpec

AT_ONCE: Final = 20
"""Calls at once to one upstream from one replica."""


@dataclass(frozen=True, slots=True)
class Target:
    """An upstream of one tenant. `shown` is what people know it by; `at_once` bounds the calls from one replica."""

    tenant_id: str
    name: str
    shown: str
    at_once: int


def target_of(spec: ToolSpec) -> Target | None:
    """That of a tool; None for one that stays in the house."""
    return target_of_config(spec.kind, spec.config)


def target_of_config(kind: str, config: dict[str, Any]) -> Target | None:
    """The same by what a snapshot says of the tool (`ToolSpec.config`)."""
    if kind == "http":
        return origin_target(str(config.get("tenant_id", "")), str(config.get("request", {}).get("url", "")))
    if kind == "upstream":
        return _of_upstream(config.get("upstream"))
    return None


def targets_of_config(kind: str, config: dict[str, Any]) -> list[Target]:
    """All that calls of a tool may leave for: those of the models, too, that a fan-out asks."""
    if kind == "fan_out":
        urls = [str(backend["base_url"]) for backend in config.get("backends", ()) if "base_url" in backend]
        return [origin_target(str(config.get("tenant_id", "")), url) for url in urls]
    target = target_of_config(kind, config)
    return [] if target is None else [target]


def origin_target(tenant_id: str, url: str) -> Target:
    """The upstream that a URL leads to: everything at its origin."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}".lower()
    return Target(tenant_id, http_target(origin), origin, AT_ONCE)


def _of_upstream(said: Any) -> Target | None:
    if isinstance(said, UpstreamSpec):
        return Target(said.tenant_id, upstream_target(said.id), said.name, said.concurrency)
    if not isinstance(said, dict):
        return None
    at_once = int(said.get("concurrency", AT_ONCE))
    return Target(
        str(said.get("tenant_id", "")), upstream_target(str(said.get("id", ""))), str(said.get("name")), at_once
    )
