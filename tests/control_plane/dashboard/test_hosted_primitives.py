"""Writing resources, templates and prompts of one's own on pages: saved, previewed, and nothing lost on a mistake."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenants.hosted_drafts import Draft, PromptDraft, ResourceDraft, TemplateDraft
from tenants.hosted_stored import stored_draft
from tenants.models import ServerPrimitive
from tenants.scope import tenant_scope
from tests.control_plane.dashboard.pages import as_role, signed_in_client
from tests.fixtures.cast import Cast, Person

SERVER = "/app/acme/servers/demo/"
RESOURCE = {"name": "Handbook", "uri": "acme://handbook", "title": "", "text": "Knock\r\nfirst.", "audience": "user"}
TEMPLATE = {
    "name": "Card",
    "uri_template": "acme://cards/{team}/{person}",
    "text": "{{person}} of {{team}}",
    "suggestions": "team: sales\r\nteam: after: sales\r\n",
}
PROMPT = {
    "name": "reply",
    "description": "Answer a customer.",
    "arguments": "2",
    "argument_0_name": "customer",
    "argument_0_required": "on",
    "argument_0_suggestions": "Brewery North\r\nBrewery South",
    "messages": "2",
    "message_0_role": "user",
    "message_0_text": "Answer {{customer}}.\r\nKindly.",
    "message_1_role": "assistant",
    "message_1_text": "",
}
NEW: dict[str, tuple[str, dict[str, str]]] = {
    "Handbook": ("resources/new", RESOURCE),
    "Card": ("resources/new-template", TEMPLATE),
    "reply": ("prompts/new", PROMPT),
}


def hosted(person: Person, name: str) -> tuple[str, Draft]:
    """The page of one, and what is kept of it."""
    with tenant_scope(person.company.tenant):
        row = ServerPrimitive.objects.select_related("content").get(server_id=person.company.server.pk, name=name)
        family = "prompts" if row.kind == "prompt" else "resources"
        return f"{SERVER}{family}/{row.pk}/", stored_draft(row)


def test_each_is_written_looked_at_and_written_anew(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    for name, (path, form) in NEW.items():
        assert client.get(f"{SERVER}{path}").status_code == 200
        saved = client.post(f"{SERVER}{path}", form)
        page, draft = hosted(cast.ada, name)
        assert saved["Location"] == page
        shown = client.get(page).content.decode()
        assert "written here" in shown
        assert f"{page}edit" in shown
        edit = client.get(f"{page}edit").content.decode()
        assert all(value.replace("\r\n", "\n").strip() in edit for value in form.values())
        assert client.post(f"{page}edit", {**form, "title": "Another title"})["Location"] == page
        assert hosted(cast.ada, name)[1].title == "Another title"
        assert hosted(cast.ada, name)[1].written().content == draft.written().content


def test_what_is_written_is_kept_as_it_was_meant(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    for path, form in NEW.values():
        client.post(f"{SERVER}{path}", form)
    (_, handbook), (_, card), (_, reply) = (hosted(cast.ada, name) for name in NEW)
    assert isinstance(handbook, ResourceDraft)
    assert handbook.content is not None
    assert (handbook.content.body, handbook.annotations.audience) == (b"Knock\nfirst.", ("user",))
    assert isinstance(card, TemplateDraft)
    assert card.suggestions == {"team": ("sales", "after: sales")}
    assert isinstance(reply, PromptDraft)
    assert [message.text for message in reply.messages] == ["Answer {{customer}}.\nKindly."]
    assert [(each.name, each.required, each.completes) for each in reply.arguments] == [("customer", True, True)]
    assert reply.suggestions == {"customer": ("Brewery North", "Brewery South")}


def test_a_file_is_uploaded_downloaded_and_stays_until_there_is_another(cast: Cast, store: Any) -> None:
    client, picture = signed_in_client(cast.ada), bytes(range(256)) * 4096
    form = {**RESOURCE, "file": SimpleUploadedFile("plan.png", picture, "image/png")}
    assert client.post(f"{SERVER}resources/new", form).status_code == 302
    page, draft = hosted(cast.ada, "Handbook")
    assert isinstance(draft, ResourceDraft)
    assert draft.mime_type == "image/png"
    answer = client.get(f"{page}content")
    assert (answer.content, answer["Content-Type"]) == (picture, "application/octet-stream")
    assert (answer["Content-Disposition"], answer["X-Content-Type-Options"]) == ("attachment", "nosniff")
    assert 'name="text"' not in client.get(f"{page}edit").content.decode()
    assert client.post(f"{page}edit", {**RESOURCE, "title": "Plan"}).status_code == 302
    kept = hosted(cast.ada, "Handbook")[1]
    assert isinstance(kept, ResourceDraft)
    assert kept.content is not None
    assert (kept.content.body, kept.title) == (picture, "Plan")
    large = {**RESOURCE, "file": SimpleUploadedFile("plan.png", picture + b"x", "image/png")}
    refused = client.post(f"{page}edit", large)
    assert refused.status_code == 422
    assert "Use at most 1024 KiB." in refused.content.decode()
    assert "Choose the file again." in refused.content.decode()


def test_a_mistake_loses_nothing_that_was_written(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    for (path, form), wrong, words in zip(
        NEW.values(),
        ({"uri": "no uri"}, {"text": "{{nobody}}"}, {"message_1_text": "{{nobody}}"}),
        ("Use an absolute URI", "none of the variables", "none of its arguments"),
        strict=True,
    ):
        refused = client.post(f"{SERVER}{path}", {**form, **wrong})
        assert refused.status_code == 422
        page = refused.content.decode()
        assert words in page
        assert all(
            value.replace("\r\n", "\n").strip() in page.replace("\r\n", "\n") for value in {**form, **wrong}.values()
        )
    with tenant_scope(cast.acme.tenant):
        assert not ServerPrimitive.objects.filter(toolkit="").exists()


def test_a_preview_fills_in_without_saving(cast: Cast, store: Any) -> None:
    client = signed_in_client(cast.ada)
    page = client.post(f"{SERVER}resources/new-template", {**TEMPLATE, "do": "preview"}).content.decode()
    assert "person of sales" in page
    values = {"value_person": "<b>Eva</b>", "value_team": "{{person}}"}
    page = client.post(f"{SERVER}resources/new-template", {**TEMPLATE, **values, "do": "preview"}).content.decode()
    assert "&lt;b&gt;Eva&lt;/b&gt; of {{person}}" in page
    page = client.post(f"{SERVER}prompts/new", {**PROMPT, "do": "preview"}).content.decode()
    assert "Answer Brewery North.\nKindly." in page
    with tenant_scope(cast.acme.tenant):
        assert not ServerPrimitive.objects.filter(toolkit="").exists()
    client.post(f"{SERVER}prompts/new", PROMPT)
    assert "Answer Brewery North." in client.get(f"{hosted(cast.ada, 'reply')[0]}edit").content.decode()


def test_more_rows_keep_what_was_written(cast: Cast, store: Any) -> None:
    page = signed_in_client(cast.ada).post(f"{SERVER}prompts/new", {**PROMPT, "name": "", "do": "more"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "Kindly." in text
    assert ("Argument 4" in text, "Argument 5" in text, "Message 3" in text, "Message 4" in text) == (
        *(True, False),
        *(True, False),
    )


@pytest.mark.parametrize("role", ["caller", "auditor"])
def test_some_look_and_do_not_write(cast: Cast, store: Any, role: str) -> None:
    signed_in_client(cast.ada).post(f"{SERVER}resources/new", RESOURCE)
    client, page = as_role(cast, role)[0], hosted(cast.ada, "Handbook")[0]
    assert "Knock\nfirst." in client.get(page).content.decode()
    assert client.get(f"{page}content").status_code == 200
    for path in (f"{page}edit", f"{SERVER}resources/new", f"{SERVER}prompts/new"):
        assert client.get(path).status_code == client.post(path, RESOURCE).status_code == 403
    assert "Write a resource" not in client.get(f"{SERVER}resources/").content.decode()


def test_the_outsider_finds_none_of_them_and_a_built_in_one_has_no_such_page(cast: Cast, store: Any) -> None:
    ada, gus = signed_in_client(cast.ada), signed_in_client(cast.gus)
    ada.post(f"{SERVER}resources/new", RESOURCE)
    page = hosted(cast.ada, "Handbook")[0]
    for path in (f"{page}edit", f"{page}content", f"{SERVER}resources/new"):
        for where in (path, path.replace("/acme/", "/globex/")):
            if where != f"{SERVER}resources/new".replace("/acme/", "/globex/"):
                assert gus.get(where).status_code == 404
    with tenant_scope(cast.acme.tenant):
        style = ServerPrimitive.objects.get(server_id=cast.acme.server.pk, name="style")
    for ending in ("edit", "content"):
        assert ada.get(f"{SERVER}resources/{style.pk}/{ending}").status_code == 404
