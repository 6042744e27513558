"""The forms of accounts: one password field each, and words that say what to do."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.core import context
from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from control_plane.accounts.invited import invitation_of
from control_plane.rates import is_too_often
from tenants.models import User
from tenants.selectors.users import claimants
from tenants.services.users import user_password_reset

ATTEMPTS, WINDOW_SECONDS = 10, 300
"""How often somebody may try to say their own password while they are signed in."""

PASSWORD_HELP = "At least 10 characters, and none of the passwords that everybody tries first."  # noqa: S105 - words


class SignUpForm(allauth_forms.SignupForm):  # type: ignore[misc]
    """An address and a password. Where the visitor was invited, the address is the invited one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _plain(self, email="E-mail", password1="Password")
        self.fields["password1"].help_text = PASSWORD_HELP
        self._invitation = invitation_of(context.request)
        if self._invitation is not None:
            self.initial["email"] = self._invitation.email
            self.fields["email"].disabled = True
        elif settings.SIGNUP == "domains":
            self.fields["email"].help_text = f"An address at {_allowed()}."

    def clean_email(self) -> str:
        """An address that may sign up here. Whether it has an account already is not told, except to whoever was
        invited there, for the invitation has reached it."""
        email = str(super().clean_email())
        if self._invitation is not None and claimants(email=email).owner is not None:
            raise forms.ValidationError("This address has an account already. Sign in with it.")
        if self._invitation is None and settings.SIGNUP == "domains" and not _is_allowed(email):
            raise forms.ValidationError(f"Sign-up is for addresses at {_allowed()}. Others need an invitation.")
        return email

    def save(self, request: HttpRequest) -> User:
        """The person and their address, or neither."""
        with transaction.atomic():
            person: User = super().save(request)
            return person


class SignInForm(allauth_forms.LoginForm):  # type: ignore[misc]
    """An address and a password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _plain(self, **{"login": "E-mail", "password": "Password"})
        self.fields["password"].help_text = ""


class ResetForm(allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    """An address."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _plain(self, email="E-mail")

    def clean_email(self) -> str:
        """Whoever has confirmed the address gets the link, else whoever claimed it last."""
        email = str(self.cleaned_data["email"]).lower()
        person = claimants(email=email).first
        self.users = [person] if person is not None and person.is_active else []
        return email


class NewPasswordForm(allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """A password, by a link from a mail."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["password2"]
        _plain(self, password1="New password")
        self.fields["password1"].help_text = PASSWORD_HELP

    def clean(self) -> dict[str, Any]:
        """Refused where the address has become another account's since the link was sent."""
        owner = claimants(email=self.user.email).owner
        if owner is not None and owner.pk != self.user.pk:
            raise forms.ValidationError("This address belongs to another account by now. Ask for a new link.")
        return dict(super().clean() or self.cleaned_data)

    def save(self) -> None:
        """By the service, which takes the address as confirmed."""
        user_password_reset(user=self.user, password=self.cleaned_data["password1"])


class ChangePasswordForm(allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    """The old password and a new one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["password2"]
        _plain(self, oldpassword="Current password", password1="New password")
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].help_text = PASSWORD_HELP


class NewAddressForm(forms.Form):
    """Another address, and the password, so that a session left open is not enough to take an account over."""

    email = forms.EmailField(label="New e-mail", max_length=254)
    password = forms.CharField(label="Your password", widget=forms.PasswordInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, person: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self._person = person

    def clean_email(self) -> str:
        """Another one than before. Whether it has an account is not told."""
        email = str(self.cleaned_data["email"]).strip().lower()
        if email == self._person.email:
            raise forms.ValidationError("This is your address already.")
        # Who has shown no address yet may not come in by another one than they could have signed up with.
        is_a_claim = self._person.email_verified_at is None
        if settings.SIGNUP == "domains" and is_a_claim and not _is_allowed(email):
            raise forms.ValidationError(f"Sign-up is for addresses at {_allowed()}. Confirm yours first.")
        return email

    def clean_password(self) -> str:
        """Theirs; a few wrong ones within five minutes are too many."""
        if is_too_often("address-password", str(self._person.pk), most=ATTEMPTS, seconds=WINDOW_SECONDS):
            raise forms.ValidationError("Too many attempts. Wait five minutes.")
        password = str(self.cleaned_data["password"])
        if not self._person.check_password(password):
            raise forms.ValidationError("This is not your password.")
        return password


def _plain(form: forms.Form, **labels: str) -> None:
    """Labels in our words; placeholders would only repeat them."""
    for name, label in labels.items():
        form.fields[name].label = label
        form.fields[name].widget.attrs.pop("placeholder", None)


def _allowed() -> str:
    return " or ".join(settings.SIGNUP_DOMAINS) or "no domain yet (the operator has listed none)"


def _is_allowed(email: str) -> bool:
    return email.rpartition("@")[2] in settings.SIGNUP_DOMAINS
