"""Gemini CLI."""

from typing import Final

from control_plane.connect.blocks import Blocks, Command, File, Sentence
from control_plane.connect.quoting import json_file, shell, shell_header
from control_plane.connect.set_up import SetUp
from control_plane.connect.target import Target

PATH: Final = "~/.gemini/settings.json"
ADD: Final = "gemini mcp add --transport http --scope user"


def _file(target: Target, entry: dict[str, object]) -> File:
    return File(PATH, json_file({"mcpServers": {target.name: entry}}), "json")


def _entry(target: Target) -> dict[str, object]:
    return {"url": target.url, "type": "http"}


def by_sign_in(target: Target) -> Blocks:
    """Add in a terminal, sign in within Gemini."""
    return (
        Sentence("Run this:"),
        Command(f"{ADD} {shell(target.name)} {shell(target.url)}"),
        Sentence("Then, within Gemini CLI, sign in:"),
        Command(f"/mcp auth {target.name}", prompt=">"),
        Sentence("It writes:"),
        _file(target, _entry(target)),
    )


def by_key(target: Target, key: str) -> Blocks:
    """The key in a header."""
    header = shell_header("Authorization", f"Bearer {key}")
    return (
        Sentence("Run this. Gemini CLI keeps the key in its settings."),
        Command(f"{ADD} -H {header} {shell(target.name)} {shell(target.url)}"),
        Sentence("It writes:"),
        _file(target, target.with_key(_entry(target), key)),
    )


CLIENT: Final = SetUp("gemini", "Gemini CLI", by_sign_in, by_key, redirects=("http://localhost:7777/oauth/callback",))
