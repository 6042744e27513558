"""The older revisions: a call asks its client on its own stream, and the answer comes in by any POST of the session."""

import asyncio

import pytest

from tests.mcp_runtime.input.legacy_questions import ALMA, answer, begin, call, text
from tests.mcp_runtime.serving import Replica
from tests.mcp_runtime.streaming import legacy_stream

pytestmark = pytest.mark.anyio

TOAST = {"role": "assistant", "content": {"type": "text", "text": "Cheers"}, "model": "m", "stopReason": "endTurn"}
ROOTS = {"roots": [{"uri": "file:///home/alma", "name": "home"}]}


@pytest.mark.parametrize("name", ["invite", "invite_from_thread"])
async def test_an_answer_reaches_the_call_from_another_replica(served: Replica, beside: Replica, name: str) -> None:
    session = await begin(served)
    async with asyncio.timeout(20), legacy_stream(served, call(name), session) as stream:
        question = await stream.message()
        assert question["method"] == "elicitation/create"
        assert question["params"]["requestedSchema"]["required"] == ["name"]
        await answer(beside, session, question, ALMA)
        (last,) = await stream.rest()
    assert (last["id"], text(last)) == (7, "accept: Guest(name='Alma', dish='soup')")
