"""Each kind of check is used by a shipped rule, or shown by an example on its page that a rule may really say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.conditions import Condition
from policies.loader import load, shipped_packs

PAGES = sorted((Path(__file__).parents[2] / "docs" / "checks").glob("*.md"))
EXAMPLES = ["What stands in a file of examples.", "Another line of it.", "A third one."]


def examples(page: Path) -> list[dict[str, Any]]:
    """What stands under ``check`` in the page's YAML."""
    blocks = re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    return [block["check"] for block in map(yaml.safe_load, blocks) if "check" in block]


def with_files(check: Any) -> Any:
    """The loader puts the posts of a file in the place of its name; so does this."""
    if isinstance(check, dict):
        found = {key: with_files(value) for key, value in check.items()}
        if isinstance(found.get("posts"), str):
            found["posts"] = {"file": found["posts"], "like": EXAMPLES, "unlike": EXAMPLES}
        return found
    return [with_files(part) for part in check] if isinstance(check, list) else check


def kinds(condition: Condition) -> set[str]:
    return {part.kind for part in condition.walk() if isinstance(part, Condition)}


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.stem != "README"], ids=lambda page: page.stem
)
def test_each_page_has_an_example_that_is_no_mistake(page: Path) -> None:
    found = [Condition.model_validate(with_files(check)) for check in examples(page)]
    assert found
    if page.stem != "together":
        assert any(page.stem in kinds(condition) for condition in found)


def test_each_kind_is_in_a_shipped_rule_or_in_an_example() -> None:
    shipped = {part.kind for part in load(shipped_packs()).checks() if isinstance(part, Condition)}
    written = [check for page in PAGES for check in examples(page)]
    shown = {kind for check in written for kind in kinds(Condition.model_validate(with_files(check)))}
    assert set(Condition.model_fields) - shipped - shown == set()
