"""The forms of resources and templates that a tenant hosts itself."""

from collections.abc import Mapping
from typing import Any, Final, cast

from django import forms

from control_plane.dashboard.forms import PageForm
from mcp_runtime.contract.hosted import HostedContent
from mcp_runtime.contract.primitives import ContentAnnotations
from tenants.errors import InvalidValueError
from tenants.hosted_drafts import LONGEST_TEXT, LONGEST_URI, Draft, ResourceDraft, TemplateDraft, template_variables
from tenants.hosted_previews import template_preview
from tenants.services.hosted_primitives import content_from_bytes, content_from_text

LONGEST_TYPED: Final = 500_000
"""What a page takes as typed text, in characters; more is uploaded."""

LONGEST_SUGGESTIONS: Final = 20_000
AUDIENCE: Final = (("user", "People"), ("assistant", "Models"))


def lines(text: str) -> str:
    """A text without what browsers make of ends of lines."""
    return text.replace("\r\n", "\n")


def textarea(rows: int) -> forms.Textarea:
    """A field of so many lines, for text that counts as it is."""
    return forms.Textarea(attrs={"rows": rows, "class": "mono"})


class HostedForm(PageForm):
    """What all of them have. `draft` is what the form says; `values` go where a text has places."""

    name = forms.CharField(max_length=200)
    title = forms.CharField(required=False, max_length=200, help_text="For people.")
    description = forms.CharField(
        required=False,
        max_length=20_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="People and models choose by this.",
    )

    @classmethod
    def of(cls, draft: Draft | None, *sent: Any) -> "HostedForm":
        """The form with what a draft says, or empty; bound to what was sent, where something was."""
        bound: dict[str, Any] = {} if draft is None else {"initial": cls.initial_of(draft)}
        return cls(*sent, **bound)

    @classmethod
    def initial_of(cls, draft: Any) -> dict[str, Any]:
        """What the fields show of a draft."""
        return {name: getattr(draft, name) for name in ("name", "title", "description")}

    def draft(self) -> Draft:
        """Raises InvalidValueError."""
        raise NotImplementedError

    def said(self) -> dict[str, Any]:
        """What every draft has."""
        given = self.cleaned_data
        return {"name": given["name"], "title": given["title"], "description": lines(given["description"])}


class AnnotatedForm(HostedForm):
    """What is read by URIs."""

    mime_type = forms.CharField(
        required=False, max_length=200, label="MIME type", widget=forms.TextInput(attrs={"class": "mono"})
    )
    audience = forms.MultipleChoiceField(
        required=False, choices=AUDIENCE, widget=forms.CheckboxSelectMultiple, label="For whom"
    )
    priority = forms.FloatField(
        required=False, min_value=0, max_value=1, help_text="From 0 to 1, which is most important."
    )

    @classmethod
    def initial_of(cls, draft: Any) -> dict[str, Any]:
        """As usual, and the annotations."""
        said = draft.annotations
        more = {"mime_type": draft.mime_type, "audience": list(said.audience or ()), "priority": said.priority}
        return {**super().initial_of(draft), **more}

    def said(self) -> dict[str, Any]:
        """As usual, and the annotations."""
        given = self.cleaned_data
        annotations = ContentAnnotations(audience=tuple(given["audience"]) or None, priority=given["priority"])
        return {**super().said(), "mime_type": given["mime_type"], "annotations": annotations}


