"""What a set-up is made of, in the order in which a person does it. The template shows each kind its own way."""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Sentence:
    """One line of plain text: what the next block is for."""

    text: str
    kind: ClassVar[str] = "sentence"


@dataclass(frozen=True, slots=True)
class Command:
    """Lines for a terminal, or for a client's own prompt."""

    text: str
    prompt: str = "$"
    kind: ClassVar[str] = "command"

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Each with the prompt before it; none where the line before goes on."""
        lines = self.text.split("\n")
        goes_on = [False, *(line.endswith("\\") for line in lines)]
        return [("" if follows else self.prompt, line) for follows, line in zip(goes_on, lines, strict=False)]


@dataclass(frozen=True, slots=True)
class File:
    """What a file at a path holds, or gets added."""

    path: str
    text: str
    language: str
    kind: ClassVar[str] = "file"


@dataclass(frozen=True, slots=True)
class Link:
    """A button that opens the client with everything filled in. Never carries a secret."""

    label: str
    href: str
    kind: ClassVar[str] = "link"


@dataclass(frozen=True, slots=True)
class Steps:
    """What to do by hand, in order."""

    steps: tuple[str, ...]
    kind: ClassVar[str] = "steps"


@dataclass(frozen=True, slots=True)
class Values:
    """What to fill into fields, by the names that the client gives them."""

    values: dict[str, str] = field(default_factory=dict)
    kind: ClassVar[str] = "values"


Block = Sentence | Command | File | Link | Steps | Values
Blocks = tuple[Block, ...]
