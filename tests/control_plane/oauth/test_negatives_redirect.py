"""Answers go to registered redirect URIs, to the letter; what comes near is shown to the person and goes nowhere."""

import pytest

from tests.control_plane.oauth.flow import REDIRECT, Flow, flow_of
from tests.control_plane.oauth.negatives import PAGE, Negative, negatives, wrongly_answered, wrongly_refused
from tests.fixtures.cast import Cast

REGISTERED = "http://127.0.0.1/callback https://client.example/callback https://client.example/q?x=1"

NEAR_HTTPS = {
    "another host": "https://evil.example/callback",
    "a longer host": "https://client.example.evil.test/callback",
    "a prefixed host": "https://evilclient.example/callback",
    "a subdomain": "https://www.client.example/callback",
    "a parent domain": "https://example/callback",
    "a trailing dot": "https://client.example./callback",
    "a wildcard": "https://*.example/callback",
    "a longer path": "https://client.example/callback2",
    "a shorter path": "https://client.example/call",
    "a parent path": "https://client.example/",
    "no path": "https://client.example",
    "a child path": "https://client.example/callback/more",
    "a trailing slash": "https://client.example/callback/",
    "a doubled slash": "https://client.example//callback",
    "dot segments": "https://client.example/x/../callback",
    "a path parameter": "https://client.example/callback;p=1",
    "another case of the path": "https://client.example/Callback",
    "an escaped letter": "https://client.example/c%61llback",
    "an escaped slash": "https://client.example/q%2f..%2fcallback",
    "an escaped NUL": "https://client.example/callback%00",
    "a query": "https://client.example/callback?x=1",
    "an empty query": "https://client.example/callback?",
    "another query": "https://client.example/q?x=2",
    "more query": "https://client.example/q?x=1&y=2",
    "less query": "https://client.example/q",
    "a fragment": "https://client.example/callback#x",
    "an empty fragment": "https://client.example/callback#",
    "a user": "https://user@client.example/callback",
    "the host as a user": "https://client.example@evil.test/callback",
    "a backslash": "https://client.example\\@evil.test/callback",
    "a port": "https://client.example:8443/callback",
    "the default port": "https://client.example:443/callback",
    "an upper-case host": "https://CLIENT.example/callback",
    "an upper-case scheme": "HTTPS://client.example/callback",
    "plain http": "http://client.example/callback",
    "a homoglyph": "https://cli\u0435nt.example/callback",
    "punycode": "https://xn--clint-hze.example/callback",
    "a full-width letter": "https://\uff43lient.example/callback",
    "a leading space": " https://client.example/callback",
    "a trailing space": "https://client.example/callback ",
    "a tab": "https://client.example/\tcallback",
    "a line feed": "https://client.example/callback\r\nSet-Cookie: a=b",
    "a NUL": "https://client.example/callback\x00",
    "no scheme": "//client.example/callback",
    "a path alone": "/callback",
    "no host": "https:///callback",
    "no slashes": "https:client.example/callback",
    "8,000 characters": "https://client.example/callback?" + "x" * 8000,
}
NEAR_LOOPBACK = {
    "localhost for 127.0.0.1": "http://localhost:53682/callback",
    "another address of the machine": "http://127.0.0.2:53682/callback",
    "a short address": "http://127.1:53682/callback",
    "a decimal address": "http://2130706433:53682/callback",
    "a hexadecimal address": "http://0x7f000001:53682/callback",
    "an octal address": "http://0177.0.0.1:53682/callback",
    "every address": "http://0.0.0.0:53682/callback",
    "the IPv6 loopback": "http://[::1]:53682/callback",
    "a mapped address": "http://[::ffff:127.0.0.1]:53682/callback",
    "an IPv6 zone": "http://[::1%25lo]:53682/callback",
    "another path": "http://127.0.0.1:53682/other",
    "https": "https://127.0.0.1:53682/callback",
    "a user": "http://user@127.0.0.1:53682/callback",
    "the address as a user": "http://127.0.0.1:53682@evil.test/callback",
    "port 0": "http://127.0.0.1:0/callback",
    "port 65536": "http://127.0.0.1:65536/callback",
    "no number as port": "http://127.0.0.1:x/callback",
    "an empty port": "http://127.0.0.1:/callback",
    "the address as a name": "http://127.0.0.1.evil.test/callback",
}
EVIL = "https://evil.example/"
OTHER_SCHEMES = {
    "javascript": "javascript:alert(1)",
    "data": "data:text/html,x",
    "vbscript": "vbscript:x",
    "file": "file:///etc/passwd",
    "blob": "blob:https://client.example/1",
    "about": "about:blank",
    "an application's": "cursor://anysphere.cursor-mcp/callback",
    "a websocket's": "wss://client.example/callback",
}
TABLE = [
    *negatives("redirect: https to the letter", "authorize", PAGE, "redirect_uri", NEAR_HTTPS),
    *negatives("redirect: loopback but for the port", "authorize", PAGE, "redirect_uri", NEAR_LOOPBACK),
    *negatives("redirect: https or loopback", "authorize", PAGE, "redirect_uri", OTHER_SCHEMES),
    Negative("redirect: named", "authorize", "none of several", PAGE, {"redirect_uri": None}),
    Negative("redirect: named", "authorize", "an empty one", PAGE, {"redirect_uri": ""}),
    Negative("redirect: once", "authorize", "two good ones", PAGE, {"redirect_uri": [REDIRECT, REDIRECT]}),
    Negative("redirect: before errors", "authorize", "no PKCE", PAGE, {"redirect_uri": EVIL, "code_challenge": None}),
    Negative("redirect: before errors", "authorize", "a bad scope", PAGE, {"redirect_uri": EVIL, "scope": "x"}),
    Negative("redirect: before errors", "authorize", "a bad resource", PAGE, {"redirect_uri": EVIL, "resource": "x"}),
    Negative("redirect: before errors", "authorize", "prompt=none", PAGE, {"redirect_uri": EVIL, "prompt": "none"}),
    Negative("client: known", "authorize", "unknown", PAGE, {"client_id": "nobody"}),
    Negative("client: known", "authorize", "left out", PAGE, {"client_id": None}),
    Negative("client: known", "authorize", "with a NUL", PAGE, {"client_id": "editor\x00"}),
    Negative("client: known", "authorize", "another case", PAGE, {"client_id": "Editor"}),
    Negative("client: known", "authorize", "300 characters", PAGE, {"client_id": "e" * 300}),
    Negative("client: once", "authorize", "twice the same", PAGE, {"client_id": ["editor", "editor"]}),
]  # fmt: skip
AT_TOKEN = negatives(
    "redirect: as the code was sent",
    "token",
    "invalid_grant",
    "redirect_uri",
    {
        "another port": "http://127.0.0.1:53683/callback",
        "another registered one": "https://client.example/callback",
        "the registered one": "http://127.0.0.1/callback",
        "an unregistered one": "https://evil.example/callback",
        "an escaped one": REDIRECT.replace("c", "%63"),
        "a trailing slash": f"{REDIRECT}/",
    },
)
AT_TOKEN.append(Negative("redirect: once", "token", "two", "invalid_request", {"redirect_uri": [REDIRECT, REDIRECT]}))


