"""Claude Code, in a terminal. The name and the URL stand before `--header`, which takes all that follows."""

from typing import Final

from control_plane.connect.blocks import Blocks, Command, File, Sentence
from control_plane.connect.quoting import json_file, shell, shell_header
from control_plane.connect.set_up import SetUp
from control_plane.connect.target import Target


def _add(target: Target) -> str:
    return f"claude mcp add --transport http {shell(target.name)} {shell(target.url)}"


def _shared(target: Target, entry: dict[str, object]) -> File:
    return File(".mcp.json", json_file({"mcpServers": {target.name: entry}}), "json")


def by_sign_in(target: Target) -> Blocks:
    """Add, then sign in."""
    return (
        Sentence("Run this, then sign in when your browser opens. No key to keep."),
        Command(f"{_add(target)}\nclaude mcp login {shell(target.name)}"),
        Sentence("Or share it with everybody who works in a repository. Each signs in for themselves, with /mcp:"),
        _shared(target, target.entry),
    )


def by_key(target: Target, key: str) -> Blocks:
    """Add with the key in a header."""
    return (
        Sentence("Run this. Claude Code keeps the key in its own settings."),
        Command(f"{_add(target)} --header {shell_header('Authorization', f'Bearer {key}')}"),
        Sentence(f"Or share it through a repository, and let everybody set {target.variable} to a key of their own:"),
        _shared(target, target.with_key(target.entry, f"${{{target.variable}}}")),
    )


CLIENT: Final = SetUp("claude-code", "Claude Code", by_sign_in, by_key, redirects=("http://localhost:<port>/callback",))
