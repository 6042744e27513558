"""What a client shows to Atrium is for Atrium: nothing that runs on its behalf is given it (2025-11-25
basic/security_best_practices, Token Passthrough)."""

import asyncio
import sys
from typing import Any

import pytest

from tests.mcp_runtime.cast import ADA
from tests.mcp_runtime.probe_toolkit import Watch
from tests.mcp_runtime.serving import Replica
from tests.mcp_runtime.streaming import waiting_call

pytestmark = pytest.mark.anyio


class Peeking(asyncio.Event):
    """Set by the tool: looks at what it was called with."""

    def set(self) -> None:
        self.given = dict(sys._getframe(1).f_locals)
        super().set()


def shown(value: Any) -> dict[str, Any]:
    """What a tool's author can ask a value for."""
    return {name: getattr(value, name) for name in dir(value) if not name.startswith("_")}


@pytest.mark.must("MUST-32")
async def test_a_tool_is_told_who_calls_and_not_with_which_credential(served: Replica, probe: Watch) -> None:
    probe.began = Peeking()
    probe.hold.set()
    answer = await served.modern("tools/call", **waiting_call())
    assert "let go" in answer.text
    given = shown(probe.began.given["context"])
    assert given["tenant"] == "acme"
    assert ADA not in repr((given, probe.began.given))
    assert ADA not in answer.text
