"""A signal to the supervisor ends every process below it, and nothing is lost. What kills it: test_everything_runs."""

import signal
from pathlib import Path
from shutil import copyfile
from time import monotonic

import pytest
import redis

from tests.control_plane.processes.installation import Installation, wait_until_gone

pytestmark = pytest.mark.processes

SECOND_START_SECONDS = 40.0
"""Generous, for a machine that does other things as well; alone it takes five."""


def store_of(installation: Installation) -> redis.Redis:
    return redis.Redis.from_url(installation.document("runtime.json")["redis_url"])


def test_make_passes_the_signal_on_ctrl_c_stops_it_and_each_start_finds_everything(
    tmp_path: Path, migrated: Path
) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir(mode=0o700)
    copyfile(migrated, data_dir / "atrium.sqlite3")
    with Installation(data_dir, command=("make", "run")) as first:
        first.wait_until_up()
        demo, secrets = first.demo(), first.document("secrets.json")
        with store_of(first) as store:
            store.set("kept", "yes")
        children = first.descendants()
        assert len(children) >= 6

        first.end(signal.SIGTERM)
        wait_until_gone(children)
        assert first.output().count("Everything is stopped.") == 1

    began = monotonic()
    with Installation(data_dir) as second:
        second.wait_until_up()
        assert monotonic() - began < SECOND_START_SECONDS
        with store_of(second) as store:
            assert store.get("kept") == b"yes"
        assert second.document("secrets.json") == secrets
        assert second.demo()["servers"]["demo"]["api_key"] == demo["servers"]["demo"]["api_key"]

        children = second.descendants()
        assert second.end(signal.SIGINT) == 0
        wait_until_gone(children)
        assert second.output().endswith("Everything is stopped.\n")


def test_sigterm_while_starting_leaves_nothing(tmp_path: Path) -> None:
    with Installation(tmp_path / "data") as installation:
        installation.wait_until(lambda: len(installation.descendants()) >= 1, 30)
        children = installation.descendants()
        assert installation.end(signal.SIGTERM) == 0
        wait_until_gone(children)
