"""What `make run` prints when everything is up: where it is, how to log in, and how to connect a client."""

from pathlib import Path
from typing import Any


def greeting(base_url: str, demo: dict[str, Any], logs: Path) -> str:
    """The text; `demo` is what `seed_demo --json` prints, or empty where there is no demo."""
    lines = ["", f"  Atrium is up: {base_url}", ""]
    if demo:
        server = demo["servers"]["demo"]
        lines += [
            f"  Log in as     {demo['owner']['email']}  with  {demo['owner']['password']}",
            f"  MCP server    {server['url']}",
            f"  API key       {server['api_key']}",
            "",
            "  Connect Claude Code:",
            f"  claude mcp add --transport http {demo['tenant']}-demo {server['url']}"
            f' --header "Authorization: Bearer {server["api_key"]}"',
            "",
        ]
    return "\n".join([*lines, f"  Logs are in {logs}. Ctrl-C stops everything.", ""])
