"""Singular values by the one-sided Jacobi method.

Rotating two columns until they are orthogonal, over all pairs, again and again, makes every column orthogonal to every
other; their lengths then are the singular values. (Demmel and Veselić 1992; the triangular start is Drmač and Veselić
2008.) Pairs that share no column are rotated at once: a round-robin tournament names n/2 of them per round.
"""

from collections.abc import Iterator
from typing import Final

import numpy
from numpy.typing import NDArray

from mcp_runtime.toolkits.context import Context

Matrix = NDArray[numpy.float64]
Pairs = NDArray[numpy.intp]

PAIRS_AT_ONCE: Final = 32
"""So many pairs of columns of the largest matrix stay in a core's cache while they are rotated."""

MOST_SWEEPS: Final = 60
"""Random matrices of the allowed sizes take at most about 15."""

CONVERGED: Final = 1e-10
"""Cosine of the angle between two columns. A sweep squares it, so the values are exact to rounding after one below."""


class NotConverging(ArithmeticError):  # noqa: N818 - reads as the state it reports
    """The matrix defied the method; does not happen with finite numbers."""


def random_matrix(size: int, seed: int) -> Matrix:
    """The square matrix of standard normal entries that a seed stands for."""
    return numpy.random.default_rng(seed).standard_normal((size, size))


def tournament(players: Pairs) -> Iterator[tuple[Pairs, Pairs]]:
    """Rounds of disjoint pairs in which everybody meets everybody once. An odd one sits out in each round."""
    seats = players if len(players) % 2 == 0 else numpy.append(players, -1)
    half = len(seats) // 2
    for _ in range(len(seats) - 1):
        first, second = seats[:half], seats[half:][::-1]
        both = (first >= 0) & (second >= 0)
        yield first[both], second[both]
        seats = numpy.concatenate([seats[:1], seats[-1:], seats[1:-1]])


class _Columns:
    """The columns being made orthogonal, one per row of `values` so that each lies together in memory."""

    def __init__(self, matrix: Matrix) -> None:
        lengths = numpy.einsum("ij,ij->j", matrix, matrix)
        # A triangular factor with its longest columns first is nearly diagonal already: a third fewer sweeps.
        factor = numpy.linalg.qr(matrix[:, numpy.argsort(-lengths)], mode="r")
        self.values = numpy.ascontiguousarray(factor)
        self.negligible = numpy.finfo(numpy.float64).eps * len(matrix) ** 0.5
        self.measure()

    def measure(self) -> None:
        """Work out the squared lengths anew, which rotations only update."""
        self.squares = numpy.einsum("ij,ij->i", self.values, self.values)

    def rotate(self, first: Pairs, second: Pairs) -> float:
        """Make each of these disjoint pairs orthogonal; returns the largest cosine that was met."""
        x, y = self.values[first], self.values[second]
        a, b = self.squares[first], self.squares[second]
        products = numpy.einsum("ij,ij->i", x, y)
        scale = numpy.sqrt(a * b)
        cosines = numpy.divide(numpy.abs(products), scale, out=numpy.zeros_like(scale), where=scale > 0)
        if not (cosines > self.negligible).any():
            return float(cosines.max())
        difference = a - b
        reach = numpy.abs(difference) + numpy.hypot(difference, 2 * products)
        tangent = numpy.divide(2 * products, reach, out=numpy.zeros_like(reach), where=reach > 0)
        tangent = numpy.where(difference >= 0, tangent, -tangent)
        cosine = 1 / numpy.hypot(1, tangent)
        sine = (cosine * tangent)[:, None]
        turned = y * cosine[:, None] - x * sine
        x *= cosine[:, None]
        y *= sine
        x += y
        self.values[first], self.values[second] = x, turned
        self.squares[first], self.squares[second] = a + tangent * products, b - tangent * products
        return float(cosines.max())


def _sweep(columns: _Columns, context: Context) -> float:
    worst = 0.0
    columns.measure()
    for first, second in tournament(numpy.argsort(-columns.squares)):
        context.raise_if_cancelled()
        for start in range(0, len(first), PAIRS_AT_ONCE):
            some = slice(start, start + PAIRS_AT_ONCE)
            worst = max(worst, columns.rotate(first[some], second[some]))
    return worst


def singular_values(matrix: Matrix, context: Context) -> tuple[list[float], int]:
    """The singular values, largest first, and the number of sweeps; each finished one is reported as progress.

    Needs about three times the memory of the matrix. Raises Cancelled, and NotConverging on a matrix not finite.
    """
    columns = _Columns(matrix)
    for sweeps in range(1, MOST_SWEEPS + 1):
        worst = _sweep(columns, context)
        context.progress(sweeps, None, f"sweep {sweeps}: columns within {worst:.1e} of orthogonal")
        if worst <= CONVERGED:
            columns.measure()
            return numpy.sort(numpy.sqrt(columns.squares))[::-1].tolist(), sweeps
    raise NotConverging(f"not orthogonal after {MOST_SWEEPS} sweeps")
