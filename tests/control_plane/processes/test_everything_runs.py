"""`make run` brings everything up on one port, tells how to use it, and keeps it up until it ends itself.

The last test leaves nothing of the installation that all of them share.
"""

import json
import os
import signal
import stat
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.control_plane.processes.asking import INITIALIZE, posted
from tests.control_plane.processes.installation import (
    Installation,
    command_of,
    parent_of,
    refusal,
    wait_until_gone,
)
from tests.fixtures.process import Process, answers, free_port
from tests.fixtures.waiting import until

pytestmark = pytest.mark.processes

EXPECTED = ("valkey-server", "serve embedded", "control_plane worker", "control_plane beat")


def test_every_part_is_up_behind_one_port(installation: Installation) -> None:
    assert installation.is_ready()
    children = [command_of(pid) for pid in installation.descendants() if parent_of(pid) == installation.process.pid]
    assert {words for words in EXPECTED if any(words in command for command in children)} == set(EXPECTED)
    with urllib.request.urlopen(f"{installation.url}/health", timeout=5) as response:  # noqa: S310 - this test's own
        health = json.load(response)
    assert {part["name"]: part["ok"] for part in health["parts"]} == dict.fromkeys(
        ["database", "store", "worker", "tools", "beat"], True
    )


@pytest.mark.parametrize("path", ["/", "/livez", "/readyz", "/metrics", "/operator/login/"])
def test_web_and_runtime_answer_on_it(installation: Installation, path: str) -> None:
    assert answers(installation.url + path)


@pytest.fixture(scope="module")
def demo(installation: Installation) -> dict[str, Any]:
    """How everybody gets in."""
    return installation.demo()


def test_it_says_how_to_log_in_and_how_to_connect(installation: Installation, demo: dict[str, Any]) -> None:
    said = installation.output()
    server = demo["servers"]["demo"]
    assert installation.url in said
    assert demo["owner"]["email"] in said
    assert demo["owner"]["password"] in said
    command = f'claude mcp add --transport http acme-demo {server["url"]} --header "Authorization: Bearer '
    assert f'{command}{server["api_key"]}"' in said


def test_what_is_secret_is_for_its_owner_only(installation: Installation) -> None:
    for name in ("secrets.json", "runtime.json", "store/store.conf"):
        assert stat.S_IMODE((installation.data_dir / name).stat().st_mode) == 0o600, name
    assert stat.S_IMODE(installation.data_dir.stat().st_mode) == 0o700


def test_logs_are_without_secrets(installation: Installation, demo: dict[str, Any]) -> None:
    secrets = {*installation.document("secrets.json").values(), demo["owner"]["password"]}
    secrets |= {server["api_key"] for server in demo["servers"].values()}
    for log in (installation.data_dir / "logs").glob("*.log"):
        written = log.read_text()
        assert [secret for secret in secrets if secret in written] == [], log.name


def test_a_second_one_on_the_same_data_directory_is_refused(installation: Installation) -> None:
    status, said = refusal(ATRIUM_DATA_DIR=str(installation.data_dir), PORT=str(installation.port))
    assert status == 2
    assert said == (
        f"Atrium already runs on {installation.url} with the data directory {installation.data_dir};"
        " stop it first, or set ATRIUM_DATA_DIR.\n"
    )


@pytest.mark.parametrize("words", ["serve embedded", "control_plane worker"])
def test_a_part_that_dies_is_started_again(installation: Installation, words: str) -> None:
    victim = installation.child(words)
    already = installation.output().count("starting it again")

    os.kill(victim, signal.SIGKILL)

    until(lambda: installation.output().count("starting it again") > already, 10)
    until(lambda: any(words in command_of(pid) for pid in installation.descendants() - {victim}), 30)
    until(installation.is_ready, 60)


def test_a_further_runtime_takes_the_same_credentials_and_refuses_the_same(
    installation: Installation, demo: dict[str, Any], tmp_path: Path
) -> None:
    port = free_port()
    command = (sys.executable, "-m", "control_plane.serve", "runtime", "--port", str(port))
    with Process(command, tmp_path / "log", {"ATRIUM_DATA_DIR": str(installation.data_dir)}) as runtime:
        runtime.wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), 30)
        url = f"http://127.0.0.1:{port}/mcp/acme/demo"
        status, answer = posted(url, demo["servers"]["demo"]["api_key"], "initialize", INITIALIZE)
        assert (status, answer["result"]["serverInfo"]["name"]) == (200, "demo")
        assert posted(url, demo["outsider"]["api_key"], "initialize", INITIALIZE)[0] == 401
        assert runtime.stop() == 0


def test_nothing_is_left_of_it_when_it_is_killed(installation: Installation) -> None:
    children = installation.descendants()
    assert len(children) >= 5
    installation.process.kill()
    wait_until_gone(children)
