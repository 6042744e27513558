"""What every client saw, gathered once per session."""

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.transcripts import CASES, Case, Transcripts
from tests.fixtures.live import Live
from tests.repository import PYTHON_PATH, run


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


@pytest.fixture(scope="session")
def inline_decomposition(live: Live) -> str:
    """The name by which acme's demo has its long tool without a worker."""
    name = "decomposition_inline"
    where = {"PYTHONPATH": PYTHON_PATH, "ATRIUM_DATA_DIR": str(live.data_dir)}
    made = run(sys.executable, "-m", "tests.end_to_end.inline_tool", name, **where)
    assert made.returncode == 0, made.stderr
    return name
