"""Accounts at upstreams in a browser: where one goes is said, one goes there over other hosts, and comes back."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.utils.html import escape
from playwright.sync_api import Route, expect

from tenants.models import Upstream
from tenants.scope import tenant_scope
from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.fixtures.cast import Person
from tests.fixtures.upstream_site import UpstreamSite
from tests.tenants.upstream_accounts.connecting import upstream_of

pytestmark = pytest.mark.usefixtures("no_foreign_store")
ACCOUNTS = "/app/acme/accounts/"


@pytest.fixture
def site(installation: Installation) -> Iterator[UpstreamSite]:
    with UpstreamSite(tls=False) as running, installation.outside(running.port):
        yield running


def over_http(person: Person, site: UpstreamSite, auth: str = "oauth_user") -> Upstream:
    """An upstream in the private network that the installation, but not this process, has excepted."""
    upstream = upstream_of(person, auth, prefix="crm" if auth == "oauth_user" else "erp")
    with tenant_scope(person.company.tenant):
        Upstream.objects.filter(pk=upstream.pk).update(url=site.url)
    return upstream


def agrees_elsewhere(page: Any, site: UpstreamSite) -> None:
    """The authorization server leads on to another host, where the person agrees. By pages: a window sees no redirect
    that is made up for it."""

    def answer(route: Route) -> None:
        url = route.request.url
        if url.startswith(site.issuer):
            leads_to = url.replace("auth.example", "login.example")
        else:
            came_back = site.agrees(url)
            leads_to = f"{site.codes[came_back['code']]['redirect_uri']}?{urlencode(came_back)}"
        body = f'<!doctype html><title>On</title><meta http-equiv="refresh" content="0; url={escape(leads_to)}">'
        route.fulfill(status=200, content_type="text/html", body=body)

    page.route("http://*.example/**", answer)


def test_an_account_is_connected_and_disconnected(
    page_at: PageAt, check_page: CheckPage, installation: Installation, site: UpstreamSite
) -> None:
    page = page_at(ACCOUNTS, installation.cast.max)
    check_page(page, "accounts-empty")
    upstream = over_http(installation.cast.ada, site)
    page.reload()
    page.get_by_role("link", name="Crm").click()
    check_page(page, "account-unknown")
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_role("button", name="Continue to auth.example")).to_be_visible()
    check_page(page, "account-agree")
    agrees_elsewhere(page, site)
    page.get_by_role("button", name="Continue to auth.example").click()
    expect(page.get_by_text("Connected.")).to_be_visible()
    check_page(page, "accounts")
    page.get_by_role("link", name="Crm").click()
    check_page(page, "account")
    page.get_by_role("button", name="Disconnect").first.click()
    page.get_by_role("alertdialog").get_by_role("button", name="Disconnect").click()
    expect(page.get_by_text("Its tokens are forgotten")).to_be_visible()
    assert len(site.revoked) == 2
    account = f"/app/acme/upstreams/{upstream.pk}/account/"
    check_page(page_at(account, installation.cast.ada), "upstream-account-of-people")


def test_the_tenants_account_is_connected(
    page_at: PageAt, check_page: CheckPage, installation: Installation, site: UpstreamSite
) -> None:
    upstream = over_http(installation.cast.ada, site, "oauth")
    page = page_at(f"/app/acme/upstreams/{upstream.pk}/account/", installation.cast.ada)
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_role("button", name="Continue to auth.example")).to_be_visible()
    agrees_elsewhere(page, site)
    page.get_by_role("button", name="Continue to auth.example").click()
    expect(page.get_by_text("Connected.")).to_be_visible()
    check_page(page, "upstream-account")
