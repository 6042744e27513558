"""Times in zones, and what to do about wrong ones."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_runtime.toolkits.testing import call
from mcp_runtime.toolkits.time_zones import toolkit

INSTANTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))


@pytest.mark.parametrize("arguments", [{}, {"timezone": "Asia/Kolkata"}])
def test_now_is_one_instant_told_twice(arguments: dict[str, str]) -> None:
    earliest = int(datetime.now(UTC).timestamp())
    now = call(toolkit, "time_now", arguments).structured
    told = datetime.fromisoformat(now["iso"])
    assert told.timestamp() == now["unix"]
    assert earliest <= now["unix"] <= datetime.now(UTC).timestamp()
    offset = told.utcoffset()
    assert offset is not None
    assert offset.total_seconds() == (19800 if arguments else 0)


@pytest.mark.parametrize(
    ("iso", "zone", "result"),
    [
        ("2026-11-21T09:30:00Z", "Europe/Vienna", "2026-11-21T10:30:00+01:00"),
        ("2026-07-21T09:30:00+00:00", "europe/vienna", "2026-07-21T11:30:00+02:00"),
        ("2026-03-29T00:59:59.5Z", "Europe/Vienna", "2026-03-29T01:59:59.500000+01:00"),
        ("2026-03-29T01:00:00Z", "Europe/Vienna", "2026-03-29T03:00:00+02:00"),
    ],
)
def test_times_convert_across_the_change_of_the_clock(iso: str, zone: str, result: str) -> None:
    assert call(toolkit, "time_convert", {"iso": iso, "to_timezone": zone}).structured == {"iso": result}


@given(INSTANTS, st.sampled_from(["Asia/Tokyo", "America/Lima", "Etc/GMT+12", "UTC"]))
def test_converting_keeps_the_instant(instant: datetime, zone: str) -> None:
    converted = call(toolkit, "time_convert", {"iso": instant.isoformat(), "to_timezone": zone}).structured["iso"]
    assert datetime.fromisoformat(converted) == instant


@pytest.mark.parametrize("zone", ["Europe/Viena", "../../etc/passwd", "America", "\x00", "", "posixrules"])
def test_an_unknown_zone_is_answered_with_known_ones(zone: str) -> None:
    called = call(toolkit, "time_now", {"timezone": zone})
    assert called.error_type == "unknown_time_zone"
    assert "Use an IANA name" in called.text
    assert ("Did you mean Europe/Vienna" in called.text) is (zone == "Europe/Viena")


@pytest.mark.parametrize(
    ("iso", "words"),
    [
        ("tomorrow", "write it like"),
        ("2026-11-21T09:30:00", "add one"),
        ("2026-11-21", "add one"),
        ("0001-01-01T00:00:00Z", "outside the years"),
    ],
)
def test_a_time_that_cannot_be_converted_is_explained(iso: str, words: str) -> None:
    called = call(toolkit, "time_convert", {"iso": iso, "to_timezone": "America/Lima"})
    assert called.error_type == "bad_time"
    assert words in called.text
