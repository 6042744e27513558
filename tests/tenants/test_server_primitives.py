"""Resources, templates and prompts on a server."""

from typing import Any

import pytest

from mcp_runtime.contract.primitives import PromptDefinition, ResourceDefinition
from mcp_runtime.contract.snapshot import ServerSnapshot
from tenants.actor import PLATFORM, Actor
from tenants.catalogue import tool_catalogue
from tenants.errors import AbilityMissingError, InvalidValueError, LimitReachedError, NameTakenError, NotFoundError
from tenants.models import Server, ServerPrimitive
from tenants.models.server_primitive import PrimitiveKind
from tenants.publishing.snapshots import build_snapshot
from tenants.scope import tenant_scope
from tenants.selectors.server_primitives import server_primitive_counts, server_primitive_get
from tenants.selectors.servers import server_get
from tenants.services.server_primitive_choice import Choice, server_primitives_add
from tenants.services.server_primitives import (
    server_primitive_add,
    server_primitive_remove,
    server_primitive_update,
)
from tenants.services.servers import server_create
from tenants.services.tenants import tenant_limits_set
from tests.fixtures.cast import Cast, Company, Person
from tests.fixtures.catalogue import ListedTools

ACCOUNTS = {"kind": "resource", "toolkit": "ledger", "source": "ledger://accounts"}
CLOSE_MONTH = {"kind": "prompt", "toolkit": "ledger", "source": "close_month"}

ALIKE = ListedTools(
    primitives=[ResourceDefinition(toolkit=name, uri=f"{name}://style", name="style") for name in ("text", "shop")]
)
CLASHING = ListedTools(primitives=[PromptDefinition(toolkit=name, name="close") for name in ("text", "shop")])


def of(person: Person, **other: Any) -> dict[str, Any]:
    return {"tenant": person.company.tenant, "actor": person.actor, "server": person.company.server, **other}


def primitive(company: Company, name: str) -> ServerPrimitive:
    with tenant_scope(company.tenant):
        return ServerPrimitive.objects.get(server_id=company.server.pk, name=name)


def names(company: Company) -> list[str]:
    with tenant_scope(company.tenant):
        return sorted(ServerPrimitive.objects.filter(server_id=company.server.pk).values_list("name", flat=True))


def snapshot(company: Company) -> ServerSnapshot:
    with tenant_scope(company.tenant):
        return build_snapshot(server=server_get(slug="demo"), catalogue=tool_catalogue())


def version(company: Company) -> int:
    with tenant_scope(company.tenant):
        return Server.objects.get(pk=company.server.pk).version


def test_a_server_from_a_toolkit_offers_what_is_in_it(cast: Cast) -> None:
    built = snapshot(cast.acme)
    [style], [words], [proofread] = built.resources, built.templates, built.prompts
    assert (style.uri, style.name, style.mime_type, style.size) == ("text://style", "style", "text/markdown", 2048)
    assert (style.id, style.config) == (
        str(primitive(cast.acme, "style").pk),
        {"toolkit": "text", "name": "text://style"},
    )
    assert (words.uri_template, words.completes) == ("text://words/{word}", ("word",))
    assert words.config == {"toolkit": "text", "name": "text://words/{word}"}
    assert [argument.name for argument in proofread.arguments] == ["text", "language"]
    blank = server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug="blank", name="Blank")
    with tenant_scope(cast.acme.tenant):
        assert set(server_primitive_counts(server=blank).values()) == {0}


def test_one_is_added_under_another_name_described_anew_and_removed(cast: Cast) -> None:
    before = version(cast.acme)
    row = server_primitive_add(**of(cast.ada), **CLOSE_MONTH, name="month_end")
    after = version(cast.acme)
    assert after > before
    server_primitive_update(**of(cast.ada), primitive=row, title="Month's end", description="All of it.")
    spec = snapshot(cast.acme).prompts[0]
    assert (spec.name, spec.title, spec.description) == ("month_end", "Month's end", "All of it.")
    assert spec.config == {"toolkit": "ledger", "name": "close_month"}
    server_primitive_update(**of(cast.ada), primitive=row, title="", description="", name="close")
    spec = snapshot(cast.acme).prompts[0]
    assert (spec.name, spec.title, spec.description) == ("close", None, "Close a month.")
    server_primitive_remove(**of(cast.ada), primitive=row)
    assert [each.name for each in snapshot(cast.acme).prompts] == ["proofread"]
    assert version(cast.acme) > after


def test_what_is_switched_off_or_not_installed_is_left_out(cast: Cast, settings: Any) -> None:
    server_primitive_update(**of(cast.ada), primitive=primitive(cast.acme, "style"), is_enabled=False)
    assert snapshot(cast.acme).resources == ()
    assert len(snapshot(cast.globex).resources) == 1
    settings.TOOL_CATALOGUE = "tests.fixtures.catalogue.FEWER"
    built = snapshot(cast.acme)
    assert (built.templates, built.prompts) == ((), ())
    assert names(cast.acme) == ["proofread", "style", "words"]


