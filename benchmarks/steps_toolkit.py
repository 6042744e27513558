"""One tool of three steps, to be called inline and as a job: what lies between the two is what a job costs."""

from time import time
from typing import Final

from msgspec import Struct

from mcp_runtime.toolkits import Context, Toolkit

STEPS: Final = 3

toolkit = Toolkit("steps", title="Steps", description="Takes three steps, and says so.")


class Steps(Struct, frozen=True):
    """When it began and ended, in Unix time, and what it was given."""

    began: float
    ended: float
    text: str


@toolkit.tool(read_only=True, idempotent=True, open_world=False, destructive=False)
def take_steps(text: str, context: Context) -> Steps:
    """Report three steps, and return."""
    began = time()
    for step in range(STEPS):
        context.progress(step + 1, STEPS)
    return Steps(began, time(), text)
