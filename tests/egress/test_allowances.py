"""A tenant's list of hosts and methods narrows what its tools and servers may reach."""

import pytest

from egress.allowance import Allowance
from tests.egress.outside import Outside, caller

pytestmark = pytest.mark.anyio

LIST = Allowance(hosts=("api.example.com", "*.Client.example"), methods=("GET", "POST"))


@pytest.mark.parametrize(
    ("host", "is_allowed"),
    [
        ("api.example.com", True),
        ("API.example.com", True),
        ("a.client.example", True),
        ("a.b.client.example", True),
        ("client.example", False),
        ("evilclient.example", False),
        ("a.client.example.evil.example", False),
        ("v2.api.example.com", False),
        ("example.com", False),
    ],
)
async def test_a_host_is_on_the_list_or_below_a_name_that_is(host: str, is_allowed: bool) -> None:
    outside = Outside()
    reason = await outside.reason(f"https://{host}/", caller(allowance=LIST))
    assert reason == ("no_connection" if is_allowed else "host_not_allowed")
    assert bool(outside.recorder.connects) == is_allowed
    assert await outside.reason(f"https://{host}/", caller(tenant="globex")) == "no_connection", "it is acme's own"


async def test_a_method_is_on_the_list() -> None:
    outside, member = Outside(), caller(allowance=LIST)
    assert await outside.reason("https://api.example.com/", member, method="POST") == "no_connection"
    assert await outside.reason("https://api.example.com/", member, method="DELETE") == "method_not_allowed"
    (denial,) = outside.denials
    assert (denial.reason, denial.host, denial.tenant) == ("method_not_allowed", "api.example.com", "acme")


async def test_an_empty_list_allows_nothing() -> None:
    assert await Outside().reason(caller=caller(allowance=Allowance(hosts=()))) == "host_not_allowed"
    assert await Outside().reason(caller=caller(allowance=Allowance(methods=()))) == "method_not_allowed"


async def test_a_list_opens_nothing() -> None:
    """What is inside stays closed, though a tenant lists it."""
    listed = Allowance(hosts=("*.internal.example", "api.corp.internal"))
    assert await Outside().reason("https://api.corp.internal/", caller(allowance=listed)) == "host_not_public"


@pytest.mark.parametrize("pattern", ["*", "*.com", "a*.example.com", "*.*.example.com", "127.0.0.1", "*.0.0.1", ""])
def test_a_pattern_is_a_name_or_all_below_one(pattern: str) -> None:
    with pytest.raises(ValueError, match=":"):
        Allowance(hosts=(pattern,))


@pytest.mark.parametrize("method", ["get", "GET POST", "", "GÉT"])
def test_a_method_is_written_as_it_is_sent(method: str) -> None:
    with pytest.raises(ValueError, match="capital"):
        Allowance(methods=(method,))
