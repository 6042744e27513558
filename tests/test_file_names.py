"""A module named like another package invites the wrong import, and a grab-bag name says nothing."""

import sys
from importlib.metadata import packages_distributions
from pathlib import PurePosixPath
from typing import Final

from tests.repository import python_files

FRAMEWORK_NAMES: Final = {"platform/control_plane/celery.py"}
"""`celery -A control_plane` looks for exactly this name; inside a package it shadows nothing."""

TERMS: Final = {"selectors"}
"""Folders within a package whose name is the field's own term for what they hold."""

GRAB_BAGS: Final = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers", "base2"}
OURS: Final = {"control_plane", "tenants", "mcp_runtime", "egress", "tests", "benchmarks", "platform"}


def ill_named(names: list[str]) -> list[str]:
    """The files with a module or folder named like a standard module, an installed package or a grab-bag."""
    installed = {name for name in packages_distributions() if not name.startswith("_")} - OURS
    taken = ((set(sys.stdlib_module_names) | installed) - {"__main__", "__future__"} - OURS) | GRAB_BAGS
    paths = {name: PurePosixPath(name).with_suffix("") for name in names}
    return [name for name, path in paths.items() if taken & ({path.name} | set(path.parent.parts) - TERMS)]


def test_no_file_takes_a_name_that_belongs_to_somebody_else() -> None:
    assert set(ill_named(python_files())) == FRAMEWORK_NAMES & set(python_files())


def test_taken_names_are_reported() -> None:
    planted = ["tenants/redis.py", "mcp_runtime/edge/logging.py", "tenants/utils/slug.py"]
    assert ill_named([*planted, "mcp_runtime/edge/endpoint.py"]) == planted
