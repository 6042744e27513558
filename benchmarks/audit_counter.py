"""Atrium's own count of audit events, to be compared with the calls that were made."""

import time
import urllib.request
from typing import Final
from urllib.parse import urlsplit

from benchmarks.targets import Target

_METRIC: Final = "atrium_audit_events_total"
_SETTLE_SECONDS: Final = 5.0


class CounterMissing(Exception):  # noqa: N818 - reads as what happened
    """/metrics does not show the counter."""


def audit_events(target: Target) -> int:
    """The counter as it stands, over all its labels. Raises CounterMissing."""
    parts = urlsplit(target.url)
    with urllib.request.urlopen(f"{parts.scheme}://{parts.netloc}/metrics", timeout=10) as response:  # noqa: S310
        return total(response.read().decode())


def total(exposition: str) -> int:
    """The counter's sum in a page of the Prometheus text format. Raises CounterMissing."""
    values = [line.split() for line in exposition.splitlines() if line.startswith((_METRIC + " ", _METRIC + "{"))]
    if not values:
        raise CounterMissing(f"/metrics has no {_METRIC}.")
    return round(sum(float(fields[1]) for fields in values))


def settled(target: Target, expected: int) -> int:
    """The counter once it shows `expected`, or what it shows after 5 s: events are counted in batches."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    while (found := audit_events(target)) != expected and time.monotonic() < deadline:
        time.sleep(0.1)
    return found
