"""A resource, template or prompt as pages show it: what the tenant chose, before what its toolkit says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import filesizeformat

from mcp_runtime.contract.ports import ToolCatalogue
from mcp_runtime.contract.primitives import PromptArgument
from tenants.models import ServerPrimitive
from tenants.models.server_primitive import PrimitiveKind
from tenants.offered_primitives import PrimitiveDefinition, offered_primitives
from tenants.primitive_origins import primitive_definition, primitive_origin


@dataclass(frozen=True, slots=True)
class PrimitiveRow:
    """`definition` is None where this installation has none any more: no client sees it then."""

    primitive: ServerPrimitive
    definition: PrimitiveDefinition | None

    @property
    def origin(self) -> str:
        """Where it comes from (`tenants.primitive_origins`)."""
        return primitive_origin(self.primitive)

    @property
    def title(self) -> str:
        """What people read."""
        return self.primitive.title or (self.definition.title if self.definition else "") or ""

    @property
    def description(self) -> str:
        """What people and models read."""
        return self.primitive.description or (self.definition.description if self.definition else "")

    @property
    def words(self) -> str:
        """What a list says under the name: the title, else what a prompt is for."""
        found = self.title or (self.description if self.primitive.kind == PrimitiveKind.PROMPT else "")
        return "" if found == self.primitive.name else found

    @property
    def is_template(self) -> bool:
        """True for many resources under one template of URIs."""
        return self.primitive.kind == PrimitiveKind.TEMPLATE

    @property
    def mime_type(self) -> str:
        """Empty where its toolkit does not say."""
        return self._said("mime_type") or ""

    @property
    def size(self) -> str:
        """In its unit; empty where it is not known before reading."""
        size = self._said("size")
        return "" if size is None else filesizeformat(size)

    @property
    def arguments(self) -> tuple[PromptArgument, ...]:
        """What a prompt takes."""
        return self._said("arguments") or ()

    @property
    def completes(self) -> str:
        """The variables of a template that can be completed."""
        return ", ".join(self._said("completes") or ())

    def _said(self, field: str) -> Any:
        return getattr(self.definition, field, None)


def primitive_rows(primitives: Iterable[ServerPrimitive], catalogue: ToolCatalogue) -> list[PrimitiveRow]:
    """The rows, in the order of the primitives."""
    offered = offered_primitives(catalogue)
    return [PrimitiveRow(row, primitive_definition(row, offered)) for row in primitives]
