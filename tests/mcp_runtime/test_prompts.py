"""A server's prompts: listed, got with their arguments, in every era, and by nobody else."""

from typing import Any

import pytest

from tests.mcp_runtime.cast import GUS
from tests.mcp_runtime.library import ERAS, ask, error_of, result_of, stock
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import ACME, GLOBEX, Replica

pytestmark = pytest.mark.anyio

HERE = {"country": "de", "town": "bonn"}


@pytest.fixture
def record(record: Record) -> Record:
    stock(record)
    return record


@pytest.mark.parametrize("era", ERAS)
async def test_a_list_says_which_arguments_there_are(served: Replica, era: str) -> None:
    prompts = (await result_of(served, era, "prompts/list"))["prompts"]
    assert [prompt["name"] for prompt in prompts] == ["guide", "gallery", "spoiled"]
    assert prompts[0] == {
        "name": "guide",
        "title": "Guide",
        "description": "canary-of-acme",
        "arguments": [
            {"name": "country", "title": "Country", "description": "Two letters.", "required": True},
            {"name": "town", "required": True},
            {"name": "street", "required": False},
            {"name": "number", "required": False},
            {"name": "style", "required": False},
        ],
    }
    assert "arguments" not in prompts[1]


@pytest.mark.parametrize("era", ERAS)
async def test_a_prompt_is_made_of_its_arguments(served: Replica, era: str) -> None:
    got = await result_of(served, era, "prompts/get", name="guide", arguments={**HERE, "street": "Am Hof"})
    assert got["description"] == "canary-of-acme"
    text = "To bonn (de), Am Hof 1, short."
    assert got["messages"] == [{"content": {"type": "text", "text": text}, "role": "user"}]


async def test_modern_results_are_complete_and_not_for_keeping(served: Replica) -> None:
    got = await result_of(served, "2026-07-28", "prompts/get", name="gallery")
    assert got["resultType"] == "complete"
    assert not {"ttlMs", "cacheScope"} & got.keys()
    listed = await result_of(served, "2026-07-28", "prompts/list")
    assert (listed["resultType"], listed["cacheScope"], listed["ttlMs"] >= 0) == ("complete", "private", True)


@pytest.mark.parametrize("era", ERAS)
async def test_every_kind_of_content_that_the_revision_knows(served: Replica, era: str) -> None:
    messages = (await result_of(served, era, "prompts/get", name="gallery"))["messages"]
    link = "text" if era == "2025-03-26" else "resource_link"
    assert [message["content"]["type"] for message in messages] == ["text", "image", "audio", "resource", link]
    assert [message["role"] for message in messages] == ["user", "user", "assistant", "user", "user"]
    assert messages[1]["content"] == {"type": "image", "data": "AAAA", "mimeType": "image/png"}
    assert messages[3]["content"]["resource"] == {
        "uri": "shelf://motto",
        "mimeType": "text/plain",
        "text": "read more",
    }


INVALID: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "country is missing; town is missing"),
    ({"country": "de"}, "town is missing"),
    ({**HERE, "planet": "earth"}, "planet is not one of its arguments"),
    ({**HERE, "number": 7}, "number must be a string"),
    ({**HERE, "country": None}, "country must be a string"),
    ({**HERE, "country": "Germany"}, "country"),
    ({**HERE, "style": "odd"}, "style"),
)


@pytest.mark.must("MUST-23.4")
@pytest.mark.parametrize("era", ERAS)
async def test_arguments_are_checked_before_the_function_sees_them(served: Replica, era: str) -> None:
    for arguments, why in INVALID:
        error = await error_of(served, era, "prompts/get", name="guide", arguments=arguments)
        assert (error["code"], error["data"]["type"], why in error["message"]) == (-32602, "invalid_arguments", True)


@pytest.mark.parametrize("era", ERAS)
async def test_a_prompt_there_is_none_of(served: Replica, era: str) -> None:
    error = await error_of(served, era, "prompts/get", name="absent")
    assert (error["code"], error["data"]) == (-32602, {"type": "unknown_prompt", "prompt": "absent"})
    assert (await error_of(served, era, "prompts/get"))["code"] == -32602


@pytest.mark.must("MUST-13.2")
async def test_a_header_that_names_another_prompt_is_refused(served: Replica) -> None:
    params, headers = {"name": "gallery"}, {"Mcp-Name": "guide"}
    refused = await served.modern("prompts/get", params=params, headers=headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, -32020)


@pytest.mark.parametrize("era", ERAS)
async def test_an_outsider_has_their_own_and_nothing_of_acme(served: Replica, era: str) -> None:
    listed = await ask(served, era, "prompts/list", GUS, GLOBEX)
    assert "canary-of-globex" in listed.text
    assert "canary-of-acme" not in listed.text
    for method, params in (("prompts/list", {}), ("prompts/get", {"name": "gallery"})):
        refused = await served.modern(method, GUS, ACME, params=params)
        absent = await served.modern(method, GUS, "/mcp/nobody/nothing", params=params)
        assert (refused.status_code, refused.content) == (401, absent.content)


async def test_a_prompt_of_another_name_here_is_found_under_that_name(served: Replica, record: Record) -> None:
    (guide, *others) = record.snapshots["acme", "desk"].prompts
    renamed = type(guide)(**{name: getattr(guide, name) for name in guide.__struct_fields__} | {"name": "way"})
    record.change_server("acme", "desk", prompts=(renamed, *others))
    assert (await result_of(served, "2026-07-28", "prompts/get", name="way", arguments=HERE))["messages"]
    assert (await error_of(served, "2026-07-28", "prompts/get", name="guide", arguments=HERE))["code"] == -32602
