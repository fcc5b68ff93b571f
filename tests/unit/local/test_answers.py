"""An answer leaves in one piece, so that no SDK gives up between its head and its body."""

from __future__ import annotations

import asyncio

from jupyterhub_eks.local.emulator.answers import GatheringTransport


class Connection(asyncio.Transport):
    """A transport that remembers what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: object) -> None:
        """Remember one piece."""
        assert isinstance(data, bytes)
        self.written.append(data)

    def close(self) -> None:
        """Remember the end."""
        self.closed = True

    def abort(self) -> None:
        """Remember the end."""
        self.closed = True

    def is_closing(self) -> bool:
        """Return whether it was told to close."""
        return self.closed


def test_what_is_written_in_one_turn_leaves_in_one_piece() -> None:
    """Head and body are sent one after the other without anything in between."""
    connection = Connection()

    async def answer() -> None:
        transport = GatheringTransport(connection)
        transport.write(b"head ")
        transport.write(b"body")
        assert connection.written == []
        await asyncio.sleep(0)
        transport.write(b"next")
        await asyncio.sleep(0)

    asyncio.run(answer())

    assert connection.written == [b"head body", b"next"]


def test_nothing_is_lost_when_the_connection_is_closed() -> None:
    """The server may close it right after an answer."""
    connection = Connection()

    async def answer() -> None:
        transport = GatheringTransport(connection)
        transport.write(b"last")
        transport.close()
        await asyncio.sleep(0)

    asyncio.run(answer())

    assert (connection.written, connection.closed) == ([b"last"], True)


def test_nothing_is_written_to_a_connection_that_is_gone() -> None:
    """A client that left in the meantime is nobody's error."""
    connection = Connection()

    async def answer() -> None:
        transport = GatheringTransport(connection)
        transport.write(b"late")
        connection.close()
        await asyncio.sleep(0)
        transport.write(b"later")
        transport.abort()
        await asyncio.sleep(0)

    asyncio.run(answer())

    assert connection.written == []
