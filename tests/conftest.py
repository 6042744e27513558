"""Fixtures that more than one part of the tests uses."""

pytest_plugins = ["tests.fixtures.live", "tests.fixtures.node"]
