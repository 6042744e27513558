"""The form of a prompt that a tenant hosts itself: rows for its arguments and its messages."""

from dataclasses import dataclass
from typing import Any, Final

from django import forms

from control_plane.dashboard.server_primitives.hosted_forms import HostedForm, lines, samples, textarea
from mcp_runtime.contract.hosted import HostedMessage
from mcp_runtime.contract.primitives import PromptArgument
from tenants.hosted_drafts import LONGEST_TEXT, MOST_ARGUMENTS, MOST_MESSAGES, Draft, PromptDraft
from tenants.hosted_previews import prompt_preview

ROLES: Final = (("user", "The person"), ("assistant", "The model"))
SPARE: Final = 2
"""Empty rows for arguments at the end."""


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of one argument or message."""

    number: int
    fields: dict[str, Any]


class PromptForm(HostedForm):
    """What is empty counts as not there."""

    def __init__(self, *arguments: Any, rows: tuple[int, int] = (SPARE, 1), **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["name"].help_text = "By which clients ask for it."
        self.fields["name"].widget.attrs["class"] = "mono"
        sent = arguments[0] if arguments and arguments[0] is not None else None
        if sent is not None:
            rows = (_number(sent.get("arguments"), rows[0]), _number(sent.get("messages"), rows[1]))
        self.rows = (min(rows[0], MOST_ARGUMENTS), min(rows[1], MOST_MESSAGES))
        for number in range(self.rows[0]):
            self.fields.update(_argument_fields(number))
        for number in range(self.rows[1]):
            self.fields.update(_message_fields(number))

    @classmethod
    def of(cls, draft: Draft | None, *sent: Any) -> HostedForm:
        """As usual, with a row for each argument and message, and some to spare."""
        if not isinstance(draft, PromptDraft):
            return cls(*sent)
        rows = len(draft.arguments) + SPARE, len(draft.messages) + 1
        return cls(*sent, initial=cls.initial_of(draft), rows=rows)

    @classmethod
    def with_more(cls, sent: Any) -> HostedForm:
        """What was sent, as it is, and more rows."""
        now = cls(sent)
        kept = {name: field.widget.value_from_datadict(sent, {}, name) for name, field in now.fields.items()}
        return cls(initial=kept, rows=(now.rows[0] + SPARE, now.rows[1] + 1))

    @classmethod
    def initial_of(cls, draft: Any) -> dict[str, Any]:
        """As usual, and the rows."""
        found = super().initial_of(draft)
        for number, argument in enumerate(draft.arguments):
            found |= {
                f"argument_{number}_name": argument.name,
                f"argument_{number}_description": argument.description,
                f"argument_{number}_required": argument.required,
                f"argument_{number}_suggestions": "\n".join(draft.suggestions.get(argument.name, ())),
            }
        for number, message in enumerate(draft.messages):
            found |= {f"message_{number}_role": message.role, f"message_{number}_text": message.text}
        return found

    @property
    def argument_rows(self) -> list[Row]:
        """Those of the arguments."""
        return [self._row("argument", number, _argument_fields(number)) for number in range(self.rows[0])]

    @property
    def message_rows(self) -> list[Row]:
        """Those of the messages."""
        return [self._row("message", number, _message_fields(number)) for number in range(self.rows[1])]

    def draft(self) -> PromptDraft:
        """Raises InvalidValueError."""
        arguments, suggestions, given = [], {}, self.cleaned_data
        for number in range(self.rows[0]):
            said = {word: given[f"argument_{number}_{word}"] for word in ("name", "description", "required")}
            if said["name"]:
                arguments.append(PromptArgument(**said))
                values = map(str.strip, lines(given[f"argument_{number}_suggestions"]).split("\n"))
                suggestions[said["name"]] = list(filter(None, values))
        messages = tuple(
            HostedMessage(given[f"message_{number}_role"], text)
            for number in range(self.rows[1])
            if (text := lines(given[f"message_{number}_text"])).strip()
        )
        return PromptDraft(**self.said(), arguments=tuple(arguments), messages=messages, suggestions=suggestions)

    def _row(self, word: str, number: int, fields: dict[str, forms.Field]) -> Row:
        return Row(number, {name.removeprefix(f"{word}_{number}_"): self[name] for name in fields})


def prompt_places(draft: PromptDraft) -> dict[str, str]:
    """The arguments, each with what could stand for it."""
    return samples(tuple(argument.name for argument in draft.arguments), draft.suggestions)


def shown_prompt(draft: PromptDraft, values: dict[str, str]) -> list[tuple[str, str]]:
    """A preview, as pairs of who speaks and what is said. Raises InvalidValueError."""
    words = dict(ROLES)
    return [(words[message.role], message.text) for message in prompt_preview(draft=draft, values=values)]


def _number(sent: str | None, least: int) -> int:
    return int(sent) if sent is not None and sent.isascii() and sent.isdecimal() and len(sent) <= 2 else least


def _argument_fields(number: int) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {
        "name": forms.CharField(
            required=False, max_length=64, label="Name", widget=forms.TextInput(attrs={"class": "mono"})
        ),
        "description": forms.CharField(required=False, max_length=1_000, label="What it is"),
        "required": forms.BooleanField(required=False, label="Must be given"),
        "suggestions": forms.CharField(
            required=False, max_length=20_000, label="Suggestions", widget=textarea(2), help_text="One a line."
        ),
    }
    return {f"argument_{number}_{name}": field for name, field in fields.items()}


def _message_fields(number: int) -> dict[str, forms.Field]:
    text = forms.CharField(
        required=False, strip=False, max_length=LONGEST_TEXT + 10_000, label="Says", widget=textarea(5)
    )
    role = forms.ChoiceField(choices=ROLES, label="Who")
    return {f"message_{number}_role": role, f"message_{number}_text": text}
