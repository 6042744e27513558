"""What is asked for a secret. A value is sent, and never shown again, not even with an error."""

from typing import Any, Final

from django import forms

from control_plane.dashboard.forms import PageForm

WORDS: Final = "8 characters to 16 KiB, without the blanks around it. Nobody can read it again, here or anywhere."


class UnseenText(forms.Textarea):
    """Text of several lines that a page takes and does not show."""

    def __init__(self) -> None:
        super().__init__(attrs={"rows": 4, "class": "mono", "autocomplete": "off", "spellcheck": "false"})

    def format_value(self, value: Any) -> None:
        """Never what was sent."""
        return


class ValueForm(PageForm):
    """A value."""

    value = forms.CharField(widget=UnseenText, max_length=64 * 1024, help_text=WORDS)

    def clean_value(self) -> str:
        """With line ends as they were before a browser sent them."""
        return str(self.cleaned_data["value"]).replace("\r\n", "\n")


class SecretForm(ValueForm):
    """A new secret."""

    name = forms.CharField(
        max_length=64,
        widget=forms.TextInput(attrs={"class": "mono", "autocomplete": "off", "placeholder": "crm-token"}),
        help_text="Lower-case letters, digits, - and _. Tools refer to it by this name, so it stays.",
    )
    description = forms.CharField(max_length=500, required=False, help_text="What it opens, and where to get another.")

    field_order = ("name", "value", "description")


class DescriptionForm(PageForm):
    """What a secret is for."""

    description = forms.CharField(max_length=500, required=False, help_text="What it opens, and where to get another.")
