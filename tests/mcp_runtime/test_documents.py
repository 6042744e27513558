"""The cache of documents: one load for many callers, and never a value that was outdated while it was loaded."""

import asyncio

import pytest

from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.replica.documents import Documents

pytestmark = pytest.mark.anyio


class EmptyStore:
    """A store without documents."""

    async def hget(self, *_: object) -> None:
        return None


class Source:
    """Loads slowly: `let_go` ends the wait."""

    def __init__(self) -> None:
        self.value: str | None = "first"
        self.loads = 0
        self.began, self.let_go = asyncio.Event(), asyncio.Event()

    async def load(self, name: str) -> str | None:
        self.loads += 1
        value = self.value
        self.began.set()
        await self.let_go.wait()
        if value == "unavailable":
            raise RecordUnavailable
        return value


def documents(source: Source, size: int = 10) -> Documents[str]:
    return Documents(
        kind="server", size=size, redis=EmptyStore(), decode=lambda _, body: body.decode(), load=source.load
    )


async def test_many_callers_share_one_load() -> None:
    source = Source()
    known = documents(source)
    callers = [asyncio.create_task(known.get("a/b")) for _ in range(20)]
    await source.began.wait()
    source.let_go.set()
    assert await asyncio.gather(*callers) == ["first"] * 20
    assert source.loads == 1
    assert known.cached("a/b") == "first"


async def test_a_value_outdated_while_loading_is_not_kept() -> None:
    source = Source()
    known = documents(source)
    loading = asyncio.create_task(known.get("a/b"))
    await source.began.wait()
    source.value = "second"
    known.forget("a/b")
    source.let_go.set()
    await loading
    assert known.cached("a/b") is None
    assert await known.get("a/b") == "second"


async def test_a_caller_that_gives_up_does_not_take_the_load_away() -> None:
    source = Source()
    known = documents(source)
    impatient, patient = (asyncio.create_task(known.get("a/b")) for _ in range(2))
    await source.began.wait()
    impatient.cancel()
    source.let_go.set()
    assert await patient == "first"


async def test_absence_is_remembered_until_a_change() -> None:
    source = Source()
    source.value = None
    source.let_go.set()
    known = documents(source)
    assert await known.get("a/b") is None
    assert await known.get("a/b") is None
    assert source.loads == 1
    source.value = "first"
    known.forget("a/b")
    assert await known.get("a/b") == "first"


async def test_a_failed_load_is_neither_yes_nor_no() -> None:
    source = Source()
    source.value = "unavailable"
    source.let_go.set()
    known = documents(source)
    with pytest.raises(RecordUnavailable):
        await known.get("a/b")
    source.value = "first"
    assert await known.get("a/b") == "first"


async def test_the_least_recently_used_goes_first() -> None:
    source = Source()
    source.let_go.set()
    known = documents(source, size=2)
    for name in ("a/1", "a/2"):
        await known.get(name)
    known.cached("a/1")
    await known.get("a/3")
    assert known.cached("a/2") is None
    assert known.cached("a/1") == "first"
