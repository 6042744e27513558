"""Singular values as numpy finds them, with true progress, and an end when nobody waits."""

import subprocess
import sys

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcp_runtime.toolkits import Cancelled
from mcp_runtime.toolkits.compute import toolkit
from mcp_runtime.toolkits.compute.jacobi import random_matrix, tournament
from mcp_runtime.toolkits.context import Cancellation, Notification
from mcp_runtime.toolkits.testing import SchemaMismatch, call


@settings(deadline=None, max_examples=20)
@given(st.integers(2, 60), st.integers(0, 2**53 - 1))
def test_the_values_are_numpy_s(size: int, seed: int) -> None:
    found = call(toolkit, "matrix_decomposition", {"size": size, "seed": seed}).structured["singular_values"]
    expected = numpy.linalg.svd(random_matrix(size, seed), compute_uv=False)
    assert numpy.abs(numpy.array(found) - expected).max() < 1e-8
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize("size", [199, 200])
def test_larger_matrices_stay_exact(size: int) -> None:
    called = call(toolkit, "matrix_decomposition", {"size": size})
    expected = numpy.linalg.svd(numpy.random.default_rng(0).standard_normal((size, size)), compute_uv=False)
    assert numpy.abs(numpy.array(called.structured["singular_values"]) - expected).max() < 1e-8
    assert [said.progress for said in called.progress] == list(range(1, called.structured["sweeps"] + 1))
    assert {said.total for said in called.progress} == {None}


def test_the_same_seed_gives_the_same_values() -> None:
    arguments = {"size": 20, "seed": 7}
    first = call(toolkit, "matrix_decomposition", arguments).structured
    assert call(toolkit, "matrix_decomposition", arguments).structured == first
    assert call(toolkit, "matrix_decomposition", {"size": 20}).structured != first


def test_it_stops_when_nobody_waits() -> None:
    swept = []

    def listen(said: Notification, cancellation: Cancellation) -> None:
        swept.append(said)
        cancellation.set("the client went away")

    with pytest.raises(Cancelled, match="the client went away"):
        call(toolkit, "matrix_decomposition", {"size": 300}, listen=listen)
    assert len(swept) == 1


@given(st.integers(2, 40))
def test_everybody_meets_everybody_once(count: int) -> None:
    rounds = [list(zip(*pair, strict=True)) for pair in tournament(numpy.arange(count))]
    for played in rounds:
        players = [player for pair in played for player in pair]
        assert len(set(players)) == len(players)
    met = [frozenset(pair) for played in rounds for pair in played]
    assert len(met) == len(set(met)) == count * (count - 1) // 2


@pytest.mark.parametrize("size", [1, 1001, 2.5, "10"])
def test_the_size_is_bounded(size: object) -> None:
    with pytest.raises(SchemaMismatch):
        call(toolkit, "matrix_decomposition", {"size": size})


def test_numpy_is_loaded_by_the_first_call_only() -> None:
    script = """
import sys
from mcp_runtime.toolkits.registry import ToolkitRegistry
registry = ToolkitRegistry.discover(development=True)
assert registry.definition("compute", "matrix_decomposition") and not registry.problems
heavy = {"numpy", "mcp", "mcp_types", "pydantic", "starlette", "django"} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_one_computation_per_tenant_at_a_time() -> None:
    assert toolkit.bound("matrix_decomposition").definition.concurrency == 1


def test_it_runs_in_the_background_and_may_run_twice() -> None:
    definition = toolkit.bound("matrix_decomposition").definition
    assert definition.background
    assert definition.annotations.idempotent_hint
