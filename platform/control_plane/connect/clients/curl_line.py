"""curl: one request of 2026-07-28, which needs no session."""

from typing import Final

from control_plane.connect.blocks import Blocks, Command, Sentence
from control_plane.connect.quoting import json_line, shell, shell_header
from control_plane.connect.set_up import SetUp
from control_plane.connect.target import Target

VERSION: Final = "2026-07-28"
METHOD: Final = "tools/list"
BODY: Final = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": METHOD,
    "params": {
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": VERSION,
            "io.modelcontextprotocol/clientCapabilities": {},
        }
    },
}


def by_key(target: Target, key: str) -> Blocks:
    """One POST."""
    headers = {
        "Authorization": f"Bearer {key}",
        "Accept": "application/json, text/event-stream",
        "Content-Type": "application/json",
        "MCP-Protocol-Version": VERSION,
        "Mcp-Method": METHOD,
    }
    lines = [f"curl -X POST {shell(target.url)}"]
    lines += [f"  -H {shell_header(name, value)}" for name, value in headers.items()]
    lines += [f"  -d {shell(json_line(BODY))}"]
    return (Sentence("This lists the tools that the key may call:"), Command(" \\\n".join(lines)))


CLIENT: Final = SetUp("curl", "curl", by_key=by_key)
