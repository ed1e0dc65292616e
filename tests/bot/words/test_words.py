"""The catalogues: every code that is said has its words, and every language fills in the same parts."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from pseudo import PSEUDO, speak_pseudo

import bot
from bot import words
from bot.settings.brand import Brand
from bot.words import ENGLISH, codes, figures, glossary, knows, languages, say, speaking
from policies.model.cases import KINDS
from policies.model.cases.machinery import CaseKind
from policies.model.coverage import Why
from policies.model.finding import Severity
from policies.model.people import Role
from policies.threads.conversations import Concern

BOT = Path(bot.__file__).parent
SAYERS = {"say", "said", "pattern", "knows", "_of_kind"}
_IN_TEMPLATE = re.compile(r"""\b_\(\s*("[^)]*?)(?:,|\))""")
_CODE = re.compile(r'"([a-z][a-z0-9_.]*)"')


def spoken_in_code() -> Iterator[tuple[str, bool]]:
    """The codes said in Python: (code, whole), or what stands before the part that is put in."""
    for path in BOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", getattr(node.func, "attr", "")) in SAYERS
            ):
                continue
            for one in ast.walk(node.args[0]) if node.args else ():
                if isinstance(one, ast.JoinedStr) and isinstance(one.values[0], ast.Constant):
                    yield str(one.values[0].value), False
                elif isinstance(one, ast.Constant) and one is node.args[0]:
                    yield str(one.value), getattr(node.func, "id", "") != "_of_kind"


def spoken_in_templates() -> Iterator[tuple[str, bool]]:
    for path in [*BOT.rglob("*.html"), *BOT.rglob("letter.txt")]:
        for call in _IN_TEMPLATE.findall(path.read_text("utf-8")):
            for code in _CODE.findall(call):
                yield code, "~" not in call


def test_every_code_that_is_said_has_its_words() -> None:
    for code, whole in (*spoken_in_code(), *spoken_in_templates()):
        assert any(known == code if whole else known.startswith(code) for known in codes(ENGLISH)), code


def test_every_failure_of_a_platform_has_its_words() -> None:
    """What connectors raise, and what mends it; the sentence gets the parts that it asks for."""
    for path in (BOT / "connectors").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") in {"AccountUnreachable", "TokenDead"}
            ):
                continue
            parts = {one.arg: one.value for one in node.keywords}
            mend = parts.get("mend")
            assert mend is None or (isinstance(mend, ast.Constant) and knows(f"mend.{mend.value}")), (
                ast.unparse(node)
            )
            for one in ast.walk(node.args[0]):
                if isinstance(one, ast.Constant):
                    assert knows(f"unchecked.{one.value}"), ast.unparse(node)
                    assert fields(words.catalogue(ENGLISH).gettext(f"unchecked.{one.value}")) <= set(parts)


def test_every_entry_of_the_catalogue_is_said_somewhere() -> None:
    said = set(spoken_in_code()) | set(spoken_in_templates())
    whole, begun = ({code for code, flag in said if flag is wanted} for wanted in (True, False))
    source = "".join(path.read_text("utf-8") for path in BOT.rglob("*.py"))
    unsaid = [
        code
        for code in codes(ENGLISH)
        if code not in whole
        and not any(code.startswith(start) for start in begun)
        and f'"{code}"' not in source
    ]
    assert unsaid == []


@pytest.mark.parametrize(("prefix", "members"), [("severity", Severity), ("why", Why), ("client", Concern)])
def test_our_terms_have_their_words(prefix: str, members: type[StrEnum]) -> None:
    assert [str(member) for member in members if not knows(f"{prefix}.{member}")] == []


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_of_case_has_its_words(kind: CaseKind) -> None:
    for state in kind.states:
        readers = (Role.OWNER,) if state in kind.unsaid else (Role.OWNER, Role.AGENCY)
        for code in (f"{what}.{role}" for what in ("state", "next") for role in readers):
            assert knows(f"{code}.{kind.name}.{state}") or knows(f"{code}.{state}"), (code, state)
    assert [action for action in kind.actions if not knows(f"step.{action}")] == []


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", languages())
def test_every_language_fills_in_the_same_parts(language: str) -> None:
    with (words.FOLDER / f"{language}.po").open("rb") as written:
        for message in read_po(written):
            if not message.id:
                continue
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            english = words.catalogue(ENGLISH)
            code = message.id if isinstance(message.id, str) else message.id[0]
            wanted = fields(english.ngettext(code, code, 2) if len(texts) > 1 else english.gettext(code))
            assert all(fields(text) - {"n"} == wanted - {"n"} for text in texts), code


def test_what_is_urgent_is_called_so() -> None:
    assert glossary.severity(Severity.CRITICAL) == "Urgent"


def test_numbers_choose_their_form() -> None:
    assert [say("posts", n) for n in (0, 1, 2, 1204)] == ["0 posts", "1 post", "2 posts", "1,204 posts"]
    assert figures.listed(["a", "b", "c"]) == "a, b and c"


def test_a_code_without_words_is_said_as_it_is() -> None:
    assert say("no.such {code}") == "no.such {code}"


def test_a_language_is_one_new_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing else names it: brand.yaml may ask for it at once, and what it leaves out is English."""
    speak_pseudo(monkeypatch, tmp_path)
    head = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=n != 1;\\n"\n'
    (tmp_path / "eo.po").write_text(f'{head}\nmsgid "severity.critical"\nmsgstr "Urĝa"\n', "utf-8")
    brand = {"brand": "b", "name": "B", "time_zone": "UTC", "language": "eo"}
    owner = {"id": "a", "name": "A", "role": "owner", "email": "a@b.example"}
    assert Brand.model_validate({**brand, "people": [owner]}).language == "eo"
    with speaking("eo"):
        assert glossary.severity(Severity.CRITICAL) == "Urĝa"
        assert glossary.severity(Severity.WARN) == "Worth a look"
    with pytest.raises(ValueError, match="there are no words in 'fr' yet; there are some in en, en-XA, eo"):
        Brand.model_validate({**brand, "language": "fr", "people": [owner]})
    with speaking(PSEUDO):
        assert glossary.severity(Severity.WARN) != "Worth a look"
