"""The table of docs/design.md: every module of the three rooms with what it says of itself.

Run it (`make docs`) to write the table again.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "design.md"
BEGIN, END = "<!-- from here -->\n", "<!-- to here -->\n"
ROOMS = ("policies", "storage", "bot")


def table() -> str:
    """One line for each module and folder that stands in a room."""
    rows = [f"| `{place}` | {said} |\n" for room in ROOMS for place, said in places(ROOT / room)]
    return "\n| where | what stands there |\n|---|---|\n" + "".join(rows) + "\n"


def places(room: Path) -> list[tuple[str, str]]:
    """(path from the root, what is said of it) for what stands in a room; the room itself comes first."""
    inside = [path for path in room.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()]
    there = sorted(path for path in inside if path.name != "__init__.py")
    return [_place(room), *map(_place, there)]


def _place(path: Path) -> tuple[str, str]:
    folder = path.is_dir()
    source = path / "__init__.py" if folder else path
    said = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
    first = " ".join(said.split("\n\n")[0].split())
    return f"{path.relative_to(ROOT)}{'/' * folder}", first.replace("``", "`").replace("|", "\\|")


def page() -> str:
    """The whole page with the table as it should be."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return before + BEGIN + table() + END + re.sub(r"\A.*?<!-- to here -->\n", "", rest, flags=re.DOTALL)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
