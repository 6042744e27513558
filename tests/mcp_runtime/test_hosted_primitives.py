"""What a tenant hosts itself: read, filled in and completed in every era, from memory where it was read before."""

import asyncio
import base64
from typing import Any

import pytest

from mcp_runtime.calls.executors.hosted_primitives import HostedPrimitives
from mcp_runtime.contract.hosted import KIND, HostedContent, content_of
from mcp_runtime.replica.content_cache import EACH, ContentCache
from tests.mcp_runtime.cast import GUS
from tests.mcp_runtime.hosting import PICTURE, Shelf, furnish, furnished
from tests.mcp_runtime.library import ERAS, ask, error_of, result_of
from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import GLOBEX, Replica

pytestmark = pytest.mark.anyio


@pytest.fixture
def shelf(record: Record) -> Shelf:
    shelf = Shelf()
    furnish(record, shelf)
    return shelf


@pytest.fixture
def hosting(served: Replica, shelf: Shelf) -> Replica:
    served.runtime.primitives[KIND] = HostedPrimitives(shelf)
    return served


async def read(hosting: Replica, uri: str, era: str = ERAS[0], **who: Any) -> Any:
    (contents,) = (await result_of(hosting, era, "resources/read", uri=uri, **who))["contents"]
    return contents


@pytest.mark.parametrize("era", ERAS)
async def test_a_resource_is_read_as_text_or_as_base64(hosting: Replica, era: str) -> None:
    assert await read(hosting, "own://words", era) == {
        "uri": "own://words",
        "mimeType": "text/plain",
        "text": "words of acme",
    }
    picture = await read(hosting, "own://picture", era)
    assert base64.b64decode(picture["blob"]) == PICTURE


@pytest.mark.parametrize("era", ERAS)
async def test_a_template_is_filled_with_what_the_uri_says(hosting: Replica, era: str) -> None:
    contents = await read(hosting, "own://cards/sales/Eva%20M", era)
    assert contents == {"uri": "own://cards/sales/Eva%20M", "text": "Eva M of sales, sales"}
    # A value is never filled again: neither with the others, nor with itself.
    contents = await read(hosting, "own://cards/%7B%7Bperson%7D%7D/%7B%7Bteam%7D%7D", era)
    assert contents["text"] == "{{team}} of {{person}}, {{person}}"
    assert (await error_of(hosting, era, "resources/read", uri="own://cards/a/b/c"))["data"]["type"] == (
        "resource_not_found"
    )


@pytest.mark.parametrize("era", ERAS)
async def test_a_prompt_is_filled_with_its_arguments(hosting: Replica, era: str) -> None:
    arguments = {"customer": "{{tone}}", "tone": "kindly"}
    result = await result_of(hosting, era, "prompts/get", name="reply", arguments=arguments)
    assert [(message["role"], message["content"]) for message in result["messages"]] == [
        ("user", {"type": "text", "text": "Answer {{tone}} kindly."}),
        ("assistant", {"type": "text", "text": "words of acme {{tone}}"}),
    ]
    result = await result_of(hosting, era, "prompts/get", name="reply", arguments={"customer": "Eva"})
    assert result["messages"][0]["content"]["text"] == "Answer Eva ."
    for wrong in ({}, {"customer": "Eva", "other": "x"}, {"customer": 5}):
        error = await error_of(hosting, era, "prompts/get", name="reply", arguments=wrong)
        assert error["data"]["type"] == "invalid_arguments"


@pytest.mark.parametrize("era", ERAS)
async def test_values_are_suggested(hosting: Replica, era: str) -> None:
    async def suggested(ref: dict[str, str], name: str, typed: str) -> list[str]:
        argument = {"name": name, "value": typed}
        result = await result_of(hosting, era, "completion/complete", ref=ref, argument=argument)
        values: list[str] = result["completion"]["values"]
        return values

    card = {"type": "ref/resource", "uri": "own://cards/{team}/{person}"}
    assert await suggested(card, "team", "Sal") == ["sales", "after-sales"]
    assert await suggested(card, "person", "") == []
    assert await suggested({"type": "ref/prompt", "name": "reply"}, "tone", "") == ["kindly", "briefly"]


