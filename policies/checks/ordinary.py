"""What any business says on an ordinary day: texts that no rule about meaning is after.

They stand beside each rule's own counter-examples, so that a rule knows not only what is nearly wrong, but also
what has nothing to do with it.
"""

from __future__ import annotations

from pathlib import Path

_FILE = Path(__file__).parents[1] / "packs" / "ordinary.txt"
#: Texts of every trade and mood, none of which a rule about meaning should find.
ORDINARY: tuple[str, ...] = tuple(line for line in _FILE.read_text(encoding="utf-8").splitlines() if line)
