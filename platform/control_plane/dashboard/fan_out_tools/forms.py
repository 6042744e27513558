"""What is asked for a fan-out tool: a row for each backend, a model or a tool of the server."""

from collections.abc import Iterator
from typing import Any, Final

from django import forms

from control_plane.dashboard.forms import PageForm
from mcp_runtime.contract.fan_out import Backend, FanOutDefinition, ModelBackend, ToolBackend
from mcp_runtime.contract.secret_references import secrets_named

ROWS: Final = 5
STRATEGIES: Final = (
    ("first_available", "One after the other, until one answers"),
    ("fastest", "All at once, and the first answer"),
    ("consensus", "All at once, until enough of them say the same"),
)
MODELS: Final = (("openai", "A model, OpenAI-style"), ("anthropic", "A model, Anthropic-style"))
PARTS: Final = ("what", "name", "base_url", "model", "secret", "timeout_seconds")
_TOOL: Final = "tool:"


class FanOutForm(PageForm):
    """`tools` are those that can be asked, and `secrets` the names of the tenant's: each with its words."""

    name = forms.CharField(
        max_length=64,
        widget=forms.TextInput(attrs={"class": "mono", "placeholder": "ask_models"}),
        help_text="By which clients call it.",
    )
    title = forms.CharField(required=False, max_length=200, help_text="For people.")
    description = forms.CharField(
        required=False,
        max_length=20_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="A model chooses the tool by this.",
    )
    strategy = forms.ChoiceField(choices=STRATEGIES)
    quorum = forms.IntegerField(
        required=False, min_value=2, max_value=ROWS, help_text="How many must say the same. Empty: more than half."
    )

    def __init__(self, *arguments: Any, tools: list[tuple[str, str]], secrets: list[str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        named = [(f"{_TOOL}{tool}", name) for tool, name in tools]
        what = [("", "Nobody"), ("Models", MODELS), *([("Tools of this server", named)] if named else [])]
        for number in range(ROWS):
            self._add_row(number, what, [("", "No key"), *((name, name) for name in secrets)])

    @property
    def rows(self) -> Iterator[dict[str, Any]]:
        """The fields of each backend, by their part."""
        for number in range(ROWS):
            yield {"number": number + 1, **{part: self[f"{part}_{number}"] for part in PARTS}}

    @classmethod
    def initial_of(cls, definition: FanOutDefinition) -> dict[str, Any]:
        """A definition, as the form has it."""
        same = ("name", "title", "description", "strategy", "quorum")
        initial = {name: getattr(definition, name) for name in same}
        for number, backend in enumerate(definition.backends[:ROWS]):
            initial |= {f"{part}_{number}": value for part, value in _parts(backend).items()}
        return initial

    def clean(self) -> dict[str, Any]:
        """Blanks around a description are the author's; line ends are not the browser's."""
        cleaned = super().clean() or {}
        if "description" in cleaned:
            cleaned["description"] = cleaned["description"].replace("\r\n", "\n")
        return cleaned

    def definition(self) -> FanOutDefinition:
        """What was written."""
        given = self.cleaned_data
        consensus = given["strategy"] == "consensus"
        return FanOutDefinition(
            name=given["name"],
            title=given["title"],
            description=given["description"],
            strategy=given["strategy"],
            quorum=given["quorum"] if consensus else None,
            backends=tuple(self._backends()),
        )

    def add_error(self, field: str | None, error: Any) -> None:
        """What a service says of `backends.2.model` stands at that field."""
        parts = (field or "").split(".")
        if len(parts) == 3 and parts[0] == "backends":
            name = {"api_key": "secret", "tool": "what", "style": "what"}.get(parts[2], parts[2])
            field = f"{name}_{self._written[int(parts[1])]}"
        super().add_error(field, error)

    @property
    def _written(self) -> list[int]:
        return [number for number in range(ROWS) if self.cleaned_data.get(f"what_{number}")]

    def _add_row(self, number: int, what: list[Any], secrets: list[tuple[str, str]]) -> None:
        mono = forms.TextInput(attrs={"class": "mono"})
        self.fields |= {
            f"what_{number}": forms.ChoiceField(label="Asks", required=False, choices=what),
            f"name_{number}": forms.CharField(
                label="Called", required=False, max_length=64, help_text="In answers. Empty: as the model or tool."
            ),
            f"base_url_{number}": forms.CharField(
                label="Base URL",
                required=False,
                max_length=2_000,
                widget=mono,
                help_text="Of a model's API, up to /v1.",
            ),
            f"model_{number}": forms.CharField(label="Model", required=False, max_length=200, widget=mono),
            f"secret_{number}": forms.ChoiceField(label="Key", required=False, choices=secrets),
            f"timeout_seconds_{number}": forms.FloatField(
                label="Time limit", required=False, min_value=0.001, max_value=120, help_text="In seconds. Empty: 60."
            ),
        }

    def _backends(self) -> Iterator[Backend]:
        for number in self._written:
            given = {part: self.cleaned_data[f"{part}_{number}"] for part in PARTS}
            seconds = {} if given["timeout_seconds"] is None else {"timeout_seconds": given["timeout_seconds"]}
            what = given["what"]
            if what.startswith(_TOOL):
                name = given["name"] or dict(self._choices(number))[what]
                yield ToolBackend(name=name, tool=what.removeprefix(_TOOL), **seconds)
                continue
            yield ModelBackend(
                name=given["name"] or _plain(given["model"]),
                style=what,
                base_url=given["base_url"],
                model=given["model"],
                api_key=f"{{{{secret.{given['secret']}}}}}" if given["secret"] else "",
                **seconds,
            )

    def _choices(self, number: int) -> Iterator[tuple[str, str]]:
        for value, words in self.fields[f"what_{number}"].choices:  # type: ignore[attr-defined]
            if isinstance(words, list | tuple):
                yield from words
            else:
                yield value, words


def _parts(backend: Backend) -> dict[str, Any]:
    if isinstance(backend, ToolBackend):
        return {
            "what": f"{_TOOL}{backend.tool}",
            "name": backend.name,
            "timeout_seconds": f"{backend.timeout_seconds:g}",
        }
    return {
        "what": backend.style,
        "name": backend.name,
        "base_url": backend.base_url,
        "model": backend.model,
        "secret": next(iter(secrets_named(backend.api_key)), ""),
        "timeout_seconds": f"{backend.timeout_seconds:g}",
    }


def _plain(model: str) -> str:
    """A model's name, as a backend's."""
    return "".join(each if each.isascii() and (each.isalnum() or each in "-_.") else "-" for each in model)[:64]
