"""What an operator may have excepted without meaning to: `manage.py check --deploy` says it."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

from egress.addresses import Network


@register(Tags.security, deploy=True)
def own_neighbours_stay_closed(**_: Any) -> list[CheckMessage]:
    """The proxies stand in front of this installation: where they are, its own processes are, too."""
    installation = settings.EGRESS
    excepted = [network for network in settings.TRUSTED_PROXIES if _overlaps(network, installation.private_networks)]
    open_ones = [str(network) for network in excepted if not _covers(installation.denied_networks, network)]
    if not open_ones:
        return []
    hint = "Except a smaller network, or name those of this installation in EGRESS_DENIED_NETWORKS."
    message = f"EGRESS_PRIVATE_NETWORKS lets tenants reach {', '.join(open_ones)}, where TRUSTED_PROXIES are."
    return [Warning(message, hint=hint, id="atrium.W001")]


def _overlaps(network: Network, others: tuple[Network, ...]) -> bool:
    return any(network.version == other.version and network.overlaps(other) for other in others)


def _covers(others: tuple[Network, ...], network: Network) -> bool:
    return any(_is_within(network, other) for other in others)


def _is_within(network: Network, other: Network) -> bool:
    same_version = network.version == other.version
    return same_version and int(other[0]) <= int(network[0]) and int(network[-1]) <= int(other[-1])
