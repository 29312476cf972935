"""Gives the demonstration one address: passes every call on to the part that its path belongs to.

A real installation has a proxy for this (`deploy/nginx`). Here a thread of the supervisor does it, so that the
demonstration needs no program that pip does not have, and no process more. It carries one call per connection:
the part closes it afterwards, so what follows a first call can never reach another part than it belongs to.
"""

import asyncio
import contextlib
import re
import socket
import threading
from collections.abc import Mapping
from typing import Final

_MAX_HEAD: Final = 64 * 1024
_CHUNK: Final = 64 * 1024
# Seconds for the head of a call; a browser opens connections ahead, and those may wait.
_HEAD_WITHIN: Final = 65.0
_CONNECT_WITHIN: Final = 5.0
# After the answer, what is still being sent is read and thrown away this long, so that the answer arrives.
_LINGER: Final = 2.0
_REQUEST_LINE = re.compile(rb"[A-Z]+ (/[\x21-\x7e]*) HTTP/1\.[01]")
_CONNECTION = re.compile(rb"\r\n(?:connection|keep-alive|upgrade)[ \t]*:[^\r\n]*", re.IGNORECASE)


class Front:
    """A server on one loopback port; `parts` says at which port each beginning of a path is answered.

    The longest beginning counts; `parts` has "/" too.
    """

    def __init__(self, port: int, parts: Mapping[str, int]) -> None:
        self.port = port
        self.parts = sorted(parts.items(), key=lambda part: -len(part[0]))
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server
        self._thread = threading.Thread(target=self._loop.run_forever, name="voordeur", daemon=True)

    def start(self) -> None:
        """Starts to listen. Raises OSError when the port is taken."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def stop(self) -> None:
        """Stops, in the middle of calls too; harmless when it was not started."""
        if not self._thread.is_alive():
            return
        with contextlib.suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, limit=_MAX_HEAD, reuse_address=True, backlog=512
        )

    async def _end(self) -> None:
        self._server.close()
        calls = asyncio.all_tasks() - {asyncio.current_task()}
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carries one call and its answer, and closes the connection."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.TimeoutError):
            try:
                head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _HEAD_WITHIN)
            except asyncio.LimitOverrunError:
                head = b""
            line = _REQUEST_LINE.fullmatch(head.partition(b"\r\n")[0])
            if line is None:
                await self._answer(writer, b"400 Bad Request", "Deze aanroep is niet te lezen.")
            else:
                await self._pass_on(self._port_of(line[1].decode()), _closing(head), reader, writer)
        writer.close()

    def _port_of(self, path: str) -> int:
        return next(port for beginning, port in self.parts if path.startswith(beginning))

    async def _pass_on(
        self, port: int, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        # A bare socket: a stream that fails to send forgets the answer that had come already.
        with socket.socket() as part:
            part.setblocking(False)
            try:
                await asyncio.wait_for(self._loop.sock_connect(part, ("127.0.0.1", port)), _CONNECT_WITHIN)
                await self._loop.sock_sendall(part, head)
            except OSError:
                text = "Dit onderdeel van het portaal start net. Probeer het over een paar seconden opnieuw."
                await self._answer(writer, b"503 Service Unavailable", text)
                return
            sending = asyncio.create_task(self._send(reader, part))
            try:
                with contextlib.suppress(ConnectionResetError):
                    while data := await self._loop.sock_recv(part, _CHUNK):
                        writer.write(data)
                        await writer.drain()
                if writer.can_write_eof():
                    writer.write_eof()
                # Closing with something unread would break off what the caller has not read yet.
                await asyncio.wait({sending}, timeout=_LINGER)
            finally:
                sending.cancel()

    async def _send(self, reader: asyncio.StreamReader, part: socket.socket) -> None:
        """Sends on what the caller sends; when the part wants no more, reads the rest and throws it away."""
        wanted = True
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                try:
                    if wanted:
                        await self._loop.sock_sendall(part, data)
                except OSError:
                    wanted = False

    @staticmethod
    async def _answer(writer: asyncio.StreamWriter, status: bytes, text: str) -> None:
        body = text.encode()
        writer.write(
            b"HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"
            b"Cache-Control: no-store\r\nConnection: close\r\n\r\n%s" % (status, len(body), body)
        )
        await writer.drain()


def _closing(head: bytes) -> bytes:
    """Gives the head with a request to close the connection after the answer."""
    start, rest = _CONNECTION.sub(b"", head).split(b"\r\n", 1)
    return start + b"\r\nConnection: close\r\n" + rest
