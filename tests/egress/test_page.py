"""docs/egress.md says of every purpose and every reason what the code does."""

import re

import pytest

from egress.errors import FAILED, REFUSED
from egress.purposes import KB, MB, RULES, Rules
from tests.repository import read


def size(count: int) -> str:
    return f"{count // MB} MiB" if count >= MB else f"{count // KB} KiB"


def row(rules: Rules) -> list[str]:
    """The cells of a purpose, after its name and what it is for."""
    limits = rules.limits
    return [
        "all seven" if len(rules.methods) == 7 else " ".join(sorted(rules.methods)),
        str(rules.most_redirects),
        "yes" if rules.goes_inside else "no",
        f"{limits.deadline} s",
        f"{limits.idle} s",
        size(limits.largest),
        size(limits.largest_request),
        "yes" if rules.keeps_alive else "no",
    ]


def rows() -> dict[str, list[str]]:
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in read("docs/egress.md").splitlines()]
    return {cells[0].strip("`"): cells[1:] for cells in found if re.fullmatch(r"`[a-z_]+`", cells[0])}


@pytest.mark.parametrize("purpose", RULES)
def test_the_page_has_what_a_purpose_may_do(purpose: str) -> None:
    assert rows()[purpose][1:] == row(RULES[purpose])


def test_the_page_has_every_reason_and_no_other() -> None:
    reasons = {name: cells[0] for name, cells in rows().items() if name not in RULES}
    assert reasons == {**REFUSED, **FAILED}
