"""The packs that come with the program."""

from __future__ import annotations

from pathlib import Path

SHIPPED = Path(__file__).parent / "packs"
#: Packs that judge where a brand names none.
DEFAULT_PACKS: tuple[str, ...] = (
    "starter",
    "customer-care",
    "relationships",
    "privacy",
    "advertising-disclosure",
)


def shipped_packs() -> tuple[str, ...]:
    """Their names, sorted."""
    return tuple(sorted(path.name for path in SHIPPED.iterdir() if (path / "pack.yaml").is_file()))
