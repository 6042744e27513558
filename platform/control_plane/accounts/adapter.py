"""django-allauth's hooks: what accounts mean here is decided by services, and mails are ours."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from control_plane.accounts import mail
from control_plane.accounts.addresses import is_somebody_elses
from control_plane.accounts.invited import invitation_of
from control_plane.accounts.next_page import is_within
from control_plane.health.access import request_address
from tenants.errors import NameTakenError
from tenants.models import User
from tenants.services.users import user_email_verified, user_password_set, user_sign_up


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """What django-allauth asks at each step."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "No account has this address with this password. Check both.",
        "too_many_login_attempts": "Too many attempts to sign in. Wait five minutes, or reset the password.",
        "enter_current_password": "This is not your current password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whoever was invited may sign up, whatever SIGNUP says."""
        return settings.SIGNUP != "invite" or invitation_of(request) is not None

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """The new person. The link of an invitation has reached its address, so that is confirmed."""
        made = user_sign_up(email=form.cleaned_data["email"], password=form.cleaned_data["password1"])
        return user_email_verified(user=made) if self.is_email_verified(request, made.email) else made

    def is_email_verified(self, request: HttpRequest, email: str) -> bool:
        """True where the visitor came by an invitation for this address."""
        invitation = invitation_of(request)
        return invitation is not None and invitation.email == email

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Mail has reached the address: it is the person's now, unless it became somebody else's meanwhile."""
        try:
            with transaction.atomic():
                user_email_verified(user=email_address.user, email=email_address.email)
                return bool(super().confirm_email(request, email_address))
        except NameTakenError:
            messages.error(request, f"{email_address.email} belongs to another account. Sign in with that one.")
            return False

    def set_password(self, user: User, password: str) -> None:
        """By the service."""
        user_password_set(user=user, password=password)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """A disabled account is told nothing."""
        return HttpResponseRedirect(settings.LOGIN_URL)

    def get_client_ip(self, request: HttpRequest) -> str:
        """As everything here counts addresses: a proxy is believed only where it is a trusted one."""
        return request_address(request)

    def is_safe_url(self, url: str) -> bool:
        """A path of this installation, and nothing else."""
        return is_within(url)

    def is_ajax(self, request: HttpRequest) -> bool:
        """Programs use the management API."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Ours, in two forms."""
        mail.send(mail.message_of(template_prefix, email, context))

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        """The link; to whoever has the address already, word that somebody tried."""
        address = emailconfirmation.email_address
        if is_somebody_elses(address):
            self.send_account_already_exists_mail(address.email)
            return
        path = reverse("account_confirm_email", args=[emailconfirmation.key])
        self.send_mail("account/email/email_confirmation", address.email, {"path": path})

    def send_account_already_exists_mail(self, email: str) -> None:
        """Somebody signed up with an address that has an account."""
        self.send_mail("account/email/account_already_exists", email, {})

    def get_reset_password_from_key_url(self, key: str) -> str:
        """On PUBLIC_URL, whatever Host the request named."""
        uidb36, _, token = key.partition("-")
        return settings.PUBLIC_URL + reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": token})
