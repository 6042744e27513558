"""One probe for every method of MCP: its parameters, and whether the owner's answer shows a canary."""

from dataclasses import dataclass, field
from typing import Any, Final

from tests.security.serving import INITIALIZE, Served
from tests.security.world import CANARY

CALL: Final = {"name": "slugify", "arguments": {"text": f"Argument {CANARY}"}}


@dataclass(frozen=True)
class MethodProbe:
    """`shows` says whether the answer carries data of the tenant."""

    params: dict[str, Any] = field(default_factory=dict)
    shows: bool = True


PROBES: Final = {
    ("modern", "server/discover"): MethodProbe(),
    ("modern", "tools/list"): MethodProbe(),
    ("modern", "tools/call"): MethodProbe(CALL),
    ("legacy", "initialize"): MethodProbe(INITIALIZE),
    ("legacy", "notifications/initialized"): MethodProbe(shows=False),
    ("legacy", "ping"): MethodProbe(shows=False),
    ("legacy", "logging/setLevel"): MethodProbe({"level": "warning"}, shows=False),
    ("legacy", "tools/list"): MethodProbe(),
    ("legacy", "tools/call"): MethodProbe(CALL),
    ("legacy", "DELETE"): MethodProbe(shows=False),
}


def ask(served: Served, probe: tuple[str, str], path: str, key: str | None, session: str | None) -> Any:
    """Send a probe as somebody; the session counts in the legacy era, which begins without one."""
    era, method = probe
    params = PROBES[probe].params
    if era == "modern":
        return served.modern(path, key, method, **params)
    return served.legacy(path, key, method, None if method == "initialize" else session, **params)
