"""What the domain's tests share."""

from collections.abc import Callable
from typing import Any

import pytest

from tenants.services.api_key_issue import IssuedApiKey
from tenants.services.api_keys import api_key_create
from tests.fixtures.cast import Person

MakeKey = Callable[..., IssuedApiKey]


@pytest.fixture
def make_key() -> MakeKey:
    """Make a key for a person, as they would."""

    def make(person: Person, **choices: Any) -> IssuedApiKey:
        chosen = {"name": "laptop", "scopes": ["mcp:read", "mcp:call"], **choices}
        return api_key_create(tenant=person.company.tenant, actor=person.actor, **chosen)

    return make
