"""The words for people: one catalogue for each language, and the one way to say something from it.

Code names what is to be said by a code with parameters; the sentences stand in ``<language>.po`` (gettext's
format, read by Babel). English is a catalogue like every other, and what another leaves out is said in English.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

ENGLISH = "en"
FOLDER = Path(__file__).parent
_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


def say(code: str, n: int | None = None, /, **parts: object) -> str:
    """What stands under this code in the language of the moment, with its parts put in.

    ``n`` chooses between singular and plural, and can be shown as ``{n}``. A code that no catalogue knows is
    said as it is: a letter with one odd word is better than no letter.
    """
    return pattern(code, n).format(n=n, **parts)


def pattern(code: str, n: int | None = None) -> str:
    """The same before its parts are put in: a format string of Python's."""
    spoken = catalogue(_language.get())
    found = spoken.gettext(code) if n is None else spoken.ngettext(code, code, n)
    return found if found != code else code.replace("{", "{{").replace("}", "}}")


def knows(code: str) -> bool:
    """Whether the English catalogue, and so every one, has this code."""
    return code in codes(ENGLISH)


def language() -> str:
    """The language of the moment, as in BCP 47."""
    return _language.get()


def speak(name: str) -> None:
    """Use a language from now on, within this thread and request."""
    _language.set(name)


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Use a language within a block."""
    token = _language.set(name)
    try:
        yield
    finally:
        _language.reset(token)


def languages() -> list[str]:
    """The languages that have a catalogue, by their codes."""
    return sorted(path.stem for path in FOLDER.glob("*.po"))


@cache
def catalogue(name: str) -> GNUTranslations:
    """A language's catalogue, with English behind it. Raises `FileNotFoundError` for a language without one."""
    from babel.messages.mofile import write_mo  # takes a tenth of a second, and commands start without it
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (FOLDER / f"{name}.po").open("rb") as written:
        write_mo(compiled, read_po(written, locale=None))
    compiled.seek(0)
    read = GNUTranslations(compiled)
    if name != ENGLISH:
        read.add_fallback(catalogue(ENGLISH))
    return read


@cache
def codes(name: str) -> frozenset[str]:
    """The codes that a language's own catalogue has."""
    from babel.messages.pofile import read_po

    with (FOLDER / f"{name}.po").open("rb") as written:
        messages = read_po(written)
    return frozenset(m.id if isinstance(m.id, str) else m.id[0] for m in messages if m.id)
