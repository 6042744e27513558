"""The clients that a person chooses from, in the order of the page."""

from typing import Final

from control_plane.connect.clients import (
    chat_gpt,
    claude_apps,
    claude_code,
    codex_cli,
    curl_line,
    cursor_editor,
    gemini_cli,
    goose_agent,
    inspector,
    lm_studio,
    mcp_json,
    python_sdk,
    typescript_sdk,
    vs_code,
    windsurf_editor,
)
from control_plane.connect.set_up import SetUp

CLIENTS: Final[tuple[SetUp, ...]] = (
    claude_code.CLIENT,
    claude_apps.CLIENT,
    cursor_editor.CLIENT,
    vs_code.CLIENT,
    chat_gpt.CLIENT,
    codex_cli.CLIENT,
    gemini_cli.CLIENT,
    windsurf_editor.CLIENT,
    lm_studio.CLIENT,
    goose_agent.CLIENT,
    inspector.CLIENT,
    python_sdk.CLIENT,
    typescript_sdk.CLIENT,
    curl_line.CLIENT,
    mcp_json.CLIENT,
)


def client_of(slug: str) -> SetUp:
    """The client of this name, or the first."""
    return next((client for client in CLIENTS if client.slug == slug), CLIENTS[0])
