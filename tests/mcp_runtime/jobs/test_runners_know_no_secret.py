"""What a worker knows does not reach the process in which tools run."""

from pathlib import Path

import pytest

from control_plane import environment
from mcp_runtime.jobs.runner_process import RunnerOptions
from mcp_runtime.jobs.warm_runner import WarmRunner
from tests.mcp_runtime.jobs.running import run, structured, toolkit_installed, work

SECRETS = {
    "DATABASE_URL": "postgres://atrium_app:canary-1@database/atrium",
    "SECRET_KEY": "canary-2",
    "REDIS_URL": "redis://:canary-3@store:6379/0",
    "ENCRYPTION_KEYS": "canary-4",
    "METRICS_TOKEN_FILE": "/run/secrets/canary-5",
    "ANOTHER_PROGRAM_S_TOKEN": "canary-6",
}


@pytest.mark.must("MUST-32")
def test_environment_and_open_files_of_the_worker_stay_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONPATH", toolkit_installed(tmp_path / "installed"))
    runner = WarmRunner(RunnerOptions(environment=environment.without_secrets(), memory_mb=1024))

    with (tmp_path / "canary-7").open("w"):
        seen = structured(run(runner, work("surroundings")))
    runner.close()

    assert set(seen["names"]).isdisjoint(SECRETS)
    assert "canary" not in str(seen)
    assert "PATH" in seen["names"]
