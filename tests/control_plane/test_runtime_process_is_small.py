"""The runtime process loads no REST framework, no administration, no views of OAuth and no Celery."""

import json
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.repository import PYTHON_PATH, run

LOADED: Final = "import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
ABSENT: Final = (
    "rest_framework",
    "drf_spectacular",
    "django.contrib.admin",
    "django.contrib.sessions",
    "oauth2_provider.views",
    "tenants.admin",
    "control_plane.api",
    "control_plane.urls",
    "celery",
    "csp",
    "django_cotton",
    "mcp",
    "pydantic",
    "starlette",
)


def modules_with(module: str, data_dir: Path) -> set[str]:
    finished = run(
        sys.executable, "-c", LOADED.format(module=module), PYTHONPATH=PYTHON_PATH, ATRIUM_DATA_DIR=str(data_dir)
    )
    assert finished.returncode == 0, finished.stderr
    return set(json.loads(finished.stdout))


@pytest.fixture(scope="module")
def of_runtime(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    return modules_with("control_plane.runtime_asgi", tmp_path_factory.mktemp("data"))


@pytest.mark.parametrize("package", ABSENT)
def test_the_runtime_does_without(of_runtime: set[str], package: str) -> None:
    assert [name for name in of_runtime if name == package or name.startswith(f"{package}.")] == []


def test_the_web_process_would_be_noticed(tmp_path: Path) -> None:
    of_web = modules_with("control_plane.asgi, django.urls; django.urls.get_resolver().url_patterns", tmp_path)
    assert {"rest_framework", "django.contrib.admin", "tenants.admin", "celery"} <= of_web
