"""Messages to the browser: all of them, in their order, many at a time, and none to one that has gone."""

from __future__ import annotations

import asyncio
import threading

import pytest

from sim.app.server import sending
from sim.app.server.sending import GatheringTransport, Outbox


class Gone(Exception):
    """The browser has left."""


class Browser:
    """Take what a socket sends; after `most` messages it is gone."""

    def __init__(self, most=10**9):
        self.got, self.most = [], most

    async def send(self, data):
        if len(self.got) >= self.most:
            raise Gone
        self.got.append(data)


def sent(browser, threads, each):
    """Send `each` messages from every one of some threads at once; return what befell each thread."""
    left = []

    def send(outbox, name):
        try:
            for k in range(each):
                outbox.put(f"{name}:{k}" if k % 2 else b"%d:%d" % (name, k))
        except Gone:
            left.append(name)

    async def live():
        outbox = Outbox(asyncio.get_running_loop(), browser.send, Gone)
        workers = [threading.Thread(target=send, args=(outbox, name)) for name in range(threads)]
        for worker in workers:
            worker.start()
        while any(worker.is_alive() for worker in workers):
            await asyncio.sleep(0.001)
        await asyncio.sleep(10 * sending.SECONDS_TO_GATHER)
        for worker in workers:
            worker.join()
        return outbox

    return asyncio.run(live()), left


def test_all_messages_arrive_in_the_order_of_their_thread() -> None:
    browser = Browser()
    _, left = sent(browser, threads=4, each=500)
    assert not left
    told = [(data if isinstance(data, str) else data.decode()).split(":") for data in browser.got]
    for name in range(4):
        assert [int(k) for by, k in told if int(by) == name] == list(range(500))


def test_who_draws_does_not_wait_for_the_browser(monkeypatch) -> None:
    """A browser that takes nothing holds up no thread: all is put before the first message is taken."""
    monkeypatch.setattr(sending, "SECONDS_TO_GATHER", 0.05)
    browser = Browser()

    async def live():
        outbox = Outbox(asyncio.get_running_loop(), browser.send, Gone)
        for k in range(100):
            outbox.put(str(k))
        before = len(browser.got)
        await asyncio.sleep(0.3)
        return before

    assert asyncio.run(live()) == 0
    assert browser.got == [str(k) for k in range(100)]


def test_a_browser_that_has_gone_is_told_of() -> None:
    """Solara forgets a socket that says so; nothing is kept for it."""
    browser = Browser(most=3)
    outbox, _ = sent(browser, threads=1, each=20)
    assert len(browser.got) == 3
    with pytest.raises(Gone):
        outbox.put("late")
    assert not outbox._waiting


def test_what_is_written_in_one_turn_is_one_piece() -> None:
    class Transport:
        def __init__(self):
            self.pieces, self.is_closed = [], False

        def write(self, data):
            self.pieces.append(data)

        def is_closing(self):
            return self.is_closed

        def close(self):
            self.is_closed = True

    async def live():
        under = Transport()
        transport = GatheringTransport(under, asyncio.get_running_loop())
        for piece in (b"a", b"b", b"c"):
            transport.write(piece)
        await asyncio.sleep(0)
        transport.write(b"d")
        transport.write(b"e")
        transport.close()
        await asyncio.sleep(0)
        return under

    under = asyncio.run(live())
    assert under.pieces == [b"abc", b"de"]
    assert under.is_closed
