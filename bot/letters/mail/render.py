"""Lays a letter out as HTML that mail programs keep intact, and as plain text that says the same."""

from __future__ import annotations

import binascii
import textwrap
from dataclasses import dataclass, replace
from functools import cache

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from bot.letters.mail.chart import draw
from bot.letters.model import Letter, Quote, Section, Table
from bot.letters.untrusted import FSI, PDI, isolate
from bot.words import language, say

LIMIT = 100_000  #: bytes of HTML, also as transferred; Gmail cuts a mail off at about 102 KB
CHART_ID = "days"  #: local part of the chart's Content-ID
_SCALES = (1.0, 0.7, 0.5, 0.35, 0.2, 0.1, 0.0)  #: shares of the entries that are tried until the size fits
_COLUMNS = 76  #: of the plain text


class TooLarge(ValueError):
    """The letter does not fit the limit even without its lists. Its links or names are absurdly long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A letter with its layout, ready to be put into a message."""

    subject: str
    html: str
    text: str
    chart: bytes | None = None  #: PNG, shown by the HTML as ``cid:days``


def render(letter: Letter, limit: int = LIMIT) -> Rendered:
    """The letter as HTML of at most ``limit`` bytes, and as text with the same entries.

    Lists are cut, and say what is left out, until the HTML fits. Raises `TooLarge`.
    """
    for scale in _SCALES:
        cut = shortened(letter, scale)
        html = _html(cut)
        if transferred(html) <= limit:
            chart = draw(letter.chart) if letter.chart else None
            return Rendered(subject=letter.subject, html=html, text=_text(cut), chart=chart)
    raise TooLarge(f"the mail is {transferred(html):,} bytes without its lists, more than {limit:,}")


def transferred(html: str) -> int:
    """Bytes on the wire, in quoted-printable, or as UTF-8 where that is more."""
    raw = html.encode()
    return max(len(raw), len(binascii.b2a_qp(raw)))


def shortened(letter: Letter, scale: float) -> Letter:
    """The letter with that share of each section's entries; what is left out is counted as more."""
    if scale >= 1:
        return letter
    return replace(letter, sections=tuple(_shortened(section, scale) for section in letter.sections))


def _shortened(section: Section, scale: float) -> Section:
    keep = int(len(section.entries) * scale)
    left_out = len(section.entries) - keep
    return replace(section, entries=section.entries[:keep], more=section.more + left_out)


def isolated(text: str) -> Markup:
    """Escaped text in which the isolates around foreign names became elements, which mail programs keep."""
    return Markup(escape(text).replace(FSI, Markup("<bdi>")).replace(PDI, Markup("</bdi>")))  # noqa: S704


def quoted_text(quote: Quote) -> str:
    """A quote in plain text, its marked words between asterisks."""
    shown = "".join(f"*{part.text}*" if part.marked else part.text for part in quote.parts)
    return _wrapped(isolate(shown.strip()), "    | ")


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text,
        width=_COLUMNS,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _columns(table: Table) -> str:
    """A table in plain text, numbers to the right."""
    lines = [table.head, *table.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("bot.letters.mail"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_=say, language=language)
    environment.filters.update(isolated=isolated, quoted=quoted_text, wrapped=_wrapped, columns=_columns)
    return environment


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)


def _html(letter: Letter) -> str:
    page = _environment().get_template("letter.html").render(letter=letter, chart_id=CHART_ID)
    return str(_inliner().inline(page))


def _text(letter: Letter) -> str:
    return _environment().get_template("letter.txt").render(letter=letter).rstrip() + "\n"
