"""Whatever a name, a URL or a key has in it, it stays one value of the language that it is written in."""

import ast
import base64
import json
import re
import shlex
import tomllib
from urllib.parse import parse_qs, unquote, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from control_plane.connect.blocks import Command, File, Link
from control_plane.connect.catalogue import CLIENTS, client_of
from control_plane.connect.clients import claude_apps, cursor_editor, goose_agent, vs_code
from control_plane.connect.set_up import Auth
from control_plane.connect.target import Target, client_name

HOSTILE = [
    "'",
    '"',
    "`",
    "$(id)",
    "${HOME}",
    "\\",
    "\n",
    ";",
    "&",
    "|",
    "%27",
    "#",
    " ",
    "--flag",
    "]",
    "=",
    "<",
    "é",
    "\x7f",
]
texts = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=4)), max_size=6).map("".join)
urls = texts.map(lambda text: f"https://host.example/mcp/{text}")
targets = st.builds(Target, url=urls, slug=texts)


@given(texts)
def test_a_name_is_one_that_every_client_takes(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}", client_name(text))
    assert re.fullmatch(r"[A-Z_][A-Z0-9_]*_KEY", Target("https://host.example", text).variable)


def words(client: str, target: Target, auth: Auth, key: str = "atk_key") -> list[str]:
    """What a shell makes of the client's commands. shlex takes the end of a line that goes on for a word."""
    found = client_of(client).blocks(target, auth, key)
    split = [word for block in found if isinstance(block, Command) for word in shlex.split(block.text)]
    return [word for word in split if word != "\n"]


@given(targets, texts)
def test_a_shell_sees_one_word(target: Target, key: str) -> None:
    header = f"Authorization: Bearer {key}"
    assert words("claude-code", target, Auth.KEY, key) == [
        *("claude", "mcp", "add", "--transport", "http", target.name, target.url, "--header", header)
    ]
    assert words("gemini", target, Auth.KEY, key)[-4:] == ["-H", header, target.name, target.url]
    assert words("codex", target, Auth.KEY, key)[1:2] == [f"{target.variable}={key}"]
    assert words("codex", target, Auth.KEY, key)[-3:] == [target.url, "--bearer-token-env-var", target.variable]
    asked = words("curl", target, Auth.KEY, key)
    assert asked[:6] == ["curl", "-X", "POST", target.url, "-H", header]
    assert json.loads(asked[-1])["method"] == "tools/list"
    (_, _, added) = words("vscode", target, Auth.SIGN_IN)
    assert json.loads(added) == {"name": target.name, "type": "http", "url": target.url}


@given(targets, texts)
def test_files_hold_what_they_should(target: Target, key: str) -> None:
    for client in CLIENTS:
        for auth in client.ways:
            for block in client.blocks(target, auth, key):
                if isinstance(block, File):
                    _check_file(block, target)


def _check_file(block: File, target: Target) -> None:
    if block.language == "json":
        (entry,) = (json.loads(block.text).get("mcpServers") or json.loads(block.text)["servers"]).items()
        assert entry[0] == target.name
        assert target.url in (entry[1].get("url"), entry[1].get("serverUrl"), *entry[1].get("args", ()))
    elif block.language == "toml":
        assert tomllib.loads(block.text)["mcp_servers"][target.name]["url"] == target.url
    elif block.language == "python":
        constants = [node.value for node in ast.walk(ast.parse(block.text)) if isinstance(node, ast.Constant)]
        assert target.url in constants
        assert target.variable in constants
    else:
        (written,) = re.findall(r'new URL\(("(?:[^"\\]|\\.)*")\)', block.text)
        assert json.loads(written) == target.url


@given(targets)
def test_links_carry_what_they_should_and_nothing_more(target: Target) -> None:
    asked = parse_qs(urlsplit(claude_apps.connector_link(target)).query)
    assert asked == {"modal": ["add-custom-connector"], "connectorName": [target.name], "connectorUrl": [target.url]}
    for link in (cursor_editor.install_link(target), cursor_editor.web_link(target)):
        asked = parse_qs(urlsplit(link).query)
        assert asked["name"] == [target.name]
        assert json.loads(base64.b64decode(asked["config"][0])) == {"url": target.url}
    scheme, _, entry = vs_code.install_link(target).partition("?")
    assert scheme == "vscode:mcp/install"
    assert json.loads(unquote(entry)) == {"name": target.name, "type": "http", "url": target.url}
    (inner,) = parse_qs(urlsplit(vs_code.web_link(target)).query)["url"]
    assert inner == vs_code.install_link(target)
    assert parse_qs(urlsplit(goose_agent.install_link(target)).query)["url"] == [target.url]


@given(targets)
def test_links_have_nothing_in_them_that_ends_an_attribute(target: Target) -> None:
    for client in CLIENTS:
        for auth in client.ways:
            links = [block.href for block in client.blocks(target, auth, "atk_key") if isinstance(block, Link)]
            assert all(re.fullmatch(r"[A-Za-z0-9:/?&=%._~!'()*-]+", link) for link in links)
