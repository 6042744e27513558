"""Cursor: a link that it opens, or its `mcp.json`."""

from typing import Final

from control_plane.connect.blocks import Blocks, File, Link, Sentence
from control_plane.connect.quoting import json_file, url_base64, url_part
from control_plane.connect.set_up import SetUp
from control_plane.connect.target import Target

PATH: Final = "~/.cursor/mcp.json"


def install_query(target: Target) -> str:
    """Name and entry, as both forms of the link take them."""
    return f"name={url_part(target.name)}&config={url_base64({'url': target.url})}"


def install_link(target: Target) -> str:
    """Opens Cursor."""
    return f"cursor://anysphere.cursor-deeplink/mcp/install?{install_query(target)}"


def web_link(target: Target) -> str:
    """Opens Cursor by way of its web site, which explains itself where Cursor is not installed."""
    return f"https://cursor.com/en/install-mcp?{install_query(target)}"


def _file(target: Target, entry: dict[str, object]) -> File:
    return File(PATH, json_file({"mcpServers": {target.name: entry}}), "json")


def by_sign_in(target: Target) -> Blocks:
    """The link, then the file."""
    return (
        Link("Add to Cursor", install_link(target)),
        Sentence(
            "Then choose Connect beside it in Cursor's settings, and sign in. Or write it into the file yourself:"
        ),
        _file(target, {"url": target.url}),
    )


def by_key(target: Target, key: str) -> Blocks:
    """The file alone: a link would carry the key through the browser's history."""
    return (
        Sentence("Add this to the file. Cursor reads it again by itself."),
        _file(target, target.with_key({"url": target.url}, key)),
    )


CLIENT: Final = SetUp(
    "cursor",
    "Cursor",
    by_sign_in,
    by_key,
    redirects=(
        "http://localhost:8787/callback",
        "https://www.cursor.com/agents/mcp/oauth/callback",
        "cursor://anysphere.cursor-mcp/oauth/callback (older versions)",
    ),
)
