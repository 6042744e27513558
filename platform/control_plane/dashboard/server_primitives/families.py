"""The two families of pages: resources with their templates, and prompts."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.server_tabs import server_context
from tenants.abilities import Ability
from tenants.models import Server, ServerPrimitive
from tenants.models.server_primitive import PrimitiveKind
from tenants.selectors.server_primitives import hosted_primitive_get, server_primitive_get


@dataclass(frozen=True, slots=True)
class Family:
    """Where the pages are, what their things are called, and what people are told of them."""

    path: str
    tab: str
    word: str
    kinds: tuple[PrimitiveKind, ...]
    lead: str
    use: str
    """What nobody does any more with one that is off."""
    name_help: str

    @property
    def id_name(self) -> str:
        """The placeholder of the paths of one of them."""
        return f"{self.word}_id"

    def base(self, asked: TenantPage, server: Server) -> str:
        """Where the pages of a server begin."""
        return f"{asked.base}servers/{server.slug}/{self.path}/"

    def row(self, server: Server, identity: dict[str, UUID]) -> ServerPrimitive:
        """The one that a path names; raises NotFoundError."""
        return server_primitive_get(server=server, kinds=self.kinds, primitive_id=identity[self.id_name])

    def hosted_row(self, server: Server, identity: dict[str, UUID]) -> ServerPrimitive:
        """The one that a path names, with its content, where the tenant hosts it itself; raises NotFoundError."""
        primitive_id = identity[f"hosted_{self.id_name}"]
        row = server_primitive_get(server=server, kinds=self.kinds, primitive_id=primitive_id)
        return hosted_primitive_get(server=server, kind=row.kind, primitive_id=primitive_id)

    def context(self, asked: TenantPage, server: Server) -> dict[str, Any]:
        """What all templates of the family read."""
        return {
            **server_context(asked, server, self.tab),
            "family": self,
            "family_base": self.base(asked, server),
            "manages": asked.may(Ability.MANAGE_SERVERS),
        }


RESOURCES: Final = Family(
    path="resources",
    tab="Resources",
    word="resource",
    kinds=(PrimitiveKind.RESOURCE, PrimitiveKind.TEMPLATE),
    lead="What clients read by its URI. Whoever may connect can read all of it.",
    use="reads",
    name_help="What clients call it in their lists. They read it by its URI, which stays as it is.",
)
PROMPTS: Final = Family(
    path="prompts",
    tab="Prompts",
    word="prompt",
    kinds=(PrimitiveKind.PROMPT,),
    lead="What people choose in their client and fill in. Whoever may connect can use it.",
    use="uses",
    name_help="By which clients ask for it. After a change, they see the new name with their next list.",
)
FAMILIES: Final = (RESOURCES, PROMPTS)
