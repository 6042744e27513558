"""What is asked for an OAuth client of one's own."""

import hashlib
from typing import Any, Final

from django import forms

from control_plane.dashboard.forms import PageForm
from control_plane.dashboard.once import OnceForm
from tenants.models import Application
from tenants.models.application import AuthMethod
from tenants.services.oauth_clients import IssuedClient, oauth_client_create

KINDS: Final = (
    (AuthMethod.NONE.value, "Public"),
    (AuthMethod.BASIC.value, "Confidential"),
    (AuthMethod.POST.value, "Confidential, secret in the body"),
)


def _redirect_uris() -> forms.CharField:
    return forms.CharField(
        label="Redirect URIs",
        max_length=25_000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono", "placeholder": "https://app.example.com/callback"}),
        help_text="One a line, at most 10. Answers go to these, compared character by character; on localhost and "
        "127.0.0.1 any port will do.",
    )


class ClientForm(OnceForm):
    """A new client."""

    name = forms.CharField(max_length=200, help_text="People read it when the client asks them to be let in.")
    auth_method = forms.ChoiceField(choices=KINDS, initial=AuthMethod.NONE.value)
    redirect_uris = _redirect_uris()

    def make(self, **who: Any) -> IssuedClient | None:
        """The client; None where the form says why not."""
        given = self.cleaned_data
        return self.ask(
            oauth_client_create,
            **who,
            name=given["name"],
            redirect_uris=given["redirect_uris"].split(),
            auth_method=given["auth_method"],
            oauth_client_id=given["once"],
        )


class ClientChangeForm(PageForm):
    """A client's name and redirect URIs."""

    name = forms.CharField(max_length=200)
    redirect_uris = _redirect_uris()

    @classmethod
    def of(cls, client: Application, data: Any = None) -> "ClientChangeForm":
        """The form with what is set now."""
        now = {"name": client.name, "redirect_uris": "\n".join(client.redirect_uris.split())}
        return cls(data, initial=now)


def secret_mark(client: Application) -> str:
    """Tells one secret of a client from the next, and tells nothing of it: a form sent again names an old one."""
    return hashlib.sha256(f"atrium.client-secret:{client.client_secret}".encode()).hexdigest()[:16]
