"""VS Code: a link that it opens, its command line, or the workspace's `mcp.json`, which asks for a key and keeps it."""

from typing import Any, Final

from control_plane.connect.blocks import Blocks, Command, File, Link, Sentence, Values
from control_plane.connect.quoting import json_file, json_line, shell, url_part
from control_plane.connect.set_up import SetUp
from control_plane.connect.target import Target

PATH: Final = ".vscode/mcp.json"
INPUT: Final = {"type": "promptString", "id": "key", "description": "API key", "password": True}


def _named(target: Target) -> dict[str, Any]:
    return {"name": target.name, **target.entry}


def install_link(target: Target, scheme: str = "vscode") -> str:
    """Opens VS Code, or its Insiders edition (`vscode-insiders`)."""
    return f"{scheme}:mcp/install?{url_part(json_line(_named(target)))}"


def web_link(target: Target) -> str:
    """The same by way of a page, for places that only take web links."""
    return f"https://vscode.dev/redirect?url={url_part(install_link(target))}"


def insiders_web_link(target: Target) -> str:
    """The same for the Insiders edition."""
    return f"https://insiders.vscode.dev/redirect?url={url_part(install_link(target, 'vscode-insiders'))}"


def by_sign_in(target: Target) -> Blocks:
    """Link, command line, file."""
    return (
        Link("Add to VS Code", install_link(target)),
        Link("Add to VS Code Insiders", install_link(target, "vscode-insiders")),
        Sentence("Sign in when VS Code asks. From a terminal it is:"),
        Command(f"code --add-mcp {shell(json_line(_named(target)))}"),
        Sentence("Or for everybody who opens a workspace:"),
        File(PATH, json_file({"servers": {target.name: target.entry}}), "json"),
    )


def by_key(target: Target, key: str) -> Blocks:
    """The file asks for the key, so that it can be shared without one."""
    servers = {target.name: target.with_key(target.entry, "${input:key}")}
    return (
        Sentence("Add this to the workspace. VS Code asks for the key once, and keeps it encrypted:"),
        File(PATH, json_file({"servers": servers, "inputs": [INPUT]}), "json"),
        Values({"API key": key}),
    )


CLIENT: Final = SetUp(
    "vscode", "VS Code", by_sign_in, by_key, redirects=("http://127.0.0.1:<port>/", "https://vscode.dev/redirect")
)
