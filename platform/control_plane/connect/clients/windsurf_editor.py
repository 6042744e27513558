"""Windsurf: one file, in which a remote server has a `serverUrl`."""

from typing import Final

from control_plane.connect.blocks import Blocks, File, Sentence
from control_plane.connect.quoting import json_file
from control_plane.connect.set_up import SetUp
from control_plane.connect.target import Target

PATH: Final = "~/.codeium/windsurf/mcp_config.json"


def _file(target: Target, entry: dict[str, object]) -> File:
    return File(PATH, json_file({"mcpServers": {target.name: entry}}), "json")


def by_sign_in(target: Target) -> Blocks:
    """Windsurf opens the browser when it first connects."""
    return (
        Sentence("Add this to the file, choose Refresh in Cascade's list of servers, and sign in."),
        _file(target, {"serverUrl": target.url}),
    )


def by_key(target: Target, key: str) -> Blocks:
    """The key in a header."""
    return (
        Sentence("Add this to the file, and choose Refresh in Cascade's list of servers."),
        _file(target, target.with_key({"serverUrl": target.url}, key)),
    )


CLIENT: Final = SetUp("windsurf", "Windsurf", by_sign_in, by_key)
