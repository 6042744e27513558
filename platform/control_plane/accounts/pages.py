"""The pages of one's own account, beside those that django-allauth brings."""

from typing import Final

from allauth.account.models import EmailConfirmationHMAC
from allauth.account.views import ConfirmEmailView
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from control_plane.accounts.addresses import address_of, address_wanted, link_send
from control_plane.accounts.forms import NewAddressForm
from control_plane.accounts.outbox import is_outbox_shown, outbox_mails
from control_plane.dashboard.asking import PersonPage
from control_plane.dashboard.pages import page_of_person, show, sign_in_first
from control_plane.rates import is_too_often

CHANGES_PER_HOUR: Final = 5
HOUR: Final = 3600
JUST_SENT: Final = "We sent a link a moment ago. Look for it, also among what your mail program takes for spam."


@page_of_person(methods=("GET",))
def account(page: PersonPage) -> HttpResponse:
    """Who one is here: address, password, tenants."""
    return show(page, "accounts/account.html")


@page_of_person()
def address_confirmation(page: PersonPage) -> HttpResponse:
    """What an unconfirmed address means, and the link once more."""
    if page.is_posted and page.person.email_verified_at is None:
        if link_send(page.request, address_of(page.person)):
            messages.success(page.request, f"We sent a link to {page.person.email}.")
        else:
            messages.info(page.request, JUST_SENT)
        return HttpResponseRedirect(reverse("account_email_verification_sent"))
    return show(page, "accounts/address_confirmation.html")


@page_of_person()
def address_change(page: PersonPage) -> HttpResponse:
    """Another address: it counts once its own link was opened."""
    form = NewAddressForm(page.request.POST or None, person=page.person)
    if page.is_posted and form.is_valid() and not _changes_too_often(page, form):
        email = form.cleaned_data["email"]
        link_send(page.request, address_wanted(page.person, email))
        messages.success(page.request, f"We sent a link to {email}. Until you open it, nothing changes.")
        return HttpResponseRedirect(reverse("account"))
    return show(page, "accounts/address_change.html", {"form": form}, status=422 if form.errors else 200)


def _changes_too_often(page: PersonPage, form: NewAddressForm) -> bool:
    too_often = is_too_often("address-change", str(page.person.pk), most=CHANGES_PER_HOUR, seconds=HOUR)
    if too_often:
        form.add_error(None, "You have changed it a few times within the hour. Wait a little.")
    return too_often


class ConfirmAddress(ConfirmEmailView):  # type: ignore[misc]
    """The link of a mail. It is good for the account that asked for it, signed in: so whoever gets a mail that they did
    not ask for can't confirm somebody else's account by opening it."""

    template_name = "account/email_confirm.html"

    def dispatch(self, request: HttpRequest, *args: object, **options: object) -> HttpResponseBase:
        """Ask who it is first."""
        if not request.user.is_authenticated:
            return sign_in_first(request)
        return super().dispatch(request, *args, **options)  # type: ignore[no-any-return]

    def get_object(self, queryset: object = None) -> EmailConfirmationHMAC:
        """The confirmation, where it is of whoever is signed in. Raises Http404 alike for one that is no good."""
        found = super().get_object(queryset)
        return found if found.email_address.user_id == self.request.user.pk else self._nothing()

    def logout_other_user(self, confirmation: EmailConfirmationHMAC) -> None:
        """There is none: see `get_object`."""

    @staticmethod
    def _nothing() -> EmailConfirmationHMAC:
        raise Http404


@never_cache
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """The mails that left nowhere, on this machine alone; elsewhere there is no such page."""
    if not is_outbox_shown(request):
        raise Http404
    return render(request, "accounts/outbox.html", {"mails": outbox_mails()})
