"""Fixtures that more than one part of the tests uses."""

pytest_plugins = [
    "tests.fixtures.cast",
    "tests.fixtures.api",
    "tests.fixtures.catalogue",
    "tests.fixtures.database",
    "tests.fixtures.live",
    "tests.fixtures.made_once",
    "tests.fixtures.foreign_servers",
    "tests.fixtures.node",
    "tests.fixtures.openapi",
    "tests.fixtures.store",
]

collect_ignore = ["example_toolkit"]
"""A package of its own: it is installed, and its tests run on what is installed."""
