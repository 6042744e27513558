"""What nobody has declared, nobody may do: not the owner either."""

from typing import Any

import pytest

from tests.fixtures.api import bearer
from tests.security.asking import outsiders
from tests.security.world import World


@pytest.mark.parametrize("path", ["forgotten", "bare"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "HEAD"])
def test_a_view_that_says_nothing_serves_nobody(world: World, path: str, method: str, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.security.undeclared_urls"
    ada = {
        "her key": bearer(world.acme.keys["manage"].secret),
        "her session": world.at_the_dashboard(world.cast.ada.user),
    }
    for who, asker in {**ada, **outsiders(world)}.items():
        answer = asker.ask(method, path)
        assert answer.status_code in (401, 403), (who, answer.content)
        assert b"reached" not in answer.content
