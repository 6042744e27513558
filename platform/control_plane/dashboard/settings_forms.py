"""What can be set of a tenant and of oneself."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from control_plane.dashboard.forms import PageForm
from control_plane.rates import is_too_often
from tenants.models import User
from tenants.models.tenant import AuditMode

ATTEMPTS: Final = 10
WINDOW_SECONDS: Final = 300

AUDIT: Final = (
    (AuditMode.BUFFERED.value, "Buffered"),
    (AuditMode.STRICT.value, "Strict"),
)


class TenantForm(PageForm):
    """A tenant's name, and how its calls are recorded."""

    name = forms.CharField(max_length=200, help_text="What people see. The name in URLs does not change.")
    audit = forms.ChoiceField(label="How calls are recorded", choices=AUDIT, widget=forms.RadioSelect)


class NameForm(PageForm):
    """One's own name."""

    name = forms.CharField(
        label="Your name", required=False, max_length=200, help_text="Shown to the members of your tenants."
    )


class SignOutForm(PageForm):
    """The password, so that a session left open is not enough."""

    password = forms.CharField(
        label="Your password", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, *arguments: Any, person: User, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._person = person

    def clean_password(self) -> str:
        """Theirs; a few wrong ones within five minutes are too many."""
        if is_too_often("sign-out-everywhere", str(self._person.pk), most=ATTEMPTS, seconds=WINDOW_SECONDS):
            raise ValidationError("Too many attempts. Wait five minutes.")
        password = str(self.cleaned_data["password"])
        if not self._person.check_password(password):
            raise ValidationError("This is not your password.")
        return password
