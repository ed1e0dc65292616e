"""CONTRIBUTING.md's recipes for a page and a language, followed to the letter."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from recipe_copy import ROOT, changed, ran

from benchmarks import structure
from bot import words

VIEW = '''"""How many cases the brand has had."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.links import Purpose
from bot.web.guard import admit
from bot.web.site import WebSite


def routes(site: WebSite) -> list[Route]:
    """The page."""

    def show(request: Request) -> Response:
        visit = admit(site, request, Purpose.DESK)
        return site.page("tally/page.html", visit=visit, tally=site.store.cases.waiting(visit.grant.brand))

    return [Route("/desk/{brand}/tally", show)]
'''
PAGE = """{% extends "inside.html" %}
{% block title %}{{ _("tally.title") }}{% endblock %}
{% block main %}<h1>{{ _("tally.cases", tally.values()|sum) }}</h1>{% endblock %}
"""
WORDS = """
msgid "tally.title"
msgstr "Tally"

msgid "tally.cases"
msgid_plural "tally.cases"
msgstr[0] "{n} case so far"
msgstr[1] "{n} cases so far"
"""
VISIT = """
import sys
from datetime import timedelta
from pathlib import Path
from starlette.testclient import TestClient
import conftest
from web_seed import ANNA, BRAND, KEYS, NOW, PEOPLE, Purpose, flagged, post, url_for
from bot.links import Links
from policies.model.keys import AccountKey
from storage.engines import open_store

with open_store(sys.argv[1]) as store:
    accounts = [AccountKey(platform="x", handle="lumenbakery")]
    store.brands.sync(BRAND, accounts=accounts, people=PEOPLE, now=NOW)
    flagged(store, post(1, "We guarantee it"), "guarantee")
    links = Links(KEYS, "http://testserver")
    client = TestClient(conftest.application(store, links, conftest.Clock()))
    assert client.get(f"/desk/{BRAND}/tally").status_code == 403
    client.get(url_for(links, ANNA, Purpose.DESK))
    print(client.get(f"/desk/{BRAND}/tally").text)
"""


def test_a_page_is_a_folder_a_line_and_its_words(tmp_path: Path) -> None:
    skip = shutil.ignore_patterns("__pycache__", "*.onnx")  # the model is large, and no page asks it
    shutil.copytree(ROOT / "bot", tmp_path / "bot", ignore=skip)
    pages = tmp_path / "bot" / "web" / "pages"
    (pages / "tally").mkdir()
    (pages / "tally" / "__init__.py").write_text("")
    (pages / "tally" / "view.py").write_text(VIEW)
    (pages / "tally" / "page.html").write_text(PAGE)
    replaced(
        pages / "__init__.py",
        "\nPAGES = (",
        "\nfrom bot.web.pages.tally import view as tally\n\nPAGES = (tally, ",
    )
    with (tmp_path / "bot" / "words" / "en.po").open("a", encoding="utf-8") as catalogue:
        catalogue.write(WORDS)
    shown = ran(tmp_path, "-c", VISIT, str(tmp_path / "oversight.db"), rooms=("tests/bot/web",))
    assert "<h1>1 case so far</h1>" in shown
    assert changed(tmp_path, "bot") == set(structure.recipes()["page"])


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_language_is_a_catalogue_and_english_stands_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(words.FOLDER / "en.po", tmp_path)
    (tmp_path / "tlh.po").write_text(
        'msgid ""\nmsgstr ""\n"Language: tlh\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "severity.critical"\nmsgstr "DaH!"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    assert words.languages() == ["en", "tlh"]
    with words.speaking("tlh"):
        assert words.say("severity.critical") == "DaH!"
        assert words.say("severity.breach") == "Off-brand"
    assert words.say("severity.critical") != "DaH!"
