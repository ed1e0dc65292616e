"""The faults that the program must survive, and docs/faults.md made of them and of the tests marked with their numbers.

Run it (`make docs`) to write the page again.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "faults.md"
HEAD = """\
# Faults and attacks

What may happen, what must come of it, and the tests that really do it: they kill the process, fill the disk, run the
server that misbehaves. A test that does a line carries its number (`@pytest.mark.fault(4)`); this page is made from
those marks by `make docs`, and a test holds that it is current.

| # | What happens | What must come of it | Done by |
|---|---|---|---|
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One line of the page."""

    happens: str
    outcome: str
    unbuilt: str = ""  #: why no test does it yet


FAULTS = {
    1: Fault(
        happens="The process is killed (SIGKILL) at fifty random points of a poll",
        outcome="After a restart nothing is lost and nothing doubled, and the store is sound",
    ),
    2: Fault(
        happens="It is killed between a page and its cursor",
        outcome="The same posts; the cursor is never ahead of what is stored",
    ),
    3: Fault(
        happens="It is killed before it speaks to the mail server", outcome="One message after the restart"
    ),
    4: Fault(
        happens="The line breaks after the text of a mail has begun to leave",
        outcome="A digest is *uncertain* and goes again only when a person says so, under the same Message-ID",
    ),
    5: Fault(
        happens="The mail server says 421 and later yes; it says 550",
        outcome="One accepted message after a pause; a dead letter after one try, and the owner's page says so",
    ),
    6: Fault(
        happens="Two daemons work on one store",
        outcome="One digest for a brand and period, one mail; the second daemon refuses to start",
    ),
    7: Fault(
        happens="Digests at 00:15, 01:30 and 02:30 on the days when clocks change, in four time zones",
        outcome="Once for each local date",
    ),
    8: Fault(happens="The service is down for three days", outcome="One digest with everything, no storm"),
    9: Fault(happens="The clock goes back an hour", outcome="No second digest"),
    10: Fault(
        happens="The disk is full",
        outcome="Health is red, nothing is corrupt, and it goes on by itself when there is room",
    ),
    11: Fault(happens="The power fails", outcome="Every decision that was acknowledged is there"),
    12: Fault(
        happens="Eight processes take 1,000 decisions each",
        outcome="Nobody hears “locked”, each decision is in the audit log, and its chain verifies",
    ),
    13: Fault(
        happens="A worker dies while it holds an account",
        outcome="The work is free when its lease ends, and never done by two at once",
    ),
    14: Fault(
        happens="A database server restarts in the middle of a batch",
        outcome="Nothing is lost, and work goes on within a minute",
        unbuilt="the store is a file; there is no database server yet",
    ),
    15: Fault(
        happens="A platform says 429 with a time",
        outcome="No call before that time; other accounts keep their pace",
    ),
    16: Fault(
        happens="A platform or mail server takes the connection and never answers",
        outcome="The worker is free within 30 seconds, and the digest says that the account was not read",
    ),
    17: Fault(
        happens="JSON that is cut, cursors that repeat, pages out of order, posts changed between two pages",
        outcome="No loop, nothing lost, and revisions are kept",
    ),
    18: Fault(
        happens="Patterns and texts that hurt engines which backtrack",
        outcome="Refused with file and line, or matched in linear time",
    ),
    19: Fault(
        happens="YAML with deep nesting, aliases that explode, 50 MB, tags that run code",
        outcome="Refused at once, in 20 MB of memory",
    ),
    20: Fault(
        happens="Words in disguise: homoglyphs, zero-width characters, leet, spaced letters",
        outcome="Most are caught, and clean texts of the world are flagged no more than before",
    ),
    21: Fault(
        happens="Script, `javascript:`, direction controls and line breaks in posts and names",
        outcome="Inert in mails and pages: a browser shows no dialog, no header is injected",
    ),
    22: Fault(
        happens="Cells of a CSV file that begin with = + - @ or a tab",
        outcome="They are text, and survive the way back",
    ),
    23: Fault(
        happens="Line breaks and escape codes in a post", outcome="One line of JSON in the log, no raw escape"
    ),
    24: Fault(
        happens="A scanner opens a link twenty times before the person does",
        outcome="Nothing has changed, and the person's form works",
    ),
    25: Fault(
        happens="A link is altered, too old, for another purpose or brand, or revoked",
        outcome="The same refusal for all; a rotated key opens during the overlap; no token in logs or address bar",
    ),
    26: Fault(
        happens="A form comes from another site, without our tokens, or twice",
        outcome="Refused, refused, one decision",
    ),
    27: Fault(
        happens="A link in a post leads into our own network, by address, name or redirect",
        outcome="Not one packet goes there",
    ),
    28: Fault(
        happens="A picture of 30,000 by 30,000 points, a bomb in gzip",
        outcome="Refused before it is unpacked, under 100 MB",
    ),
    29: Fault(
        happens="A person asks to be forgotten",
        outcome="No trace in the store, its index, mails, logs and backups; the audit log keeps a hash",
        unbuilt="there is no such command yet",
    ),
    30: Fault(
        happens="A backup is made while others write, and is put back",
        outcome="It is whole, and nothing that was sent is sent again",
    ),
    31: Fault(
        happens="Secrets stand in settings, errors and tracebacks",
        outcome="They stand nowhere in logs, mails, pages or in what objects say of themselves",
    ),
    41: Fault(
        happens="Two hundred connections, from one address or many, say nothing or a byte a second",
        outcome="Pages for others come as before, /healthz too, and each of the crowd is let go in time",
    ),
    42: Fault(
        happens="A platform answers with a bomb in gzip, in layers, with countless parts, or a byte a second",
        outcome="Cut off while it is unpacked, with a plain error: under 200 MB, under two seconds of work",
    ),
    44: Fault(
        happens="Ten thousand notices stand in one outbox",
        outcome="Pages, health and metrics count them, and show the newest",
    ),
    43: Fault(
        happens="Somebody is taken out of brand.yaml while the service runs; the file loses its owner, or is gone",
        outcome="Their links, sessions and waiting mails end at once; without an owner nobody is mailed, health is red",
    ),
    45: Fault(
        happens="Somebody reads the store or one of its backups",
        outcome="No link in it opens anything: letters get the keys of their links when they leave, the same each time",
    ),
}


def page() -> str:
    """The page's text."""
    done = tests()
    lines = [_line(number, fault, done.get(number, [])) for number, fault in FAULTS.items()]
    return HEAD + "".join(lines)


def _line(number: int, fault: Fault, done_by: list[tuple[str, str]]) -> str:
    files: dict[str, list[str]] = defaultdict(list)
    for path, name in done_by:
        files[path].append(name.removeprefix("test_").replace("_", " "))
    links = [f"[{Path(path).stem}](../{path}): {', '.join(names)}" for path, names in files.items()]
    proof = "<br>".join(links) or f"not yet: {fault.unbuilt}"
    return f"| {number} | {fault.happens} | {fault.outcome} | {proof} |\n"


def tests() -> dict[int, list[tuple[str, str]]]:
    """The tests marked with each number: (path from the root, name), in the order of the files."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name, number in _marks(ast.parse(path.read_text(encoding="utf-8"))):
            found[number].append((str(path.relative_to(ROOT)), name))
    return found


def _marks(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in tree.body:
        for mark in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fault":
                yield from ((node.name, ast.literal_eval(number)) for number in mark.args)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
