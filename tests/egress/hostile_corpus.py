"""The corpus: what leads inside, or could be read as if it did, and what is good and must pass."""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from egress.addresses import Address
from tests.egress.outside import PUBLIC, URL

CORPUS: Final = Path(__file__).parent / "corpus"
SIGNS: Final = {"SP": " ", "TAB": "\t", "CR": "\r", "LF": "\n", "VT": "\v", "FF": "\f", "NUL": "\0", "ESC": "\x1b"}

URLS: Final[Mapping[str, set[str]]] = {
    "hosts_numeric": {"host_is_address"},
    "hosts_bracketed": {"host_is_address", "url_malformed"},
    "hosts_lookalike": {"url_malformed"},
    "hosts_not_names": {"host_not_a_name", "host_not_public", "host_is_address", "credentials_in_url", "url_malformed"},
    "hosts_ours": {"host_is_ours"},
    "authorities": {"credentials_in_url", "fragment_in_url", "url_malformed", "host_not_a_name"},
    "control_characters": {"url_malformed"},
    "schemes": {"scheme_not_allowed", "url_malformed"},
    "ports": {"port_not_allowed", "url_malformed", "host_not_a_name"},
    "paths": {"path_not_plain"},
}
"""The classes of the corpus, and for what they may be refused."""

ADDRESSES: Final = ("addresses_ipv4", "addresses_ipv6", "addresses_ipv4_in_ipv6")


def corpus(name: str) -> list[str]:
    """The entries of one class."""
    lines = (CORPUS / f"{name}.txt").read_text(encoding="utf-8").split("\n")
    entries = [line for line in lines if line and not line.startswith("# ")]
    for sign, character in {**SIGNS, "DEL": "\x7f"}.items():
        entries = [entry.replace(f"{{{sign}}}", character) for entry in entries]
    return entries


def hostile() -> list[tuple[str, Sequence[Address]]]:
    """Every hostile URL, and what its name leads to if somebody asks."""
    found: list[tuple[str, Sequence[Address]]] = [(url, [PUBLIC]) for name in URLS for url in corpus(name)]
    found += [(URL, [ip_address(text)]) for name in ADDRESSES for text in corpus(name)]
    inside = (entry.split(" ") for entry in corpus("names_that_lead_inside"))
    return found + [(url, [ip_address(text)]) for url, text in inside]
