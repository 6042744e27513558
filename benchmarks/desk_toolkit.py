"""Twenty tools, resources and prompts for a busy company; nobody asks for them."""

from typing import Final

from mcp_runtime.toolkits import Toolkit

COUNT: Final = 20

toolkit = Toolkit("desk", title="Desk", description="What a support desk would have.")


def record(customer: str, note: str = "", *, limit: int = 20) -> str:
    """Look at a customer's records, newest first, and leave a note with them where one is given."""
    return f"{customer}: {note} {limit}"


def handbook() -> str:
    """A chapter of what a support desk knows."""
    return "Be kind."


def answer(customer: str, tone: str = "friendly") -> str:
    """Answer a customer."""
    return f"Write a {tone} answer to {customer}."


for number in range(COUNT):
    toolkit.tool(name=f"record_{number:02}", read_only=number % 2 == 0, quick=True)(record)
    toolkit.resource(f"desk://handbook/{number:02}", name=f"chapter_{number:02}", mime_type="text/plain")(handbook)
    toolkit.prompt(f"answer_{number:02}")(answer)
