"""Any other client that reads an `mcp.json`."""

from typing import Final

from control_plane.connect.blocks import Blocks, File, Sentence
from control_plane.connect.quoting import json_file
from control_plane.connect.set_up import SetUp
from control_plane.connect.target import Target


def _file(target: Target, entry: dict[str, object]) -> File:
    return File("mcp.json", json_file({"mcpServers": {target.name: entry}}), "json")


def by_sign_in(target: Target) -> Blocks:
    """The form that most clients read."""
    return (
        Sentence("Most clients read this form. Those that know OAuth open your browser to sign in."),
        _file(target, target.entry),
    )


def by_key(target: Target, key: str) -> Blocks:
    """The same with a header."""
    return (
        Sentence("Most clients read this form. Keep the file to yourself: it holds the key."),
        _file(target, target.with_key(target.entry, key)),
    )


CLIENT: Final = SetUp("other", "Other…", by_sign_in, by_key)
