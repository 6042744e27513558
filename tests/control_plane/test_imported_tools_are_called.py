"""A tool that came of an OpenAPI document calls its API through a real runtime, with the secret of its scheme."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from control_plane import composition
from egress.door import Door
from tenants.publishing.drain import outbox_drain
from tests.control_plane.oauth.client_site import Site, served
from tests.fixtures.api import key_of
from tests.fixtures.cast import Cast
from tests.security.serving import served_runtime
from tests.tenants.openapi.keeping import kept, made, stored
from tests.tenants.openapi.shop import SHOP

# The runtime has connections of its own, so it sees only what was committed.
pytestmark = pytest.mark.django_db(transaction=True)

ORDER = {"id": 7, "token": "value-of-token"}


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The API, which the runtime reaches in this test, and nothing else."""
    with Site() as running:
        monkeypatch.setattr(composition, "Door", partial(Door, outside=running.outside()))
        yield running


def test_an_imported_operation_is_called_with_its_secret(cast: Cast, store: Any, site: Site) -> None:
    site.answers["/v2/orders/7?filter%5Bstate%5D=paid"] = served(ORDER)
    stored(cast.ada, "token")
    source = kept(cast.ada, {**SHOP, "servers": [{"url": "https://client.example/v2"}]})
    made(cast.ada, source, "GET /orders/{orderId}")
    outbox_drain()
    key, other = (key_of(who, ["mcp:read", "mcp:call"]) for who in (cast.ada, cast.gus))
    called = {"name": "orders_get", "arguments": {"orderId": 7, "filter_state": "paid"}}
    with served_runtime() as runtime:
        result = runtime.modern("/mcp/acme/demo", key, "tools/call", **called).text
        outsider = runtime.modern("/mcp/globex/demo", other, "tools/call", **called).json()
        assert runtime.modern("/mcp/acme/demo", other, "tools/call", **called).status_code == 401
    assert '"structuredContent":{"id":7,"token":"[secret token]"}' in result
    assert "value-of-token" not in result, "the secret went there, and is cut out of what comes back"
    assert outsider["error"]["data"]["type"] == "unknown_tool"
    assert site.asked == ["/v2/orders/7?filter%5Bstate%5D=paid"]
