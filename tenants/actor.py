"""Who asks for a change: every service that writes wants one, and asks it whether it may."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tenants.abilities import Ability, can
from tenants.errors import AbilityMissingError


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of the tenant at work, in person or through one of their keys.

    `role` is the member's; None stands for the platform itself (operator, demo), which may everything. `scopes` and
    `servers` (ids) are those of the key; None where the person signed in.
    """

    role: str | None
    user_id: UUID | None = None
    scopes: frozenset[str] | None = None
    servers: frozenset[UUID] | None = None

    def may(self, ability: Ability) -> bool:
        """True where the role has the ability."""
        return self.role is None or can(self.role, ability)

    def require(self, ability: Ability) -> None:
        """Raises AbilityMissingError where the role lacks the ability."""
        if not self.may(ability):
            raise AbilityMissingError(f"Your role ({self.role}) may not do this.", ability=ability.value)

    def require_platform(self) -> None:
        """Raises AbilityMissingError for everybody but the platform itself."""
        if self.role is not None:
            raise AbilityMissingError("Only the operator of the platform may do this.", ability="operate")


PLATFORM: Final = Actor(role=None)
"""The platform itself: the operator's admin, sign-up and the demo."""
