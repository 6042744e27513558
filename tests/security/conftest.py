"""The world that every probe runs in."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import hypothesis  # noqa: F401 - its plugin imports it late otherwise, after tests have filled the stack
import pytest
from django.db import connection
from django.test import override_settings

from control_plane import upstream_doors
from egress.addresses import Address
from egress.guard import Outside
from tests.fixtures.cast import cast_build
from tests.security.undoing import undone
from tests.security.world import CANARY, World, build

CATALOGUE = "tests.security.catalogue.CATALOGUE"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once for a module, whose tests take back what they do; then taken back itself."""
    with django_db_blocker.unblock(), override_settings(TOOL_CATALOGUE=CATALOGUE), undone():
        yield build(cast_build())


class _Nowhere:
    """A resolver that knows no name."""

    async def resolve(self, name: str) -> list[Address]:
        raise OSError(name)


@pytest.fixture(autouse=True)
def nobody_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be asked of others is asked of nobody."""
    monkeypatch.setattr(upstream_doors, "outside", Outside(resolver=_Nowhere()))


@pytest.fixture(autouse=True)
def open_things(request: pytest.FixtureRequest, settings: Any) -> None:
    """What is open in both companies of the world, anew for every test."""
    if "world" not in request.fixturenames:
        return
    world: World = request.getfixturevalue("world")
    settings.REDIS_URL = request.getfixturevalue("valkey").url
    world.acme.open_something(CANARY)
    world.globex.open_something("plain")


@pytest.fixture
def committed_world(
    transactional_db: None,
    store: Any,
    settings: Any,
    built_worlds: list[World],
    tmp_path_factory: pytest.TempPathFactory,
) -> World:
    """For one test, and committed, because other connections are to see it. On SQLite it is built once for a process,
    and copied from then on."""
    settings.TOOL_CATALOGUE = CATALOGUE
    kept = tmp_path_factory.getbasetemp() / "world.sqlite3"
    if connection.vendor != "sqlite":
        return build(cast_build())
    connection.ensure_connection()
    with closing(sqlite3.connect(kept)) as copy:
        if built_worlds:
            copy.backup(connection.connection)
        else:
            built_worlds.append(build(cast_build()))
            connection.connection.backup(copy)
    store.flushall()
    return built_worlds[0]


@pytest.fixture(scope="session")
def built_worlds() -> list[World]:
    """The one that is copied, once it is built."""
    return []
