"""What asks may outlive the replica that asked: another one goes on with the same question, and loses no answer."""

import asyncio
from hashlib import sha256
from typing import Any

import pytest

from mcp_runtime.calls.call import Call
from mcp_runtime.contract.input import ELICITATION, InputRequest
from mcp_runtime.protocol.jsonrpc import NO_PARAMS
from mcp_runtime.sessions.session_asker import SessionAsker
from mcp_runtime.sessions.store import Owner
from tests.mcp_runtime.cast import ADA
from tests.mcp_runtime.input.legacy_questions import ALMA, answer, begin, call
from tests.mcp_runtime.serving import Replica
from tests.mcp_runtime.streaming import legacy_stream

pytestmark = pytest.mark.anyio

FORM = {"type": "object", "properties": {"name": {"type": "string"}}}
QUESTION = InputRequest(ELICITATION, {"mode": "form", "message": "Who?", "requestedSchema": FORM})


class Asking:
    """One replica's part in a call that waits for a job. `said` is what went to the stream."""

    def __init__(self, call: Call) -> None:
        self.said: list[tuple[str, Any]] = []
        self._heard = asyncio.Event()
        self.asker: SessionAsker = call.runtime.session_asker(call, self._emit, scope="a-job")
        self.answer = asyncio.ensure_future(self.asker.ask("guest", QUESTION))

    def _emit(self, method: str, params: dict[str, Any], request_id: str | None = None) -> None:
        self.said.append((method, request_id or params["requestId"]))
        self._heard.set()

    async def question(self) -> dict[str, Any]:
        """What the client was asked."""
        await self._heard.wait()
        return {"id": self.said[0][1]}


async def asking(replica: Replica, session_id: str, number: int = 7) -> Asking:
    """Begin to ask for the call with this number, or go on with it."""
    runtime = replica.runtime
    credential = await runtime.credentials.get(sha256(ADA.encode()).hexdigest())
    loaded = await runtime.servers.get("acme/desk")
    assert credential is not None
    assert loaded is not None
    caller = runtime.caller(credential, "acme/desk", loaded)
    owner = Owner(caller.tenant_id, loaded.snapshot.id, caller.principal)
    session = await runtime.sessions.read(owner, session_id)
    assert session is not None
    return Asking(
        Call(
            runtime=runtime,
            caller=caller,
            method="tools/call",
            params=NO_PARAMS,
            request_id=number,
            legacy=True,
            version=session.version,
            streams=True,
            meta={},
            headers={},
            session=session,
            owner=owner,
        )
    )


async def test_the_same_call_asks_the_same_elsewhere_and_another_call_another(served: Replica, beside: Replica) -> None:
    async with asyncio.timeout(20):
        session = await begin(served)
        lost, other = await asking(served, session), await asking(served, session, 8)
        question, others = await lost.question(), await other.question()
        lost.asker.leave()
        again = await asking(beside, session)
        assert await again.question() == question != others
        await answer(served, session, question, ALMA)
        assert await again.answer == ALMA
        other.asker.close()
    assert lost.answer.cancelled()
    assert lost.said == [(ELICITATION, question["id"])]
    assert other.said[1:] == [("notifications/cancelled", others["id"])]


async def test_an_answer_that_came_while_nobody_waited_is_not_lost(
    served: Replica, beside: Replica, store: Any
) -> None:
    async with asyncio.timeout(20):
        session = await begin(served)
        lost = await asking(served, session)
        question = await lost.question()
        lost.asker.leave()
        await answer(beside, session, question, ALMA)
        again = await asking(beside, session)
        assert await again.answer == ALMA
        await again.asker.settle("guest")
    assert [method for method, _ in again.said] == [ELICITATION]
    assert list(store.scan_iter("atrium:client-request:*")) == []


async def test_a_question_that_was_answered_another_way_is_withdrawn(served: Replica, store: Any) -> None:
    async with asyncio.timeout(20):
        asked = await asking(served, await begin(served))
        question = await asked.question()
        await asked.asker.settle("guest")
        asked.asker.leave()
        await asyncio.wait({asked.answer})
    assert asked.said[1:] == [("notifications/cancelled", question["id"])]
    assert list(store.scan_iter("atrium:client-request:*")) == []


async def test_what_was_never_asked_is_not_withdrawn(served: Replica) -> None:
    async with asyncio.timeout(20), legacy_stream(served, call("impatient"), await begin(served)) as stream:
        (last,) = await stream.rest()
    assert "result" in last
