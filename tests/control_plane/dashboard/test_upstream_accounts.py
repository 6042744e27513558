"""Connecting accounts at upstreams in a browser: what is seen before one goes, and who may bring the answer back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from control_plane import upstream_doors
from tenants.models import Upstream, UpstreamAccount, UpstreamSignIn
from tenants.scope import platform_scope, tenant_scope
from tests.control_plane.dashboard.pages import as_role, signed_in_client
from tests.fixtures.cast import Cast, Person
from tests.fixtures.upstream_site import ISSUER, URL, UpstreamSite
from tests.tenants.upstream_accounts.connecting import account_of, upstream_of

CALLBACK = "/upstreams/callback"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[UpstreamSite]:
    with UpstreamSite() as running:
        monkeypatch.setattr(upstream_doors, "outside", running.outside())
        yield running


def place_of(upstream: Upstream, slug: str = "acme") -> str:
    is_own = upstream.auth == "oauth_user"
    return f"/app/{slug}/accounts/{upstream.pk}/" if is_own else f"/app/{slug}/upstreams/{upstream.pk}/account/"


def looked(browser: Client, upstream: Upstream) -> Any:
    """The page after its look-up."""
    return browser.post(f"{place_of(upstream)}look", follow=True)


def sent(browser: Client, upstream: Upstream) -> Any:
    """Agreed."""
    page = looked(browser, upstream)
    return browser.post(f"{place_of(upstream)}connect", {"mark": page.context["agreement"].mark})


def sign_ins() -> int:
    with platform_scope("test"):
        return UpstreamSignIn.objects.count()


def accounts() -> int:
    with platform_scope("test"):
        return UpstreamAccount.objects.count()


@pytest.mark.must("MUST-40.1", "MUST-40.2")
def test_a_person_sees_where_they_go_and_nothing_is_kept_before_they_agree(cast: Cast, site: UpstreamSite) -> None:
    upstream, browser = upstream_of(cast.ada), signed_in_client(cast.max)
    assert "Crm" in browser.get("/app/acme/accounts/").content.decode()
    page = looked(browser, upstream)
    shown = page.content.decode()
    for fact in ("auth.example", URL, "read", "http://127.0.0.1:8000/upstreams/callback", "Continue to auth.example"):
        assert fact in shown
    assert sign_ins() == 0
    assert "upstream_sign_ins" not in browser.session
    assert "form-action 'self';" in f"{page['Content-Security-Policy']};"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    refused = browser.post(f"{place_of(upstream)}connect", {"mark": "0" * 64}, follow=True)
    assert "has changed" in refused.content.decode()
    assert sign_ins() == 0
    gone = sent(browser, upstream)
    assert (gone.status_code, sign_ins(), "no-store" in gone["Cache-Control"]) == (200, 1, True)
    url = gone.context["url"]
    assert url.startswith(f"{ISSUER}/authorize?")
    assert f'content="0; url={escape(url)}"' in gone.content.decode()
    back = browser.get(CALLBACK, site.agrees(url))
    assert (back.status_code, back["Location"]) == (302, "/app/acme/accounts/")
    page = browser.get(place_of(upstream)).content.decode()
    assert "connected" in page
    assert not any(secret in page for secret in (*site.issued, *site.refresh_tokens))
    assert account_of(cast.max, upstream) is not None


def test_the_form_needs_the_token_of_its_page(cast: Cast, site: UpstreamSite) -> None:
    upstream = upstream_of(cast.ada)
    mark = looked(signed_in_client(cast.max), upstream).context["agreement"].mark
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.max.user)
    assert strict.post(f"{place_of(upstream)}connect", {"mark": mark}).status_code == 403
    assert sign_ins() == 0


@pytest.mark.must("MUST-40.3")
def test_only_the_browser_that_went_brings_the_answer(cast: Cast, site: UpstreamSite) -> None:
    upstream, browser = upstream_of(cast.ada), signed_in_client(cast.max)
    answer = site.agrees(sent(browser, upstream).context["url"])
    strangers = {
        "the same person elsewhere": signed_in_client(cast.max),
        "a colleague": signed_in_client(cast.ada),
        "an outsider": signed_in_client(cast.gus),
        "nobody": Client(),
    }
    pages = {who: stranger.get(CALLBACK, answer) for who, stranger in strangers.items()}
    assert {page.status_code for page in pages.values()} == {409}
    assert all("Start again" in page.content.decode() for page in pages.values())
    assert (accounts(), site.issued) == (0, [])
    assert browser.get(CALLBACK, answer).status_code == 302
    again = browser.get(CALLBACK, answer)
    assert (again.status_code, len(site.issued), accounts()) == (409, 1, 1)


ODD: Any = [
    {},
    {"state": ""},
    {"state": "\x00", "code": "x"},
    {"state": "x" * 10_000, "code": "x"},
    {"code": "code"},
    {"error": "access_denied"},
    {"state": ["a", "b"], "code": "x"},
    {"state": "x", "code": ["a", "b"]},
    {"state": "x", "iss": ["https://auth.example", "https://evil.example"]},
    {"next": "https://evil.example/", "redirect_uri": "https://evil.example/", "state": "x", "code": "x"},
    {"state": "<script>alert(1)</script>", "error": "<script>", "error_description": "<script>"},
]


@pytest.mark.parametrize("parameters", ODD)
def test_an_answer_that_nobody_waits_for_leads_nowhere(cast: Cast, site: UpstreamSite, parameters: Any) -> None:
    for browser in (Client(), signed_in_client(cast.max)):
        page = browser.get(CALLBACK, parameters)
        assert page.status_code == 409
        assert "Location" not in page
        assert "evil" not in page.content.decode()
        assert "<script>alert" not in page.content.decode()
    assert Client().post(CALLBACK, {}).status_code == 405
    assert site.asked == []


def test_what_the_server_says_is_told_and_the_person_can_start_again(cast: Cast, site: UpstreamSite) -> None:
    upstream, browser = upstream_of(cast.ada), signed_in_client(cast.max)
    answer = site.agrees(sent(browser, upstream).context["url"])
    del answer["code"]
    page = browser.get(CALLBACK, {**answer, "error": "access_denied", "error_description": "marked"})
    assert "access_denied" in page.content.decode()
    assert "marked" not in page.content.decode()
    site.publishes(code_challenge_methods_supported=None)
    told = looked(browser, upstream).content.decode()
    assert "PKCE" in told


def test_the_tenants_account_is_connected_on_the_upstreams_page(cast: Cast, site: UpstreamSite) -> None:
    upstream, browser = upstream_of(cast.ada, "oauth"), signed_in_client(cast.ada)
    back = browser.get(CALLBACK, site.agrees(sent(browser, upstream).context["url"]))
    assert back["Location"] == place_of(upstream)
    with tenant_scope(cast.acme.tenant):
        assert UpstreamAccount.objects.get().user_id is None
    assert "nothing to connect" in browser.get("/app/acme/accounts/").content.decode()
    assert signed_in_client(cast.max).get(place_of(upstream)).status_code == 403
    assert browser.post(f"{place_of(upstream)}disconnect").status_code == 302
    assert accounts() == 0


def test_how_many_people_have_connected_is_said_and_not_who(cast: Cast, site: UpstreamSite) -> None:
    upstream, max_browser = upstream_of(cast.ada), signed_in_client(cast.max)
    max_browser.get(CALLBACK, site.agrees(sent(max_browser, upstream).context["url"]))
    page = signed_in_client(cast.ada).get(f"/app/acme/upstreams/{upstream.pk}/account/").content.decode()
    assert "1</p>" in page
    assert cast.max.user.email not in page
    assert signed_in_client(cast.ada).post(f"/app/acme/upstreams/{upstream.pk}/account/disconnect").status_code == 404


def test_a_client_registered_by_hand_is_entered_where_the_server_registers_nobody(
    cast: Cast, site: UpstreamSite
) -> None:
    site.publishes(registration_endpoint=None, token_endpoint_auth_methods_supported=["client_secret_basic", "none"])
    upstream, browser = upstream_of(cast.ada, "oauth"), signed_in_client(cast.ada)
    assert "registers nobody" in looked(browser, upstream).content.decode()
    place = place_of(upstream)
    assert browser.post(f"{place}client", {"client_id": "by-hand", "secret_name": "none-such"}).status_code == 422
    assert browser.post(f"{place}client", {"client_id": "by-hand"}).status_code == 302
    url = sent(browser, upstream).context["url"]
    assert "client_id=by-hand" in url
    assert browser.get(CALLBACK, site.agrees(url)).status_code == 302


@pytest.mark.parametrize(
    ("role", "own", "tenants"),
    [("owner", 200, 200), ("admin", 200, 200), ("developer", 200, 200), ("caller", 200, 403), ("auditor", 403, 403)],
)
def test_who_calls_tools_has_accounts_and_who_manages_servers_has_the_tenants(
    cast: Cast, role: str, own: int, tenants: int
) -> None:
    mine, all_ours = upstream_of(cast.ada), upstream_of(cast.ada, "oauth", prefix="erp")
    browser, _ = as_role(cast, role)
    for path in ("/app/acme/accounts/", place_of(mine)):
        assert browser.get(path).status_code == own
    assert browser.get(place_of(all_ours)).status_code == tenants


def test_the_outsider_finds_no_upstream_to_connect(cast: Cast, site: UpstreamSite) -> None:
    for upstream in (upstream_of(cast.ada), upstream_of(cast.ada, "oauth", prefix="erp")):
        gus = signed_in_client(cast.gus)
        for slug in ("acme", "globex"):
            place = place_of(upstream, slug)
            assert gus.get(place).status_code == 404
            for action in ("look", "connect", "disconnect"):
                assert gus.post(f"{place}{action}").status_code == 404
    assert site.asked == []


def test_the_document_of_this_client_is_published_on_https_alone(client: Client, settings: Any) -> None:
    assert client.get("/upstreams/client.json").status_code == 404
    settings.PUBLIC_URL = "https://atrium.example"
    said = client.get("/upstreams/client.json").json()
    assert said["client_id"] == "https://atrium.example/upstreams/client.json"
    assert said["redirect_uris"] == ["https://atrium.example/upstreams/callback"]
    assert (said["token_endpoint_auth_method"], said["application_type"]) == ("none", "web")


def test_many_accounts_are_listed_with_as_many_queries_as_one(cast: Cast, django_assert_max_num_queries: Any) -> None:
    browser: Client = signed_in_client(cast.max)
    people: list[Person] = [cast.ada, cast.max]
    assert people
    upstream_of(cast.ada)
    browser.get("/app/acme/accounts/")
    with django_assert_max_num_queries(30) as counted:
        browser.get("/app/acme/accounts/")
    for number in range(5):
        upstream_of(cast.ada, prefix=f"p{number}")
    with django_assert_max_num_queries(len(counted)):
        browser.get("/app/acme/accounts/")
