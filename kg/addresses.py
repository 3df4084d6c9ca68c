"""Addresses of the internet: which lead out into it, and connections to those that were looked at."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an IP address leads out into the internet, also by the IPv4 address that it may hold."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = [found.ipv4_mapped, found.sixtofour, *(found.teredo or ())]
        if found in _NAT64:
            inner.append(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))
        if not all(is_public(str(held)) for held in inner if held is not None):
            return False
        if found.ipv4_mapped is not None:
            return True
    return found.is_global and not found.is_multicast and not found.is_reserved


def resolve(name: str, port: int) -> list[str]:
    """The addresses of a name, in the system's order; OSError where it has none."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@contextmanager
def connected(
    scheme: str, host: str, port: int, addresses: list[str], deadline: float
) -> Iterator[http.client.HTTPConnection]:
    """A connection to an address that was looked at, cut at the deadline whatever it is about."""
    found = _connection(addresses, port, deadline)
    ending = threading.Timer(max(0.0, deadline - time.monotonic()), lambda: _cut(found))
    ending.start()
    try:
        if scheme == "https":  # the first socket is no more once it is wrapped
            context = ssl.create_default_context()
            found = context.wrap_socket(found, server_hostname=host, do_handshake_on_connect=False)
            found.do_handshake()
        connection = http.client.HTTPConnection(host, port)
        connection.sock = found
        with closing(connection):
            yield connection
    finally:
        ending.cancel()
        found.close()


def _connection(addresses: list[str], port: int, deadline: float) -> socket.socket:
    for number, address in enumerate(addresses, start=1):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            return socket.create_connection((address, port), timeout=left)
        except OSError:
            if number == len(addresses):
                raise
    raise TimeoutError


def _cut(connection: socket.socket) -> None:
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)  # that of an SSLSocket disturbs who reads it
    except OSError:  # it has ended already
        return
