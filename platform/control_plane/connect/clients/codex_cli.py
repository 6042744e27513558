"""Codex: it reads a key from the environment, and takes none in its file."""

from typing import Final

from control_plane.connect.blocks import Blocks, Command, File, Sentence
from control_plane.connect.quoting import literal, shell
from control_plane.connect.set_up import SetUp
from control_plane.connect.target import Target

PATH: Final = "~/.codex/config.toml"


def _table(target: Target, *lines: str) -> str:
    return "\n".join([f"[mcp_servers.{target.name}]", f"url = {literal(target.url)}", *lines])


def by_sign_in(target: Target) -> Blocks:
    """Add, then sign in."""
    name = shell(target.name)
    return (
        Sentence("Run this, and sign in when your browser opens."),
        Command(f"codex mcp add {name} --url {shell(target.url)}\ncodex mcp login {name}"),
        Sentence("It writes:"),
        File(PATH, _table(target), "toml"),
    )


def by_key(target: Target, key: str) -> Blocks:
    """The key goes into the environment, its variable's name into the file."""
    add = f"codex mcp add {shell(target.name)} --url {shell(target.url)} --bearer-token-env-var {target.variable}"
    return (
        Sentence("Put the key into the environment that Codex runs in, then add the server:"),
        Command(f"export {target.variable}={shell(key)}\n{add}"),
        Sentence("It writes:"),
        File(PATH, _table(target, f"bearer_token_env_var = {literal(target.variable)}"), "toml"),
    )


CLIENT: Final = SetUp("codex", "Codex", by_sign_in, by_key, redirects=("http://127.0.0.1:<port>/callback/<id>",))
