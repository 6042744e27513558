"""/servers/…/templates: resources of a server whose URIs follow a template (RFC 6570)."""

from typing import Any, Final, cast

from rest_framework import serializers

from control_plane.api.answers import One
from control_plane.api.asking import READ, TenantRequest
from control_plane.api.operations import ApiView, operation
from control_plane.api.server_primitives import (
    Family,
    PrimitiveAddition,
    PrimitiveChange,
    PrimitiveShape,
    family_views,
)
from control_plane.api.server_resources import AnnotatedForm, AnnotatedShape, annotated_shown, annotations_of
from tenants.abilities import Ability
from tenants.hosted_drafts import TemplateDraft
from tenants.hosted_previews import template_preview
from tenants.hosted_stored import stored_draft
from tenants.models import ServerPrimitive
from tenants.models.server_primitive import PrimitiveKind
from tenants.selectors.servers import server_get


class TemplateShape(PrimitiveShape):
    """A resource template of a server. Empty texts mean "as its toolkit says"."""

    uri_template = serializers.CharField(source="source", help_text="What the URIs look like that clients read.")


class TemplateAddition(PrimitiveAddition):
    """Which resource template of the catalogue to add, under its own name or another."""

    uri_template = serializers.CharField(help_text="Its URI template, as its toolkit has it.")


class TemplateChange(PrimitiveChange):
    """What may be changed of a resource template. Empty texts take the override away."""


class SuggestionsField(serializers.DictField):
    """Values to suggest, by what they are for."""

    def __init__(self, **options: Any) -> None:
        child = serializers.ListField(child=serializers.CharField(), max_length=100)
        super().__init__(child=child, **options)


class ValuesField(serializers.DictField):
    """A value for each place."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=serializers.CharField(allow_blank=True, trim_whitespace=False), **options)


class HostedTemplateForm(AnnotatedForm):
    """Resources of your own whose URIs follow a template, with one text for all of them."""

    uri_template = serializers.CharField(help_text="Such as `acme://cards/{person}`.")
    text = serializers.CharField(
        allow_blank=True, trim_whitespace=False, help_text="`{{variable}}` stands for the value in the URI."
    )
    suggestions = SuggestionsField(required=False)


class TemplatePreview(HostedTemplateForm):
    """A template as it would be kept, and a value for each variable."""

    values = ValuesField()


class TemplatePreviewShape(serializers.Serializer[Any]):
    """What would be read."""

    text = serializers.CharField()


class HostedTemplateShape(AnnotatedShape):
    """A resource template of your own."""

    uri_template = serializers.CharField()
    text = serializers.CharField()
    suggestions = SuggestionsField()


def _draft(body: dict[str, Any]) -> TemplateDraft:
    texts = {name: body.get(name, "") for name in ("name", "uri_template", "title", "description", "mime_type", "text")}
    return TemplateDraft(**texts, annotations=annotations_of(body), suggestions=body.get("suggestions", {}))


def _shown(row: ServerPrimitive) -> dict[str, Any]:
    draft = cast("TemplateDraft", stored_draft(row))
    content = {"text": draft.text, "suggestions": draft.suggestions}
    return {**annotated_shown(row, draft), "uri_template": draft.uri_template, **content}


VIEWS: Final = family_views(
    Family(
        kind=PrimitiveKind.TEMPLATE,
        name="Template",
        words="resource template",
        id_name="template_id",
        source="uri_template",
        shape=TemplateShape,
        addition=TemplateAddition,
        change=TemplateChange,
        hosted_form=HostedTemplateForm,
        hosted_shape=HostedTemplateShape,
        draft=_draft,
        hosted=_shown,
    )
)


class HostedTemplatePreview(ApiView):
    """Trying one out."""

    @operation(READ, Ability.MANAGE_SERVERS, body=TemplatePreview, answer=One(TemplatePreviewShape))
    def post(self, request: TenantRequest, server: str) -> dict[str, Any]:
        """Fill in a resource template of your own, without keeping it."""
        server_get(slug=server, actor=request.actor)
        said = {**request.body}
        values = said.pop("values")
        return {"text": template_preview(draft=_draft(said), values=values)}
