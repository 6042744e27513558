"""`make run` on a store and a database that somebody else runs; what joins it finds them by the data directory."""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from tests.control_plane.processes.asking import INITIALIZE, posted
from tests.control_plane.processes.installation import Installation, command_of
from tests.fixtures.process import Process, answers, free_port

pytestmark = pytest.mark.processes


def tenants_in(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        return {slug for (slug,) in connection.execute("SELECT slug FROM tenants_tenant")}


def test_they_are_used_and_found_again(tmp_path: Path, valkey: Any, store: Any, migrated: Path) -> None:
    database = tmp_path / "elsewhere.sqlite3"
    copyfile(migrated, database)
    stores = {"REDIS_URL": valkey.url, "DATABASE_URL": f"sqlite:///{database}"}
    with Installation(tmp_path / "data", **stores) as installation:
        installation.wait_until_up()
        assert installation.is_ready()
        assert not [pid for pid in installation.descendants() if "valkey-server" in command_of(pid)]
        assert not (tmp_path / "data" / "atrium.sqlite3").exists()
        assert tenants_in(database) == {"acme", "globex"}
        assert store.exists("atrium:alive:worker", "atrium:alive:beat") == 2

        port = free_port()
        command = (sys.executable, "-m", "control_plane.serve", "runtime", "--port", str(port))
        with Process(command, tmp_path / "log", {"ATRIUM_DATA_DIR": str(tmp_path / "data")}) as runtime:
            runtime.wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), 30)
            store.flushall()
            key = installation.demo()["servers"]["demo"]["api_key"]
            assert posted(f"http://127.0.0.1:{port}/mcp/acme/demo", key, "initialize", INITIALIZE)[0] == 200
        assert not (tmp_path / "data" / "atrium.sqlite3").exists()
