"""The MCP Inspector: in a browser, or on the command line, where it answers with JSON."""

from typing import Final

from control_plane.connect.blocks import Blocks, Command, Sentence
from control_plane.connect.quoting import shell, shell_header
from control_plane.connect.set_up import SetUp
from control_plane.connect.target import Target

PROGRAM: Final = "npx -y @modelcontextprotocol/inspector"


def _server(target: Target) -> str:
    return f"--transport http --server-url {shell(target.url)}"


def by_sign_in(target: Target) -> Blocks:
    """In a browser."""
    return (
        Sentence("Run this. The Inspector opens in your browser; choose Connect there, and sign in."),
        Command(f"{PROGRAM} {_server(target)}"),
    )


def by_key(target: Target, key: str) -> Blocks:
    """On the command line."""
    header = shell_header("Authorization", f"Bearer {key}")
    return (
        Sentence("Run this. It prints the tools that the key may call, as JSON."),
        Command(f"{PROGRAM} --cli {_server(target)} --header {header} --method tools/list"),
        Sentence("Without --cli and --method it opens in your browser."),
    )


CLIENT: Final = SetUp("inspector", "Inspector", by_sign_in, by_key, redirects=("http://127.0.0.1:6276/oauth/callback",))
