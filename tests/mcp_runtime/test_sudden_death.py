"""A replica that is killed loses at most the audit events of its last 200 ms."""

import sys
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest

from mcp_runtime.contract import keys
from mcp_runtime.contract.audit import decode_events
from tests.fixtures.process import Process, answers, free_port
from tests.mcp_runtime.serving import ACME, modern_request

LOSS_SECONDS = 0.2
LIFE_SECONDS = 1.5


@pytest.mark.processes
def test_what_was_answered_before_the_last_moment_is_recorded(tmp_path: Path, empty_store: str, store: Any) -> None:
    port = free_port()
    command = (sys.executable, "-m", "tests.mcp_runtime.standalone", str(port), empty_store)
    answered: dict[str, float] = {}
    with (
        Process(command, tmp_path / "replica.log") as replica,
        httpx.Client(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        replica.wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), 20)
        end = monotonic() + LIFE_SECONDS
        while monotonic() < end:
            number = f"call-{len(answered)}"
            params = {"name": "echo", "arguments": {"text": "x"}}
            client.post(ACME, **modern_request("tools/call", params=params, id=number)).raise_for_status()
            answered[number] = monotonic()
        killed = monotonic()
        replica.process.kill()
        replica.process.wait()
    recorded = {
        event.request_id for _, fields in store.xrange(keys.AUDIT) for event in decode_events(fields[b"events"])
    }
    assert recorded <= answered.keys()
    assert recorded
    lost = {number for number in answered if number not in recorded}
    assert all(killed - answered[number] <= LOSS_SECONDS for number in lost)