def test_it_is_all_of_them_or_none(cast: Cast) -> None:
    accounts = Choice(PrimitiveKind.RESOURCE, "ledger", "ledger://accounts")
    style = Choice(PrimitiveKind.RESOURCE, "text", "text://style", "another name")
    unknown = Choice(PrimitiveKind.PROMPT, "ledger", "ledger://accounts")
    for choices, refusal, words in (
        ([], InvalidValueError, "at least one"),
        ([accounts, unknown], NotFoundError, "no such prompt in the catalogue"),
        ([accounts, style], NameTakenError, "one of each URI, and would have two of resource text://style"),
    ):
        with pytest.raises(refusal, match=words):
            server_primitives_add(**of(cast.ada), choices=choices)
    assert names(cast.acme) == ["proofread", "style", "words"]
    server_primitives_add(**of(cast.ada), choices=[accounts, Choice(PrimitiveKind.PROMPT, "ledger", "close_month")])
    assert names(cast.acme) == ["accounts", "close_month", "proofread", "style", "words"]
    assert names(cast.globex) == ["proofread", "style", "words"]


def test_resources_that_toolkits_call_alike_are_told_apart_by_their_uris(cast: Cast, settings: Any) -> None:
    settings.TOOL_CATALOGUE = f"{__name__}.ALIKE"
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor}
    server = server_create(**who, slug="alike", name="Alike", toolkits=["text", "shop"])
    with tenant_scope(cast.acme.tenant):
        rows = ServerPrimitive.objects.filter(server_id=server.pk)
        assert {row.source: row.name for row in rows} == {"text://style": "style", "shop://style": "shop://style"}
    settings.TOOL_CATALOGUE = f"{__name__}.CLASHING"
    with pytest.raises(InvalidValueError, match="two of prompt close"):
        server_create(**who, slug="clash", name="Clash", toolkits=["text", "shop"])


def test_a_name_is_once_of_its_kind(cast: Cast) -> None:
    with pytest.raises(NameTakenError):
        server_primitive_add(**of(cast.ada), **ACCOUNTS, name="style")
    with pytest.raises(NameTakenError):
        server_primitive_add(**of(cast.ada), kind="prompt", toolkit="text", source="proofread")
    second = server_primitive_add(**of(cast.ada), kind="prompt", toolkit="text", source="proofread", name="style")
    with pytest.raises(NameTakenError):
        server_primitive_update(**of(cast.ada), primitive=second, name="proofread")
    assert [spec.name for spec in snapshot(cast.acme).prompts] == ["proofread", "style"]


@pytest.mark.parametrize(
    ("which", "name"), [("proofread", "two words"), ("proofread", ""), ("style", ""), ("style", "x" * 201)]
)
def test_a_name_has_its_form(cast: Cast, which: str, name: str) -> None:
    with pytest.raises(InvalidValueError):
        server_primitive_update(**of(cast.ada), primitive=primitive(cast.acme, which), name=name)


def test_a_resource_is_called_in_words(cast: Cast) -> None:
    row = server_primitive_update(**of(cast.ada), primitive=primitive(cast.acme, "style"), name="How we write")
    assert row.name == "How we write"
    with pytest.raises(TypeError):
        server_primitive_update(**of(cast.ada), primitive=row, source="text://elsewhere")


def test_the_plan_says_how_many(cast: Cast) -> None:
    tenant_limits_set(
        tenant=cast.acme.tenant, actor=PLATFORM, overrides={"resources_and_prompts_per_server": 3, "servers": 9}
    )
    with pytest.raises(LimitReachedError, match="room for 0 more") as refused:
        server_primitive_add(**of(cast.ada), **ACCOUNTS)
    assert refused.value.extra == {"limit": "resources_and_prompts_per_server", "maximum": 3}
    with pytest.raises(LimitReachedError):
        server_create(
            tenant=cast.acme.tenant, actor=cast.ada.actor, slug="full", name="Full", toolkits=["text", "ledger"]
        )
    server_primitive_remove(**of(cast.ada), primitive=primitive(cast.acme, "words"))
    server_primitive_add(**of(cast.ada), **ACCOUNTS)


def test_a_caller_changes_none(cast: Cast) -> None:
    who = of(cast.max, actor=Actor(role="caller", user_id=cast.max.user.pk))
    style = primitive(cast.acme, "style")
    for change in (
        lambda: server_primitive_add(**who, **ACCOUNTS),
        lambda: server_primitive_update(**who, primitive=style, title="Mine"),
        lambda: server_primitive_remove(**who, primitive=style),
    ):
        with pytest.raises(AbilityMissingError):
            change()


def test_the_outsider_reaches_none(cast: Cast) -> None:
    style = primitive(cast.acme, "style")
    own, foreign = of(cast.gus), of(cast.gus, server=cast.acme.server)
    for change in (
        lambda: server_primitive_add(**foreign, **ACCOUNTS),
        lambda: server_primitive_update(**foreign, primitive=style, title="Mine"),
        lambda: server_primitive_update(**own, primitive=style, title="Mine"),
        lambda: server_primitive_remove(**own, primitive=style),
    ):
        with pytest.raises(NotFoundError):
            change()
    with tenant_scope(cast.globex.tenant):
        assert set(server_primitive_counts(server=cast.acme.server).values()) == {0}
        for server in (cast.acme.server, cast.globex.server):
            with pytest.raises(NotFoundError):
                server_primitive_get(server=server, kinds=["resource"], primitive_id=style.pk)
    assert names(cast.acme) == ["proofread", "style", "words"]


def test_many_cost_as_many_queries_as_few(cast: Cast, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(9) as counted:
        few = snapshot(cast.acme)
    choices = [Choice(PrimitiveKind.PROMPT, "ledger", "close_month", f"close_{number}") for number in range(50)]
    server_primitives_add(**of(cast.ada), choices=choices)
    with django_assert_max_num_queries(len(counted)):
        many = snapshot(cast.acme)
    assert len(many.prompts) == len(few.prompts) + 50
