"""Reads the words in a picture with rapidocr, whose models come in its own package. Needs the extra ``ocr``."""

from __future__ import annotations

import io
import threading
from importlib.util import find_spec
from typing import Any

INSTALL = "pip install 'social-oversight[ocr]'"
MOST_PIXELS = 4096 * 4096  #: the largest that platforms serve; decoded it takes 50 MB
_SIDE = 1280  #: pixels; a larger picture is made smaller: twice the side takes four times the memory and time
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


class Unreadable(Exception):
    """A picture that is not read; the message says why, as part of a sentence."""


def installed() -> bool:
    """Whether the extra that reads pictures is there."""
    return find_spec("rapidocr") is not None and find_spec("PIL") is not None


class PictureReader:
    """Reads one picture at a time; the models are opened for the first one."""

    def __init__(self) -> None:
        self._engine: Any = None
        self._lock = threading.Lock()

    def words(self, content: bytes) -> str:
        """The words in a picture, line by line. Raises `Unreadable`."""
        pixels = decoded(content)
        with self._lock:
            self._engine = self._engine or _opened()
            lines = self._engine(pixels).txts
        return "\n".join(lines or ())


def _opened() -> Any:
    from rapidocr import RapidOCR

    # One thread: a picture may take a second, the machine has other work.
    quiet = {"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 1}
    return RapidOCR(params=quiet)


def decoded(content: bytes) -> Any:
    """A picture as an array of pixels in OpenCV's order. What is too large is refused by its header alone."""
    import numpy as np
    from PIL import Image

    try:
        picture = Image.open(io.BytesIO(content), formats=_FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise Unreadable(f"it has more than {MOST_PIXELS // 1_000_000} million pixels")
        picture.draft("RGB", (_SIDE, _SIDE))  # lets JPEG be decoded small at once
        picture.thumbnail((_SIDE, _SIDE))
        return np.asarray(_on_white(picture))[:, :, ::-1].copy()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable(f"it has more than {MOST_PIXELS // 1_000_000} million pixels") from error
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError) as error:
        raise Unreadable("it is no picture that can be opened") from error


def _on_white(picture: Any) -> Any:
    """RGB on white paper that is at most four times as long as wide.

    What is transparent shows the paper, as on pages. A long strip would be enlarged by the reader until it takes
    gigabytes, so the paper is wider than the strip.
    """
    from PIL import Image

    seen = picture.convert("RGBA") if picture.has_transparency_data else picture.convert("RGB")
    narrowest = max(seen.size) // 4
    paper = Image.new("RGB", (max(seen.width, narrowest), max(seen.height, narrowest)), "white")
    paper.paste(seen, mask=seen if seen.mode == "RGBA" else None)
    return paper
