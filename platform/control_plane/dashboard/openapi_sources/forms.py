"""What is asked for a document."""

from typing import Any, Final

from django import forms

from control_plane.dashboard.forms import PageForm
from tenants.models import OpenApiSource
from tenants.openapi.credentials import Scheme
from tenants.openapi.document import LARGEST_DOCUMENT

LONGEST_PASTED: Final = 900_000
"""In characters. A form takes 1 MiB in all, beside files."""


class DocumentForm(PageForm):
    """A document: its URL, a file, or its text."""

    url = forms.CharField(
        label="URL",
        required=False,
        max_length=2_000,
        widget=forms.TextInput(
            attrs={"inputmode": "url", "autocomplete": "off", "placeholder": "https://api.example.com/openapi.json"}
        ),
        help_text="Fetched from here, once. Later you can look for changes with one click.",
    )
    file = forms.FileField(
        label="File",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(),
        help_text="JSON up to 24 MiB, YAML up to 8 MiB.",
    )
    text = forms.CharField(
        label="Text",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "class": "mono", "spellcheck": "false", "autocomplete": "off"}),
        help_text="OpenAPI 3.0 or 3.1, as JSON or YAML, up to 900,000 characters. Upload what is longer.",
    )

    def clean_text(self) -> str:
        """Bounded here, so that what was pasted is shown again."""
        text = str(self.cleaned_data["text"])
        if len(text) > LONGEST_PASTED:
            raise forms.ValidationError("This is too long to be pasted. Save it as a file, and upload that.")
        return text

    def clean(self) -> dict[str, Any]:
        """One of the three."""
        given = dict(super().clean() or {})
        if not self.errors and sum(bool(given.get(name)) for name in ("url", "file", "text")) != 1:
            self.add_error(None, "Give its URL, a file, or its text: one of the three.")
        return given

    def clean_file(self) -> Any:
        """Looked at before it is read."""
        file = self.cleaned_data.get("file")
        if file is not None and file.size > LARGEST_DOCUMENT:
            raise forms.ValidationError(f"The file has more than {LARGEST_DOCUMENT // 1024 // 1024} MiB.")
        if file is not None and not file.size:
            raise forms.ValidationError("The file is empty.")
        return file

    def given(self) -> dict[str, Any]:
        """As `control_plane.openapi_documents.document_given` wants it."""
        file = self.cleaned_data.get("file")
        body = b"" if file is None else file.read()
        return {"url": self.cleaned_data["url"], "text": self.cleaned_data["text"], "body": body}


class SourceForm(PageForm):
    """What was chosen for a document: its title here, where its operations are, which secrets meet its schemes."""

    title = forms.CharField(max_length=200)
    base_url = forms.CharField(
        label="Base URL",
        max_length=2_000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "list": "servers", "class": "mono"}),
        help_text="What the paths of its operations are joined to.",
    )

    def __init__(self, *arguments: Any, schemes: list[Scheme], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._schemes = [(f"secret_{number}", scheme) for number, scheme in enumerate(schemes) if scheme.secret]
        for name, scheme in self._schemes:
            assert scheme.secret is not None  # noqa: S101 - chosen so above
            self.fields[name] = forms.CharField(
                label=f"Secret for {scheme.name}",
                required=False,
                max_length=64,
                initial=scheme.secret.name,
                widget=forms.TextInput(attrs={"list": "secrets", "autocomplete": "off", "class": "mono"}),
                help_text=f"Holds {scheme.secret.holds}. Empty: the name that the document suggests.",
            )

    def scheme_fields(self) -> list[Any]:
        """The fields of the schemes, as a template draws them."""
        return [self[name] for name, _ in self._schemes]

    def changes(self, source: OpenApiSource) -> dict[str, Any]:
        """What `openapi_source_update` is asked for: what differs from now."""
        chosen = {scheme.name: self.cleaned_data[name] for name, scheme in self._schemes if self.cleaned_data[name]}
        wanted = {"title": self.cleaned_data["title"], "base_url": self.cleaned_data["base_url"]}
        changes = {name: value for name, value in wanted.items() if value != getattr(source, name)}
        suggested = {scheme.name: scheme.secret.name for _, scheme in self._schemes if scheme.secret is not None}
        return changes if chosen == suggested else {**changes, "secret_names": chosen}
