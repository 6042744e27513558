"""What a tenant hosts itself, over REST: written, read, filled in on trial, rewritten, removed."""

from typing import Any

import pytest

from tests.fixtures.api import Asker
from tests.fixtures.cast import Cast

SERVER = "tenants/acme/servers/demo"
RESOURCE = {
    "name": "Handbook",
    "uri": "acme://handbook",
    "mime_type": "text/markdown",
    "audience": ["user"],
    "priority": 0.5,
    "text": "  Knock first.\n",
}
TEMPLATE = {
    "name": "Card",
    "uri_template": "acme://cards/{person}",
    "text": "{{person}} at acme",
    "suggestions": {"person": ["ada", "max"]},
}
PROMPT = {
    "name": "reply",
    "title": "Reply",
    "description": "Answer\na customer.",
    "arguments": [{"name": "customer", "description": "Who.", "required": True}, {"name": "tone"}],
    "messages": [{"role": "user", "text": "Answer {{customer}} {{tone}}. "}, {"role": "assistant", "text": "Dear"}],
    "suggestions": {"tone": ["kindly"]},
}
ALL: dict[str, dict[str, Any]] = {"resources": RESOURCE, "templates": TEMPLATE, "prompts": PROMPT}


@pytest.mark.parametrize("what", ALL)
def test_each_is_written_read_written_anew_and_removed(ada_api: Asker, gus_api: Asker, what: str) -> None:
    made = ada_api.post(f"{SERVER}/{what}/hosted", ALL[what])
    assert made.status_code == 201, made.content
    path = f"{SERVER}/{what}/{made.json()['id']}"
    assert ada_api.get(f"{path}/hosted").json() == made.json()
    shown = {field: value for field, value in made.json().items() if field in ALL[what]}
    if what == "prompts":
        shown["arguments"] = [{k: v for k, v in each.items() if v} for each in shown["arguments"]]
    assert shown == ALL[what]
    assert ada_api.get(path).json()["toolkit"] == ""
    written = ada_api.put(f"{path}/hosted", {**ALL[what], "title": "Another"})
    assert (written.status_code, written.json()["title"]) == (200, "Another")
    for asked in (gus_api.get(f"{path}/hosted"), gus_api.put(f"{path}/hosted", ALL[what]), gus_api.delete(path)):
        assert asked.status_code == 404
    assert ada_api.delete(path).status_code == 204
    assert ada_api.get(f"{path}/hosted").status_code == 404


def test_content_is_put_as_bytes(ada_api: Asker, gus_api: Asker) -> None:
    made = ada_api.post(f"{SERVER}/resources/hosted", RESOURCE).json()
    path = f"{SERVER}/resources/{made['id']}/content"
    picture = bytes(range(256)) * 4096

    def put(asker: Asker, body: bytes, media_type: str) -> Any:
        url = f"/api/v1/{path}"
        return asker.client.generic("PUT", url, body, content_type=media_type, headers=asker.headers)  # type: ignore[arg-type]

    answer = put(ada_api, picture, "image/png")
    assert answer.status_code == 200, answer.content
    assert {name: answer.json()[name] for name in ("mime_type", "size", "text", "audience", "uri")} == {
        "mime_type": "image/png",
        "size": 1024 * 1024,
        "text": None,
        "audience": ["user"],
        "uri": "acme://handbook",
    }
    assert put(ada_api, b"# Hello", "text/markdown; charset=utf-8").json()["text"] == "# Hello"
    large = put(ada_api, picture + b"x", "image/png")
    assert (large.status_code, large.json()["error"]["type"]) == (413, "body_too_large")
    assert put(gus_api, b"mine", "text/plain").status_code == 404
    kept = ada_api.put(f"{SERVER}/resources/{made['id']}/hosted", {"name": "Handbook", "uri": "acme://handbook"})
    assert (kept.json()["text"], kept.json()["mime_type"]) == ("# Hello", "")


def test_they_are_filled_in_on_trial_and_nothing_is_kept(ada_api: Asker, gus_api: Asker) -> None:
    before = ada_api.get(f"{SERVER}/prompts").json()
    card = {**TEMPLATE, "values": {"person": "{{person}}"}}
    assert ada_api.post(f"{SERVER}/templates/preview", card).json() == {"text": "{{person}} at acme"}
    reply = {**PROMPT, "values": {"customer": "Eva"}}
    messages = [{"role": "user", "text": "Answer Eva . "}, {"role": "assistant", "text": "Dear"}]
    assert ada_api.post(f"{SERVER}/prompts/preview", reply).json() == {"messages": messages}
    assert ada_api.get(f"{SERVER}/prompts").json() == before
    for what, body in (("templates", card), ("prompts", reply)):
        wrong = ada_api.post(f"{SERVER}/{what}/preview", {**body, "values": {"other": ""}})
        assert list(wrong.json()["error"]["details"]["fields"]) == ["values"]
        assert gus_api.post(f"{SERVER}/{what}/preview", body).status_code == 404


def test_what_comes_from_a_toolkit_is_not_hosted(ada_api: Asker) -> None:
    [style] = ada_api.get(f"{SERVER}/resources").json()["results"]
    path = f"{SERVER}/resources/{style['id']}"
    assert ada_api.get(f"{path}/hosted").status_code == 404
    assert ada_api.put(f"{path}/hosted", RESOURCE).status_code == 404


def test_a_mistake_names_its_field(ada_api: Asker, cast: Cast) -> None:
    for what, wrong, field in (
        ("resources", {"uri": "no uri"}, "uri"),
        ("templates", {"text": "{{somebody}}"}, "text"),
        ("prompts", {"messages": [{"role": "user", "text": "{{somebody}}"}]}, "messages"),
    ):
        answer = ada_api.post(f"{SERVER}/{what}/hosted", {**ALL[what], **wrong})
        assert (answer.status_code, list(answer.json()["error"]["details"]["fields"])) == (400, [field])
    taken = ada_api.post(f"{SERVER}/resources/hosted", {**RESOURCE, "uri": "text://style"})
    assert (taken.status_code, taken.json()["error"]["type"]) == (409, "name_taken")
