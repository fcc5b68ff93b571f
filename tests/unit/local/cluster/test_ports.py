"""Ports: kept where possible, changed where somebody else has taken them."""

from __future__ import annotations

import socket

from jupyterhub_eks.local.cluster.ports import FIRST, LAST, choose_ports, is_free


def test_each_name_has_a_port_of_its_own() -> None:
    """All lie below those that systems hand out by themselves."""
    ports = choose_ports(["a", "b", "c"], {}, frozenset())

    assert len(set(ports.values())) == 3
    assert all(FIRST <= port <= LAST for port in ports.values())


def test_a_free_port_of_the_last_run_is_kept() -> None:
    """Addresses that others wrote down stay right."""
    first = choose_ports(["a", "b"], {}, frozenset())

    assert choose_ports(["a", "b"], first, frozenset()) == first


def test_a_taken_port_is_changed_unless_we_hold_it() -> None:
    """A listener is another program's, if it is not our own component."""
    first = choose_ports(["a"], {}, frozenset())
    with socket.socket() as other:
        other.bind(("127.0.0.1", first["a"]))
        other.listen()

        assert not is_free(first["a"])
        assert choose_ports(["a"], first, frozenset({"a"})) == first
        assert choose_ports(["a"], first, frozenset()) != first


def test_two_names_never_share_a_former_port() -> None:
    """A record that was written by hand does no harm."""
    (port,) = choose_ports(["a"], {}, frozenset()).values()

    assert len(set(choose_ports(["a", "b"], {"a": port, "b": port}, frozenset()).values())) == 2