@pytest.fixture
def flow(cast: Cast) -> Flow:
    return flow_of(cast.max, redirect_uris=REGISTERED)


@pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "signed out"])
def test_the_browser_goes_nowhere(flow: Flow, signed_in: bool) -> None:
    if not signed_in:
        flow.browser.logout()
    assert wrongly_answered(flow, TABLE) == {}


def test_a_code_is_traded_with_its_own_redirect_uri(flow: Flow) -> None:
    code = flow.code()
    good = {"grant_type": "authorization_code", "code": code, "code_verifier": "x" * 43}
    assert wrongly_refused(flow, "token", good, AT_TOKEN) == {}
    assert flow.trade(code).status_code == 200


def test_a_single_registered_uri_need_not_be_named(cast: Cast) -> None:
    flow = flow_of(cast.max)
    answer = flow.decide(flow.ask(redirect_uri=None))
    assert answer["Location"].startswith("http://127.0.0.1/callback?")


def test_a_registered_query_stays_and_names_no_answer(cast: Cast) -> None:
    uri = "https://client.example/q?x=1&iss=https%3A%2F%2Fevil.example&code=planted"
    flow = flow_of(cast.max, redirect_uris=uri)
    location = flow.decide(flow.ask(redirect_uri=uri))["Location"]
    assert location.startswith("https://client.example/q?x=1&code=atc_")
    assert (location.count("iss="), location.count("code="), "evil" in location) == (1, 1, False)
