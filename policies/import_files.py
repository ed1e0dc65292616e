"""Files of posts as people have them: JSON lines, a list in JSON, a table, or plain text; each post with its line.

What a file is stands in its bytes, not in its name. Whatever is of another form is refused with what it seems to be,
so that neither a table nor an archive of a platform is ever judged as if its lines were texts to publish.
"""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from policies.import_format import (
    FIELDS,
    BadLine,
    Fill,
    PostLine,
    characters,
    decoded,
    post_of,
    post_of_text,
    read_lines,
    read_post,
)


class Plain(StrEnum):
    """What a file is that holds neither JSON nor a table."""

    NO_POSTS = "no posts"
    ONE_A_LINE = "one a line"  #: each line is a text
    IN_PARTS = "in parts"  #: one text, or several with lines of --- between them


_AS_LINES = "write each post as a JSON object on a line of its own"
_START = 2_000  #: characters at the start of a file that tell its form
_JSON_LINE = re.compile(r"^[\s\ufeff]*\{\s*(?:[\"'}]|$)", re.MULTILINE)
_LIST = re.compile(r"\[\s*(?:\{\s*(?:[\"'}]|$)|\]\s*\Z|\"|\[\s*[\"{])")
#: How files start that are something else, as they read once decoded, and what they are called.
_FOREIGN = (
    (re.compile(r"[\w.$ ]{1,80}=\s*[\[{]"), f"is a script, such as the archive of a platform; {_AS_LINES}"),
    (re.compile(r"<(?:\?xml|!doctype|html|feed|rss)\b", re.IGNORECASE), f"is HTML or XML; {_AS_LINES}"),
    (
        re.compile(r"\{\\rtf|%PDF-|PK[\x03\x05]|\x1f?\udc8b|\udc89PNG|\udcff\udcd8\udcff|GIF8"),
        f"is a document, a picture or an archive; {_AS_LINES}",
    ),
)
_WIDE = (BOM_UTF16_LE, BOM_UTF16_BE)
_NEXT = re.compile(r"\}\s*,\s*(?=\{)")  # where a list may go on after something in it that cannot be read
_GAP = re.compile(r"[\s,]*")
_GUARDED = re.compile("'[=+@'-]")  # how our own tables keep spreadsheets from seeing formulas
_COLUMN = re.compile(r"[^\W\d][\w .#/()-]{0,59}")


def read_posts(
    content: bytes, *, now: datetime | None = None, plain: Plain = Plain.NO_POSTS
) -> Iterator[PostLine]:
    """The posts of a file, and what is wrong with the lines that hold none.

    With ``now`` (UTC) a post needs no more than its text; ``plain`` says how plain text is parted then.
    """
    content = re.sub(rb"\r\n?", b"\n", content)
    # Bytes that are no UTF-8 become lone surrogates, so that just the lines with them are refused.
    text = content.removeprefix(BOM_UTF8).decode("utf-8", "surrogateescape")
    start = text[:_START].lstrip()
    if problem := _not_ours(content, start):
        yield PostLine(number=1, post=None, problem=problem)
    elif _LIST.match(start):
        yield from _from_list(text, now)
    elif (delimiter := _delimiter(text)) and not _JSON_LINE.search(text):
        yield from _from_table(text, delimiter, now)
    elif now and plain is Plain.ONE_A_LINE:
        yield from _from_mixed(content, now)
    elif now and plain is Plain.IN_PARTS and not _JSON_LINE.search(text):
        yield from _from_parts(content, now)
    else:
        yield from read_lines(content.split(b"\n"), now=now)


def _not_ours(content: bytes, start: str) -> str | None:
    """What a file is that cannot be read as a whole."""
    foreign = next((problem for form, problem in _FOREIGN if form.match(start)), None)
    if not foreign and (content.startswith(_WIDE) or b"\0" in content[:64]):
        return "is not UTF-8 but seems to be UTF-16 or no text at all; save it with the encoding UTF-8"
    return foreign


