"""One case that cannot be shown is a line in a list or a conversation, never the end of the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest
from starlette.testclient import TestClient
from web_client import enter
from web_seed import ANNA, KIT, flagged, post, save

from bot.links import Links, Purpose
from bot.web import text
from bot.web.pages.case.kinds import page_of
from bot.web.pages.case.kinds.page import KindPage
from bot.web.pages.cases import view as cases
from policies.model.people import Person
from storage.store import Store
from storage.views import CaseView

pytestmark = pytest.mark.usefixtures("quiet")

BAD, TOLD = 2, "Case 2 cannot be shown here."


def _raises(_: CaseView) -> tuple[str, ...]:
    raise OverflowError("date value out of range")


def _not_words(_: CaseView) -> tuple[str, ...]:
    return cast("Any", (7,))  # type: ignore[no-any-return]


@pytest.mark.parametrize("titles", [_raises, _not_words], ids=["cannot be made", "cannot be laid out"])
@pytest.mark.parametrize(("who", "purpose"), [(KIT, Purpose.QUEUE), (ANNA, Purpose.DESK)])
@pytest.mark.parametrize("show", ["agency", "owner"])
def test_lists_go_on_after_a_case_that_cannot_be_shown(
    client: TestClient, links: Links, store: Store, monkeypatch: pytest.MonkeyPatch,
    titles: Callable[[CaseView], tuple[str, ...]], who: Person, purpose: Purpose, show: str,
) -> None:  # fmt: skip
    for number in (1, 2, 3):
        flagged(store, post(number, f"We guarantee loaf {number}"), "guarantee")

    def odd(view: CaseView) -> KindPage:
        page = page_of(view)
        return replace(page, titles=titles) if view.case.id == BAD else page

    monkeypatch.setattr(cases, "page_of", odd)
    answer = client.get(f"{enter(client, links, who, purpose)}?show={show}")
    assert answer.status_code == 200
    if show == "agency":
        assert TOLD in answer.text
        assert f"case/{BAD}" in answer.text, "the way to it"
        assert "loaf 1" in answer.text
        assert "loaf 3" in answer.text


@pytest.mark.parametrize("broken", ["word_diff", "folded"])
def test_a_conversation_goes_on_after_a_message_that_cannot_be_shown(
    client: TestClient, links: Links, store: Store, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    save(
        store, [post(1, "Where is my cake?", author="mara"), post(3, "Any news?", thread="1", author="mara")]
    )
    save(store, [post(3, "Any news at all?", thread="1", author="mara")])
    number = flagged(store, post(2, "We guarantee it", thread="1"), "guarantee")
    real = getattr(text, broken)

    def fails(words: str, *rest: Any, **more: Any) -> Any:
        if words.startswith("Any news"):
            raise OverflowError("date value out of range")
        return real(words, *rest, **more)

    monkeypatch.setattr(text, broken, fails)
    page = client.get(f"{enter(client, links)}/case/{number}").text
    assert "A message stands here that cannot be shown" in page
    assert "Where is my cake?" in page
