"""Unpacks what a server sent, piece by piece, counting what comes out: a bomb is cut off before it goes off."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

ASKED_FOR = "gzip, deflate"  #: what we tell servers that we can unpack
_PLAIN = frozenset({"", "identity"})
_MOST_LAYERS = 2  #: packings around one another; servers use one
_PIECE = 65536


class TooMuch(OSError):
    """There is more in it than any page holds."""


class _Tool(Protocol):
    @property
    def unconsumed_tail(self) -> bytes: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def eof(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def unpacked(pieces: Iterable[bytes], encoding: str, most: int) -> bytes:
    """The body as it was before it was packed, as the Content-Encoding header says (RFC 9110 §8.4).

    Raises `TooMuch` where the body, or what lies between two layers of packing, has more than ``most`` bytes;
    another `OSError` where it is packed in a way that nobody asked for, or is cut.
    """
    layers = [name for part in encoding.split(",") if (name := part.strip().lower()) not in _PLAIN]
    if len(layers) > _MOST_LAYERS:
        raise TooMuch("the answer is packed too often")
    body = _counted(pieces, most)
    for layer in reversed(layers):
        body = _counted(_opened(body, layer), most)
    return b"".join(body)


def _counted(pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > most:
            raise TooMuch("the answer is larger than any page")
        yield piece


def _opened(pieces: Iterable[bytes], layer: str) -> Iterator[bytes]:
    tool: _Tool | None = None
    try:
        for piece in pieces:
            tool = tool or _tool(layer, piece)
            yield from _pieces(tool, piece)
    except zlib.error as error:
        raise OSError("the answer is not packed as it says") from error
    if tool and (not tool.eof or tool.unused_data):
        raise OSError("the answer is cut, or has something behind its end")


def _pieces(tool: _Tool, packed: bytes) -> Iterator[bytes]:
    """What comes out of one piece, never more than a little at a time."""
    while True:
        out = tool.decompress(packed, _PIECE)
        if out:
            yield out
        packed = tool.unconsumed_tail
        if not packed and len(out) < _PIECE:
            return


def _tool(layer: str, beginning: bytes) -> _Tool:
    if layer in ("gzip", "x-gzip"):
        return zlib.decompressobj(16 + zlib.MAX_WBITS)
    if layer == "deflate":  # with zlib's header as the standard says, or without it as some servers do
        bare = (beginning[0] & 0x0F) != zlib.DEFLATED
        return zlib.decompressobj(-zlib.MAX_WBITS if bare else zlib.MAX_WBITS)
    raise OSError(f"the answer is packed as {layer!r}, which nobody asked for")
