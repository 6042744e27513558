"""What grows where: resources to read, a prompt to choose, and suggestions for both."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from atrium_garden.garden import toolkit
from mcp_runtime.toolkits import ContentAnnotations, PromptMessage, ResourceNotFound

BEDS: Final = {"north": ["leek", "spinach"], "south": ["tomato", "basil"], "wall": ["fig"]}
FOR_PEOPLE: Final = ContentAnnotations(audience=["user"], priority=0.8)

BedName = Annotated[str, Meta(description="Name of the bed.", max_length=40)]


class Bed(Struct):
    """A bed, and what grows in it."""

    name: str
    plants: list[str]


def bed_named(name: str) -> Bed:
    """The bed of that name. Raises ResourceNotFound."""
    if name not in BEDS:
        raise ResourceNotFound(f"There is no bed {name}; there are {', '.join(BEDS)}.")
    return Bed(name, BEDS[name])


@toolkit.resource("garden://plan", title="Plan of the garden", mime_type="text/markdown", annotations=FOR_PEOPLE)
def plan() -> str:
    """Every bed, with what grows in it."""
    return "\n".join(f"* {name}: {', '.join(plants)}" for name, plants in BEDS.items())


@toolkit.template("garden://beds/{bed}", title="Bed", complete={"bed": list(BEDS)})
async def bed(bed: BedName) -> Bed:
    """One bed."""
    return bed_named(bed)


def plants_of(typed: str, known: dict[str, str]) -> list[str]:
    """Plants of the bed that is chosen already, or of all."""
    plants = BEDS.get(known.get("bed", ""), [plant for bed in BEDS.values() for plant in bed])
    return [plant for plant in plants if plant.startswith(typed)]


@toolkit.prompt(title="Advice for a plant", complete={"bed": list(BEDS), "plant": plants_of})
async def advice(bed: BedName, plant: Annotated[str, Meta(description="What grows there.")]) -> list[PromptMessage]:
    """Ask how a plant of a bed is doing."""
    return [
        PromptMessage(f"My {plant} grows in the {bed} bed. What does it need this month?"),
        PromptMessage("Is its soil dry?", role="assistant"),
    ]
