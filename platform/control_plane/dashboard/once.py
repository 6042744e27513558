"""Forms whose sending makes one thing, however often they are sent.

Whoever reloads the page that shows a new secret sends the form again, and must not make a second secret unawares. So
the form names the thing before it is made: it carries a random id, signed, and the service refuses an id that a row
has already. The database decides, so two clicks at once make one thing too.
"""

from functools import partial
from typing import Any, Final, cast
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.http import QueryDict

from control_plane.dashboard.forms import PageForm

_SALT: Final = "atrium.once:"


def once_token(place: str) -> str:
    """A new id, signed for the place where the form is sent to."""
    return _signer(place).sign(str(uuid4()))


def _signer(place: str) -> Signer:
    return Signer(salt=_SALT + place)


class OnceForm(PageForm):
    """A form that names what it makes. Pass `cleaned_data["once"]` to the service; `renew` before showing it again."""

    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    def __init__(self, *arguments: Any, place: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._place = place
        self.fields["once"].initial = partial(once_token, place)

    def clean_once(self) -> UUID:
        """The id that was signed here."""
        try:
            return UUID(_signer(self._place).unsign(self.cleaned_data["once"]))
        except (BadSignature, ValueError):
            raise ValidationError("Look through the form, and send it again.") from None

    def renew(self) -> None:
        """Let the form, shown again, make another thing."""
        sent = cast(QueryDict, self.data).copy()
        sent["once"] = once_token(self._place)
        self.data = sent
