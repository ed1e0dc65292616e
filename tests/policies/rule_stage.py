"""What the tests of checks and of rules share."""

from pathlib import Path
from typing import Any

from rule_helpers import engine, found

from policies.engine import Context


def flags(
    tmp_path: Path, check: dict[str, Any], text: str, context: Context | None = None, **changes: Any
) -> bool:
    return bool(found(engine(tmp_path, {"check": check}), text, context, **changes))
