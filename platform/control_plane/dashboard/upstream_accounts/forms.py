"""What is asked for a client that was registered by hand."""

from typing import Any

from django import forms

from control_plane.dashboard.forms import PageForm


class ClientForm(PageForm):
    """A client id, and the name of the secret that goes with it."""

    client_id = forms.CharField(
        max_length=1_000,
        required=False,
        widget=forms.TextInput(attrs={"class": "mono", "autocomplete": "off", "spellcheck": "false"}),
        help_text="As the authorization server knows Atrium. Leave it empty to let Atrium find one by itself.",
    )
    secret_name = forms.ChoiceField(
        required=False, help_text="One of your secrets, where the authorization server gave a client secret."
    )

    def __init__(self, *args: Any, secrets: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["secret_name"].choices = [("", "No secret"), *((name, name) for name in secrets)]  # type: ignore[attr-defined]
