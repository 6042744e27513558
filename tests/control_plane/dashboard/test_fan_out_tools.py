"""Fan-out tools on pages and over REST: made, shown as they are, written anew."""

from typing import Any

import pytest

from tenants.models import ServerTool
from tenants.scope import tenant_scope
from tenants.services.fan_out_tools import fan_out_tool_create
from tenants.services.stored_secrets import secret_create
from tests.control_plane.dashboard.pages import signed_in_client
from tests.fixtures.api import Asker
from tests.fixtures.cast import Cast, Person
from tests.fixtures.fan_out import asking, model

SERVER = "/app/acme/servers/demo/"
NEW = f"{SERVER}fan-out/new"
OF_API = "tenants/acme/servers/demo/fan-out-tools"
MODELS = {
    "name": "ask",
    "strategy": "consensus",
    "what_0": "openai",
    "base_url_0": "https://open.example/v1",
    "model_0": "open-1",
    "what_2": "anthropic",
    "name_2": "claude",
    "base_url_2": "https://claude.example/v1",
    "model_2": "claude-1",
    "timeout_seconds_2": "20",
}


@pytest.fixture
def with_key(cast: Cast) -> Cast:
    for person in (cast.ada, cast.gus):
        name = f"key-of-{person.company.tenant.slug}"
        secret_create(
            tenant=person.company.tenant, actor=person.actor, name=name, value="a-key-for-models", description=""
        )
    return cast


def tool(person: Person, name: str) -> ServerTool:
    with tenant_scope(person.company.tenant):
        return ServerTool.objects.get(server=person.company.server, name=name)


def test_models_are_named_in_rows_and_come_back_so(with_key: Cast, store: Any) -> None:
    client = signed_in_client(with_key.ada)
    page = client.get(NEW).content.decode()
    assert "key-of-acme" in page
    assert "key-of-globex" not in page
    made = client.post(NEW, {**MODELS, "secret_2": "key-of-acme"})
    assert made["Location"] == f"{SERVER}tools/ask/"
    definition = tool(with_key.ada, "ask").definition["definition"]
    assert [backend["name"] for backend in definition["backends"]] == ["open-1", "claude"]
    assert definition["backends"][1]["api_key"] == "{{secret.key-of-acme}}"
    shown = client.get(f"{SERVER}fan-out/ask/").content.decode()
    assert 'value="https://claude.example/v1"' in shown
    assert '<option value="key-of-acme" selected>' in shown
    client.post(f"{SERVER}fan-out/ask/", {**MODELS, "name": "ask_all", "strategy": "fastest"})
    assert tool(with_key.ada, "ask_all").definition["definition"]["strategy"] == "fastest"
    assert "fan-out/ask_all/" in client.get(f"{SERVER}tools/ask_all/").content.decode()
    assert NEW in client.get(f"{SERVER}tools/").content.decode()


def test_tools_that_only_read_can_be_chosen(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    page = client.get(NEW).content.decode()
    count = f"tool:{tool(cast.ada, 'count').pk}"
    assert f'value="{count}"' in page
    assert f"tool:{tool(cast.ada, 'shout').pk}" not in page
    client.post(NEW, {"name": "ask", "strategy": "first_available", "what_0": count})
    backends = tool(cast.ada, "ask").definition["definition"]["backends"]
    assert [(backend["kind"], backend["name"]) for backend in backends] == [("tool", "count")]
    theirs = client.post(NEW, {"name": "x", "strategy": "fastest", "what_0": f"tool:{tool(cast.gus, 'count').pk}"})
    assert theirs.status_code == 422


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"model_2": ""}, "Write the model"),
        ({"base_url_2": "nowhere"}, "URL"),
        ({"what_2": ""}, "Name two backends at least."),
        ({"name": "count"}, "Another tool of this server has this name."),
        ({"timeout_seconds_2": "500"}, "less than or equal to 120"),
        ({"secret_2": "key-of-globex"}, "Select a valid choice"),
    ],
)
def test_a_wrong_value_comes_back_to_its_field(with_key: Cast, store: Any, wrong: dict[str, str], says: str) -> None:
    answer = signed_in_client(with_key.ada).post(NEW, {**MODELS, **wrong})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert 'value="https://open.example/v1"' in answer.content.decode()


def test_the_same_over_rest(ada_api: Asker, cast: Cast) -> None:
    backends = [{"kind": "model", "name": "open", "style": "openai", "base_url": "https://a.example/v1", "model": "m"}]
    definition = {"name": "ask", "strategy": "fastest", "backends": backends}
    made = ada_api.post(OF_API, {"definition": definition})
    assert (made.status_code, made.json()["kind"]) == (201, "fan_out")
    assert ada_api.get(f"{OF_API}/ask").json()["definition"] == definition
    anew = ada_api.put(f"{OF_API}/ask", {"definition": {**definition, "name": "ask_all"}})
    assert anew.json()["name"] == "ask_all"
    wrong = ada_api.put(f"{OF_API}/ask_all", {"definition": {**definition, "surprise": 1}})
    assert wrong.json()["error"]["type"] == "invalid_value"
    assert ada_api.get(f"{OF_API}/count").status_code == 404


def test_an_outsider_and_a_caller_see_nothing(cast: Cast, store: Any) -> None:
    fan_out_tool_create(
        tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server, definition=asking(model())
    )
    for person, status in ((cast.gus, 404), (cast.max, 403)):
        client = signed_in_client(person)
        for page in (NEW, f"{SERVER}fan-out/ask_models/", f"{SERVER}fan-out/made_up/"):
            answers = [client.get(page), client.post(page, MODELS)]
            assert [answer.status_code for answer in answers] == [status, status]
            assert "ask_models" not in answers[0].content.decode()
