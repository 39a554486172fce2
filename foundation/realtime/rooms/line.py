"""The line to a browser, as uvicorn holds it, with short ways for what a room says to many and hears from many.

Uvicorn makes a frame of each message for each socket, and takes each message it hears through a queue, a task and back,
reading nothing meanwhile. In a room of fifty that is most of the work. Here a frame is made once for all sockets, and
what is heard is handed over where it arrived. It is uvicorn's `--ws` (see `serve` and deploy/). Under another server,
or where this is of no help (a busy line, a door that is being asked), rooms speak and hear as everybody does.
"""

from collections.abc import Callable
from socket import SO_LINGER, SOL_SOCKET
from struct import pack
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

# Where a socket finds its `Line`: among the `extensions` of its ASGI scope.
EXTENSION = "parvis.line"
# RFC 6455, 5.2: a binary message in one fragment; from a server: not masked.
WHOLE_BINARY = 0x82


def wire(payload: bytes) -> bytes:
    """A binary message as it goes over the line."""
    size = len(payload)
    if size < 126:
        return pack("!BB", WHOLE_BINARY, size) + payload
    if size < 65536:
        return pack("!BBH", WHOLE_BINARY, 126, size) + payload
    return pack("!BBQ", WHOLE_BINARY, 127, size) + payload


class Line(WebSocketsSansIOProtocol):
    """One connection. hear: what a socket does with a binary message at once; it answers whether it did."""

    hear: Callable[[bytes], bool] | None = None

    async def run_asgi(self) -> None:
        if not self.conn.extensions:
            # Compression makes each frame for its own line.
            self.scope["extensions"][EXTENSION] = self  # type: ignore[typeddict-item,index]
        await super().run_asgi()

    def say(self, message: dict[str, Any]) -> bool:
        """Send a binary message at once. False when that cannot be: the line is busy, or about to end."""
        if self.close_sent or not self.writable.is_set() or self.transport.is_closing():
            return False
        frame = message.get("wire")
        if frame is None:
            frame = message["wire"] = wire(message["bytes"])
        self.transport.write(frame)
        return True

    def cut(self) -> None:
        """End it now, whatever was not read. Nothing when it has ended."""
        if self.disconnected:
            return
        # Or else the system goes on offering what nobody reads.
        self.transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
        self.transport.abort()

    def keepalive_timeout(self) -> None:
        """Nobody answers any more: end it, and say so to who may read it yet."""
        super().keepalive_timeout()
        # What waits to be read would hold the line open, and whoever slept on it would be shown as present.
        if self.transport.get_write_buffer_size():
            self.cut()

    def send_receive_event_to_app(self) -> None:
        """What was heard: to the socket at once, unless something heard before still waits."""
        if self.hear is not None and not self.read_paused and self.curr_msg_data_type == "bytes":
            data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
            if not self.close_sent and self.hear(data):
                self.frames = []
                return
        super().send_receive_event_to_app()
