"""Each part of the garden, as clients of every revision meet it."""

from base64 import b64decode
from collections.abc import Iterator

import pytest
from atrium_garden import toolkit

from mcp_runtime.testing import ERAS, BlockingToolkitClient, CallCancelled, RequestFailed, text_of, toolkit_client


@pytest.fixture(params=ERAS, scope="module")
def client(request: pytest.FixtureRequest) -> Iterator[BlockingToolkitClient]:
    with toolkit_client(toolkit, era=request.param) as client:
        yield client


def test_a_bed_is_watered_litre_by_litre(client: BlockingToolkitClient) -> None:
    answer = client.call("water", {"bed": "north", "litres": 3})
    assert '"litres":3' in answer.text
    assert [said.progress for said in answer.progress] == [1, 2, 3]


def test_an_unknown_bed_is_explained(client: BlockingToolkitClient) -> None:
    answer = client.call("water", {"bed": "moon", "litres": 1})
    assert (answer.is_error, answer.error_type) == (True, "unknown_bed")
    with pytest.raises(RequestFailed, match="There is no bed moon"):
        client.read("garden://beds/moon")


def test_watering_can_be_stopped(client: BlockingToolkitClient) -> None:
    with pytest.raises(CallCancelled):
        client.call("water", {"bed": "north", "litres": 20}, listen=lambda said, stop: stop())


def test_the_harvest_runs_to_its_end(client: BlockingToolkitClient) -> None:
    answer = client.call("harvest")
    assert answer.text == '{"north":2,"south":2,"wall":1}'
    assert answer.progress[-1].progress == 3


def test_the_album_has_everything(client: BlockingToolkitClient) -> None:
    text, image, sound, note, plan = client.call("album").sent["content"]
    assert (text["type"], image["type"], sound["type"], note["type"]) == ("text", "image", "audio", "resource")
    assert b64decode(image["data"]).startswith(b"\x89PNG")
    assert "garden://plan" in str(plan)


def test_beds_are_read_and_suggested(client: BlockingToolkitClient) -> None:
    assert "* wall: fig" in text_of(client.read("garden://plan"))
    assert text_of(client.read("garden://beds/south")) == '{"name":"south","plants":["tomato","basil"]}'
    assert client.complete("garden://beds/{bed}", "bed", "s").values[0] == "south"


def test_advice_is_asked_for(client: BlockingToolkitClient) -> None:
    assert "My fig grows in the wall bed." in text_of(client.prompt("advice", {"bed": "wall", "plant": "fig"}))
    assert client.complete("advice", "plant", "", {"bed": "wall"}).values == ["fig"]


def test_what_is_promised_is_listed(client: BlockingToolkitClient) -> None:
    assert {tool["name"] for tool in client.list_tools()} >= {"water", "beds", "plant", "harvest", "album"}
    assert [resource["uri"] for resource in client.list_resources()] == ["garden://plan"]


@pytest.mark.parametrize("era", [era for era in ERAS if era >= "2025-06-18"])
def test_somebody_is_asked_what_to_plant(era: str) -> None:
    with toolkit_client(toolkit, era=era, elicit={"plant": "kale", "rows": 2}) as client:
        assert client.call("plant", {"bed": "north"}).text == "2 × kale in the north bed."
    with toolkit_client(toolkit, era=era, elicit="decline") as client:
        assert client.call("plant", {"bed": "north"}).text == "Nothing was planted."


@pytest.mark.parametrize("era", [era for era in ERAS if era >= "2025-06-18"])
def test_answers_have_the_form_that_is_promised(era: str) -> None:
    with toolkit_client(toolkit, era=era) as client:
        assert client.call("water", {"bed": "wall", "litres": 1}).structured == {"bed": "wall", "litres": 1}
        assert client.call("beds").structured == {"result": ["north", "south", "wall"]}
