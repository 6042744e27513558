"""Whatever URL a tenant connects, and whatever its name leads to: it is refused, or nothing inside is connected to."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest

import egress.guard
import egress.resolver
from egress.addresses import Address, Public
from egress.allowance import ANYTHING
from egress.urls import Target
from mcp_runtime.contract.upstreams import UpstreamUnreachable
from mcp_runtime.upstreams.reader import BlockingReader
from tenants.errors import InvalidValueError
from tenants.models import Upstream
from tenants.models.upstream import UpstreamStatus
from tenants.scope import tenant_scope
from tenants.services.upstream_checking import upstream_url
from tenants.services.upstream_reading import Turn, upstream_read
from tenants.upstreams.published import upstream_spec
from tests.egress.hostile_corpus import hostile
from tests.egress.outside import INSTALLATION, PUBLIC, Outside
from tests.fixtures.cast import Cast
from tests.fixtures.upstreams import connected
from tests.tenants.upstreams import readers


class Switched:
    """A resolver that answers what is in place just now."""

    answer: Sequence[Address] = (PUBLIC,)

    async def resolve(self, name: str) -> Sequence[Address]:
        return self.answer


def leaks(entries: Sequence[tuple[str, Sequence[Address]]], upstream: Upstream) -> list[str]:
    """The URLs for which something was connected to, or that were not refused by the way out."""
    names = Switched()
    outside, found = Outside(names=names), []
    reader = BlockingReader(outside.door, seconds=5.0)
    for url, names.answer in entries:
        try:
            reader.read(replace_url(upstream, url), {}, None)
            found.append(url)
        except UpstreamUnreachable as error:
            if error.reason != "refused_by_egress" or outside.recorder.connects:
                found.append(f"{url}: {error.reason}")
        outside.recorder.connects.clear()
    return found


def replace_url(upstream: Upstream, url: str) -> Any:
    """As if it had come past every check of the form."""
    upstream.url = url
    return upstream_spec(upstream, ANYTHING)


@pytest.fixture
def upstream(cast: Cast) -> Upstream:
    return connected(cast.ada)


def test_every_hostile_url_is_refused_and_nothing_is_connected_to(upstream: Upstream) -> None:
    entries = hostile()
    assert len({url for url, _ in entries}) >= 300
    assert leaks(entries, upstream) == []


@pytest.mark.parametrize(
    "hole",
    [
        (egress.resolver, "classify", lambda *_, **__: Public()),
        (egress.guard, "check_url", lambda *_: Target("https", "inside.example", 443, "/")),
    ],
)
def test_a_hole_in_the_guard_would_be_seen(upstream: Upstream, hole: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*hole)
    assert len(leaks(hostile()[::6], upstream)) > 25


def test_what_a_url_says_by_itself_is_refused_before_it_is_kept(settings: Any) -> None:
    settings.EGRESS = INSTALLATION
    told = [url for url, answer in hostile() if answer == [PUBLIC]]
    kept = []
    for url in told:
        with suppress(InvalidValueError):
            kept.append(upstream_url(url))
    # Blanks around it are not part of what was written.
    assert [url for url in kept if url in told] == []


def test_the_page_says_why_it_was_refused(cast: Cast, upstream: Upstream, settings: Any) -> None:
    names = Switched()
    names.answer = [next(address for url, [address] in reversed(hostile()) if address != PUBLIC)]
    outside = Outside(names=names)
    settings.UPSTREAM_READER = f"{readers.__name__}.DOOR_READER"
    readers.DOOR_READER.reader = BlockingReader(outside.door)
    upstream_read(turn=Turn(cast.acme.tenant.pk, upstream.pk))
    with tenant_scope(cast.acme.tenant):
        row = Upstream.objects.get(pk=upstream.pk)
    assert (row.status, row.reason) == (UpstreamStatus.FAILING, "refused_by_egress")
    assert "public addresses" in row.reason_text
    assert outside.recorder.connects == []
    assert {denial.tenant for denial in outside.denials} == {str(cast.acme.tenant.pk)}
