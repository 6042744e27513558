"""What a scope lets a program do, in words, and who may give it."""

from dataclasses import dataclass
from typing import Final

from tenants.abilities import ABILITIES, Ability
from tenants.actor import Actor
from tenants.services.api_keys import SCOPE_NEEDS


@dataclass(frozen=True, slots=True)
class ScopeWords:
    """A scope: in two or three words for a table, in a sentence for a form."""

    name: str
    short: str
    text: str


SCOPES: Final = {
    "mcp:read": ScopeWords("mcp:read", "use read-only tools", "See what a server offers and call its read-only tools."),
    "mcp:call": ScopeWords("mcp:call", "call tools", "Call every tool that you may call yourself."),
    "manage:read": ScopeWords("manage:read", "read settings", "Read servers, tools, keys and calls by the REST API."),
    "manage:write": ScopeWords(
        "manage:write", "change servers", "Make and change servers and their tools; cancel and repeat jobs."
    ),
    "manage:access": ScopeWords("manage:access", "manage access", "Manage members, permissions, keys and the tenant."),
    "offline_access": ScopeWords("offline_access", "stay connected", "Stay connected without signing in again."),
}


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """A scope on a form. `needs` says which roles may give it, where this person may not."""

    words: ScopeWords
    needs: str = ""


def scope_choices(actor: Actor) -> list[ScopeChoice]:
    """The scopes that a key can have, as this actor may give them."""
    return [ScopeChoice(SCOPES[name], _missing(actor, need)) for name, need in SCOPE_NEEDS.items()]


def scopes_in_words(scopes: list[str]) -> str:
    """`call tools, read settings`; calling includes reading, and what is unknown here is named as it is."""
    covered = [scope for scope in scopes if not (scope == "mcp:read" and "mcp:call" in scopes)]
    return ", ".join(SCOPES[scope].short if scope in SCOPES else scope for scope in covered)


def _missing(actor: Actor, need: Ability | None) -> str:
    if need is None or actor.may(need):
        return ""
    roles = [role.value for role, abilities in ABILITIES.items() if need in abilities]
    return f"Needs the role {', '.join(roles[:-1])} or {roles[-1]}."
