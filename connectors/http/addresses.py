"""Which addresses may be connected to: public ones, and those that the settings allow.

Whoever writes a page chooses where its links and redirects lead, and whoever owns a name chooses
where it points, from one moment to the next. So it is the address of each connection that is
judged, at the moment when its socket is made, and no name is looked up a second time.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver

if TYPE_CHECKING:
    from aiohappyeyeballs import AddrInfoType

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # RFC 4291, 2.4: all that is given out
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052, 2.1
_SPECIAL = tuple(
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20")
)
"""Of IANA's registries of special addresses, what not every Python knows."""
_METADATA = frozenset(
    ipaddress.ip_address(address)
    for address in ("169.254.169.254", "fd00:ec2::254", "100.100.100.200")
)
"""Where clouds tell a machine its own credentials; nothing that can be read is ever there."""


class RefusedAddressError(OSError):
    """A connection would have gone to an address that is not allowed.

    Attributes:
        address: The address.
    """

    def __init__(self, address: Address) -> None:
        super().__init__(f"{address} is not a public address")
        self.address = address


class AddressGuard:
    """Lets connections through to public addresses, and to those that are allowed by name.

    Args:
        allowed: Networks that are not public and may be connected to all the same.
        resolver: Looks names up; the system's own where there is none.
    """

    def __init__(
        self, allowed: Sequence[Network] = (), resolver: AbstractResolver | None = None
    ) -> None:
        self._allowed = tuple(allowed)
        self._resolver = resolver

    def resolver(self) -> AbstractResolver:
        """What looks names up; what it finds is judged at the socket."""
        return self._resolver or ThreadedResolver()

    def socket(self, info: AddrInfoType) -> socket.socket:
        """A socket for one connection; every connection passes here, however it was named.

        Raises:
            RefusedAddressError: Its address is not allowed.
        """
        family, kind, protocol, _, target = info
        self.check(str(target[0]))
        return socket.socket(family, kind, protocol)

    def check(self, written: str) -> None:
        """Make sure that an address may be connected to.

        Raises:
            RefusedAddressError: It may not.
        """
        address = _carried(ipaddress.ip_address(written.partition("%")[0]))
        if not (_is_public(address) or self._allows(address)):
            raise RefusedAddressError(address)

    def _allows(self, address: Address) -> bool:
        return address not in _METADATA and _in_any(address, self._allowed)


def _carried(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, where it stands for one."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped or address.sixtofour:
            return address.ipv4_mapped or address.sixtofour or address
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    if _in_any(address, _SPECIAL):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _in_any(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
