"""Clients of every SDK, and the ways to the installation that they share."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.end_to_end.jobs.replicas import front
from tests.end_to_end.jobs.steered import KINDS, Host, Kind, StartClient, SteeredClient, hosted
from tests.fixtures.live import Endpoint, Live

ROUTES = ("nginx", "rotating-proxy")


@pytest.fixture(scope="package")
def hosts(node: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Host]]:
    """The process of each SDK, started when it is first asked for."""
    folder = tmp_path_factory.mktemp("clients")
    with ExitStack() as stack:
        yield cache(lambda sdk: stack.enter_context(hosted(sdk, node, folder / f"{sdk}.log")))


@pytest.fixture(scope="package")
def nginx_url(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """nginx before both replicas of the installation."""
    ports = [urlsplit(url).port or 0 for url in (live.base_url, live.replica_url)]
    with front(tmp_path_factory.mktemp("edge"), ports) as base_url:
        yield base_url


@pytest.fixture(params=ROUTES)
def route(request: pytest.FixtureRequest) -> str:
    """The base URL of a way to both replicas."""
    return str(request.getfixturevalue("nginx_url" if request.param == "nginx" else "proxy_url"))


@pytest.fixture(params=KINDS, ids=str)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Every SDK, in the eras it speaks."""
    return request.param


@pytest.fixture
def start(live: Live, hosts: Callable[[str], Host]) -> StartClient:
    """Starts a client of a kind, for acme's demo unless said otherwise."""

    def started(kind: Kind, base_url: str, endpoint: Endpoint | None = None) -> SteeredClient:
        return hosts(kind.sdk).start(endpoint or live.endpoint("demo", base_url), kind)

    return started
