"""Words in pictures: read for real where the reader is installed, and nothing dangerous is opened."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from drawing import picture, png_bomb
from internet import Internet
from PIL import Image

from bot.judging.facts.find import NOT_INSTALLED, facts_from
from bot.judging.facts.reader import PictureReader, Unreadable, decoded, installed

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
needs_reader = pytest.mark.skipif(
    not installed(), reason="the extra is not installed: pip install 'social-oversight[ocr]'"
)


MEASURE = """
import resource, sys
from PIL import Image
from bot.judging.facts.reader import Unreadable, decoded
content = sys.stdin.buffer.read()
decoded(open(sys.argv[1], "rb").read())  # so that libraries are loaded before measuring
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    print(decoded(content).shape)
except Unreadable as error:
    print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(
    ("side", "said"), [(30_000, "million pixels"), (12_000, "million pixels"), (4097, "million pixels"), (4096, "1280")]
)  # fmt: skip
@pytest.mark.fault(28)
def test_no_picture_takes_100_megabytes(tmp_path: Path, side: int, said: str) -> None:
    content, small = png_bomb(side), tmp_path / "small.png"
    assert len(content) < 1_000_000
    small.write_bytes(picture("x"))
    command = [sys.executable, "-W", "ignore", "-c", MEASURE, str(small)]
    out = subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode().splitlines()
    assert said in out[0]
    assert int(out[1]) < 100, "megabytes"


@pytest.mark.parametrize(
    "content",
    [b"", b"no picture", b"\x1f\x8b" + bytes(100), picture("x")[:200], b"<svg xmlns='http://www.w3.org/2000/svg'/>",
     picture("x", kind="TIFF"), picture("x", kind="PDF")],
)  # fmt: skip
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        decoded(content)


def test_a_long_strip_gets_wider_paper() -> None:
    assert decoded(picture("x", size=(4000, 40))).shape == (320, 1280, 3)
    assert decoded(picture("x", size=(40, 4000))).shape == (1280, 320, 3)


def test_what_is_transparent_shows_white() -> None:
    stream = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(stream, "PNG")
    assert decoded(stream.getvalue()).min() == 255


@pytest.fixture(scope="module")
def reader() -> PictureReader:
    return PictureReader()


@needs_reader
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_words_are_read_from_every_kind_without_a_network(
    kind: str, reader: PictureReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the reader asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert reader.words(picture("FREE BEER today", "Call +1 207 555 0100", kind=kind)) == (
        "FREE BEER today\nCall +1 207 555 0100"
    )


@needs_reader
def test_a_picture_without_words_is_read_and_empty(reader: PictureReader) -> None:
    assert reader.words(picture()) == ""


@needs_reader
def test_pictures_are_fetched_and_read_once(net: Internet, reader: PictureReader) -> None:
    address = net.page("http://good.example/a.png", body=picture("Best in town"))
    facts = facts_from(net.network(), reader=reader)
    for _ in range(2):
        assert facts.pictures.of([address], NOW)[address].words == "Best in town"
    assert net.asked == ["GET good.example/a.png"]


def test_without_the_reader_nothing_is_fetched_and_the_mend_is_said(net: Internet) -> None:
    address = net.page("http://good.example/a.png", body=picture("x"))
    state = facts_from(net.network(), reader=None).pictures.of([address], NOW)[address]
    assert (state.words, state.reason) == (None, NOT_INSTALLED)
    assert "pip install 'social-oversight[ocr]'" in state.reason
    assert net.asked == []


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ({"status": 404}, "answered 404"),
        ({"status": 204}, "answered 204"),
        ({"body": b"<html>"}, "no picture"),
        ({"body": png_bomb(30_000)}, "million pixels"),
        ({"headers": {"Content-Length": "99999999"}}, "too large"),
        ({"headers": {"Content-Encoding": "gzip"}}, "packed"),
        ({"status": 302, "headers": {"Location": "http://169.254.169.254/"}}, "private network"),
    ],
)
def test_pictures_that_are_not_read_say_why(net: Internet, page: dict[str, object], reason: str) -> None:
    address = net.page("http://good.example/a.png", **page)
    state = facts_from(net.network(), reader=PictureReader()).pictures.of([address], NOW)[address]
    assert state.words is None
    assert reason in state.reason
