"""Only the listed files open the platform's scope, and only the listed modules use what they offer."""

import ast
from collections.abc import Mapping, Set
from functools import cache

from tests.repository import PACKAGES, python_files, read, syntax_tree

OPEN_IT = {"tenants/selectors/across_tenants.py", "tenants/selectors/housekeeping.py"}

HOUSEKEEPING = {
    "publishing_scope": {"tenants/publishing/drain.py", "tenants/runtime_ports/snapshot_source.py"},
    "reconciling_scope": {"tenants/publishing/reconciliation.py", "tenants/publishing/strays.py"},
    "audit_scope": {"tenants/services/calls.py"},
    "retention_scope": {"tenants/services/retention.py"},
    "job_queue_scope": {"tenants/selectors/job_queue.py"},
    "job_reaping_scope": {"tenants/services/job_reaping.py"},
    "job_endings_scope": {"tenants/selectors/jobs.py"},
    "key_turning_scope": {"tenants/services/secret_keys.py"},
    "account_scope": {"tenants/services/users.py"},
    "upstream_reading_scope": {"tenants/services/upstream_reading.py"},
    "operator_scope": {"tenants/admin/operator_site.py", "tenants/selectors/operator_overview.py"},
    "oauth_scope": {
        "platform/control_plane/oauth/authorization_request.py",
        "platform/control_plane/oauth/clients.py",
        "platform/control_plane/oauth/consent.py",
        "platform/control_plane/oauth/endpoint_answers.py",
        "tenants/services/registered_clients.py",
    },
}
"""Who opens which. A line that nothing needs any more is stale, and fails too."""


@cache
def names_used() -> Mapping[str, Set[str]]:
    """The names that each file of the packages uses, beside the one that defines them."""
    return {
        path: {
            node.id if isinstance(node, ast.Name) else node.attr
            for node in ast.walk(syntax_tree(read(path)))
            if isinstance(node, ast.Name | ast.Attribute)
        }
        for path in python_files(*PACKAGES)
    }


def mentions(name: str) -> set[str]:
    """The files of the packages that use a name."""
    return {path for path, names in names_used().items() if name in names}


def test_the_platforms_scope_is_opened_in_two_files() -> None:
    assert mentions("platform_scope") == OPEN_IT


def test_each_purpose_has_its_users() -> None:
    assert {name: mentions(name) for name in HOUSEKEEPING} == HOUSEKEEPING


def test_the_list_is_complete() -> None:
    module = syntax_tree(read("tenants/selectors/housekeeping.py"))
    assert {node.name for node in module.body if isinstance(node, ast.FunctionDef)} == set(HOUSEKEEPING)
