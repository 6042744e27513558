"""What every client saw, gathered once per session."""

from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.transcripts import CASES, Case, Transcripts
from tests.fixtures.live import Live


@pytest.fixture(scope="session")
def transcripts(live: Live, proxy_url: str, node: Path) -> Transcripts:
    return Transcripts(live, proxy_url, node)


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    """Every client, in every mode it has, over one process and over two."""
    return request.param


@pytest.fixture
def transcript(case: Case, transcripts: Transcripts) -> dict[str, Any]:
    return transcripts.of(case)
