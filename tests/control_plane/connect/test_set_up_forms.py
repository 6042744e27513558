"""The exact form in which each client is told of a server, as its makers document it or its program wrote it."""

import base64
import json
import tomllib
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from control_plane.connect.blocks import Block, Command, File, Link, Values
from control_plane.connect.catalogue import CLIENTS, client_of
from control_plane.connect.clients import cursor_editor, vs_code
from control_plane.connect.set_up import Auth
from control_plane.connect.target import PLACEHOLDER, Target

URL = "https://mcp.acme.example/mcp/acme/support"
KEY = "atk_0123456789ABCDEFGHIJabcdefghijklmn0Xyz"
TARGET = Target(url=URL, slug="support")
SIGN_IN, BY_KEY = Auth.SIGN_IN, Auth.KEY


def blocks(client: str, auth: Auth, kind: type[Block]) -> list[Any]:
    found = client_of(client).blocks(TARGET, auth, KEY)
    return [block for block in found if isinstance(block, kind)]


def commands(client: str, auth: Auth) -> list[str]:
    return [line for block in blocks(client, auth, Command) for line in block.text.splitlines()]


def files(client: str, auth: Auth) -> dict[str, Any]:
    read = {"json": json.loads, "toml": tomllib.loads}
    return {block.path: read[block.language](block.text) for block in blocks(client, auth, File)}


def links(client: str, auth: Auth) -> list[str]:
    return [block.href for block in blocks(client, auth, Link)]


def entries(**entry: Any) -> Any:
    return {"mcpServers": {"support": entry}}


HEADERS = {"Authorization": f"Bearer {KEY}"}


def test_the_clients_stand_in_the_order_of_the_page() -> None:
    assert [client.label for client in CLIENTS] == [
        *("Claude Code", "Claude", "Cursor", "VS Code", "ChatGPT", "Codex", "Gemini CLI", "Windsurf", "LM Studio"),
        *("Goose", "Inspector", "Python", "TypeScript", "curl", "Other…"),
    ]
    assert len({client.slug for client in CLIENTS}) == len(CLIENTS)
    assert client_of("made-up").slug == "claude-code"


def test_claude_code() -> None:
    assert commands("claude-code", SIGN_IN) == [
        f"claude mcp add --transport http support {URL}",
        "claude mcp login support",
    ]
    assert commands("claude-code", BY_KEY) == [
        f'claude mcp add --transport http support {URL} --header "Authorization: Bearer {KEY}"'
    ]
    assert files("claude-code", SIGN_IN) == {".mcp.json": entries(type="http", url=URL)}
    shared = {"Authorization": "Bearer ${SUPPORT_KEY}"}
    assert files("claude-code", BY_KEY) == {".mcp.json": entries(type="http", url=URL, headers=shared)}


def test_claude() -> None:
    assert links("claude", SIGN_IN) == [
        "https://claude.ai/customize/connectors?modal=add-custom-connector&connectorName=support"
        "&connectorUrl=https%3A%2F%2Fmcp.acme.example%2Fmcp%2Facme%2Fsupport"
    ]
    assert files("claude", BY_KEY) == {
        "claude_desktop_config.json": entries(
            command="npx",
            args=["-y", "mcp-remote", URL, "--header", "Authorization:${AUTH}"],
            env={"AUTH": f"Bearer {KEY}"},
        )
    }
    assert "https://claude.ai/api/mcp/auth_callback" in client_of("claude").redirects


def test_cursor() -> None:
    config = quote(base64.b64encode(b'{"url":"%b"}' % URL.encode()).decode(), safe="")
    assert links("cursor", SIGN_IN) == [f"cursor://anysphere.cursor-deeplink/mcp/install?name=support&config={config}"]
    assert cursor_editor.web_link(TARGET) == f"https://cursor.com/en/install-mcp?name=support&config={config}"
    assert files("cursor", SIGN_IN) == {"~/.cursor/mcp.json": entries(url=URL)}
    assert files("cursor", BY_KEY) == {"~/.cursor/mcp.json": entries(url=URL, headers=HEADERS)}


