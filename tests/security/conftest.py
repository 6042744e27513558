"""The world that every probe runs in."""

from collections.abc import Iterator
from typing import Any

import hypothesis  # noqa: F401 - its plugin imports it late otherwise, after tests have filled the stack
import pytest
from django.test import override_settings

from tests.fixtures.cast import cast_build
from tests.security.world import World, build, undone

CATALOGUE = "tests.security.catalogue.CATALOGUE"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once for a module, whose tests take back what they do; then taken back itself."""
    with django_db_blocker.unblock(), override_settings(TOOL_CATALOGUE=CATALOGUE), undone():
        yield build(cast_build())


@pytest.fixture
def committed_world(transactional_db: None, store: Any, settings: Any) -> World:
    """Built for one test, and committed, because other connections are to see it."""
    settings.TOOL_CATALOGUE = CATALOGUE
    return build(cast_build())
