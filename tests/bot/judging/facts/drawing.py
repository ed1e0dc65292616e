"""Pictures drawn for the tests."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageDraw, ImageFont


def picture(*lines: str, kind: str = "PNG", size: tuple[int, int] = (900, 500)) -> bytes:
    """Black letters on white."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((60, 60 + 110 * number), line, font=ImageFont.load_default(64), fill="black")
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


def png_bomb(side: int) -> bytes:
    """A small PNG file whose header promises a picture of this size; its lines are there, all black."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    packer = zlib.compressobj(9)
    line = bytes(1 + side // 8 + 1)
    lines = b"".join(packer.compress(line) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    end = chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + end
