"""What keeps `make run` from starting is said in one sentence, with exit status 2 and without a traceback."""

import os
import shutil
import socket
import sys
from pathlib import Path

import pytest

from tests.control_plane.processes.installation import refusal
from tests.fixtures.process import free_port
from tests.repository import ROOT

pytestmark = pytest.mark.processes


def is_one_sentence(said: str) -> bool:
    return said.count("\n") == 1 and said.endswith("\n") and "Traceback" not in said


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_a_taken_port(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        status, said = refusal(ATRIUM_DATA_DIR=str(data_dir), PORT=str(port))
    assert (status, is_one_sentence(said)) == (2, True), said
    assert f"Port {port} can't be used" in said
    assert f"make run PORT={port + 1}" in said


def test_a_port_that_is_none(data_dir: Path) -> None:
    status, said = refusal(ATRIUM_DATA_DIR=str(data_dir), PORT="http")
    assert (status, said) == (2, "PORT=http is not a whole number.\n")


def test_a_data_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    status, said = refusal(ATRIUM_DATA_DIR=str(tmp_path / "file" / "data"), PORT=str(free_port()))
    assert (status, is_one_sentence(said)) == (2, True), said
    assert "can't be written (Not a directory)" in said


def test_a_full_disk(tmp_path: Path) -> None:
    small_disk = tmp_path / "disk"
    small_disk.mkdir()
    # A file system of one megabyte that only this command sees, as root or in a namespace where this user is root.
    mount = f"mount -t tmpfs -o size=1m none {small_disk}"
    private = ["unshare", "--mount", *([] if os.getuid() == 0 else ["--user", "--map-root-user"])]
    run = f'{mount} && exec "$0" -m control_plane.supervisor'
    command = (*private, "sh", "-c", run, sys.executable)
    status, said = refusal(command, ATRIUM_DATA_DIR=str(small_disk / "data"), PORT=str(free_port()))
    assert (status, is_one_sentence(said)) == (2, True), said
    assert "is full" in said


def test_a_store_that_does_not_start(data_dir: Path) -> None:
    manifest = data_dir / "store" / "appendonlydir" / "appendonly.aof.manifest"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("this is no manifest\n")
    status, said = refusal(ATRIUM_DATA_DIR=str(data_dir), PORT=str(free_port()))
    assert (status, is_one_sentence(said)) == (2, True), said
    assert said.startswith("The store did not start: ")
    assert "manifest" in said.lower() or "format" in said.lower()


def test_a_store_that_is_not_there(data_dir: Path) -> None:
    address = f"redis://:hush@127.0.0.1:{free_port()}/0"
    status, said = refusal(ATRIUM_DATA_DIR=str(data_dir), PORT=str(free_port()), REDIS_URL=address)
    assert (status, is_one_sentence(said)) == (2, True), said
    assert "doesn't answer" in said
    assert "hush" not in said


def test_a_database_that_is_not_there(data_dir: Path) -> None:
    address = f"postgres://atrium:hush@127.0.0.1:{free_port()}/atrium"
    status, said = refusal(ATRIUM_DATA_DIR=str(data_dir), PORT=str(free_port()), DATABASE_URL=address)
    assert (status, is_one_sentence(said)) == (2, True), said
    assert said.startswith("The database of DATABASE_URL can't be reached: ")
    assert "hush" not in said


def test_a_setting_that_is_malformed(data_dir: Path) -> None:
    status, said = refusal(ATRIUM_DATA_DIR=str(data_dir), PORT=str(free_port()), SIGNUP="maybe")
    assert (status, said) == (2, "SIGNUP=maybe is not one of open, invite, domains.\n")


def test_a_replica_of_nothing(data_dir: Path) -> None:
    command = (sys.executable, "-m", "control_plane.serve", "runtime", "--port", "0")
    status, said = refusal(command, ATRIUM_DATA_DIR=str(data_dir))
    assert (status, is_one_sentence(said)) == (2, True), said
    assert "`make run` first" in said


def test_an_old_python(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    names = ("python3", *(f"python3.{minor}" for minor in range(11, 15)))
    for name in names:
        old = tmp_path / name
        # What `sys.exit(sys.version_info < (3, 11))` comes to on an old interpreter.
        old.write_text("#!/bin/sh\nexit 1\n")
        old.chmod(0o755)
    make = (shutil.which("make") or "make", "-C", str(tmp_path), "--silent", "run")
    status, said = refusal(make, PATH=f"{tmp_path}:/usr/bin:/bin")
    assert status == 2
    assert said.splitlines()[0].startswith("Atrium needs Python 3.11 or newer")
    assert not (tmp_path / ".venv").exists()
