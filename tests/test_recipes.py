"""CONTRIBUTING.md's three recipes, followed to the letter: they fail here when they no longer fit the code."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from recipe_copy import changed, ran

from benchmarks import structure
from bot import connectors
from policies import casetest
from policies.loader import load
from policies.platforms import PLATFORMS
from policies.rules import Rule

ROOT = Path(__file__).resolve().parents[1]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`([\w./<>]+/[\w./<>]*)`", CONTRIBUTING)
FIELDS = ("id", "title", "topic", "severity", "why", "say", "suggest")

RULE = """\
rules:
  - id: no-{word}s
    title: Speaks of a {word}
    topic: example
    severity: breach
    why: Only a recipe.
    say: "Speaks of a {word}: {{words}}"
    suggest: Leave it out.
    check:
      {check}
    cases:
      flag: [Here is a {word}., "A {word}, please", "{word}!"]
      ok: [Here is bread., "A bun, please", Good morning!]
"""

CHECK_MODULE = '''"""How many letters Q stand in a text.

```yaml
check:
  letter_q: {at_least: 1}
```
"""

from policies.checks.base import Outcome, PostCheck, found, missed
from policies.view import View


class LetterQ(PostCheck):
    """Counts the letter Q."""

    at_least: int = 1
    """How many there must be."""

    def look(self, view: View) -> Outcome:
        count = view.text.lower().count("q")
        return found(f"{count} Q") if count >= self.at_least else missed("too few")
'''


@pytest.mark.parametrize("path", [p for p in NAMED if "<" not in p])
def test_every_path_that_the_recipes_name_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_the_recipes_name_what_they_change() -> None:
    for words in ("SITES", "site.py", "CHANNELS", "way.py", "login.py", "fake", "Condition", *FIELDS):
        assert words in CONTRIBUTING, words


# --- a connector ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", connectors.SITES)
def test_every_connector_followed_the_recipe(platform: str) -> None:
    folder = ROOT / "bot" / "connectors" / platform
    for name in ("site.py", "login.py", "connector.py", "normalize.py", "fake/__init__.py", "README.md"):
        assert (folder / name).is_file()
    assert connectors.SITES[platform] == f"bot.connectors.{platform}"
    assert connectors.site_of(platform).name == platform
    assert platform in PLATFORMS


# --- a check -------------------------------------------------------------------------------------------------


def test_a_check_is_a_module_and_a_line_in_the_table(tmp_path: Path) -> None:
    """Followed in a copy, with a pack that uses the new check."""
    for folder in ("policies", "docs"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "policies" / "checks" / "letter_q.py").write_text(CHECK_MODULE)
    table = tmp_path / "policies" / "conditions.py"
    text = table.read_text(encoding="utf-8")
    field, line = "    terms: Terms | None = None\n", "from policies.checks.terms import Terms\n"
    assert text.count(field) == text.count(line) == 1
    text = text.replace(field, f"{field}    letter_q: LetterQ | None = None\n")
    table.write_text(
        text.replace(line, f"{line}from policies.checks.letter_q import LetterQ\n"), encoding="utf-8"
    )
    pack(tmp_path / "pack", RULE.format(word="quiche", check="letter_q: {at_least: 1}"))
    tried = ran(tmp_path, "-c", "from bot.cli import main; main()", "policy", "test", "--pack", "pack")
    assert "1 rules, 6 of 6 cases hold, 0 not run." in tried
    ran(tmp_path, "-m", "policies.manual", "docs")
    assert "How many letters Q" in (tmp_path / "docs" / "checks" / "letter_q.md").read_text(encoding="utf-8")
    assert set(structure.recipes()["check"]) == changed(tmp_path, "policies", "docs")


# --- a rule --------------------------------------------------------------------------------------------------


def pack(folder: Path, rules: str) -> Path:
    """A pack with one file of rules."""
    folder.mkdir()
    (folder / "pack.yaml").write_text("pack:\n  title: A recipe\n  about: Only for this test.\n")
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    return folder


def test_a_rule_is_an_entry_with_its_cases(tmp_path: Path) -> None:
    book = load([pack(tmp_path / "ours", RULE.format(word="quiche", check="terms: [quiche]"))])
    report = casetest.run(book, None, None)
    assert [rule.id for rule in book.rules] == ["no-quiches"]
    assert report.ok
    assert len(report.results) == 6
    assert not report.thin


def test_the_recipe_names_every_field_that_a_rule_must_have() -> None:
    recipe = CONTRIBUTING.split("## Recipe: a rule")[1].split("##")[0]
    named = set(re.findall(r"\b[a-z]+\b", recipe))
    assert {name for name, field in Rule.model_fields.items() if field.is_required()} <= named


def test_a_rule_whose_cases_do_not_hold_or_are_too_few_is_told(tmp_path: Path) -> None:
    wrong = RULE.format(word="quiche", check="terms: [bread]")
    assert len(casetest.run(load([pack(tmp_path / "wrong", wrong)]), None, None).misses) == 4
    few = RULE.format(word="quiche", check="terms: [quiche]").replace(', "quiche!"', "")
    assert casetest.run(load([pack(tmp_path / "few", few)]), None, None).thin
