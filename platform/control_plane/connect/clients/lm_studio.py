"""LM Studio: it follows Cursor's notation. Its documentation speaks of headers and of no sign-in."""

from typing import Final

from control_plane.connect.blocks import Blocks, File, Link, Sentence
from control_plane.connect.quoting import json_file, url_base64, url_part
from control_plane.connect.set_up import SetUp
from control_plane.connect.target import PLACEHOLDER, Target


def install_link(target: Target) -> str:
    """Opens LM Studio, with a placeholder for the key: a link keeps no secret."""
    entry = target.with_key({"url": target.url}, PLACEHOLDER)
    return f"lmstudio://add_mcp?name={url_part(target.name)}&config={url_base64(entry)}"


def by_key(target: Target, key: str) -> Blocks:
    """The file, or the link and then the key."""
    entry = target.with_key({"url": target.url}, key)
    return (
        Sentence("In the Program tab choose Install → Edit mcp.json, and add:"),
        File("mcp.json", json_file({"mcpServers": {target.name: entry}}), "json"),
        Sentence(f"Or add it by the button, and put the key in place of {PLACEHOLDER}:"),
        Link("Add to LM Studio", install_link(target)),
    )


CLIENT: Final = SetUp("lmstudio", "LM Studio", by_key=by_key)
