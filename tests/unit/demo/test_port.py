from __future__ import annotations

import socket

from mv_desktop.demo.port import HOST, free_port


def test_port_whose_last_connection_is_only_just_over_is_had_again() -> None:
    with socket.create_server((HOST, 0)) as server:
        port: int = server.getsockname()[1]
        with socket.create_connection((HOST, port)) as client:
            accepted, _ = server.accept()
            accepted.close()  # who closes first has to wait
            assert client.recv(1) == b""
    assert free_port(port) == port


def test_port_that_somebody_listens_on_is_replaced() -> None:
    with socket.create_server((HOST, 0)) as server:
        port: int = server.getsockname()[1]
        assert free_port(port) != port
