"""The operator's side of the way out: private networks, denials, ports, and what is this installation's own."""

from ipaddress import ip_network
from typing import Any

import pytest

from control_plane.egress_checks import own_neighbours_stay_closed
from control_plane.egress_settings import described, store_hosts
from control_plane.environment import ConfigurationError
from egress.installation import Installation


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("postgres://user:p%40ss@db.example:5432/atrium?sslmode=require", {"db.example"}),
        ("postgres://user:pass@Db-1.example:5432,db-2.example:5433/atrium", {"db-1.example", "db-2.example"}),
        ("postgres:///atrium?host=db.internal&user=x", {"db.internal"}),
        ("postgres:///atrium?host=/var/run/postgresql", set()),
        ("postgres://%2Fvar%2Frun%2Fpostgresql/atrium", set()),
        ("sqlite:////data/atrium.sqlite3", set()),
        ("redis://:pass@10.1.2.3:6379/0", {"10.1.2.3"}),
        ("rediss://store:6380", {"store"}),
        ("redis://[fd00::7]:6379/0", {"fd00::7"}),
        ("unix:///run/valkey.sock?db=0", set()),
        ("redis+socket:///run/valkey.sock", set()),
    ],
)
def test_the_hosts_of_a_store_are_found_in_its_url(url: str, hosts: set[str]) -> None:
    assert store_hosts(url) == hosts


def test_without_settings_only_the_public_web_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EGRESS_PRIVATE_NETWORKS", "EGRESS_DENIED_NETWORKS", "EGRESS_PORTS"):
        monkeypatch.delenv(name, raising=False)
    installation = described(["Atrium.example", ""], ["postgres://db.internal/x", "redis://10.1.2.3:6379"])
    assert installation.own_hosts == {"atrium.example", "db.internal"}
    assert installation.stores == ("db.internal",)
    assert installation.denied_networks == (ip_network("10.1.2.3/32"),)
    assert installation.private_networks == ()
    assert installation.ports == {443}


def test_an_operator_names_networks_and_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EGRESS_PRIVATE_NETWORKS", "10.1.0.0/16, fd12::/32")
    monkeypatch.setenv("EGRESS_DENIED_NETWORKS", "10.1.9.0/24")
    monkeypatch.setenv("EGRESS_PORTS", "80, 8443")
    installation = described([], [])
    assert installation.private_networks == (ip_network("10.1.0.0/16"), ip_network("fd12::/32"))
    assert installation.denied_networks == (ip_network("10.1.9.0/24"),)
    assert installation.ports == {80, 443, 8443}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EGRESS_PRIVATE_NETWORKS", "127.0.0.0/8"),
        ("EGRESS_PRIVATE_NETWORKS", "169.254.169.254"),
        ("EGRESS_PRIVATE_NETWORKS", "::1"),
        ("EGRESS_PRIVATE_NETWORKS", "0.0.0.0/0"),
        ("EGRESS_PRIVATE_NETWORKS", "10.1.2.3/16"),
        ("EGRESS_PRIVATE_NETWORKS", "inside"),
        ("EGRESS_DENIED_NETWORKS", "inside"),
        ("EGRESS_PORTS", "22"),
        ("EGRESS_PORTS", "6379"),
        ("EGRESS_PORTS", "70000"),
        ("EGRESS_PORTS", "https"),
    ],
)
def test_what_would_open_too_much_stops_the_start(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=name):
        described([], [])


@pytest.mark.parametrize(
    ("proxies", "excepted", "denied", "is_said"),
    [
        ("10.1.7.0/24", "10.1.0.0/16", None, True),
        ("10.1.0.0/16", "10.1.7.0/24", None, True),
        ("10.1.7.0/24", "10.1.0.0/16", "10.1.7.0/25", True),
        ("10.1.7.0/24", "10.1.0.0/16", "10.1.7.0/24", False),
        ("10.2.7.0/24", "10.1.0.0/16", None, False),
        ("::1/128", "10.1.0.0/16", None, False),
    ],
)
def test_an_exception_where_the_proxies_stand_is_said(
    settings: Any, proxies: str, excepted: str, denied: str | None, is_said: bool
) -> None:
    settings.TRUSTED_PROXIES = [ip_network(proxies)]
    settings.EGRESS = Installation(
        private_networks=(ip_network(excepted),), denied_networks=(ip_network(denied),) if denied else ()
    )
    assert [message.id for message in own_neighbours_stay_closed()] == (["atrium.W001"] if is_said else [])
