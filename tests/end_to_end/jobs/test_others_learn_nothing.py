"""A job is its owner's. Whoever else asks for it hears what they would hear of a job that never was."""

import json
import sys
from typing import Any
from uuid import uuid4

import pytest

from tests.end_to_end.jobs.steered import ClientError, Kind, StartClient, SteeredClient
from tests.fixtures.live import Endpoint, Live
from tests.repository import PYTHON_PATH, run

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def another_key(live: Live) -> str:
    """A second key of the person whose first one asks for the job: another client, so another principal."""
    where = {"PYTHONPATH": PYTHON_PATH, "ATRIUM_DATA_DIR": str(live.data_dir)}
    issued = run(sys.executable, "-m", "tests.end_to_end.dying", "issue", **where)
    return str(json.loads(issued.stdout)["secret"])


def told(client: SteeredClient, job_id: str) -> list[Any]:
    """What a client hears of a job by every way to it, without the id itself, and the version of the server asked."""
    result = client.job_result(job_id, wait_seconds=0)
    assert result["isError"] is True
    result["_meta"].pop("io.modelcontextprotocol/serverInfo", None)
    heard: list[Any] = [result]
    for what in ("status", "result"):
        with pytest.raises(ClientError) as refusal:
            client.read(f"task://{what}/{job_id}")
        heard.append(refusal.value.args)
    return [json.dumps(each).replace(job_id, "ID") for each in heard]


def test_a_foreign_job_and_one_that_never_was_are_told_alike(
    kind: Kind, nginx_url: str, start: StartClient, live: Live, another_key: str
) -> None:
    owner = start(kind, nginx_url)
    answer = owner.call("matrix_decomposition", {"size": 20}, timeout=0)
    foreign, absent = answer["structuredContent"]["job"]["id"], str(uuid4())
    same_tenant = start(kind, nginx_url, Endpoint(live.endpoint("demo", nginx_url).url, another_key))
    gus = start(kind, nginx_url, live.outsider(nginx_url))
    for client in (same_tenant, gus):
        assert told(client, foreign) == told(client, absent)
    assert told(same_tenant, absent) == told(gus, absent) == told(owner, absent)
    assert len(owner.job_result(foreign)["structuredContent"]["singular_values"]) == 20
