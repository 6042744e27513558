"""A program that ends by itself is started again, later each time; one that keeps ending is given up, clearly."""

import asyncio
import sys
from pathlib import Path

import pytest

from control_plane.environment import ConfigurationError, inherited
from control_plane.supervisor import family as keeping
from control_plane.supervisor.child import Child, Program
from control_plane.supervisor.family import Family, Hopeless
from tests.control_plane.processes.installation import wait_until_gone
from tests.fixtures.waiting import until

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
)


def program(folder: Path, code: str, name: str = "part", grace: float = 5.0, order: int = 1) -> Program:
    command = (sys.executable, "-c", code)
    return Program(name=name, command=command, environment=inherited(), log=folder / name, grace=grace, order=order)


async def until_written(path: Path, words: str) -> None:
    await asyncio.to_thread(until, lambda: path.exists() and words in path.read_text(), 20)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_one_that_keeps_ending_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: object) -> None:
    monkeypatch.setattr(keeping, "FIRST_PAUSE", 0.01)

    async def story() -> None:
        family = Family()
        dying = program(tmp_path, "raise SystemExit('no more paper')")
        await family.start(dying)
        family.keep(dying)
        with pytest.raises(Hopeless, match=r"part ended 5 times within a minute, .* status 1: no more paper"):
            await asyncio.wait_for(family.hopeless, 30)
        await family.stop()

    asyncio.run(story())
    said = capfd.readouterr().err  # type: ignore[attr-defined]
    assert said.count("starting it again") == 4
    assert "part ended with status 1 (no more paper); starting it again in 0.01 s." in said
    assert "starting it again in 0.08 s." in said


def test_one_that_can_not_be_started_is_named(tmp_path: Path) -> None:
    missing = Program(name="part", command=(str(tmp_path / "missing"),), environment={}, log=tmp_path / "log")

    async def story() -> None:
        await Family().start(missing)

    with pytest.raises(ConfigurationError, match=r"part can't be started"):
        asyncio.run(story())


def test_one_that_does_not_hear_is_ended_after_its_grace(tmp_path: Path) -> None:
    async def story() -> Child:
        child = await Child.start(program(tmp_path, STUBBORN, grace=0.1))
        await until_written(tmp_path / "part", "deaf")
        await child.stop()
        return child

    child = asyncio.run(story())
    assert child.process.returncode == -9


def test_a_grandchild_does_not_stay_behind(tmp_path: Path) -> None:
    code = f"import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]); time.sleep(60)"

    async def story() -> list[int]:
        child = await Child.start(program(tmp_path, code))
        await until_written(tmp_path / "part", "deaf")
        children = children_of(child.process.pid)
        await child.stop()
        return children

    grandchildren = asyncio.run(story())
    assert len(grandchildren) == 1
    wait_until_gone(set(grandchildren))


def test_they_end_in_order(tmp_path: Path) -> None:
    code = (
        "import signal, sys, time\n"
        "def end(*_):\n    print(time.monotonic_ns(), flush=True)\n    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\nprint('up', flush=True)\ntime.sleep(60)"
    )
    orders = {"store": 0, "worker": 1, "web": 2}

    async def story() -> None:
        family = Family()
        for name, order in orders.items():
            await family.start(program(tmp_path, code, name=name, order=order))
            await until_written(tmp_path / name, "up")
        await family.stop()

    asyncio.run(story())
    ended = {name: int((tmp_path / name).read_text().split()[-1]) for name in orders}
    assert sorted(orders, key=lambda name: ended[name]) == ["web", "worker", "store"]
