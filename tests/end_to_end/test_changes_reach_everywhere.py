"""What is revoked stops on every replica within five seconds, although the process that did it died at its commit; and
an emptied store heals by itself."""

import json
import sys
from typing import Any

import httpx
import pytest
import redis

from tests.fixtures.live import Live
from tests.fixtures.waiting import until
from tests.mcp_runtime.legacy_client import initialize_request, legacy_headers, request
from tests.mcp_runtime.serving import modern_request
from tests.repository import PYTHON_PATH, run

pytestmark = pytest.mark.processes

BOUND_SECONDS = 5.0
PATH = "/mcp/acme/demo"
CALL = {"name": "slugify", "arguments": {"text": "Hello"}}


def status(base_url: str, key: str) -> int:
    """The status of one call."""
    return httpx.post(base_url + PATH, **modern_request("tools/call", key, params=CALL)).status_code


def change(live: Live, *arguments: str) -> Any:
    """Make one change in a process of its own."""
    return run(
        sys.executable,
        "-m",
        "tests.end_to_end.dying",
        *arguments,
        PYTHONPATH=PYTHON_PATH,
        ATRIUM_DATA_DIR=str(live.data_dir),
    )


def test_a_key_revoked_by_a_process_that_died_stops_everywhere(live: Live) -> None:
    issued = json.loads(change(live, "issue").stdout)
    replicas = (live.base_url, live.replica_url)
    for base_url in replicas:
        until(lambda base_url=base_url: status(base_url, issued["secret"]) == 200, BOUND_SECONDS)
    assert change(live, "revoke", issued["id"]).returncode == 9
    for base_url in replicas:
        until(lambda base_url=base_url: status(base_url, issued["secret"]) == 401, BOUND_SECONDS)
        assert status(base_url, live.endpoint("demo").api_key) == 200
        assert status(base_url, live.outsider().api_key) == 401


def test_an_emptied_store_heals_by_itself(live: Live) -> None:
    key = live.endpoint("demo").api_key
    begun = httpx.post(live.base_url + PATH, headers=legacy_headers(key), content=json.dumps(initialize_request()))
    session = begun.headers["mcp-session-id"]
    document = json.loads((live.data_dir / "runtime.json").read_text(encoding="utf-8"))
    with redis.Redis.from_url(document["redis_url"]) as store:
        store.flushall()
    for base_url in (live.base_url, live.replica_url):
        assert status(base_url, key) == 200
        assert status(base_url, live.outsider().api_key) == 401
    headers = legacy_headers(key, session)
    gone = httpx.post(live.base_url + PATH, headers=headers, content=json.dumps(request("ping")))
    assert gone.status_code == 404
    until(lambda: httpx.get(f"{live.base_url}/readyz").status_code == 200, 30)
