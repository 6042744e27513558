"""What asks for itself at an event stays in the page, and asks again if another one came meanwhile."""

import re
from pathlib import Path

import pytest

from tests.repository import ROOT

TEMPLATES = ROOT / "templates"
LIVE = re.compile(r'<[\w-]+[^<]*hx-trigger="[^"]*live:[^"]*"(?:[^<>"]|"[^"]*")*>')
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
STAYING = ("innerHTML", "beforebegin")


def live_parts() -> list[tuple[str, dict[str, str]]]:
    return [
        (str(path.relative_to(TEMPLATES)), dict(ATTRIBUTE.findall(found[0])))
        for path in sorted(TEMPLATES.rglob("*.html"))
        for found in LIVE.finditer(path.read_text(encoding="utf-8"))
    ]


def test_every_live_part_was_found() -> None:
    holders = [path for path in TEMPLATES.rglob("*.html") if 'hx-trigger="live:' in path.read_text(encoding="utf-8")]
    assert {Path(name) for name, _ in live_parts()} == {path.relative_to(TEMPLATES) for path in holders}
    assert len(holders) >= 9


@pytest.mark.parametrize(("name", "part"), live_parts(), ids=lambda given: given if isinstance(given, str) else "")
def test_a_live_part_stays_while_its_content_changes(name: str, part: dict[str, str]) -> None:
    assert part.get("hx-swap") in STAYING
    answer = (TEMPLATES / name).read_text(encoding="utf-8")
    if "hx-select" in part:
        assert part["hx-select"] == f"#{part['id']} > *"
    elif part["hx-swap"] == "innerHTML":  # what is answered must not bring the frame again
        assert f'hx-get="{part["hx-get"].split("?", 1)[0]}' not in re.sub(LIVE, "", answer)
        assert "id" not in part
