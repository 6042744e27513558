"""The upstreams that tools leave the house for, where they are left alone just now: for pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import time
from typing import Final

from mcp_runtime.contract.breakers import BreakerReport
from mcp_runtime.resilience.targets import Target, targets_of_config
from tenants.catalogue import tool_catalogue
from tenants.errors import UnavailableError
from tenants.models import ServerTool, Tenant
from tenants.models.server_tool import ToolKind
from tenants.publishing.breakers import breakers_of
from tenants.tool_kinds import tool_definition, tool_request

_WORDS: Final = {
    "no_connection": "it could not be reached",
    "name_not_found": "its name has no address",
    "went_silent": "it did not answer in time",
    "deadline_passed": "it did not answer in time",
    "timeout": "it did not answer in time",
    "cut_short": "its answers ended too soon",
    "certificate_not_trusted": "its certificate is not trusted",
    "tls_failed": "no TLS connection could be made",
    "bad_response": "it did not answer in HTTP",
}


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """One of them. `state` is open or half_open; `tools` are those that ask it."""

    shown: str
    state: str
    since: datetime
    reason: str
    tools: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """False once the next call may try it."""
        return self.state == "open"


def left_alone(*, tenant: Tenant, tools: Iterable[ServerTool]) -> list[LeftAlone]:
    """Those of these tools, the newest first. Empty where nobody can say."""
    targets: dict[str, tuple[Target, list[str]]] = {}
    for tool in tools:
        for target in _targets(tool):
            targets.setdefault(target.name, (target, []))[1].append(tool.name)
    if not targets:
        return []
    try:
        reports = breakers_of(tenant=tenant)
    except UnavailableError:
        return []
    return [_shown(report, *targets[report.target]) for report in reports if report.target in targets]


def _targets(tool: ServerTool) -> list[Target]:
    if tool.kind == ToolKind.BUILTIN or tool_definition(tool, tool_catalogue()) is None:
        return []
    return targets_of_config(tool.kind, tool_request(tool))


def _shown(report: BreakerReport, target: Target, tools: list[str]) -> LeftAlone:
    reason = report.reason
    words = f"it answered {reason[7:]}" if reason.startswith("status_") else _WORDS.get(reason, "it failed")
    since = datetime.fromtimestamp(report.since, UTC)
    return LeftAlone(target.shown, report.state(time()), since, words, tuple(sorted(set(tools))))
