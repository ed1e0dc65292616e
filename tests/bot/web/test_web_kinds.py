"""Cases of every kind on a phone's first screen: what it is about and every choice, in a real Chromium."""

from __future__ import annotations

from typing import Any

import pytest
from browser_stage import PHONE
from web_seed import ANNA, BRAND, NOW, post, save, url_for

from bot.links import Purpose
from policies.model.cases import KINDS
from policies.model.cases.flagged import FLAGGED
from policies.model.cases.machinery import CaseKind, NewCase, WaitsFor
from policies.model.finding import Severity
from policies.model.post import Direction
from storage.views import Judgement

pytestmark = pytest.mark.browser
ASKED = [kind for kind in KINDS.values() if kind.waits_for[kind.first] is WaitsFor.OWNER]
LONG = "I have written three times now and nobody answers me. This is the last time that I try. " * 9
ON_SCREEN = """() => {
  const bottom = one => one.getBoundingClientRect().bottom;
  const shown = [...document.querySelectorAll('.what .message, .post .meta, .post .fold, .post .said')];
  return {about: Math.max(...shown.filter(one => one.offsetParent).map(bottom)),
          panel: document.querySelector('.act').getBoundingClientRect().top,
          buttons: [...document.querySelectorAll('.choices button')].map(bottom)};
}"""


def test_some_kinds_begin_with_the_owner() -> None:
    assert FLAGGED not in ASKED
    assert len(ASKED) >= 2


@pytest.mark.parametrize("kind", ASKED, ids=[kind.name for kind in ASKED])
@pytest.mark.parametrize("words", ["Money back, please. ^ZZ", LONG], ids=["short", "long"])
def test_what_it_is_about_and_the_choices_stand_on_the_first_screen(
    live: Any, browse: Any, kind: CaseKind, words: str
) -> None:
    said = post(1, words, direction=Direction.INBOUND, author="mara_k")
    save(live.store, [said])
    new = NewCase(kind=kind, subject="^ZZ", severity=Severity.WARN)
    judged = Judgement(
        post=said.key, revision=1, policy_version="p", scorer_version="s", findings=(), cases=(new,)
    )
    (number,) = live.store.judgements.record(BRAND, [judged], now=NOW).opened
    page = browse(PHONE)
    page.goto(url_for(live.links, ANNA, Purpose.DESK, case=number))
    seen = page.evaluate(ON_SCREEN)
    assert seen["about"] <= seen["panel"], seen
    assert len(seen["buttons"]) >= 2
    assert all(end <= PHONE["height"] for end in seen["buttons"]), seen
