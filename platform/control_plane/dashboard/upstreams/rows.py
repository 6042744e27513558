"""What an upstream offers, as its pages show it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from tenants.models import Upstream, UpstreamChange, UpstreamDefinition
from tenants.models.upstream import DefinitionKind, DefinitionState
from tenants.selectors.members import member_list
from tenants.selectors.upstreams import definition_list, names_on_servers, upstream_changes
from tenants.upstreams.visible_text import warnings_of

TITLES: Final = {
    DefinitionKind.TOOL: "Tools",
    DefinitionKind.RESOURCE: "Resources",
    DefinitionKind.TEMPLATE: "Resource templates",
    DefinitionKind.PROMPT: "Prompts",
}
WORDS: Final = {
    DefinitionState.NEW: ("info", "waits for you"),
    DefinitionState.APPROVED: ("ok", "approved"),
    DefinitionState.CHANGED: ("warn", "changed, quarantined"),
    DefinitionState.GONE: ("mute", "gone"),
    DefinitionState.REFUSED: ("bad", "refused"),
}
LONGEST_SHOWN: Final = 300
CHANGES_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class DefinitionRow:
    """One thing that is, or was, offered. `seen` is what a decision about it names."""

    definition: UpstreamDefinition
    description: str
    warnings: list[str]
    used: list[tuple[str, str]] = field(default_factory=list)

    @property
    def seen(self) -> str:
        """The id with the digest of what is shown here."""
        return f"{self.definition.pk}:{self.definition.offered_digest}"

    @property
    def mark(self) -> tuple[str, str]:
        """The kind of a badge, and its words."""
        if self.definition.problem:
            return "bad", "can't be served"
        return WORDS[DefinitionState(self.definition.state)]

    @property
    def is_waiting(self) -> bool:
        """True where somebody has to decide."""
        return self.definition.state in (DefinitionState.NEW, DefinitionState.CHANGED)

    @property
    def is_unsuspicious(self) -> bool:
        """True where it is new and nothing speaks against it: chosen from the start."""
        return bool(self.definition.state == DefinitionState.NEW and not self.warnings)

    @property
    def is_approved(self) -> bool:
        """True where it may be put on servers."""
        return bool(self.definition.state == DefinitionState.APPROVED)


def definition_rows(upstream: Upstream) -> list[tuple[str, list[DefinitionRow]]]:
    """By kind, with the kind's title: those that wait first."""
    used = names_on_servers(upstream=upstream)
    rows = [definition_row(each, used.get(each.pk)) for each in definition_list(upstream=upstream)]
    by_kind = ((title, [row for row in rows if row.definition.kind == kind]) for kind, title in TITLES.items())
    return [(title, sorted(found, key=lambda row: not row.is_waiting)) for title, found in by_kind if found]


def definition_row(definition: UpstreamDefinition, used: list[tuple[str, str]] | None = None) -> DefinitionRow:
    """One of them."""
    said = definition.offered_definition or {}
    words = said.get("description")
    text = words if isinstance(words, str) else ""
    shown = f"{text[:LONGEST_SHOWN]}…" if len(text) > LONGEST_SHOWN else text
    return DefinitionRow(definition, shown, warnings_of(said), used or [])


def changes_shown(
    *, upstream_id: UUID | None = None, definition: UpstreamDefinition | None = None
) -> list[tuple[UpstreamChange, str]]:
    """The last few changes, each with who it was. Two queries."""
    rows = upstream_changes(upstream_id=upstream_id)
    if definition is not None:
        rows = rows.filter(kind=definition.kind, key=definition.key)
    changes = list(rows[:CHANGES_SHOWN])
    return [(change, person) for change, person in zip(changes, _people(changes), strict=True)]


def _people(changes: Iterable[UpstreamChange]) -> list[str]:
    ids = {change.user_id for change in changes if change.user_id is not None}
    names = {each.user_id: each.user.name or each.user.email for each in member_list().filter(user_id__in=ids)}
    return [
        "the upstream" if change.user_id is None else names.get(change.user_id, "a former member") for change in changes
    ]
