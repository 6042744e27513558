"""Asking several models: both styles, three strategies, over real connections through the guarded way out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from mcp_runtime.fan_out.executor import FanOutExecutor
from mcp_runtime.http_tools.executor import HttpExecutor
from tests.egress.outside import Outside
from tests.mcp_runtime.cast import GUS, MAX, credential
from tests.mcp_runtime.fan_out.models import KEY, Providers, Vault, fan_out, model
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.resilience.api import called, error, give_tools, json_answer
from tests.mcp_runtime.serving import GLOBEX, Replica, replica

pytestmark = pytest.mark.anyio

OPEN, CLAUDE, THIRD = model("open"), model("claude", "anthropic"), model("third")
Asking = Callable[..., AbstractAsyncContextManager[Replica]]
PROMPT = {"prompt": "Which city?", "system": "One word.", "max_tokens": 5, "temperature": 0}


@pytest.fixture
def asking(record: Record, empty_store: str) -> Asking:
    """Serves these tools, with these providers outside."""
    record.keep_key(MAX, credential("acme", "max", "owner"))

    @asynccontextmanager
    async def serve(providers: Providers) -> AsyncIterator[Replica]:
        await providers.start()
        async with replica(record, empty_store) as running:
            runtime = running.runtime
            runtime.secrets._vault = Vault()
            http = HttpExecutor(Outside(recorder=providers.recorder).door(), runtime.secret).bind
            runtime.executors |= {"http": http, "fan_out": FanOutExecutor(http, runtime.resilience.guarded).bind}
            yield running
        providers.stop()

    return serve


async def ask(running: Replica, **options: Any) -> dict[str, Any]:
    result = await called(running, "ask", arguments={**PROMPT, **options.pop("arguments", {})}, **options)
    assert not result.get("isError"), result
    return dict(result["structuredContent"])


def outcomes(structured: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["backend"], each["outcome"]) for each in structured["answers"]]


async def never() -> str:
    await asyncio.Event().wait()
    return ""


async def refused() -> bytes:
    return json_answer({"error": f"bad key {KEY}"}, "401 No")


async def test_each_style_is_asked_in_its_own_words(record: Record, asking: Asking) -> None:
    providers = Providers(open="Paris.", claude=" paris ")
    give_tools(record, fan_out("acme", "consensus", OPEN, CLAUDE, quorum=2))
    async with asking(providers) as running:
        said = await ask(running)
    assert (said["agreed"], said["strategy"]) == (2, "consensus")
    assert {each["model"] for each in said["answers"]} == {"open-1-2026", "claude-1-2026"}
    same = {"max_tokens": 5, "temperature": 0}
    assert providers.asked["open.example"] == [
        {
            "model": "open-1",
            **same,
            "messages": [{"role": "system", "content": "One word."}, {"role": "user", "content": "Which city?"}],
        }
    ]
    assert providers.asked["claude.example"] == [
        {"model": "claude-1", **same, "system": "One word.", "messages": [{"role": "user", "content": "Which city?"}]}
    ]
    assert f"Authorization: Bearer {KEY}".encode() in providers.heads["open.example"]
    assert f"x-api-key: {KEY}".encode() in providers.heads["claude.example"]
    assert b"anthropic-version: 2023-06-01" in providers.heads["claude.example"]


async def test_the_first_that_is_available_answers(record: Record, asking: Asking) -> None:
    providers = Providers(open=refused, claude="Rome", third="Oslo")
    give_tools(record, fan_out("acme", "first_available", OPEN, CLAUDE, THIRD))
    async with asking(providers) as running:
        said = await ask(running)
    assert (said["answer"], said["backend"], said["model"]) == ("Rome", "claude", "claude-1-2026")
    assert outcomes(said) == [("open", "failed"), ("claude", "answered"), ("third", "not_asked")]
    assert said["answers"][0]["reason"] == "upstream_status (401)"
    assert "third.example" not in providers.asked


async def test_the_fastest_answers_and_the_others_are_given_up(record: Record, asking: Asking) -> None:
    give_tools(record, fan_out("acme", "fastest", OPEN, CLAUDE))
    async with asking(Providers(open=never, claude="Rome")) as running:
        said = await ask(running)
        assert running.runtime.resilience.guards.bulkhead.out == 0
    assert (said["answer"], outcomes(said)) == ("Rome", [("open", "given_up"), ("claude", "answered")])


async def test_one_that_hangs_has_its_own_time_limit(record: Record, asking: Asking) -> None:
    hanging = model("open", timeout_seconds=0.1)
    give_tools(record, fan_out("acme", "first_available", hanging, CLAUDE))
    async with asking(Providers(open=never, claude="Rome")) as running:
        said = await ask(running)
    assert (said["answers"][0]["outcome"], said["answer"]) == ("failed", "Rome")


async def test_a_majority_counts_and_the_rest_is_told(record: Record, asking: Asking) -> None:
    give_tools(record, fan_out("acme", "consensus", OPEN, CLAUDE, THIRD, quorum=2))
    async with asking(Providers(open="Rome", claude="Oslo", third="rome")) as running:
        said = await ask(running)
    assert (said["answer"].lower(), said["agreed"]) == ("rome", 2)


async def test_no_agreement_is_an_error_with_every_answer(record: Record, asking: Asking) -> None:
    give_tools(record, fan_out("acme", "consensus", OPEN, CLAUDE, quorum=2))
    async with asking(Providers(open="Rome", claude="Oslo")) as running:
        result = await called(running, "ask", arguments=PROMPT)
    told = result["_meta"]["io.atrium/error"]
    assert (told["type"], told["agreed"], told["quorum"]) == ("no_consensus", 1, 2)
    assert sorted(each["answer"] for each in told["answers"]) == ["Oslo", "Rome"]


async def test_a_dead_provider_is_left_alone_and_the_others_answer(record: Record, asking: Asking) -> None:
    async def broken() -> bytes:
        return json_answer({}, "500 Oops")

    providers = Providers(open=broken, claude="Rome")
    give_tools(record, fan_out("acme", "first_available", OPEN, CLAUDE))
    async with asking(providers) as running:
        reasons = [(await ask(running))["answers"][0]["reason"] for _ in range(7)]
    assert reasons == ["upstream_status (500)"] * 5 + ["upstream_open (status_500)"] * 2
    assert len(providers.asked["open.example"]) == 5


async def test_no_key_is_told_and_another_tenant_has_none(record: Record, asking: Asking) -> None:
    providers = Providers(open=refused, claude=refused)
    give_tools(record, fan_out("acme", "fastest", OPEN, CLAUDE))
    give_tools(record, fan_out("globex", "fastest", OPEN, CLAUDE), tenant="globex")
    async with asking(providers) as running:
        result = await called(running, "ask", arguments=PROMPT)
        assert result["_meta"]["io.atrium/error"]["type"] == "no_backend_answered"
        assert KEY not in str(result)
        asked = sum(map(len, providers.asked.values()))
        result = await called(running, "ask", arguments=PROMPT, key=GUS, path=GLOBEX)
        assert [each["reason"] for each in result["_meta"]["io.atrium/error"]["answers"]] == ["secret_missing"] * 2
        assert sum(map(len, providers.asked.values())) == asked


async def test_answers_are_kept_for_the_same_caller_alone(record: Record, asking: Asking) -> None:
    providers = Providers(open="Rome")
    give_tools(record, fan_out("acme", "first_available", OPEN, cache_seconds=600.0))
    async with asking(providers) as running:
        assert [(await ask(running))["answer"] for _ in range(3)] == ["Rome"] * 3
        assert len(providers.asked["open.example"]) == 1
        await ask(running, key=MAX)
        assert len(providers.asked["open.example"]) == 2


@pytest.mark.parametrize(
    "nonsense", [json_answer({"choices": []}), json_answer([1]), json_answer({"choices": [{"message": {}}]})]
)
async def test_what_is_no_answer_counts_as_none(record: Record, asking: Asking, nonsense: bytes) -> None:
    async def say() -> bytes:
        return nonsense

    give_tools(record, fan_out("acme", "first_available", OPEN))
    async with asking(Providers(open=say)) as running:
        assert await error(running, "ask", arguments=PROMPT) == "no_backend_answered"
