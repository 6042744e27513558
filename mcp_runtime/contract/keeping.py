"""Which tools' answers may be given again."""

from typing import Any, Final

from mcp_runtime.contract.fan_out import KIND as FAN_OUT
from mcp_runtime.contract.tools import ToolAnnotations

_BY_ACCOUNT: Final = frozenset({"oauth", "oauth_user"})


def why_never_kept(kind: str, annotations: ToolAnnotations, config: dict[str, Any]) -> str:
    """Why answers of a tool may never be given again, for whoever asks for it; empty where they may.

    An effect given from memory would be one left out. An account may be disconnected, or become another. And a fan-out
    tool answers with what its caller may have of other tools, which changes without it.
    """
    if not annotations.is_read_only:
        return "Answers are kept only of tools that say they only read. Leave it empty."
    upstream = config.get("upstream")
    if isinstance(upstream, dict) and upstream.get("auth") in _BY_ACCOUNT:
        return "What an upstream answered to an account is never kept. Leave it empty."
    if asks_tools(kind, config):
        return "This tool asks other tools of the server. Have their answers kept, and leave it empty here."
    return ""


def asks_tools(kind: str, config: dict[str, Any]) -> bool:
    """Whether what a call answers depends on which other tools its caller may call: no other call is the same then."""
    return kind == FAN_OUT and any(backend.get("kind") == "tool" for backend in config.get("backends", ()))
