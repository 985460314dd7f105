"""The network of the tests: that of the demo."""

from mv_desktop.demo.network import Proxy

__all__ = ["Proxy"]
