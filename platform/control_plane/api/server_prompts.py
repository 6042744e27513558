"""/servers/…/prompts: what people choose in their clients, to be filled in and sent to a model."""

from typing import Any, Final, cast

from rest_framework import serializers

from control_plane.api.answers import One
from control_plane.api.asking import READ, TenantRequest
from control_plane.api.forms import Form
from control_plane.api.operations import ApiView, operation
from control_plane.api.server_primitives import (
    Family,
    HostedForm,
    PrimitiveAddition,
    PrimitiveChange,
    PrimitiveShape,
    family_views,
)
from control_plane.api.server_templates import SuggestionsField, ValuesField
from mcp_runtime.contract.hosted import HostedMessage
from mcp_runtime.contract.primitives import PromptArgument
from tenants.abilities import Ability
from tenants.hosted_drafts import ROLES, PromptDraft
from tenants.hosted_previews import prompt_preview
from tenants.hosted_stored import stored_draft
from tenants.models import ServerPrimitive
from tenants.models.server_primitive import PrimitiveKind
from tenants.selectors.servers import server_get


class PromptShape(PrimitiveShape):
    """A prompt of a server. Empty texts mean "as its toolkit says"."""

    name = serializers.CharField(help_text="By which clients ask for it.")
    prompt = serializers.CharField(source="source", help_text="Its name within the toolkit.")


class PromptAddition(PrimitiveAddition):
    """Which prompt of the catalogue to add, under its own name or another."""

    prompt = serializers.CharField(help_text="Its name within the toolkit.")


class PromptChange(PrimitiveChange):
    """What may be changed of a prompt. Empty texts take the override away."""


class MessageForm(Form):
    """What somebody says in a prompt."""

    role = serializers.ChoiceField(ROLES)
    text = serializers.CharField(trim_whitespace=False, help_text="`{{argument}}` stands for the argument's value.")


class ArgumentForm(Form):
    """What a prompt takes: a string."""

    name = serializers.CharField()
    title = serializers.CharField(required=False, allow_blank=True)
    description = serializers.CharField(required=False, allow_blank=True)
    required = serializers.BooleanField(required=False)  # type: ignore[assignment]


class HostedPromptForm(HostedForm):
    """A prompt of your own."""

    messages = MessageForm(many=True)
    arguments = ArgumentForm(many=True, required=False)
    suggestions = SuggestionsField(required=False)


class PromptPreview(HostedPromptForm):
    """A prompt as it would be kept, and its arguments."""

    values = ValuesField()


class MessageShape(serializers.Serializer[Any]):
    """What somebody says."""

    role = serializers.ChoiceField(ROLES)
    text = serializers.CharField()


class ArgumentShape(serializers.Serializer[Any]):
    """What a prompt takes."""

    name = serializers.CharField()
    title = serializers.CharField(allow_null=True)
    description = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]


class PromptPreviewShape(serializers.Serializer[Any]):
    """What a client would get."""

    messages = MessageShape(many=True)


class HostedPromptShape(serializers.Serializer[Any]):
    """A prompt of your own."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    is_enabled = serializers.BooleanField()
    arguments = ArgumentShape(many=True)
    messages = MessageShape(many=True)
    suggestions = SuggestionsField()


def _draft(body: dict[str, Any]) -> PromptDraft:
    texts = {name: body.get(name, "") for name in ("name", "title", "description")}
    arguments = tuple(
        PromptArgument(
            name=argument["name"],
            title=argument.get("title") or None,
            description=argument.get("description", ""),
            required=argument.get("required", False),
        )
        for argument in body.get("arguments", ())
    )
    messages = tuple(HostedMessage(message["role"], message["text"]) for message in body["messages"])
    return PromptDraft(**texts, arguments=arguments, messages=messages, suggestions=body.get("suggestions", {}))


def _shown(row: ServerPrimitive) -> dict[str, Any]:
    draft = cast("PromptDraft", stored_draft(row))
    texts = {name: getattr(row, name) for name in ("id", "name", "title", "description", "is_enabled")}
    return {**texts, "arguments": draft.arguments, "messages": draft.messages, "suggestions": draft.suggestions}


VIEWS: Final = family_views(
    Family(
        kind=PrimitiveKind.PROMPT,
        name="Prompt",
        words="prompt",
        id_name="prompt_id",
        source="prompt",
        shape=PromptShape,
        addition=PromptAddition,
        change=PromptChange,
        hosted_form=HostedPromptForm,
        hosted_shape=HostedPromptShape,
        draft=_draft,
        hosted=_shown,
    )
)


class HostedPromptPreview(ApiView):
    """Trying one out."""

    @operation(READ, Ability.MANAGE_SERVERS, body=PromptPreview, answer=One(PromptPreviewShape))
    def post(self, request: TenantRequest, server: str) -> dict[str, Any]:
        """Fill in a prompt of your own, without keeping it."""
        server_get(slug=server, actor=request.actor)
        said = {**request.body}
        values = said.pop("values")
        return {"messages": prompt_preview(draft=_draft(said), values=values)}
