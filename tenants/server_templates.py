"""What a first server can start from."""

from dataclasses import dataclass
from typing import Final

from tenants.errors import InvalidValueError


@dataclass(frozen=True, slots=True)
class ServerTemplate:
    """A server as it is offered: its slug and name, what it is good for, and the toolkits it starts with."""

    key: str
    slug: str
    name: str
    text: str
    toolkits: tuple[str, ...] = ()


SERVER_TEMPLATES: Final = (
    ServerTemplate(
        "utilities", "utilities", "Utilities", "Text, data and time: small tools that need no set-up.",
        ("text", "data", "time"),
    ),
    ServerTemplate(
        "everything", "tools", "Everything shipped", "The utilities, and what computes: numbers, tables, long jobs.",
        ("text", "data", "time", "compute"),
    ),
    ServerTemplate("blank", "main", "Blank", "No tools yet. Add them one by one."),
)  # fmt: skip


def server_template(key: str) -> ServerTemplate:
    """One of these; raises InvalidValueError."""
    found = next((template for template in SERVER_TEMPLATES if template.key == key), None)
    if found is None:
        keys = ", ".join(template.key for template in SERVER_TEMPLATES)
        raise InvalidValueError(f"Use one of {keys}.", field="template")
    return found
