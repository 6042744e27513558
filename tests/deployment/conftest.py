"""nginx in front of two runtimes and web: recording ones, to see what it passes on, and real ones."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deployment.edge import edge
from tests.deployment.image import static_files_collect
from tests.deployment.installation import Installation
from tests.deployment.starting import everything
from tests.deployment.upstream import Upstream, listening


@dataclass(frozen=True)
class Behind:
    """The edge's base URL, and what is behind it."""

    url: str
    runtimes: tuple[Upstream, Upstream]
    web: Upstream

    def forget(self) -> None:
        """Forget what was seen."""
        for upstream in (*self.runtimes, self.web):
            upstream.seen.clear()
            upstream.next_event.clear()
            upstream.disconnected.clear()

    def seen(self) -> list[str]:
        """The paths that reached anything behind the edge."""
        return [path for upstream in (*self.runtimes, self.web) for path in upstream.paths()]


@pytest.fixture(scope="session")
def recording_edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    folder: Path = tmp_path_factory.mktemp("edge")
    with ExitStack() as stack:
        one, two, web = (stack.enter_context(listening(name)) for name in ("runtime-1", "runtime-2", "web"))
        url = stack.enter_context(edge(folder, runtime_ports=[one.port, two.port], web_port=web.port))
        yield Behind(url, (one, two), web)


@pytest.fixture
def behind(recording_edge: Behind) -> Behind:
    recording_edge.forget()
    return recording_edge


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory that an image brings along."""
    directory = tmp_path_factory.mktemp("image")
    static_files_collect(directory)
    return directory


@pytest.fixture(scope="session")
def installation(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with everything(tmp_path_factory.mktemp("installation"), image) as running:
        yield running
