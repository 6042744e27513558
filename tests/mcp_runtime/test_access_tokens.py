"""OAuth's tokens at the endpoint: good for one URL to the letter; a client that lacks a scope is told which."""

from typing import Any, Final

import pytest

from tests.mcp_runtime.cast import READER, credential
from tests.mcp_runtime.legacy_client import initialize, post, request
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import ACME, Replica

pytestmark = pytest.mark.anyio

NEAR: Final = {
    "the issuer": "{issuer}",
    "the root": "{issuer}/",
    "every server": "{issuer}/mcp",
    "the tenant": "{issuer}/mcp/acme",
    "a trailing slash": "{issuer}/mcp/acme/desk/",
    "a child": "{issuer}/mcp/acme/desk/more",
    "a longer name": "{issuer}/mcp/acme/desktop",
    "another server": "{issuer}/mcp/acme/other",
    "another tenant's": "{issuer}/mcp/globex/desk",
    "upper case": "{issuer}/mcp/ACME/desk",
    "a query": "{issuer}/mcp/acme/desk?x=1",
    "a fragment": "{issuer}/mcp/acme/desk#x",
    "another scheme": "https://127.0.0.1/mcp/acme/desk",
    "another host": "https://evil.example/mcp/acme/desk",
    "a path alone": "/mcp/acme/desk",
    "nothing": "",
}


def token(**changes: Any) -> Any:
    """A token of Ada's, for whichever resource."""
    return credential("acme", "ada", "owner", kind="access_token", client="editor", **changes)


@pytest.mark.must("MUST-31.1")
@pytest.mark.parametrize("what", NEAR)
async def test_a_token_is_good_for_its_resource_to_the_letter(served: Replica, record: Record, what: str) -> None:
    issuer = served.runtime.settings.public_url
    record.keep_key("exact", token(resource=f"{issuer}{ACME}"))
    record.keep_key("near", token(resource=NEAR[what].format(issuer=issuer)))
    assert (await served.modern("tools/list", "exact")).status_code == 200
    refused = await served.modern("tools/list", "near")
    nothing = await served.modern("tools/list", "made-up")
    assert (refused.status_code, refused.content) == (401, nothing.content)
    assert refused.headers["www-authenticate"] == nothing.headers["www-authenticate"]


@pytest.mark.must("MUST-31.3")
async def test_both_eras_are_told_which_scope_to_ask_for(served: Replica) -> None:
    session = await initialize(served, READER)
    arguments = {"name": "erase", "arguments": {"name": "x"}}
    legacy = await post(served, request("tools/call", **arguments), READER, session)
    modern = await served.call("erase", {"name": "x"}, READER)
    for refused in (legacy, modern):
        challenge = refused.headers["www-authenticate"]
        assert refused.status_code == 403
        assert challenge.startswith('Bearer error="insufficient_scope", scope="mcp:call", resource_metadata="http')
