"""What the toolkits offer to a server, and why some of it can't be added."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from control_plane.dashboard.server_primitives.families import Family
from control_plane.dashboard.servers.creation import toolkits_offered
from control_plane.dashboard.servers.forms import toolkit_title
from mcp_runtime.contract.ports import OfferedToolkit, ToolCatalogue
from tenants.models import ServerPrimitive
from tenants.models.server_primitive import PrimitiveKind
from tenants.offered_primitives import PrimitiveDefinition, offered_primitives
from tenants.services.server_primitive_choice import Choice


@dataclass(frozen=True, slots=True)
class Offer:
    """One of the catalogue. `why_not` says why it can't be added; `is_here` that the server has it."""

    choice: Choice
    definition: PrimitiveDefinition
    is_here: bool = False
    why_not: str = ""

    @property
    def value(self) -> str:
        """What names it in the form."""
        return f"{self.choice.kind.value} {self.choice.toolkit} {self.choice.source}"

    @property
    def is_template(self) -> bool:
        """True for many resources under one template of URIs."""
        return self.choice.kind == PrimitiveKind.TEMPLATE

    @property
    def shown(self) -> str:
        """What people know it by: its URI, or a prompt's name."""
        return self.choice.source


def offers_of(family: Family, catalogue: ToolCatalogue, present: Iterable[ServerPrimitive]) -> list[Offer]:
    """The family's part of the catalogue, for a server that has these already."""
    present = list(present)
    here = {(row.kind, row.toolkit, row.source): row.name for row in present}
    names = {(row.kind, row.name) for row in present}
    uris = {(row.kind, row.source) for row in present if row.kind != PrimitiveKind.PROMPT}
    offers = []
    for (kind, toolkit, source), definition in offered_primitives(catalogue).items():
        if kind not in family.kinds:
            continue
        is_here, why_not = (kind, toolkit, source) in here, ""
        if is_here:
            name = here[kind, toolkit, source]
            why_not = "On this server already." if name == definition.name else f"On this server already, as {name}."
        elif (kind, source) in uris:
            why_not = "This server has another one with this URI. Remove that one first: clients read by the URI."
        elif (kind, definition.name) in names:
            why_not = f"Another one of this server is called {definition.name}. Rename that one first."
        offers.append(Offer(Choice(kind, toolkit, source), definition, is_here, why_not))
    return offers


def offers_by_toolkit(offers: Sequence[Offer]) -> list[tuple[str, OfferedToolkit, list[Offer]]]:
    """Title, toolkit and offers of each toolkit that has any, in the order of toolkits everywhere."""
    found = []
    for toolkit, _ in toolkits_offered():
        own = [offer for offer in offers if offer.choice.toolkit == toolkit.name]
        if own:
            found.append((toolkit_title(toolkit), toolkit, own))
    return found
