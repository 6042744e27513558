"""A client's site, and the way to it."""

from collections.abc import Iterator

import pytest

from control_plane.oauth import client_metadata_documents
from tests.control_plane.oauth.client_site import Site


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The site of `client.example`, which this installation reaches in this test, and no other."""
    with Site() as running:
        monkeypatch.setattr(client_metadata_documents, "outside", running.outside())
        yield running
