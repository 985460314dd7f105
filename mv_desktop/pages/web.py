"""How the store is reached by plain HTTP(S): the environment's proxies, and what its answers mean."""

from __future__ import annotations

import threading
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3

CONNECT_TIMEOUT_S: Final = 5.0
READ_TIMEOUT_S: Final = 15.0
TOTAL_TIMEOUT_S: Final = 60.0

EXPIRED: Final = frozenset({400, 401, 403})
"""What a store says of an address that does not work any more, or not for this."""


def pool(address: str, *, at_once: int = 1, through: str = "") -> urllib3.PoolManager:
    """Connections to the host of `address`.

    Args:
        address: of a file.
        at_once: so many connections are kept open.
        through: a proxy, instead of the environment's.

    Raises:
        ValueError: it is no address of the web.
    """
    proxy = through or _proxy(address)
    return urllib3.PoolManager(maxsize=at_once) if not proxy else urllib3.ProxyManager(proxy, maxsize=at_once)


class Connections:
    """Connections that are kept open between files. May be used from several threads.

    Args:
        at_once: so many to one host.
        through: a proxy, instead of the environment's.
    """

    def __init__(self, at_once: int, through: str = "") -> None:
        self._at_once, self._through = at_once, through
        self._lock = threading.Lock()
        self._pools: dict[str, urllib3.PoolManager] = {}

    def to(self, address: str) -> urllib3.PoolManager:
        """Those that lead to the host of `address`; the environment's proxies are looked at each time.

        Raises:
            ValueError: it is no address of the web.
        """
        proxy = self._through or _proxy(address)
        with self._lock:
            if proxy not in self._pools:
                self._pools[proxy] = pool(address, at_once=self._at_once, through=self._through)
            return self._pools[proxy]

    def close(self) -> None:
        """Hang up; the next use opens new ones."""
        with self._lock:
            for each in self._pools.values():
                each.clear()
            self._pools.clear()


def _proxy(address: str) -> str:
    """The proxy that leads to `address`, "" for none.

    Raises:
        ValueError: it is no address of the web.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("not an address of the web")
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"
