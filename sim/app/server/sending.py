"""How the page's messages go to the browser: those of one drawing together, without the thread that draws waiting.

A view is some hundred messages. Solara hands each to the server's thread and waits until it is sent, and each sending
lets go of the interpreter; while a run wants it, too, getting it back takes milliseconds every time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

SECONDS_TO_GATHER = 0.004


class Outbox:
    """Take messages from any thread, and send those of a few milliseconds together, in their order.

    Parameters
    ----------
    loop : event loop
        Of the server's thread, in which `send` is awaited.
    send : callable
        Sends one message; raises `gone` where the browser has left.
    gone : type of exception
        Raised by `put` from then on.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        send: Callable[[str | bytes], Awaitable[None]],
        gone: type[Exception],
    ) -> None:
        self._loop, self._send, self._gone = loop, send, gone
        self._waiting: deque[str | bytes] = deque()
        self._round: asyncio.Task[None] | None = None
        self._is_due = False
        self._is_gone = False

    def put(self, data: str | bytes) -> None:
        """Have a message sent soon."""
        if self._is_gone:
            raise self._gone
        self._waiting.append(data)
        if not self._is_due:
            self._is_due = True
            try:
                self._loop.call_soon_threadsafe(self._start)
            except RuntimeError:  # the server is being stopped
                self._is_gone = True
                raise self._gone from None

    def _start(self) -> None:
        self._round = self._loop.create_task(self._send_waiting(self._round))

    async def _send_waiting(self, before: asyncio.Task[None] | None) -> None:
        await asyncio.sleep(SECONDS_TO_GATHER)
        if before is not None:
            await before  # a slow browser's: what came earlier goes first
        self._is_due = False  # what is put from here on is sent by this round, or starts the next one
        try:
            while self._waiting:
                await self._send(self._waiting.popleft())
        except self._gone:
            self._is_gone = True
            self._waiting.clear()


class GatheringTransport:
    """Write what is written in one turn of the server's loop at its end, at once."""

    def __init__(self, transport: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._held: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Write some bytes, later in this turn."""
        if not self._held:
            self._loop.call_soon(self._flush)
        self._held.append(data)

    def close(self) -> None:
        """Write what is held, and close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        held, self._held = self._held, []
        if held and not self._transport.is_closing():
            self._transport.write(b"".join(held))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def gather() -> type[Any]:
    """Have solara send through an `Outbox`; return the protocol with which uvicorn is to serve it."""
    from solara.server import starlette
    from solara.server.websocket import WebSocketDisconnect
    from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

    class Socket(starlette.WebsocketWrapper):  # type: ignore[misc]
        def __init__(self, ws: Any, portal: Any) -> None:
            super().__init__(ws, portal)
            self._outbox = Outbox(self.event_loop, self._send_one, WebSocketDisconnect)

        async def _send_one(self, data: str | bytes) -> None:
            await (self._send_bytes_exc(data) if isinstance(data, bytes) else self._send_text_exc(data))

        def send_text(self, data: str) -> None:
            self._outbox.put(data)

        def send_bytes(self, data: bytes) -> None:
            self._outbox.put(data)

    class Protocol(WebSocketsSansIOProtocol):  # type: ignore[misc]
        def connection_made(self, transport: Any) -> None:
            super().connection_made(GatheringTransport(transport, self.loop))

    starlette.WebsocketWrapper = Socket
    return Protocol
