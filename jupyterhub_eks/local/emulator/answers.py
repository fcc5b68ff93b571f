"""Head and body of an answer leave in one piece.

AWS's SDK for Go, in the Terraform provider, closes the body of its request as soon as the
head of the answer is there. When that is sooner than Go's transport has finished with the
request, as it only happens on one machine, the transport takes the closed body for a failed
write, and gives the connection up before the rest of the answer arrives. The SDK then
repeats a call that was carried out, and a create fails because its resource exists. What
came with the head is read in any case.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class GatheringTransport(asyncio.Transport):
    """Hands on at once what was written within one turn of the event loop.

    Args:
        inner: The transport of the connection.
    """

    def __init__(self, inner: asyncio.Transport) -> None:
        super().__init__()
        self._inner = inner
        self._waiting = bytearray()

    def write(self, data: ReadableBuffer) -> None:
        """Keep ``data`` until this turn of the loop is over."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._flush)
        self._waiting += data

    def _flush(self) -> None:
        data, self._waiting = bytes(self._waiting), bytearray()
        if data and not self._inner.is_closing():
            self._inner.write(data)

    def close(self) -> None:
        """Write what waits, then close."""
        self._flush()
        self._inner.close()

    def abort(self) -> None:
        """Close at once; what waits is lost."""
        self._waiting.clear()
        self._inner.abort()

    def is_closing(self) -> bool:
        """Return whether the connection is closed or closing."""
        return self._inner.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what the connection's transport knows."""
        return self._inner.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Receive nothing for the time being."""
        self._inner.pause_reading()

    def resume_reading(self) -> None:
        """Receive again."""
        self._inner.resume_reading()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Hand the connection to another protocol."""
        self._inner.set_protocol(protocol)


class WholeAnswers(H11Protocol):
    """``uvicorn``'s HTTP/1.1 over a :class:`GatheringTransport`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to serve a connection."""
        super().connection_made(GatheringTransport(transport))
