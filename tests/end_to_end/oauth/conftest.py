"""One installation and one process per SDK, for all tests of this folder."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.oauth.installation import Installation, running
from tests.end_to_end.oauth.real_clients import Host, Kind, RealClient, StartClient, hosted
from tests.fixtures.store import ValkeyServer


@pytest.fixture(scope="package")
def installation(
    valkey: ValkeyServer, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """Running, with the cast."""
    valkey.empty()
    with django_db_blocker.unblock(), running(tmp_path_factory.mktemp("oauth"), valkey.url) as started:
        yield started


@pytest.fixture(scope="package")
def hosts(node: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Host]]:
    """The process of each SDK, started when it is first asked for."""
    folder = tmp_path_factory.mktemp("clients")
    with ExitStack() as stack:
        yield cache(lambda sdk: stack.enter_context(hosted(sdk, node, folder / f"{sdk}.log")))


@pytest.fixture(scope="package")
def start(hosts: Callable[[str], Host], installation: Installation) -> StartClient:
    """Starts a client of a kind, for acme's workshop unless said otherwise."""

    def started(kind: Kind, url: str | None = None, **settings: Any) -> RealClient:
        return hosts(kind.sdk).start(url or installation.url("workshop"), kind, **settings)

    return started


@pytest.fixture(autouse=True)
def no_foreign_store(settings: Any, valkey: ValkeyServer) -> None:
    """Services that a test calls announce their changes to the installation's own store."""
    settings.REDIS_URL = valkey.url
