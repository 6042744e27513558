"""Real computations that take a while and say how far they are."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from mcp_runtime.toolkits import Context, Toolkit

toolkit = Toolkit("compute", title="Compute", description="Computations that report their progress.")

TIMEOUT: Final = 600
"""Seconds. The largest matrix takes about a minute alone on a core, several where others compute too."""


class Decomposition(Struct, frozen=True):
    """The singular values, largest first, and how many sweeps over all pairs of columns it took to find them."""

    singular_values: list[float]
    sweeps: int


@toolkit.tool(
    title="Matrix decomposition",
    read_only=True,
    destructive=False,
    idempotent=True,
    open_world=False,
    background=True,
    timeout_seconds=TIMEOUT,
    concurrency=1,
)
def matrix_decomposition(
    size: Annotated[int, Meta(description="Rows and columns of the square matrix.", ge=2, le=1000)],
    context: Context,
    seed: Annotated[
        int, Meta(description="Which random matrix; the same seed gives the same one.", ge=0, le=2**53 - 1)
    ] = 0,
) -> Decomposition:
    """Find the singular values of a random matrix by the one-sided Jacobi method, reporting each finished sweep.

    The matrix has independent standard normal entries.
    """
    # numpy costs 25 MB: only a replica that computes pays for it.
    from mcp_runtime.toolkits.compute.jacobi import random_matrix, singular_values

    values, sweeps = singular_values(random_matrix(size, seed), context)
    return Decomposition(singular_values=values, sweeps=sweeps)
