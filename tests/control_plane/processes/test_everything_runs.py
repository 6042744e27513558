"""`make run` brings everything up on one port, tells how to use it, and keeps it up."""

import json
import os
import signal
import stat
import urllib.request

import pytest

from tests.control_plane.processes.installation import Installation, command_of, parent_of, refusal
from tests.fixtures.process import answers
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


def test_it_says_how_to_log_in_and_how_to_connect(installation: Installation) -> None:
    said = installation.output()
    demo = installation.demo()
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


def test_logs_are_without_secrets(installation: Installation) -> None:
    demo = installation.demo()
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
