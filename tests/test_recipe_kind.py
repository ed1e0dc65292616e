"""A further kind of case is made by the recipe in a copy: a module, a page, two lines and its words."""

from __future__ import annotations

import shutil
from pathlib import Path

from recipe_copy import ROOT, changed, ran

from benchmarks import structure

KIND = '''"""A birthday that the agency should not forget."""

from enum import StrEnum

from policies.model.cases.machinery import CaseKind, Step, WaitsFor
from policies.model.people import Role


class BirthdayState(StrEnum):
    OPEN = "open"
    SUNG = "sung"


class BirthdayAction(StrEnum):
    SING = "sing"


BIRTHDAY = CaseKind(
    name="birthday",
    states=BirthdayState,
    actions=BirthdayAction,
    first=BirthdayState.OPEN,
    waits_for={BirthdayState.OPEN: WaitsFor.OWNER, BirthdayState.SUNG: WaitsFor.NOBODY},
    steps={
        BirthdayAction.SING: Step(
            by=Role.OWNER, sources=frozenset({BirthdayState.OPEN}), target=BirthdayState.SUNG
        )
    },
)
'''
PAGE = '''"""A birthday."""

from markupsafe import Markup

from bot.web.pages.case.kinds.page import KindPage
from bot.web.wording import Choice
from bot.words import glossary
from policies.model.cases.birthday import BIRTHDAY, BirthdayAction
from policies.model.people import Role

PAGE = KindPage(
    kind=BIRTHDAY,
    template="case/kinds/birthday.html",
    choices={Role.OWNER: (Choice(action=BirthdayAction.SING),)},
    titles=lambda view: (glossary.title(view.case.kind, view.case.subject),),
    excerpt=lambda view, length: Markup(),
    about=lambda view: {},
)
'''
TEMPLATE = '<p class="message">{{ _("birthday.cake", who=view.case.subject|named) }}</p>\n'
WORDS = """
msgid "title.birthday"
msgstr "The birthday of {subject}"

msgid "birthday.cake"
msgstr "There should be a cake for {who}."

msgid "state.owner.birthday.open"
msgstr "Soon"

msgid "state.owner.birthday.sung"
msgstr "Sung"

msgid "next.owner.birthday.open"
msgstr "Please sing."

msgid "next.owner.birthday.sung"
msgstr "Until next year."

msgid "action.sing"
msgstr "I sang"

msgid "action.sing.hint"
msgstr "Loudly."

msgid "action.sing.thanks"
msgstr "How nice."

msgid "step.sing"
msgstr "sang"
"""
VISIT = """
import sys
from starlette.testclient import TestClient
import conftest
from web_client import OURS, enter, form
from web_seed import ANNA, BRAND, KEYS, NOW, PEOPLE, Purpose, flagged, post
from bot.links import Links
from policies.model.cases.birthday import BIRTHDAY
from policies.model.cases.machinery import NewCase
from policies.model.finding import Severity
from policies.model.keys import AccountKey
from storage.case_steps import open_cases
from storage.database import Mode
from storage.engines import open_store

with open_store(sys.argv[1]) as store:
    store.brands.sync(BRAND, accounts=[AccountKey(platform="x", handle="a")], people=PEOPLE, now=NOW)
    new = NewCase(kind=BIRTHDAY, subject="Kit", severity=Severity.INFO)
    with store.database.write(Mode.PROMISED) as conn:
        (made,) = open_cases(conn, BRAND, [(new, None)], NOW)
        assert open_cases(conn, BRAND, [(new, None)], NOW) == []
    links = Links(KEYS, "http://testserver")
    app = conftest.application(store, links, conftest.Clock())
    client = TestClient(app, base_url="http://testserver", follow_redirects=False)
    desk = enter(client, links, ANNA, Purpose.DESK)
    listed = client.get(desk).text
    assert "The birthday of Kit" in listed and "Soon" in listed
    path = f"{desk}/case/{made.id}"
    assert "Please sing." in client.get(path).text
    done = client.post(path, data=form(client, path, action="sing", note="La la"), headers=OURS)
    assert "How nice." in client.get(done.headers["location"]).text
    shown = client.get(path).text
    assert "La la" in shown and "Sung" in shown
    assert store.cases.get(BRAND, made.id).case.closed
    assert [entry.action for entry in store.audit.find(BRAND, limit=2)] == ["case sing", "case opened"]
    print("sung")
"""


def test_a_kind_of_case_is_a_module_a_page_two_lines_and_its_words(tmp_path: Path) -> None:
    skip = shutil.ignore_patterns("__pycache__", "*.onnx", "*.npz")  # models are large, and no page asks them
    for room in ("bot", "policies"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=skip)
    cases = tmp_path / "policies" / "model" / "cases"
    (cases / "birthday.py").write_text(KIND)
    replaced(
        cases / "__init__.py", "\nKINDS:", "\nfrom policies.model.cases.birthday import BIRTHDAY\n\nKINDS:"
    )
    replaced(cases / "__init__.py", "(FLAGGED, ", "(BIRTHDAY, FLAGGED, ")
    kinds = tmp_path / "bot" / "web" / "pages" / "case" / "kinds"
    (kinds / "birthday.py").write_text(PAGE)
    (kinds / "birthday.html").write_text(TEMPLATE)
    replaced(kinds / "__init__.py", "import conversation, flagged", "import birthday, conversation, flagged")
    replaced(kinds / "__init__.py", "(flagged.PAGE, ", "(birthday.PAGE, flagged.PAGE, ")
    with (tmp_path / "bot" / "words" / "en.po").open("a", encoding="utf-8") as catalogue:
        catalogue.write(WORDS)
    shown = ran(tmp_path, "-c", VISIT, str(tmp_path / "oversight.db"), rooms=("tests/bot/web",))
    assert "sung" in shown
    touched = changed(tmp_path, "bot", "policies")
    assert touched == set(structure.recipes()["kind of case"])
    assert len(touched) <= 3


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")
