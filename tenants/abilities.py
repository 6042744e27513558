"""What each role of a tenant may do. The one table that services, pages and the API read."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Role(StrEnum):
    """The role of a member."""

    OWNER = "owner"
    ADMIN = "admin"
    DEVELOPER = "developer"
    CALLER = "caller"
    AUDITOR = "auditor"


class Ability(StrEnum):
    """Something that a role may or may not do within its tenant."""

    MANAGE_TENANT = "manage_tenant"
    """Rename, plan, delete the tenant; make owners."""
    MANAGE_MEMBERS = "manage_members"
    """Members, sign-in and client policies, all connections; what may be reached outside."""
    MANAGE_SERVERS = "manage_servers"
    """Servers, tools, secrets, upstreams, releases; OAuth clients; service accounts."""
    MANAGE_GRANTS = "manage_grants"
    MANAGE_ALL_KEYS = "manage_all_keys"
    MANAGE_OWN_KEYS = "manage_own_keys"
    CALL_TOOLS = "call_tools"
    """Call tools and use the playground within the grants; own connections, own jobs, own calls."""
    SEE_ALL_CALLS = "see_all_calls"
    """All calls and jobs, without their arguments; usage."""
    READ_CONTENT = "read_content"
    """Arguments and results of others' calls; audit export."""


_CALLER: Final = frozenset({Ability.MANAGE_OWN_KEYS, Ability.CALL_TOOLS})
_DEVELOPER: Final = _CALLER | {Ability.MANAGE_SERVERS, Ability.SEE_ALL_CALLS}
_ADMIN: Final = _DEVELOPER | {Ability.MANAGE_MEMBERS, Ability.MANAGE_GRANTS, Ability.MANAGE_ALL_KEYS}

ABILITIES: Final = MappingProxyType(
    {
        Role.OWNER: frozenset(Ability),
        Role.ADMIN: _ADMIN,
        Role.DEVELOPER: _DEVELOPER,
        Role.CALLER: _CALLER,
        Role.AUDITOR: frozenset({Ability.SEE_ALL_CALLS, Ability.READ_CONTENT}),
    }
)


def can(role: str, ability: Ability) -> bool:
    """True where the role has the ability; raises ValueError on a role that does not exist."""
    return ability in ABILITIES[Role(role)]
