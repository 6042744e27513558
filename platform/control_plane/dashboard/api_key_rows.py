"""Keys as tables and pages show them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from control_plane.dashboard.scope_words import SCOPES, ScopeWords, scopes_in_words
from tenants.models import ApiKey

SOON: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class KeyState:
    """Whether a key works: a badge's kind, and its words."""

    kind: str
    words: str
    works: bool


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key, with what is worked out of it."""

    key: ApiKey
    state: KeyState
    is_own: bool

    @property
    def scopes(self) -> str:
        """In a few words."""
        return scopes_in_words(self.key.scopes)

    @property
    def scope_list(self) -> list[ScopeWords]:
        """Each with its sentence."""
        return [SCOPES.get(scope, ScopeWords(scope, scope, "")) for scope in self.key.scopes]

    @property
    def servers(self) -> list[str]:
        """Their names; none where it is good for all."""
        return [] if self.key.all_servers else sorted(server.name for server in self.key.servers.all())

    @property
    def person(self) -> str:
        """As whom it acts."""
        return str(self.key.user.name or self.key.user.email)

    @property
    def may_rotate(self) -> bool:
        """A key is rotated once, while it works, by its own person."""
        return self.is_own and self.state.works and self.key.rotated_at is None


def key_state(key: ApiKey, now: datetime) -> KeyState:
    """What is to be said of a key at this moment."""
    if key.revoked_at is not None:
        return KeyState("mute", "revoked", works=False)
    if key.expires_at is not None and key.expires_at <= now:
        return KeyState("mute", "rotated" if key.rotated_at else "expired", works=False)
    if key.rotated_at is not None:
        return KeyState("warn", "rotated, still works", works=True)
    if key.expires_at is not None and key.expires_at - now < SOON:
        return KeyState("warn", "expires soon", works=True)
    return KeyState("ok", "works", works=True)
