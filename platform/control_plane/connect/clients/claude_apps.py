"""Claude on the web and on the desktop: a connector, which Anthropic's machines call; or a bridge of one's own."""

from typing import Final
from urllib.parse import quote

from control_plane.connect.blocks import Blocks, File, Link, Sentence, Steps, Values
from control_plane.connect.quoting import json_file
from control_plane.connect.set_up import SetUp
from control_plane.connect.target import Target

CONNECTORS: Final = "https://claude.ai/customize/connectors"


def connector_link(target: Target) -> str:
    """Opens Claude with the name and the URL filled in."""
    name, url = quote(target.name, safe=""), quote(target.url, safe="")
    return f"{CONNECTORS}?modal=add-custom-connector&connectorName={name}&connectorUrl={url}"


def by_sign_in(target: Target) -> Blocks:
    """A custom connector."""
    return (
        Link("Add to Claude", connector_link(target)),
        Sentence("By hand, on the web or in the desktop app:"),
        Steps(
            (
                "Open Customize (or Settings), then Connectors.",
                "Choose + and Add custom connector.",
                "Fill these in, choose Add, then Connect, and sign in.",
            )
        ),
        Values({"Name": target.name, "Remote MCP server URL": target.url}),
    )


def by_key(target: Target, key: str) -> Blocks:
    """The bridge `mcp-remote`, which Claude Desktop starts."""
    bridge = {
        "command": "npx",
        "args": ["-y", "mcp-remote", target.url, "--header", "Authorization:${AUTH}"],
        "env": {"AUTH": f"Bearer {key}"},
    }
    return (
        Sentence("Connectors know no keys. Claude Desktop can start a bridge that sends one; it needs Node.js."),
        Sentence("Settings → Developer → Edit Config opens the file. Add this, and start Claude Desktop again:"),
        File("claude_desktop_config.json", json_file({"mcpServers": {target.name: bridge}}), "json"),
    )


CLIENT: Final = SetUp(
    "claude",
    "Claude",
    by_sign_in,
    by_key,
    redirects=("https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"),
    runs_elsewhere=True,
)
