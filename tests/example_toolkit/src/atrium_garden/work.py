"""What is done in the garden: tools that run in a thread, on the loop, on a worker; and one that asks."""

import asyncio
from typing import Annotated

from msgspec import Meta, Struct

from atrium_garden.beds import BEDS, BedName
from atrium_garden.garden import toolkit
from mcp_runtime.toolkits import Context, ToolError


class Watered(Struct):
    """How much water a bed got."""

    bed: str
    litres: Annotated[float, Meta(ge=0)]


class Wish(Struct):
    """What somebody wants to plant."""

    plant: Annotated[str, Meta(description="What shall grow there?", max_length=40)]
    rows: Annotated[int, Meta(ge=1, le=5)] = 1


def _known(bed: str) -> str:
    if bed not in BEDS:
        raise ToolError(f"There is no bed {bed}; use one of {', '.join(BEDS)}.", type="unknown_bed")
    return bed


@toolkit.tool(title="Water a bed", destructive=False, open_world=False)
def water(bed: BedName, litres: Annotated[int, Meta(ge=1, le=20)], context: Context) -> Watered:
    """Water a bed, litre by litre."""
    for litre in range(litres):
        context.raise_if_cancelled()
        context.progress(litre + 1, litres, f"{_known(bed)}: {litre + 1} of {litres} litres")
    return Watered(bed, float(litres))


@toolkit.tool(title="List the beds", read_only=True, open_world=False, quick=True)
async def beds() -> list[str]:
    """List the names of the beds."""
    return list(BEDS)


@toolkit.tool(title="Plant something", destructive=False, open_world=False)
async def plant(bed: BedName, context: Context) -> str:
    """Ask what shall be planted in a bed, and plant it."""
    wish = await context.elicit(f"What shall be planted in the {_known(bed)} bed?", Wish)
    if wish.value is None:
        return "Nothing was planted."
    return f"{wish.value.rows} × {wish.value.plant} in the {bed} bed."


@toolkit.tool(title="Harvest everything", idempotent=True, open_world=False, background=True, timeout_seconds=600)
async def harvest(context: Context) -> dict[str, int]:
    """Harvest every bed. It takes a while, so it runs on a worker."""
    harvested = {}
    for done, (bed, plants) in enumerate(BEDS.items(), start=1):
        await asyncio.sleep(0)
        harvested[bed] = len(plants)
        context.progress(done, len(BEDS), bed)
    return harvested
