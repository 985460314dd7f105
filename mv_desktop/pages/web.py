"""How the store is reached by plain HTTP(S): the environment's proxies, and what its answers mean."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3

CONNECT_TIMEOUT_S: Final = 5.0
READ_TIMEOUT_S: Final = 15.0
TOTAL_TIMEOUT_S: Final = 60.0

EXPIRED: Final = frozenset({400, 401, 403})
"""What a store says of an address that does not work any more, or not for this."""


def pool(address: str) -> urllib3.PoolManager:
    """Connections to the host of `address`.

    Raises:
        ValueError: it is no address of the web.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("not an address of the web")
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if proxy and not proxy_bypass(parts.netloc.rpartition("@")[2]):
        return urllib3.ProxyManager(proxy if "://" in proxy else f"http://{proxy}")
    return urllib3.PoolManager()
