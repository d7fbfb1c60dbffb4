"""A bounded load of HTTP requests on loopback, cheap enough to leave the processor to the server."""

from __future__ import annotations

import asyncio
import itertools
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

CONNECTIONS = 16
PATIENCE = 120  # seconds for a server to come up


@dataclass(frozen=True, slots=True)
class Load:
    """Requests for these paths, in turn, to a port on loopback."""

    port: int
    paths: Sequence[str]

    def requests(self) -> list[bytes]:
        """The requests as they are sent."""
        head = f"HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n"
        return [f"GET {path} {head}".encode() for path in self.paths]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def saturate(load: Load, count: int) -> float:
    """Send `count` requests as fast as they are answered; the requests per second."""
    started = time.perf_counter()
    asyncio.run(_saturate(load, count))
    return count / (time.perf_counter() - started)


def steady(load: Load, rate: float, seconds: float) -> list[float]:
    """Send requests at a rate; the seconds that each took from when it was due, so that waiting counts."""
    return asyncio.run(_steady(load, rate, seconds))


async def _saturate(load: Load, count: int) -> None:
    turn = itertools.islice(itertools.cycle(load.requests()), count)
    await asyncio.gather(*(_answer_all(load.port, turn) for _ in range(CONNECTIONS)))


async def _answer_all(port: int, turn: Iterator[bytes]) -> None:
    reader, writer = await _connect(port)
    for request in turn:
        writer.write(request)
        await _read_answer(reader)
    writer.close()
    await writer.wait_closed()


async def _steady(load: Load, rate: float, seconds: float) -> list[float]:
    requests = itertools.cycle(load.requests())
    due: asyncio.Queue[float | None] = asyncio.Queue()
    took: list[float] = []

    async def send() -> None:
        reader, writer = await _connect(load.port)
        while (moment := await due.get()) is not None:
            writer.write(next(requests))
            await _read_answer(reader)
            took.append(time.perf_counter() - moment)
        writer.close()
        await writer.wait_closed()

    senders = [asyncio.create_task(send()) for _ in range(CONNECTIONS)]
    await asyncio.sleep(0.2)  # let them connect
    started = time.perf_counter()
    for number in range(int(rate * seconds)):
        moment = started + number / rate
        wait = moment - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        due.put_nowait(moment)
    for _ in senders:
        due.put_nowait(None)
    await asyncio.gather(*senders)
    return took


async def _connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            if time.monotonic() > ends:
                raise
            await asyncio.sleep(0.1)


async def _read_answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode(errors="replace"))
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    await reader.readexactly(length)
