"""The MCP Inspector is asked by tools, in both eras, over two replicas.

Its client `mcpdo` fills forms in, between one command and the next; it can't sample, and says so. On its pages somebody
answers for the model.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import chromium
from tests.end_to_end.inspector import PROGRAM, TOOL_ERROR_STATUS
from tests.fixtures.live import Endpoint, Live
from tests.fixtures.process import Process, answers, free_port

pytestmark = pytest.mark.processes

MCPDO: Final = PROGRAM.parents[2] / "mcpdo/build/mcp-bin.js"
ERAS: Final = ("legacy", "modern")
PATIENCE_SECONDS: Final = 60
FILLED_IN: Final = '{"username": "ada", "email": "ada@acme.test"}'


class Mcpdo:
    """Commands to a process of the Inspector that keeps the connections, for as long as the block runs."""

    def __init__(self, node: Path, home: Path) -> None:
        self._program = (str(node), str(MCPDO), "--format", "json")
        self._environment = {"PATH": os.environ["PATH"], "HOME": str(home), "MCP_INSPECTOR_SECRET_STORE": "memory"}

    def __enter__(self) -> "Mcpdo":
        # Its socket goes where the path to it is short.
        shown = self._run("--format", "text", "private").stdout
        exports = [line.removeprefix("export ").split("=", 1) for line in shown.splitlines()]
        self._environment.update({name: value.strip("'") for name, value in exports})
        return self

    def __exit__(self, *_: object) -> None:
        self._run("daemon", "stop")
        rmtree(self._environment["MCP_INSPECTOR_DAEMON_DIR"], ignore_errors=True)

    def connect(self, era: str, endpoint: Endpoint) -> None:
        """Connect under the era's name."""
        where = ("--server-url", endpoint.url, "--transport", "http", "--era", era)
        connected = self._run("connect", f"@{era}", *where, "--header", f"Authorization: Bearer {endpoint.api_key}")
        assert connected.returncode == 0, connected.stderr

    def ask(self, era: str, *command: str, status: int = 0) -> Any:
        """What a command on this connection prints."""
        ran = self._run("--connection", era, *command)
        assert ran.returncode == status, ran.stderr
        return json.loads(ran.stdout)

    def call(self, era: str, tool: str, arguments: dict[str, Any], status: int = 0) -> Any:
        """What a call ends with, or the question that it waits for."""
        return self.ask(era, "tools/call", tool, json.dumps(arguments), status=status)

    def answer(self, era: str, asked: Any, *fields: str) -> str:
        """Fill the form in; the text that the call then ends with."""
        identifier = asked["elicitationPending"]["elicitationId"]
        return text_of(self.ask(era, "elicitation/respond", identifier, *fields))

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            (*self._program, *arguments),
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )


def text_of(result: Any) -> str:
    return str(result["content"][0]["text"])


@pytest.fixture(scope="module")
def everything(live: Live, proxy_url: str) -> Endpoint:
    return live.endpoint("everything", proxy_url)


@pytest.fixture(scope="module")
def mcpdo(node: Path, tmp_path_factory: pytest.TempPathFactory, everything: Endpoint) -> Iterator[Mcpdo]:
    with Mcpdo(node, tmp_path_factory.mktemp("home")) as running:
        for era in ERAS:
            running.connect(era, everything)
        yield running


def test_it_fills_forms_in_also_those_of_tasks(mcpdo: Mcpdo) -> None:
    origins = []
    for era in ERAS:
        asked = mcpdo.call(era, "test_elicitation", {"message": "Who are you?"})
        origins.append(asked["elicitationPending"]["origin"])
        assert asked["elicitationPending"]["message"] == "Who are you?"
        assert mcpdo.answer(era, asked, "username:=ada", "email:=ada@acme.test").endswith(FILLED_IN)
    by_worker = mcpdo.call("modern", "confirm_delete", {"filename": "notes.txt"})
    origins.append(by_worker["elicitationPending"]["origin"])
    assert mcpdo.answer("modern", by_worker, "confirm:=true") == "notes.txt was deleted"
    assert origins == ["server-request", "input-required", "task-input-required"]


def test_where_it_has_no_model_it_is_told_what_the_tool_needs(mcpdo: Mcpdo) -> None:
    refused = mcpdo.call("legacy", "test_sampling", {"prompt": "Hello"}, status=TOOL_ERROR_STATUS)
    assert refused["_meta"]["io.atrium/error"]["requiredCapabilities"] == {"sampling": {}}


@pytest.fixture
def pages(node: Path, tmp_path: Path, everything: Endpoint) -> Iterator[Page]:
    """Its pages, with the server under the name of each era."""
    server = {
        "type": "streamable-http",
        "url": everything.url,
        "headers": {"Authorization": f"Bearer {everything.api_key}"},
    }
    catalog, port = tmp_path / "mcp.json", free_port()
    catalog.write_text(json.dumps({"mcpServers": {era: {**server, "protocolEra": era} for era in ERAS}}))
    environment = {
        "HOME": str(tmp_path),
        "CLIENT_PORT": str(port),
        "MCP_SANDBOX_PORT": "0",
        "MCP_AUTO_OPEN_ENABLED": "false",
        "DANGEROUSLY_OMIT_AUTH": "true",  # its own page, on loopback
        "MCP_INSPECTOR_SECRET_STORE": "memory",
    }
    command = (str(node), str(PROGRAM), "--web", "--catalog", str(catalog))
    base_url = f"http://127.0.0.1:{port}"
    with Process(command, tmp_path / "web.log", environment) as web, sync_playwright() as playwright:
        web.wait_until(lambda: answers(base_url), PATIENCE_SECONDS)
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(base_url=base_url, viewport={"width": 1400, "height": 900})
        yield page
        browser.close()


def test_somebody_answers_for_the_model_on_its_pages(pages: Page) -> None:
    for place, era in enumerate(ERAS):
        pages.goto("/")
        expect(pages.get_by_text(era, exact=True)).to_be_visible()
        pages.get_by_role("switch").nth(place).click(force=True)
        pages.get_by_text("Tools", exact=True).first.click()
        pages.get_by_text("test_sampling", exact=True).first.click()
        pages.get_by_role("textbox", name="prompt").last.fill("Hello")
        pages.get_by_role("button", name="Execute Tool").click()
        asked = pages.get_by_role("dialog")
        expect(asked).to_contain_text("Hello")
        asked.get_by_role("textbox", name="Response").fill(f"You said Hello, {era}")
        asked.get_by_role("button", name="Send Response").click()
        expect(pages.get_by_text(f"LLM response: You said Hello, {era}").first).to_be_visible()
