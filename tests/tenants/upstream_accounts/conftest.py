"""An upstream's site, and the way to it."""

from collections.abc import Iterator

import pytest

from tests.fixtures.upstream_site import UpstreamSite


@pytest.fixture
def site() -> Iterator[UpstreamSite]:
    """The upstream and its authorization server, which this installation reaches in this test."""
    with UpstreamSite() as running:
        yield running