class ResourceForm(AnnotatedForm):
    """A resource. Its content is typed, or uploaded as a file; what is no text is changed by another file alone."""

    uri = forms.CharField(
        max_length=LONGEST_URI,
        label="URI",
        help_text="By which clients read it, such as notes://start.",
        widget=forms.TextInput(attrs={"class": "mono"}),
    )
    text = forms.CharField(required=False, strip=False, max_length=LONGEST_TYPED, label="Content", widget=textarea(14))
    file = forms.FileField(
        required=False,
        widget=forms.FileInput,
        allow_empty_file=True,
        label="Or a file",
        help_text="1 MiB at most. It takes the place of the text.",
    )

    def __init__(self, *arguments: Any, is_text: bool = True, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if not is_text:
            del self.fields["text"]
            self.fields["file"].label = "Another file"
            self.fields["file"].help_text = "1 MiB at most. Without one, the content stays as it is."

    @classmethod
    def of(cls, draft: Draft | None, *sent: Any) -> HostedForm:
        """As usual; without a field for text where the content is none."""
        initial = {} if draft is None else cls.initial_of(draft)
        content = None if draft is None else cast("ResourceDraft", draft).content
        return cls(*sent, initial=initial, is_text=content is None or _is_typed(content))

    @classmethod
    def initial_of(cls, draft: Any) -> dict[str, Any]:
        """As usual, and the text, where it is one that can be typed."""
        content = draft.content
        text = content.body.decode() if content is not None and _is_typed(content) else ""
        return {**super().initial_of(draft), "uri": draft.uri, "text": text}

    def draft(self) -> ResourceDraft:
        """Raises InvalidValueError."""
        given, said = self.cleaned_data, self.said()
        content: HostedContent | None = None
        if given["file"] is not None:
            said["mime_type"] = said["mime_type"] or _type_of(given["file"])
            content = content_from_bytes(given["file"].read(), said["mime_type"])
        elif "text" in self.fields:
            content = content_from_text(lines(given["text"]))
        return ResourceDraft(**said, uri=given["uri"], content=content)


class TemplateForm(AnnotatedForm):
    """A template. Suggestions are lines of variable and value."""

    uri_template = forms.CharField(
        max_length=LONGEST_URI,
        label="URI template",
        help_text="What the URIs look like that clients read, such as acme://cards/{person}.",
        widget=forms.TextInput(attrs={"class": "mono"}),
    )
    text = forms.CharField(
        required=False,
        strip=False,
        max_length=LONGEST_TEXT + 10_000,
        widget=textarea(10),
        help_text="{{person}} stands for the value of {person} in the URI.",
    )
    suggestions = forms.CharField(
        required=False,
        max_length=LONGEST_SUGGESTIONS,
        widget=textarea(4),
        help_text="One a line: the variable, a colon and a value, such as person: ada.",
    )

    @classmethod
    def initial_of(cls, draft: Any) -> dict[str, Any]:
        """As usual, and the texts."""
        pairs = [f"{name}: {value}" for name, values in draft.suggestions.items() for value in values]
        more = {"uri_template": draft.uri_template, "text": draft.text, "suggestions": "\n".join(pairs)}
        return {**super().initial_of(draft), **more}

    def draft(self) -> TemplateDraft:
        """Raises InvalidValueError."""
        given = self.cleaned_data
        suggestions: dict[str, list[str]] = {}
        for line in filter(str.strip, lines(given["suggestions"]).split("\n")):
            name, colon, value = line.partition(":")
            if not colon:
                raise InvalidValueError("Write a variable, a colon and a value on each line.", field="suggestions")
            suggestions.setdefault(name.strip(), []).append(value.strip())
        return TemplateDraft(
            **self.said(), uri_template=given["uri_template"], text=lines(given["text"]), suggestions=suggestions
        )


def template_places(draft: TemplateDraft) -> dict[str, str]:
    """The variables, each with what could stand for it."""
    return samples(template_variables(draft.uri_template), draft.suggestions)


def samples(names: tuple[str, ...], suggestions: Mapping[str, Any]) -> dict[str, str]:
    """A value for each name: the first that is suggested, else the name."""
    return {name: next(iter(suggestions.get(name, ())), name) for name in names}


def shown_template(draft: TemplateDraft, values: dict[str, str]) -> list[tuple[str, str]]:
    """A preview, as pairs of who speaks and what is said. Raises InvalidValueError."""
    return [("", template_preview(draft=draft, values=values))]


def _is_typed(content: HostedContent) -> bool:
    return content.is_text and len(content.body) <= LONGEST_TYPED


def _type_of(file: Any) -> str:
    found = str(file.content_type or "")
    return "" if found == "application/octet-stream" else found
