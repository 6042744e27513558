"""Two hundred clients at once, of two tenants and both eras, every one with the same request ids, over two replicas
without affinity: everybody is asked their own question, and gets the answer to their own call."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec
import pytest

from tests.mcp_runtime.cast import ADA, GUS, MAX
from tests.mcp_runtime.input.legacy_questions import answer, begin
from tests.mcp_runtime.legacy_client import legacy_headers, request
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import ACME, CAPABILITIES_META, GLOBEX, Replica, events
from tests.mcp_runtime.streaming import Stream

pytestmark = pytest.mark.anyio

CLIENTS = 200
SAME_ID = 1
WHO = ((ADA, ACME), (GUS, GLOBEX), (MAX, ACME))
CAPABILITIES = {"elicitation": {}}


@dataclass
class Client:
    """One of them. `heard` is everything that came to it."""

    number: int
    replicas: tuple[Replica, Replica]
    all_asked: asyncio.Barrier
    heard: str = ""

    @property
    def canary(self) -> str:
        return f"canary-{self.number:03}-of-{self.who[0]}"

    @property
    def who(self) -> tuple[str, str]:
        return WHO[self.number % len(WHO)]

    @property
    def call(self) -> dict[str, Any]:
        return {"name": "invite", "arguments": {"day": self.canary}}

    @property
    def reply(self) -> dict[str, Any]:
        return {"action": "accept", "content": {"name": f"guest of {self.canary}"}}

    async def modern(self) -> None:
        """Asked by the end of a call, answering with the next."""
        key, path = self.who
        here, there = self.replicas
        meta = {CAPABILITIES_META: CAPABILITIES}
        asked = await here.modern("tools/call", key, path, params=self.call, meta=meta, id=SAME_ID)
        await self.all_asked.wait()
        state = events(asked.text)[-1]["result"]["requestState"]
        again = {**self.call, "inputResponses": {"guest": self.reply}, "requestState": state}
        answered = await there.modern("tools/call", key, path, params=again, meta=meta, id=SAME_ID)
        self.heard = asked.text + answered.text

    async def legacy(self) -> None:
        """Asked on the stream of a call, answering by a POST elsewhere."""
        key, path = self.who
        here, there = self.replicas
        session = await begin(there, CAPABILITIES, key=key, path=path)
        body = msgspec.json.encode(request("tools/call", SAME_ID, **self.call))
        headers = legacy_headers(key, session)
        async with here.http.stream("POST", path, content=body, headers=headers) as response:
            stream = Stream(response)
            question = await stream.message()
            await self.all_asked.wait()
            await answer(there, session, question, self.reply, key, path)
            self.heard = str([question, *await stream.rest()])


async def test_nobody_hears_what_is_anothers(served: Replica, beside: Replica, record: Record) -> None:
    for tenant in ("acme", "globex"):
        snapshot = record.snapshots[tenant, "desk"]
        grants = (msgspec.structs.replace(snapshot.grants[0], subject_kind="role", subject="caller"), *snapshot.grants)
        limits = msgspec.structs.replace(snapshot.tenant.limits, calls_in_flight=CLIENTS, streams_per_principal=CLIENTS)
        roomy = msgspec.structs.replace(snapshot.tenant, limits=limits)
        record.change_server(tenant, "desk", grants=grants, tenant=roomy)
    for replica in (served, beside):
        replica.http = httpx.AsyncClient(base_url=replica.http.base_url, timeout=60, limits=httpx.Limits())
    barrier = asyncio.Barrier(CLIENTS)
    orders = ((served, beside), (beside, served))
    clients = [Client(number, orders[number // 2 % 2], barrier) for number in range(CLIENTS)]
    async with asyncio.timeout(120):
        await asyncio.gather(*(client.modern() if client.number % 2 else client.legacy() for client in clients))
    assert [client.canary for client in clients if f"guest of {client.canary}" not in client.heard] == []
    canaries = {client.canary for client in clients}
    foreign = [other for client in clients for other in canaries - {client.canary} if other in client.heard]
    assert foreign == []
    assert len(served.runtime.running) + len(beside.runtime.running) == 0
