"""The table of roles, as the architecture writes it."""

import pytest

from tenants.abilities import ABILITIES, Ability, Role, can
from tenants.actor import PLATFORM, Actor
from tenants.errors import AbilityMissingError

TABLE = """
manage_tenant     owner
manage_members    owner admin
manage_servers    owner admin developer
manage_grants     owner admin
manage_all_keys   owner admin
manage_own_keys   owner admin developer caller
call_tools        owner admin developer caller
see_all_calls     owner admin developer auditor
read_content      owner auditor
"""


def test_each_role_may_what_the_table_says() -> None:
    written = {(ability, role) for ability, *roles in map(str.split, TABLE.split("\n")[1:-1]) for role in roles}
    assert written == {(ability.value, role.value) for role, abilities in ABILITIES.items() for ability in abilities}


def test_a_role_that_does_not_exist_is_an_error_not_a_no() -> None:
    with pytest.raises(ValueError, match="emperor"):
        can("emperor", Ability.CALL_TOOLS)


def test_an_actor_is_asked() -> None:
    with pytest.raises(AbilityMissingError) as refused:
        Actor(role=Role.CALLER).require(Ability.MANAGE_SERVERS)
    assert refused.value.extra == {"ability": "manage_servers"}
    Actor(role=Role.DEVELOPER).require(Ability.MANAGE_SERVERS)
    PLATFORM.require(Ability.MANAGE_TENANT)


def test_what_is_the_platforms_is_not_an_owners() -> None:
    with pytest.raises(AbilityMissingError):
        Actor(role=Role.OWNER).require_platform()
    PLATFORM.require_platform()
