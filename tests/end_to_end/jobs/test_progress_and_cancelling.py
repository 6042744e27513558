"""Other people's clients follow a job on a worker, and end it, as if it ran where they asked for it."""

from itertools import pairwise
from uuid import uuid4

import pytest

from tests.end_to_end.jobs.records import ended, records
from tests.end_to_end.jobs.steered import ClientError, Kind, StartClient
from tests.fixtures.live import Live

pytestmark = pytest.mark.processes
TOOL = "matrix_decomposition"


def test_a_client_sees_how_far_it_is_and_gets_the_result(
    kind: Kind, route: str, start: StartClient, live: Live
) -> None:
    key = str(uuid4())
    call = start(kind, route).begin_call(TOOL, {"size": 120, "seed": 7}, progress=True, idempotencyKey=key)
    result = call.result()
    assert all(earlier < later for earlier, later in pairwise(call.progress))
    assert call.progress[-1] == result["structuredContent"]["sweeps"]
    assert len(call.progress) > 1
    assert len(result["structuredContent"]["singular_values"]) == 120
    (record,) = records(live, key)
    assert record == (result["_meta"]["io.atrium/job"], "completed", "returned", 1, "ok")


def test_a_client_that_gives_up_ends_the_job_which_says_how(
    kind: Kind, route: str, start: StartClient, live: Live
) -> None:
    key = str(uuid4())
    client = start(kind, route)
    call = client.begin_call(TOOL, {"size": 400}, progress=True, idempotencyKey=key)
    call.until_progress()
    call.cancel()
    with pytest.raises(ClientError):
        call.result()
    record = ended(live, key)
    assert record[1:] == ("cancelled", "stopped", 1, "cancelled")
    told = client.job_result(record.id)
    assert told["isError"] is True
    assert "cancelled" in told["content"][0]["text"]