def _from_list(text: str, now: datetime | None) -> Iterator[PostLine]:
    """The objects of a list in JSON. After one that cannot be read the next that follows a comma is tried."""
    place, line, counted = text.index("[") + 1, 1, 0
    number = 0
    while True:
        place = _skip(text, place)
        line, counted = line + text.count("\n", counted, place), place
        if text[place : place + 1] == "]":
            return
        number += 1
        try:
            data, place = decoded(text, place)
            post = post_of(_sound(data, text[counted:place]), _fill(number, now))
            yield PostLine(number=line, post=post)
        except BadLine as error:
            yield PostLine(number=line, post=None, problem=str(error))
            following = _NEXT.search(text, counted) if place == counted else None
            if place == counted and following is None:
                return
            place = following.end() if following else place


def _skip(text: str, place: int) -> int:
    gap = _GAP.match(text, place)
    return gap.end() if gap else place


def _sound(data: object, written: str) -> object:
    characters(written.encode("utf-8", "surrogateescape"))
    return data


def _delimiter(text: str) -> str | None:
    """What stands between the cells where the text is a table: a head of short names, and a row as wide."""
    lines = [line for line in text[: 50 * _START].split("\n") if line.strip()][:2]
    for delimiter in ",;\t" if lines else "":
        head, *rows = csv.reader(lines, delimiter=delimiter)
        named = sum(name.casefold() in FIELDS for name in head)
        if len(head) < 2 or not all(_COLUMN.fullmatch(name) and name == name.strip() for name in head):
            continue
        if named >= 2 or (rows and (named or len(head) > 2) and len(rows[0]) == len(head)):
            return delimiter
    return None


def _from_table(text: str, delimiter: str, now: datetime | None) -> Iterator[PostLine]:
    """The rows of a table whose columns are fields of the import format."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = [name.strip().casefold() for name in next(rows)]
    if "text" not in names:
        problem = (
            f"is a table without a column `text`; name its columns as the import format does, or {_AS_LINES}"
        )
        yield PostLine(number=1, post=None, problem=problem)
        return
    ended = 1
    while True:
        number, ended = ended + 1, 0
        try:
            cells = next(rows)
            if any(cell.strip() for cell in cells):
                yield PostLine(number=number, post=post_of(_row(names, cells), _fill(number, now)))
        except StopIteration:
            return
        except (BadLine, csv.Error) as error:
            yield PostLine(number=number, post=None, problem=str(error))
        ended = rows.line_num


def _row(names: list[str], cells: list[str]) -> Mapping[str, object]:
    if len(cells) > len(names):
        raise BadLine(f"has {len(cells)} cells where the table has {len(names)} columns")
    characters("".join(cells).encode("utf-8", "surrogateescape"))
    return {name: _cell(name, cell) for name, cell in zip(names, cells, strict=False) if cell.strip()}


def _cell(name: str, cell: str) -> object:
    if name in ("raw", "media", "stars"):
        return decoded(cell.strip(), 0)[0]
    return cell[1:] if _GUARDED.match(cell) else cell


def _from_mixed(content: bytes, now: datetime) -> Iterator[PostLine]:
    """Each line for itself: an object, or a text."""
    for number, line in enumerate(content.split(b"\n"), 1):
        fill = Fill(number=number, now=now)
        try:
            text = characters(line).strip()
            if text:
                post = read_post(text, fill) if text.startswith("{") else post_of_text(text, fill)
                yield PostLine(number=number, post=post)
        except BadLine as error:
            yield PostLine(number=number, post=None, problem=str(error))


def _from_parts(content: bytes, now: datetime) -> Iterator[PostLine]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        yield PostLine(number=number, post=None, problem="is not UTF-8")
        return
    for number, part in enumerate(text.split("\n---\n"), 1):
        if part.strip():
            yield PostLine(number=number, post=post_of_text(part.strip(), Fill(number=number, now=now)))


def _fill(number: int, now: datetime | None) -> Fill | None:
    return Fill(number=number, now=now) if now else None
