"""Where a message may go: never to what is inside the network that the register runs in.

The shape of an address is looked at when it is entered. Where its name leads is looked at whenever a connection is
made, on the very addresses that are connected to, since a name can lead elsewhere every time it is asked.
"""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings

LONGEST = 500
VISIBLE = re.compile(r"[!-~]+")
PUBLIC_V6 = ip_network("2000::/3")
# Besides what the standard library does not call global: what leads on to IPv4 addresses, or to machines of one's host.
NEVER = [
    ip_network(network)
    for network in (
        "192.88.99.0/24",  # relays to 6to4
        "168.63.129.16/32",  # the platform beneath machines at Azure
        "2001::/23",  # Teredo and other protocols
        "2002::/16",  # 6to4
        "3fff::/20",  # examples in documents
        "5f00::/16",  # segment routing
    )
]


class Forbidden(Exception):
    """The name leads to an address that messages may not go to."""


def problem_of(url: str) -> str:
    """Why it does not have the shape of an address that messages may go to, or nothing."""
    if not VISIBLE.fullmatch(url) or len(url) > LONGEST:
        return f"Enter an address of at most {LONGEST} characters, without spaces"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "Enter an address such as https://system.example.nhs.uk/webhooks"
    schemes = {"https": 443, **({"http": 80} if settings.WEBHOOK_ALLOW_HTTP else {})}
    if parts.scheme not in schemes:
        return "Enter an address that starts with https://"
    if not host or parts.fragment or "\\" in url:
        return "Enter an address such as https://system.example.nhs.uk/webhooks"
    if "@" in parts.netloc:
        return "Enter an address without a user name or password"
    if (port or schemes[parts.scheme]) not in settings.WEBHOOK_PORTS:
        return "Enter an address without a port: " + ", ".join(map(str, settings.WEBHOOK_PORTS)) + " may be used"
    return _problem_of_literal(host)


def _problem_of_literal(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return ""
    return "" if is_allowed(address) else "Enter an address that can be reached from the internet"


def is_allowed(address: IPv4Address | IPv6Address) -> bool:
    """Whether messages may go there: a single machine on the open internet."""
    return bool(settings.WEBHOOK_ALLOW_PRIVATE) or _is_public(address)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv6Address) and address not in PUBLIC_V6:  # so neither IPv4 in disguise nor NAT64
        return False
    return not any(address in network for network in NEVER)


def resolve(host: str, port: int) -> list[tuple[socket.AddressFamily, tuple]]:
    """Where a name leads, asked once. Raises Forbidden if any of it is not allowed, OSError if it leads nowhere."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    places: list[tuple[socket.AddressFamily, tuple]] = [(one[0], one[4]) for one in found]
    for _family, place in places:
        if not is_allowed(ip_address(str(place[0]).partition("%")[0])):
            raise Forbidden
    return places
