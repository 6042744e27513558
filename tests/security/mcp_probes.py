"""One probe for every method of MCP: its parameters, and whether the owner's answer shows a canary."""

from dataclasses import dataclass, field
from typing import Any, Final

from tests.security.serving import INITIALIZE, Served
from tests.security.world import CANARY, HER_JOB

CALL: Final = {"name": "slugify", "arguments": {"text": f"Argument {CANARY}"}}


@dataclass(frozen=True)
class MethodProbe:
    """`shows` says whether the answer carries data of the tenant."""

    params: dict[str, Any] = field(default_factory=dict)
    shows: bool = True


READ: Final = {"uri": f"task://status/{HER_JOB}"}

PROBES: Final = {
    ("modern", "server/discover"): MethodProbe(),
    ("modern", "tools/list"): MethodProbe(),
    ("modern", "tools/call"): MethodProbe(CALL),
    ("modern", "resources/list"): MethodProbe(),
    ("modern", "resources/templates/list"): MethodProbe(),
    ("modern", "resources/read"): MethodProbe(READ),
    ("modern", "subscriptions/listen"): MethodProbe({"notifications": {}}),
    ("legacy", "initialize"): MethodProbe(INITIALIZE),
    ("legacy", "notifications/initialized"): MethodProbe(shows=False),
    ("legacy", "ping"): MethodProbe(shows=False),
    ("legacy", "logging/setLevel"): MethodProbe({"level": "warning"}, shows=False),
    ("legacy", "tools/list"): MethodProbe(),
    ("legacy", "tools/call"): MethodProbe(CALL),
    ("legacy", "resources/list"): MethodProbe(shows=False),
    ("legacy", "resources/templates/list"): MethodProbe(shows=False),
    ("legacy", "resources/read"): MethodProbe(READ),
    ("legacy", "DELETE"): MethodProbe(shows=False),
}


def ask(served: Served, probe: tuple[str, str], path: str, key: str | None, session: str | None) -> Any:
    """Send a probe as somebody; the session counts in the legacy era, which begins without one."""
    era, method = probe
    params = PROBES[probe].params
    if era == "modern":
        return served.modern(path, key, method, **params)
    return served.legacy(path, key, method, None if method == "initialize" else session, **params)
