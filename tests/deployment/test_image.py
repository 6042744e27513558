"""The Dockerfile: nothing secret goes in, nobody runs as root, and its steps work."""

import fnmatch
import json
import re
from pathlib import Path

from tests.deployment.image import DOCKERFILE
from tests.repository import ROOT, files, read

STAGES = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]


def copied() -> list[str]:
    """What the first stage copies from the repository."""
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    return [source for line in lines for source in line.split()]


def test_everything_that_is_copied_exists_and_is_sent() -> None:
    ignored = [line.strip() for line in read(".dockerignore").splitlines() if line.strip()]
    for source in copied():
        assert (ROOT / source).exists(), source
        assert not any(fnmatch.fnmatch(source, pattern) for pattern in ignored), source


def test_every_source_root_and_template_is_copied() -> None:
    roots = ("platform/", "tenants/", "mcp_runtime/", "egress/")
    shipped = {name.split("/")[0] for name in files() if name.startswith(roots)}
    assert shipped | {"manage.py", "requirements.txt"} <= set(copied())


def test_the_last_stage_runs_as_somebody_who_owns_nothing() -> None:
    assert re.search(r"^USER 10001:10001$", STAGES[-1], re.MULTILINE)
    assert "PYTHONPATH=/app:/app/platform" in STAGES[-1]
    assert "HEALTHCHECK" in STAGES[-1]


def test_no_secret_is_built_in() -> None:
    assert not re.search(r"^ARG", DOCKERFILE, re.MULTILINE)
    kept = "\n".join(re.findall(r"^ENV .*$", DOCKERFILE, re.MULTILINE))
    assert not re.search(r"SECRET|PASSWORD|TOKEN|_URL", kept)


def test_the_static_files_are_collected_and_hashed(image: Path) -> None:
    manifest = json.loads((image / "static" / "staticfiles.json").read_text())
    assert manifest["paths"]
