"""One probe for every method of MCP: its parameters, and whether the owner's answer shows a canary."""

from dataclasses import dataclass, field
from typing import Any, Final

from tests.security.serving import INITIALIZE, Served
from tests.security.world import CANARY, HER_JOB, HER_RESULT

CALL: Final = {"name": "slugify", "arguments": {"text": f"Argument {CANARY}"}}


@dataclass(frozen=True)
class MethodProbe:
    """`extensions` are those that the client declares; `shows` says whether the answer carries data of the tenant."""

    params: dict[str, Any] = field(default_factory=dict)
    extensions: dict[str, Any] = field(default_factory=dict)
    shows: bool = True


TASKS: Final[dict[str, Any]] = {"io.modelcontextprotocol/tasks": {}}
PROMPT: Final = {"name": f"prompt_{CANARY}", "arguments": {"text": "x"}}
COMPLETE: Final = {
    "ref": {"type": "ref/resource", "uri": "text://words/{word}"},
    "argument": {"name": "word", "value": "w"},
}
HANDBOOK: Final = {"uri": "own://handbook"}
READ: Final = {"uri": f"task://status/{HER_JOB}"}

PROBES: Final = {
    ("modern", "server/discover"): MethodProbe(),
    ("modern", "tools/list"): MethodProbe(),
    ("modern", "tools/call"): MethodProbe(CALL),
    ("modern", "resources/list"): MethodProbe(),
    ("modern", "resources/templates/list"): MethodProbe(),
    ("modern", "resources/read"): MethodProbe(READ),
    ("modern", "prompts/list"): MethodProbe(),
    ("modern", "prompts/get"): MethodProbe(PROMPT),
    ("modern", "completion/complete"): MethodProbe(COMPLETE),
    ("modern", "subscriptions/listen"): MethodProbe({"notifications": {}}),
    ("modern", "tasks/get"): MethodProbe({"taskId": HER_RESULT}, TASKS),
    ("modern", "tasks/update"): MethodProbe({"taskId": HER_JOB, "inputResponses": {}}, TASKS),
    ("modern", "tasks/cancel"): MethodProbe({"taskId": HER_JOB}, TASKS),
    ("legacy", "initialize"): MethodProbe(INITIALIZE),
    ("legacy", "notifications/initialized"): MethodProbe(shows=False),
    ("legacy", "ping"): MethodProbe(shows=False),
    ("legacy", "logging/setLevel"): MethodProbe({"level": "warning"}, shows=False),
    ("legacy", "tools/list"): MethodProbe(),
    ("legacy", "tools/call"): MethodProbe(CALL),
    ("legacy", "resources/list"): MethodProbe(),
    ("legacy", "resources/templates/list"): MethodProbe(),
    ("legacy", "resources/read"): MethodProbe(HANDBOOK),
    ("legacy", "prompts/list"): MethodProbe(),
    ("legacy", "prompts/get"): MethodProbe(PROMPT),
    ("legacy", "completion/complete"): MethodProbe(COMPLETE, shows=False),
    ("legacy", "tasks/get"): MethodProbe({"taskId": HER_JOB}, shows=False),
    ("legacy", "tasks/result"): MethodProbe({"taskId": HER_RESULT}),
    ("legacy", "tasks/list"): MethodProbe(shows=False),
    ("legacy", "tasks/cancel"): MethodProbe({"taskId": HER_JOB}),
    ("legacy", "resources/subscribe"): MethodProbe({"uri": f"task://status/{HER_JOB}"}, shows=False),
    ("legacy", "resources/unsubscribe"): MethodProbe({"uri": f"task://status/{HER_JOB}"}, shows=False),
    ("legacy", "DELETE"): MethodProbe(shows=False),
}


def ask(served: Served, probe: tuple[str, str], path: str, key: str | None, session: str | None) -> Any:
    """Send a probe as somebody; the session counts in the legacy era, which begins without one."""
    era, method = probe
    params = PROBES[probe].params
    if era == "modern":
        return served.modern(path, key, method, PROBES[probe].extensions, **params)
    return served.legacy(path, key, method, None if method == "initialize" else session, **params)
