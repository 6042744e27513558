"""The zones that can be read, the time in a city, a prompt for meetings; and what is suggested for them."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import available_timezones

import msgspec
import pytest

from mcp_runtime.testing import BlockingToolkitClient, RequestFailed, text_of, toolkit_client
from mcp_runtime.toolkits.time_zones import toolkit

CITY = "time://zones/{area}/{city}"


@pytest.fixture(scope="module")
def client() -> Iterator[BlockingToolkitClient]:
    with toolkit_client(toolkit) as client:
        yield client


def test_every_zone_is_listed(client: BlockingToolkitClient) -> None:
    assert set(text_of(client.read("time://zones")).split()) == available_timezones()


def test_the_time_of_a_city_is_read(client: BlockingToolkitClient) -> None:
    told = msgspec.json.decode(text_of(client.read("time://zones/Asia/Kolkata")))
    assert told["timezone"] == "Asia/Kolkata"
    assert str(datetime.fromisoformat(told["iso"]).utcoffset()) == "5:30:00"


@pytest.mark.parametrize("place", ["Europe/Atlantis", "Etc/UTC", "Europe/..%2F..", "%2e%2e/passwd"])
def test_other_places_are_not_there(client: BlockingToolkitClient, place: str) -> None:
    with pytest.raises(RequestFailed) as failed:
        client.read(f"time://zones/{place}")
    assert failed.value.type == "resource_not_found"


def test_places_are_suggested(client: BlockingToolkitClient) -> None:
    assert client.complete(CITY, "area", "eu").values == ["Europe"]
    assert client.complete(CITY, "city", "vie", {"area": "Europe"}).values == ["Vienna"]
    assert client.complete(CITY, "city", "new y").values == ["New_York"]
    assert client.complete("meeting_time", "here", "vien").values == ["Asia/Vientiane", "Europe/Vienna"]


def test_a_meeting_is_planned_between_real_zones(client: BlockingToolkitClient) -> None:
    asked = text_of(client.prompt("meeting_time", {"here": "europe/vienna", "there": "Asia/Tokyo", "topic": "tea"}))
    assert "a meeting about tea of one hour, within working hours both in Europe/Vienna and in Asia/Tokyo" in asked
    with pytest.raises(RequestFailed, match="There is no time zone 'moon'"):
        client.prompt("meeting_time", {"here": "moon", "there": "UTC"})
