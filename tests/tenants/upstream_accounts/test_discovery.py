"""Finding out how an upstream is signed in to: nobody is believed further than they can speak for."""

import asyncio
from typing import Any

import pytest

from tenants.upstream_oauth.challenges import Challenge, challenge_of
from tenants.upstream_oauth.discovery import Discovery, discovered
from tenants.upstream_oauth.errors import SignInFailed
from tests.tenants.upstream_accounts.canned import (
    ISSUER,
    RESOURCE_METADATA,
    SERVER_METADATA,
    URL,
    Wired,
    resource_document,
    server_document,
)

ROOT = "https://mcp.example/.well-known/oauth-protected-resource"
ELSEWHERE = "https://mcp.example/metadata"


def found(wired: Wired, url: str = URL, preferred: tuple[str, ...] = ()) -> Discovery:
    return asyncio.run(discovered(wired.asker(), url, preferred))


def failure(wired: Wired, url: str = URL) -> SignInFailed:
    with pytest.raises(SignInFailed) as caught:
        found(wired, url)
    return caught.value


@pytest.mark.must("MUST-44.1")
def test_the_metadata_that_a_challenge_names_count_and_no_others() -> None:
    wired = Wired()
    wired.says(URL, {}, 401, www_authenticate=f'Bearer resource_metadata="{ELSEWHERE}", scope="one two"')
    wired.says(ELSEWHERE, resource_document())
    wired.says(RESOURCE_METADATA, resource_document(authorization_servers=["https://evil.example"]))
    discovery = found(wired)
    assert (discovery.server.issuer, discovery.scopes, discovery.resource) == (ISSUER, ("one", "two"), URL)
    assert wired.door.asked == [URL, ELSEWHERE, SERVER_METADATA]
    wired.lacks(ELSEWHERE)
    assert failure(wired).reason == "no_metadata"


@pytest.mark.must("MUST-44.2")
def test_well_known_addresses_are_asked_in_order() -> None:
    wired = Wired()
    assert found(wired).scopes == ("read",)
    assert wired.door.asked == [URL, RESOURCE_METADATA, SERVER_METADATA]
    wired.lacks(RESOURCE_METADATA)
    wired.says(ROOT, resource_document(resource="https://mcp.example"))
    wired.door.asked.clear()
    assert found(wired).resource == "https://mcp.example"
    assert wired.door.asked == [URL, RESOURCE_METADATA, ROOT, SERVER_METADATA]


@pytest.mark.must("MUST-44.3")
def test_authorization_servers_are_asked_in_order() -> None:
    issuer = "https://auth.example/tenant1"
    wired = Wired()
    wired.says(RESOURCE_METADATA, resource_document(authorization_servers=[issuer]))
    order = [
        "https://auth.example/.well-known/oauth-authorization-server/tenant1",
        "https://auth.example/.well-known/openid-configuration/tenant1",
        "https://auth.example/tenant1/.well-known/openid-configuration",
    ]
    wired.lacks(*order)
    for there, url in reversed(list(enumerate(order))):
        wired.says(url, server_document(issuer=issuer))
        wired.door.asked.clear()
        assert found(wired).server.issuer == issuer
        assert wired.door.asked[2:] == order[: there + 1]
    wired = Wired()
    wired.lacks(SERVER_METADATA)
    openid = f"{ISSUER}/.well-known/openid-configuration"
    wired.says(openid, server_document())
    assert found(wired).server.issuer == ISSUER
    assert wired.door.asked[2:] == [SERVER_METADATA, openid]
    wired.lacks(openid)
    assert failure(wired).reason == "no_metadata"


OTHER_RESOURCES: Any = [
    "https://mcp.example/other",
    "https://mcp.example/mcp/",
    "https://mcp.example/mc",
    "https://MCP.example/mcp",
    "https://mcp.example:443/mcp",
    "http://mcp.example/mcp",
    "https://mcp.example",
    "https://evil.example/mcp",
    "https://mcp.example/mcp?x=1",
    "",
    None,
    ["https://mcp.example/mcp"],
]


@pytest.mark.must("MUST-44.4")
@pytest.mark.parametrize("resource", OTHER_RESOURCES)
def test_metadata_of_another_resource_do_not_count(resource: Any) -> None:
    wired = Wired()
    wired.says(RESOURCE_METADATA, resource_document(resource=resource))
    assert failure(wired).reason == "resource_mismatch"
    wired.says(URL, {}, 401, www_authenticate=f'Bearer resource_metadata="{ELSEWHERE}"')
    wired.says(ELSEWHERE, resource_document(resource=resource))
    assert failure(wired).reason == "resource_mismatch"
    assert SERVER_METADATA not in wired.door.asked


OTHER_ISSUERS: Any = [
    "https://evil.example",
    f"{ISSUER}/",
    ISSUER.upper(),
    f"{ISSUER}:443",
    "http://auth.example",
    "",
    None,
    1,
]


@pytest.mark.must("MUST-44.5")
@pytest.mark.parametrize("issuer", OTHER_ISSUERS)
def test_metadata_of_another_issuer_do_not_count(issuer: Any) -> None:
    wired = Wired()
    wired.says(SERVER_METADATA, server_document(issuer=issuer))
    wired.says(f"{ISSUER}/.well-known/openid-configuration", server_document())
    assert failure(wired).reason == "issuer_mismatch"