async def test_what_would_be_too_large_once_filled_in_is_refused(
    hosting: Replica, record: Record, shelf: Shelf
) -> None:
    error = await error_of(
        hosting, ERAS[0], "prompts/get", name="reply", arguments={"customer": "x" * 600_000, "tone": ""}
    )
    assert (error["data"]["type"], error["data"]["error"]) == ("toolkit_error", "too_large")


async def test_everybody_reads_what_is_their_own(hosting: Replica, shelf: Shelf) -> None:
    globex: dict[str, Any] = {"key": GUS, "path": GLOBEX}
    assert (await read(hosting, "own://words", **globex))["text"] == "words of globex"
    assert (await read(hosting, "own://words"))["text"] == "words of acme"
    result = await result_of(hosting, ERAS[0], "prompts/get", name="reply", arguments={"customer": "Eva"}, **globex)
    assert "words of globex Eva" in str(result)
    assert (await ask(hosting, ERAS[0], "resources/read", GUS, uri="own://words")).status_code == 401


async def test_what_was_read_is_in_memory_and_what_was_not_waits_for_the_database(
    hosting: Replica, shelf: Shelf
) -> None:
    together = await asyncio.gather(*(read(hosting, "own://words") for _ in range(20)))
    assert {contents["text"] for contents in together} == {"words of acme"}
    assert shelf.questions == 1
    shelf.down = True
    assert (await read(hosting, "own://words"))["text"] == "words of acme"
    for method, params in (
        ("resources/read", {"uri": "own://picture"}),
        ("resources/read", {"uri": "own://cards/a/b"}),
        ("prompts/get", {"name": "reply", "arguments": {"customer": "Eva"}}),
    ):
        response = await ask(hosting, ERAS[0], method, **params)
        assert (response.status_code, response.json()["error"]["data"]["type"]) == (503, "unavailable")
    shelf.down = False
    assert (await read(hosting, "own://cards/a/b"))["text"] == "b of a, a"


async def test_what_has_changed_is_read_anew_and_what_is_gone_is_not_found(
    hosting: Replica, record: Record, publisher: Publisher, shelf: Shelf
) -> None:
    assert (await read(hosting, "own://words"))["text"] == "words of acme"
    changed = record.change_server("acme", "desk", **furnished(shelf, "acme", "other words"))
    await publisher.server(changed)
    async with asyncio.timeout(10):
        while (await read(hosting, "own://words"))["text"] != "other words":
            await asyncio.sleep(0)
    del shelf.contents["id-of-acme", "id-of-acme-picture"]
    error = await error_of(hosting, ERAS[0], "resources/read", uri="own://picture")
    assert error["data"]["type"] == "resource_not_found"


async def test_memory_is_bounded_in_bytes_and_newer_content_stands_in_for_older() -> None:
    shelf = Shelf()
    for number in range(5):
        shelf.keep("acme", str(number), content_of(str(number).encode() * 1_000, is_text=True))
    cache = ContentCache(shelf, most_bytes=3 * (1_000 + EACH))

    async def reading(number: int, digest: str = "") -> HostedContent | None:
        known = shelf.contents["id-of-acme", f"id-of-acme-{number}"].digest
        return await cache.read("id-of-acme", f"id-of-acme-{number}", digest or known)

    for number in range(5):
        assert (await reading(number)) is not None
        assert cache.bytes <= 3 * (1_000 + EACH)
    assert shelf.questions == 5
    assert await reading(4) is not None
    assert shelf.questions == 5
    assert await reading(0) is not None
    assert shelf.questions == 6
    older = await reading(0, "the digest that it had before")
    assert older is not None
    assert older.body == b"0" * 1_000
    assert cache.bytes == 3 * (1_000 + EACH)
