"""`subscriptions/listen`: what a client asked for, tagged, and nothing else; on whichever replica it happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import time
from typing import Any, Final

import msgspec
import pytest

from mcp_runtime.contract.announcements import Announcement, resource_updated, resources_updated
from mcp_runtime.contract.snapshot import TenantInfo
from tests.mcp_runtime.cast import ADA, GENEROUS_LIMITS, GUS, MAX, OWNERS_MAY_ALL, credential, server, tools
from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import ACME, GLOBEX, Replica, modern_request, replica
from tests.mcp_runtime.streaming import Stream

pytestmark = pytest.mark.anyio

SUBSCRIPTION: Final = "io.modelcontextprotocol/subscriptionId"
TOOLS: Final = "notifications/tools/list_changed"
UPDATED: Final = "notifications/resources/updated"
JOBS: Final = {"mode": "background"}
"""What makes a tool of the probe toolkit one whose server has resources."""


@asynccontextmanager
async def listening(
    running: Replica, key: str = ADA, path: str = ACME, number: int | str = 5, **asked: Any
) -> AsyncIterator[Stream]:
    """A subscription that is acknowledged."""
    request = modern_request("subscriptions/listen", key, params={"notifications": asked}, id=number)
    async with asyncio.timeout(30), running.http.stream("POST", path, **request) as response:
        assert response.status_code == 200, await response.aread()
        stream = Stream(response)
        first = await stream.message()
        assert first["method"] == "notifications/subscriptions/acknowledged"
        assert first["params"]["_meta"] == {SUBSCRIPTION: number}
        stream.acknowledged = first["params"]["notifications"]
        yield stream


async def refused(running: Replica, key: str = ADA, **options: Any) -> tuple[int, str]:
    """How a subscription is refused."""
    response = await running.modern("subscriptions/listen", key, **options)
    return response.status_code, response.json()["error"]["data"]["type"]


def with_resources(record: Record) -> None:
    """Both servers have tools that run in the background, and so resources."""
    for tenant in ("acme", "globex"):
        record.keep_server(server(tenant, tools=tools(wait=JOBS)))


@pytest.mark.must("MUST-20.1")
async def test_only_what_is_asked_for_and_offered_is_acknowledged(served: Replica) -> None:
    asked = {"toolsListChanged": True, "promptsListChanged": True, "resourceSubscriptions": ["test://one"]}
    async with listening(served, **asked) as stream:
        assert stream.acknowledged == {"toolsListChanged": True}


async def test_a_subscription_to_nothing_ends_at_once_in_good_order(served: Replica) -> None:
    async with listening(served, number="none", toolsListChanged=False) as stream:
        (last,) = await stream.rest()
    assert (last["id"], last["result"]["resultType"]) == ("none", "complete")
    assert last["result"]["_meta"][SUBSCRIPTION] == "none"


@pytest.mark.parametrize(
    "asked", [{"toolsListChanged": "yes"}, {"resourceSubscriptions": "test://one"}, {"resourceSubscriptions": [""]}]
)
async def test_a_malformed_filter_is_refused(served: Replica, asked: dict[str, Any]) -> None:
    assert await refused(served, params={"notifications": asked}) == (400, "invalid_params")


async def test_a_subscription_needs_a_filter_and_a_client_that_takes_streams(served: Replica) -> None:
    assert await refused(served) == (400, "invalid_params")
    alone = {"Accept": "application/json"}
    assert (await refused(served, params={"notifications": {}}, headers=alone))[1] == "not_acceptable"


@pytest.mark.must("MUST-20.3")
async def test_a_changed_tool_is_told_on_every_replica_and_to_its_own_tenant_alone(
    served: Replica, beside: Replica, record: Record, publisher: Publisher
) -> None:
    async with (
        listening(served, toolsListChanged=True) as here,
        listening(beside, toolsListChanged=True, number="there") as there,
        listening(beside, GUS, GLOBEX, toolsListChanged=True) as outsider,
    ):
        await publisher.server(record.change_server("acme", "desk", tools=tools(echo={"description": "new"})))
        for stream, number in ((here, 5), (there, "there")):
            assert await stream.message() == {
                "jsonrpc": "2.0",
                "method": TOOLS,
                "params": {"_meta": {SUBSCRIPTION: number}},
            }
        await publisher.server(record.change_server("globex", "desk", tools=()))
        assert (await outsider.message())["method"] == TOOLS
        assert not served.runtime.listeners._doubtful


async def test_what_a_credential_can_not_list_is_not_told(
    served: Replica, record: Record, publisher: Publisher
) -> None:
    only_echo = msgspec.structs.replace(OWNERS_MAY_ALL, subject="caller", target_kind="tool", target="id-of-echo")
    record.keep_server(server("acme", grants=(OWNERS_MAY_ALL, only_echo)))
    async with listening(served, toolsListChanged=True) as owner, listening(served, MAX, toolsListChanged=True) as some:
        changed = tools(wait={"description": "new"}, echo={"timeout_seconds": 9})
        await publisher.server(record.change_server("acme", "desk", tools=changed))
        assert (await owner.message())["method"] == TOOLS
        # The same for everybody: so this is the first thing that max hears.
        await publisher.server(record.change_server("acme", "desk", tools=tools(echo={"title": "Echo"})))
        assert (await some.message())["method"] == TOOLS
        served.application.drain()
        assert [message.get("id") for message in await some.rest()] == [5]
        assert len(await owner.rest()) == 2


async def test_a_changed_role_is_told_although_no_server_changed(
    served: Replica, record: Record, publisher: Publisher
) -> None:
    async with listening(served, toolsListChanged=True) as stream:
        demoted = credential("acme", "ada", "caller", version=2)
        record.keep_key(ADA, demoted)
        await publisher.credential(ADA, demoted)
        assert (await stream.message())["method"] == TOOLS


async def test_many_changes_at_once_are_told_as_one(served: Replica, record: Record, publisher: Publisher) -> None:
    async with listening(served, toolsListChanged=True) as stream:
        for number in range(20):
            changed = tools(echo={"description": f"number {number}"})
            await publisher.server(record.change_server("acme", "desk", tools=changed))
        assert (await stream.message())["method"] == TOOLS
        served.application.drain()
        assert len(await stream.rest()) < 10


@pytest.mark.must("MUST-20.2")
async def test_an_update_reaches_who_subscribed_to_it_on_every_replica(
    served: Replica, beside: Replica, record: Record
) -> None:
    with_resources(record)
    mine, others = "test://mine", "test://others"
    acme, globex = "id-of-acme-desk", "id-of-globex-desk"
    async with (
        listening(beside, resourceSubscriptions=[mine]) as stream,
        listening(beside, GUS, GLOBEX, resourceSubscriptions=[mine]) as outsider,
    ):
        for announcement in (
            resource_updated(acme, others),
            resource_updated(acme, mine, principal="somebody else"),
            Announcement(server=acme, method=TOOLS),
            resource_updated(acme, mine),
        ):
            served.runtime.announcements.tell(announcement)
        assert await stream.message() == {
            "jsonrpc": "2.0",
            "method": UPDATED,
            "params": {"uri": mine, "_meta": {SUBSCRIPTION: 5}},
        }
        served.runtime.announcements.tell(resource_updated(globex, mine))
        assert (await outsider.message())["params"]["uri"] == mine


async def test_a_tool_tells_that_a_resource_has_changed(served: Replica, beside: Replica, record: Record) -> None:
    with_resources(record)
    async with listening(beside, resourceSubscriptions=["test://mine"]) as stream:
        assert (await served.call("touch", {"uri": "test://mine", "times": 500})).json()["result"]["isError"] is False
        assert (await stream.message())["params"]["uri"] == "test://mine"
        beside.application.drain()
        assert len(await stream.rest()) == 1


async def test_a_tool_has_clients_list_again(served: Replica, beside: Replica) -> None:
    async with listening(beside, toolsListChanged=True) as stream:
        await served.call("touch", {"uri": "test://mine", "times": 1})
        assert (await stream.message())["method"] == TOOLS
        beside.application.drain()
        assert len(await stream.rest()) == 1


async def test_a_revoked_key_ends_its_streams(served: Replica, record: Record, publisher: Publisher) -> None:
    async with listening(served, toolsListChanged=True) as stream:
        await publisher.revocation(ADA, record.revoke(ADA).version + 1)
        async with asyncio.timeout(5):
            (last,) = await stream.rest()
    assert (last["id"], last["error"]["data"]["type"]) == (5, "unauthenticated")


async def test_a_stream_ends_in_good_order_when_its_credential_expires(served: Replica, record: Record) -> None:
    record.keep_key("brief", credential("acme", "ada", "owner", expires_at=time() + 1))
    async with listening(served, "brief", toolsListChanged=True) as stream:
        (last,) = await stream.rest()
    assert (last["id"], last["result"]["resultType"]) == (5, "complete")


@pytest.mark.must("MUST-20.3")
async def test_a_replica_that_stops_ends_its_streams_in_good_order(served: Replica) -> None:
    async with listening(served, toolsListChanged=True) as stream:
        served.application.drain()
        (last,) = await stream.rest()
        assert last["result"]["_meta"][SUBSCRIPTION] == 5
    async with listening(served, toolsListChanged=True) as late:
        assert "result" in (await late.rest())[0]


async def test_streams_are_counted_on_all_replicas_and_given_back(
    served: Replica, beside: Replica, record: Record
) -> None:
    limits = msgspec.structs.replace(GENEROUS_LIMITS, streams_per_principal=2)
    info = TenantInfo(id="id-of-acme", slug="acme", name="Acme", limits=limits)
    record.keep_server(msgspec.structs.replace(server("acme"), tenant=info))
    one_more = {"params": {"notifications": {"toolsListChanged": True}}}
    async with listening(served, toolsListChanged=True), listening(beside, MAX, toolsListChanged=True):
        async with listening(beside, toolsListChanged=True):
            for running in (served, beside):
                assert await refused(running, **one_more) == (429, "too_many_streams")
            assert len(beside.runtime.listeners) == 2
        async with asyncio.timeout(5):
            while len(beside.runtime.listeners) > 1 or beside.runtime.background:
                await asyncio.sleep(0.01)
        async with listening(beside, toolsListChanged=True):
            assert beside.runtime.metrics.streams_open == 2
    async with asyncio.timeout(5):
        while len(served.runtime.listeners) + len(beside.runtime.listeners) + len(served.runtime.running):
            await asyncio.sleep(0.01)
    assert (served.runtime.listeners._places, served.runtime.metrics.streams_open) == ({}, 0)


async def test_an_idle_stream_is_kept_open(record: Record, empty_store: str) -> None:
    async with (
        replica(record, empty_store, heartbeat_interval=0.05) as running,
        listening(running, toolsListChanged=True) as stream,
    ):
        for _ in range(3):
            assert await stream.line(":") == ": "


async def test_a_changed_template_is_told_to_who_subscribed_to_what_follows_it(
    served: Replica, beside: Replica, record: Record
) -> None:
    with_resources(record)
    card, other = "own://cards/sales", "own://other/sales"
    async with (
        listening(beside, resourceSubscriptions=[card, other]) as stream,
        listening(beside, GUS, GLOBEX, resourceSubscriptions=[card]) as outsider,
    ):
        tell = served.runtime.announcements.tell
        tell(resources_updated("id-of-acme-desk", "no template"))
        tell(resources_updated("id-of-acme-desk", "own://cards/{team}"))
        assert (await stream.message())["params"]["uri"] == card
        tell(resource_updated("id-of-acme-desk", other))
        assert (await stream.message())["params"]["uri"] == other
        tell(resources_updated("id-of-globex-desk", "own://cards/{team}"))
        assert (await outsider.message())["params"]["uri"] == card
