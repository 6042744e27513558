"""Twenty tools for a busy company; nobody calls them."""

from typing import Final

from mcp_runtime.toolkits import Toolkit

COUNT: Final = 20

toolkit = Toolkit("desk", title="Desk", description="What a support desk would have.")


def record(customer: str, note: str = "", *, limit: int = 20) -> str:
    """Look at a customer's records, newest first, and leave a note with them where one is given."""
    return f"{customer}: {note} {limit}"


for number in range(COUNT):
    toolkit.tool(name=f"record_{number:02}", read_only=number % 2 == 0, quick=True)(record)
