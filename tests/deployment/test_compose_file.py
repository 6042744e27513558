"""docker-compose.yml is valid, hardened, and complete: what it mounts and sets is what exists and is read."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.deployment.compose_file import compose
from tests.repository import BINARIES, ROOT, read, run
from tests.test_settings_documented import all_settings

FILES = ("docker-compose.yml", "deploy/compose.tls.yml")
SERVICES: dict[str, dict[str, Any]] = compose()["services"]


def validation(path: Path) -> tuple[int, str]:
    """Compare with the specification of compose files; exit code and report."""
    command = (str(BINARIES / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(path))
    finished = run(*command)
    return finished.returncode, finished.stdout + finished.stderr


@pytest.mark.parametrize("name", FILES)
def test_the_file_follows_the_specification(name: str) -> None:
    code, report = validation(ROOT / name)
    assert code == 0, report


def test_a_misspelt_key_would_be_noticed(tmp_path: Path) -> None:
    planted = tmp_path / "docker-compose.yml"
    planted.write_text(read("docker-compose.yml").replace("read_only:", "readonly:"))
    assert validation(planted)[0] == 1


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_hardened(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "network_mode", "pid", "devices"} & set(service)


def test_only_the_edge_can_be_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["edge"]
    assert compose()["networks"]["inside"]["internal"] is True
    assert all(SERVICES[name]["networks"] == ["inside"] for name in ("database", "store", "migrate"))


def test_secrets_come_as_files() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|TOKEN|_KEY|(DATABASE|REDIS|EMAIL|BROKER)_URL", variable):
                assert variable.endswith("_FILE"), (name, variable)
                assert Path(value).name in service["secrets"], (name, variable)


def test_only_migrations_know_the_owner() -> None:
    owner = {"database_owner_password", "migration_database_url"}
    knowing = {name for name, service in SERVICES.items() if owner & set(service.get("secrets", []))}
    assert knowing == {"database", "migrate"}


def test_every_mounted_secret_is_made_by_the_script(tmp_path: Path) -> None:
    def make() -> dict[str, bytes]:
        finished = run("sh", str(ROOT / "deploy/make_secrets.sh"), str(tmp_path / "secrets"))
        assert finished.returncode == 0, finished.stderr
        return {path.name: path.read_bytes() for path in (tmp_path / "secrets").iterdir()}

    made = make()

    assert set(made) == set(compose()["secrets"])
    assert make() == made, "made again, they would lock everybody out"
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_every_setting_that_is_set_is_read() -> None:
    for name in ("web", "runtime", "worker", "tools", "beat", "migrate"):
        given = {variable.removesuffix("_FILE") for variable in SERVICES[name]["environment"]}
        assert given <= all_settings(), name


def test_the_store_forgets_nothing_on_its_own() -> None:
    command = " ".join(SERVICES["store"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command