def test_vs_code() -> None:
    entry = f'{{"name":"support","type":"http","url":"{URL}"}}'
    encoded = quote(entry, safe="")
    assert links("vscode", SIGN_IN) == [f"vscode:mcp/install?{encoded}", f"vscode-insiders:mcp/install?{encoded}"]
    assert vs_code.web_link(TARGET) == "https://vscode.dev/redirect?url=" + quote(f"vscode:mcp/install?{encoded}", "")
    assert vs_code.insiders_web_link(TARGET).startswith("https://insiders.vscode.dev/redirect?url=vscode-insiders%3A")
    assert commands("vscode", SIGN_IN) == [f"code --add-mcp '{entry}'"]
    assert files("vscode", SIGN_IN) == {".vscode/mcp.json": {"servers": {"support": {"type": "http", "url": URL}}}}
    asks = {"type": "promptString", "id": "key", "description": "API key", "password": True}
    server = {"type": "http", "url": URL, "headers": {"Authorization": "Bearer ${input:key}"}}
    assert files("vscode", BY_KEY) == {".vscode/mcp.json": {"servers": {"support": server}, "inputs": [asks]}}
    (values,) = blocks("vscode", BY_KEY, Values)
    assert values.values == {"API key": KEY}


def test_chat_gpt() -> None:
    (values,) = blocks("chatgpt", SIGN_IN, Values)
    assert values.values == {"Name": "support", "MCP Server URL": URL, "Authentication": "OAuth"}
    assert client_of("chatgpt").ways == [SIGN_IN]


def test_codex() -> None:
    assert commands("codex", SIGN_IN) == [f"codex mcp add support --url {URL}", "codex mcp login support"]
    assert commands("codex", BY_KEY) == [
        f"export SUPPORT_KEY={KEY}",
        f"codex mcp add support --url {URL} --bearer-token-env-var SUPPORT_KEY",
    ]
    assert files("codex", BY_KEY) == {
        "~/.codex/config.toml": {"mcp_servers": {"support": {"url": URL, "bearer_token_env_var": "SUPPORT_KEY"}}}
    }


def test_gemini_cli() -> None:
    assert commands("gemini", BY_KEY) == [
        f'gemini mcp add --transport http --scope user -H "Authorization: Bearer {KEY}" support {URL}'
    ]
    assert commands("gemini", SIGN_IN)[1] == "/mcp auth support"
    assert files("gemini", BY_KEY) == {"~/.gemini/settings.json": entries(url=URL, type="http", headers=HEADERS)}


def test_windsurf() -> None:
    path = "~/.codeium/windsurf/mcp_config.json"
    assert files("windsurf", SIGN_IN) == {path: entries(serverUrl=URL)}
    assert files("windsurf", BY_KEY) == {path: entries(serverUrl=URL, headers=HEADERS)}


def test_lm_studio() -> None:
    (link,) = links("lmstudio", BY_KEY)
    asked = parse_qs(urlsplit(link).query)
    assert link.startswith("lmstudio://add_mcp?name=support&config=")
    headers = {"Authorization": f"Bearer {PLACEHOLDER}"}
    assert json.loads(base64.b64decode(asked["config"][0])) == {"url": URL, "headers": headers}
    assert files("lmstudio", BY_KEY) == {"mcp.json": entries(url=URL, headers=HEADERS)}


def test_goose() -> None:
    assert links("goose", SIGN_IN) == [
        f"goose://extension?url={quote(URL, safe='')}&type=streamable_http&id=support&name=support"
    ]
    assert commands("goose", BY_KEY) == ["goose configure"]


def test_the_inspector() -> None:
    assert commands("inspector", BY_KEY) == [
        f"npx -y @modelcontextprotocol/inspector --cli --transport http --server-url {URL}"
        f' --header "Authorization: Bearer {KEY}" --method tools/list'
    ]


def test_any_other() -> None:
    assert files("other", SIGN_IN) == {"mcp.json": entries(type="http", url=URL)}
    assert files("other", BY_KEY) == {"mcp.json": entries(type="http", url=URL, headers=HEADERS)}


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.slug)
def test_a_key_is_shown_where_it_is_needed_and_never_within_a_link(client: Any) -> None:
    for auth in client.ways:
        found = client.blocks(TARGET, auth, KEY)
        assert (KEY in repr(found)) is (auth is BY_KEY)
        assert not any(KEY in block.href or "Bearer" in block.href for block in found if isinstance(block, Link))


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.slug)
def test_a_way_that_a_client_does_not_know_is_refused(client: Any) -> None:
    for auth in set(Auth) - set(client.ways):
        with pytest.raises(ValueError, match="can't be set up"):
            client.blocks(TARGET, auth, KEY)
