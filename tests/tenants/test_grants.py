"""Who may call what."""

from typing import Any
from uuid import uuid4

import pytest

from tenants.actor import Actor
from tenants.errors import AbilityMissingError, InvalidValueError, NotFoundError
from tenants.scope import tenant_scope
from tenants.selectors.grants import grant_list
from tenants.selectors.servers import server_tool_get
from tenants.services.grants import grant_remove, grant_set
from tests.fixtures.cast import Cast
from tests.tenants.conftest import MakeKey


def of_acme(cast: Cast) -> dict[str, Any]:
    return {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "server": cast.acme.server}


def test_a_grant_replaces_the_one_before(cast: Cast) -> None:
    said = {"subject_kind": "member", "subject": str(cast.max.user.pk), "target_kind": "server"}
    first = grant_set(**of_acme(cast), **said)
    second = grant_set(**of_acme(cast), **said, effect="deny")
    assert (second.pk, second.effect) == (first.pk, "deny")
    grant_remove(**of_acme(cast), grant=second)
    with pytest.raises(NotFoundError):
        grant_remove(**of_acme(cast), grant=second)


def test_every_kind_of_subject_and_target(cast: Cast, make_key: MakeKey) -> None:
    key = make_key(cast.max).api_key
    with tenant_scope(cast.acme.tenant):
        tool = server_tool_get(server=cast.acme.server, name="shout")
    subjects = [("role", "auditor"), ("member", str(cast.max.user.pk)), ("api_key", str(key.family))]
    targets = [("server", ""), ("tool", str(tool.pk)), ("annotation", "read_only")]
    for kind, subject in subjects:
        for target_kind, target in targets:
            grant_set(**of_acme(cast), subject_kind=kind, subject=subject, target_kind=target_kind, target=target)
    with tenant_scope(cast.acme.tenant):
        assert grant_list(server=cast.acme.server).filter(subject__in=[subject for _, subject in subjects]).count() == 9


WRONG = [
    {"subject_kind": "planet", "subject": "mars", "target_kind": "server"},
    {"subject_kind": "role", "subject": "emperor", "target_kind": "server"},
    {"subject_kind": "member", "subject": "max", "target_kind": "server"},
    {"subject_kind": "role", "subject": "caller", "target_kind": "world"},
    {"subject_kind": "role", "subject": "caller", "target_kind": "server", "target": "demo"},
    {"subject_kind": "role", "subject": "caller", "target_kind": "annotation", "target": "harmless"},
    {"subject_kind": "role", "subject": "caller", "target_kind": "tool", "target": "shout"},
    {"subject_kind": "role", "subject": "caller", "target_kind": "server", "effect": "maybe"},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_grant_has_its_form(cast: Cast, wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidValueError):
        grant_set(**of_acme(cast), **wrong)


def test_subjects_and_targets_of_others_do_not_exist(cast: Cast, make_key: MakeKey) -> None:
    key = make_key(cast.gus).api_key
    with tenant_scope(cast.globex.tenant):
        tool = server_tool_get(server=cast.globex.server, name="shout")
    for said in (
        {"subject_kind": "member", "subject": str(cast.gus.user.pk), "target_kind": "server"},
        {"subject_kind": "api_key", "subject": str(key.family), "target_kind": "server"},
        {"subject_kind": "client", "subject": "no-such-client", "target_kind": "server"},
        {"subject_kind": "role", "subject": "caller", "target_kind": "tool", "target": str(tool.pk)},
        {"subject_kind": "role", "subject": "caller", "target_kind": "tool", "target": str(uuid4())},
    ):
        with pytest.raises(NotFoundError):
            grant_set(**of_acme(cast), **said)


def test_developers_grant_nothing(cast: Cast) -> None:
    who = {**of_acme(cast), "actor": Actor(role="developer", user_id=cast.max.user.pk)}
    with pytest.raises(AbilityMissingError):
        grant_set(**who, subject_kind="role", subject="developer", target_kind="server")


def test_the_outsider_reaches_no_grant(cast: Cast) -> None:
    with tenant_scope(cast.acme.tenant):
        grant = grant_list(server=cast.acme.server)[0]
    own = {"tenant": cast.globex.tenant, "actor": cast.gus.actor, "server": cast.globex.server}
    with pytest.raises(NotFoundError):
        grant_remove(**own, grant=grant)
    with pytest.raises(NotFoundError):
        grant_set(**{**own, "server": cast.acme.server}, subject_kind="role", subject="owner", target_kind="server")
    with tenant_scope(cast.globex.tenant):
        assert grant_list(server=cast.acme.server).count() == 0
