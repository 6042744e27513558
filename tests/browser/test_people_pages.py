"""Signing up, the wizard, members and invitations, as people see them."""

import pytest
from playwright.sync_api import Page, expect

from tenants.models import User
from tenants.services.invitations import invitations_create
from tenants.services.members import membership_add, membership_remove
from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.control_plane.accounts.visitor import PASSWORD
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.usefixtures("no_foreign_store")

MEMBERS = "/app/acme/members/"
REFUSED = ("422",)
"""What the browser notes of a form that was refused."""


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return installation.cast


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state("load")


def sign_up(page: Page, check_page: CheckPage) -> None:
    check_page(page, "sign-up")
    page.get_by_label("E-mail").fill("nora@north.test")
    page.get_by_label("Password", exact=True).fill("short")
    press(page, "Create account")
    check_page(page, "sign-up-refused")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Show password").click()
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "text")
    press(page, "Create account")


def make_tenant(page: Page, check_page: CheckPage) -> None:
    expect(page.get_by_role("heading", name="Make your tenant")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("North Wind & Söhne")
    expect(page.get_by_label("Name in URLs")).to_have_value("north-wind-sohne")
    expect(page.locator("#slug-state")).to_contain_text("free")
    check_page(page, "start")
    page.get_by_label("Name in URLs").fill("acme")
    expect(page.locator("#slug-state")).to_contain_text("taken")
    check_page(page, "start-taken")
    page.get_by_label("Name in URLs").fill("north")
    press(page, "Create tenant")


def confirm(page: Page, check_page: CheckPage) -> None:
    page.goto("/app/north/members/")
    check_page(page, "members-unconfirmed")
    page.get_by_role("link", name="Confirm your address to invite people").click()
    check_page(page, "confirm-address")
    page.get_by_role("link", name="Open the development outbox").click()
    check_page(page, "outbox")
    page.locator("a[href*='/accounts/confirm-email/']").first.click()
    expect(page.get_by_text("nora@north.test is confirmed.")).to_be_visible()


def invite(page: Page, check_page: CheckPage) -> str:
    """The link in the mail."""
    page.goto("/app/north/members/invite")
    page.get_by_label("E-mail addresses").fill("otto@north.test\nnowhere")
    press(page, "Send invitations")
    expect(page.get_by_text("nowhere is not an e-mail address.")).to_be_visible()
    check_page(page, "invite-refused", expected=REFUSED)
    page.get_by_label("E-mail addresses").fill("otto@north.test")
    press(page, "Send invitations")
    expect(page.get_by_text("We sent otto@north.test an invitation")).to_be_visible()
    page.goto("/outbox/")
    return page.locator("a[href*='/invitations/']").first.get_attribute("href") or ""


def test_a_stranger_gets_a_tenant_and_a_second_person_joins(page_at: PageAt, check_page: CheckPage) -> None:
    page = page_at("/accounts/signup/")
    sign_up(page, check_page)
    make_tenant(page, check_page)
    expect(page).to_have_url(f"{page.url.split('/app/')[0]}/app/north/servers/utilities/connect/")
    confirm(page, check_page)
    link = invite(page, check_page)
    page.goto(link)
    check_page(page, "invitation-for-somebody-else", expected=REFUSED)

    other = page_at(link)
    check_page(other, "invitation", expected=REFUSED)
    other.get_by_role("link", name="Create an account").click()
    check_page(other, "sign-up-invited", expected=REFUSED)
    expect(other.get_by_label("E-mail")).to_be_disabled()
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    press(other, "Create account")
    check_page(other, "invitation-to-accept", expected=REFUSED)
    press(other, "Join North Wind & Söhne as developer")
    expect(other).to_have_url(f"{other.url.split('/app/')[0]}/app/north/")
    other.goto(link)
    check_page(other, "invitation-gone", expected=("404", *REFUSED))


def test_members_are_managed_by_keyboard_and_pointer(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    invitations_create(tenant=cast.acme.tenant, actor=cast.ada.actor, emails=["eve@acme.test"], role="caller")
    page = page_at(MEMBERS, cast.ada)
    expect(page.get_by_role("row").filter(has_text="eve@acme.test")).to_contain_text("in 7 days")
    check_page(page, "members")
    page.get_by_role("button", name="Revoke the invitation of eve@acme.test").click()
    check_page(page, "members-revoke")
    press(page, "Revoke invitation")
    expect(page.get_by_text("Nobody is invited")).to_be_visible()
    page.get_by_role("link", name="max@acme.test").press("Enter")
    check_page(page, "member")
    page.get_by_label("Auditor", exact=False).check()
    press(page, "Change role")
    expect(page.get_by_text("max@acme.test is auditor now.")).to_be_visible()
    page.get_by_role("button", name="Remove from Acme").click()
    check_page(page, "member-remove")
    page.keyboard.press("Escape")
    page.get_by_label("Caller", exact=False).check()
    press(page, "Change role")


def test_whoever_has_two_tenants_switches(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    membership_add(tenant=cast.globex.tenant, actor=cast.gus.actor, user=cast.max.user, role="caller")
    page = page_at("/app/", cast.max)
    check_page(page, "choice")
    page.get_by_role("link", name="Globex").click()
    page.get_by_role("button", name="Switch tenant: Globex").first.click()
    page.get_by_role("link", name="Acme").first.click()
    expect(page).to_have_url(f"{page.url.split('/app/')[0]}/app/acme/")
    page.goto("/app/")
    expect(page).to_have_url(f"{page.url.split('/app/')[0]}/app/acme/")
    membership_remove(tenant=cast.globex.tenant, actor=cast.gus.actor, user=cast.max.user)


def test_signing_in_out_and_the_account(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    user = User.objects.get(pk=cast.gus.user.pk)
    user.set_password(PASSWORD)
    user.save()
    page = page_at("/accounts/login/?next=/accounts/")
    check_page(page, "sign-in")
    page.get_by_label("E-mail").fill("gus@globex.test")
    page.get_by_label("Password", exact=True).fill("not this one")
    press(page, "Sign in")
    check_page(page, "sign-in-refused")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    check_page(page, "account")
    for path, name in (("/accounts/email/", "change-address"), ("/accounts/password/change/", "change-password")):
        page.goto(path)
        check_page(page, name)
    page.goto("/accounts/logout/")
    check_page(page, "sign-out")
    press(page, "Sign out")
    page.goto("/accounts/password/reset/")
    check_page(page, "reset")
    page.get_by_label("E-mail").fill("gus@globex.test")
    press(page, "Send the link")
    check_page(page, "reset-sent")
    page.goto("/outbox/")
    page.locator("a[href*='/password/reset/']").first.click()
    check_page(page, "reset-new-password")
    page.goto("/accounts/password/reset/made-up/made-up/")
    check_page(page, "reset-gone")


def test_it_works_without_scripts(page_at: PageAt, installation: Installation) -> None:
    page = page_at("/accounts/signup/", java_script_enabled=False)
    page.get_by_label("E-mail").fill("plain@north.test")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.get_by_label("Name", exact=True).fill("Plain")
    page.get_by_label("Name in URLs").fill("plain")
    page.get_by_text("Blank").click()
    page.get_by_role("button", name="Create tenant").click()
    expect(page).to_have_url(f"{installation.base_url}/app/plain/servers/main/connect/")