@pytest.mark.must("MUST-46.2")
@pytest.mark.parametrize("methods", [None, [], ["plain"], "S256", ["s256"], {"S256": 1}])
def test_a_server_without_pkce_is_not_used(methods: Any) -> None:
    wired = Wired()
    wired.says(SERVER_METADATA, server_document(code_challenge_methods_supported=methods))
    assert failure(wired).reason == "no_pkce"


DANGEROUS: Any = [
    "javascript:alert(1)",
    "data:text/html,<script>",
    "file:///etc/passwd",
    "vbscript:msgbox",
    "http://auth.example/authorize",
    "https://auth.example/authorize#fragment",
    "https://user:password@auth.example/authorize",
    "//auth.example/authorize",
    "/authorize",
    "https://127.0.0.1/authorize",
    "https://atrium.hosting.example/oauth/authorize",
    " https://auth.example/authorize",
    "https://auth.example/a\r\nSet-Cookie: a=b",
    'https://auth.example/"><script>',
    "https://auth.example/" + "a" * 3_000,
    "",
    None,
    7,
]


@pytest.mark.must("MUST-49")
@pytest.mark.parametrize("endpoint", ["authorization_endpoint", "token_endpoint", "registration_endpoint"])
@pytest.mark.parametrize("url", DANGEROUS)
def test_nobody_is_sent_to_what_is_no_safe_address(url: Any, endpoint: str) -> None:
    if not url and endpoint == "registration_endpoint":
        return
    wired = Wired()
    wired.says(SERVER_METADATA, {**server_document(), endpoint: url})
    assert failure(wired).reason in ("bad_metadata", "refused_by_egress")


ODD_METADATA: Any = {
    RESOURCE_METADATA: [
        [],
        "text",
        resource_document(authorization_servers=[]),
        resource_document(authorization_servers=None),
        resource_document(authorization_servers="https://auth.example"),
        resource_document(authorization_servers=[1, {}]),
        resource_document(authorization_servers=["https://auth.example?x=1"]),
        resource_document(authorization_servers=["https://auth.example#x"]),
    ],
    SERVER_METADATA: [
        [],
        None,
        server_document(authorization_endpoint=None),
        server_document(token_endpoint=None),
        server_document(response_types_supported=["token"]),
    ],
}


@pytest.mark.parametrize(("url", "content"), [(url, each) for url, some in ODD_METADATA.items() for each in some])
def test_metadata_that_are_incomplete_are_refused(url: str, content: Any) -> None:
    wired = Wired()
    wired.says(url, content)
    assert failure(wired).reason in ("bad_metadata", "refused_by_egress")


def test_a_server_of_2025_03_26_is_its_own_authorization_server() -> None:
    wired = Wired()
    wired.lacks(RESOURCE_METADATA, ROOT)
    own = "https://mcp.example/.well-known/oauth-authorization-server"
    wired.says(own, server_document(issuer="https://mcp.example"))
    discovery = found(wired)
    assert (discovery.resource, discovery.server.issuer) == (URL, "https://mcp.example")
    wired.says(own, server_document())
    assert failure(wired).reason == "issuer_mismatch"


def test_of_several_servers_the_one_that_is_known_is_taken() -> None:
    other = "https://other.example"
    wired = Wired()
    wired.says(RESOURCE_METADATA, resource_document(authorization_servers=[ISSUER, other]))
    wired.says(f"{other}/.well-known/oauth-authorization-server", server_document(issuer=other))
    assert found(wired).server.issuer == ISSUER
    assert found(wired, preferred=(other,)).server.issuer == other
    assert found(wired, preferred=("https://gone.example",)).server.issuer == ISSUER


def test_access_while_nobody_is_there_is_asked_for_where_it_is_given() -> None:
    wired = Wired()
    wired.says(SERVER_METADATA, server_document(scopes_supported=["read", "offline_access"]))
    assert found(wired).scopes == ("read", "offline_access")


CHALLENGES: Any = {
    'Bearer resource_metadata="https://a.example/m"': Challenge("https://a.example/m"),
    "bearer resource_metadata=https://a.example/m,scope=a": Challenge("https://a.example/m", ("a",)),
    'Basic realm="x", Bearer error="insufficient_scope", scope="a  b a"': Challenge(
        "", ("a", "b"), "insufficient_scope"
    ),
    'Bearer realm="a \\"quoted\\", b", scope="c"': Challenge("", ("c",)),
    'Bearer scope="a", scope="b"': Challenge("", ("a",)),
    "Bearer": Challenge(),
    'Digest realm="Bearer scope=a"': Challenge(),
    'Bearer scope="unclosed': Challenge(),
    "": Challenge(),
    "Bearer " + "," * 9_000: Challenge(),
    'Bearer scope="' + " ".join(f"s{n}" for n in range(200)) + '"': Challenge("", tuple(f"s{n}" for n in range(50))),
    'Bearer scope="good \x7fbad \\"worse"': Challenge("", ("good",)),
}


@pytest.mark.must("MUST-44.6")
@pytest.mark.parametrize("header", CHALLENGES)
def test_challenges_are_read_as_far_as_they_are_well_formed(header: str) -> None:
    assert challenge_of(header) == CHALLENGES[header]
    assert challenge_of(None) == Challenge()
