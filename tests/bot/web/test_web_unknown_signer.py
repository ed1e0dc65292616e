"""The page of a mark that nobody knows: the owner asks, the agency names, the owner closes."""

from __future__ import annotations

from starlette.testclient import TestClient
from web_client import OURS, enter, form
from web_seed import ANNA, BRAND, NOW, post, save

from bot.links import Links, Purpose
from policies.model.cases.machinery import NewCase
from policies.model.cases.unknown_signer import UNKNOWN_SIGNER, SignerState
from policies.model.finding import Severity
from storage.store import Store
from storage.views import Judgement

EVIL = "^<b>"


def opened(store: Store, mark: str = "^ZZ") -> int:
    said = post(1, f"Fresh bread! {mark}")
    save(store, [said])
    new = NewCase(kind=UNKNOWN_SIGNER, subject=mark, severity=Severity.WARN)
    judged = Judgement(
        post=said.key, revision=1, policy_version="p", scorer_version="s", findings=(), cases=(new,)
    )
    return store.judgements.record(BRAND, [judged], now=NOW).opened[0]


def test_the_question_goes_from_owner_to_agency_and_back(
    client: TestClient, links: Links, store: Store
) -> None:
    number = opened(store)
    desk = enter(client, links, ANNA, Purpose.DESK)
    assert "Who signs as ^ZZ?" in client.get(desk).text
    page = client.get(f"{desk}/case/{number}").text
    assert "Do you know them?" in page
    assert "I know them" in page
    assert "Say who it is" not in page
    ask = form(client, f"{desk}/case/{number}", action="ask", note="Who is that?")
    answer = client.post(f"{desk}/case/{number}", data=ask, headers=OURS)
    assert "The agency is asked who that is." in client.get(answer.headers["location"]).text

    queue = enter(client, links)
    assert "Who signs as ^ZZ?" in client.get(queue).text
    empty = form(client, f"{queue}/case/{number}", action="name", note="")
    assert client.post(f"{queue}/case/{number}", data=empty, headers=OURS).status_code == 422
    known = form(client, f"{queue}/case/{number}", action="know", note="")
    assert client.post(f"{queue}/case/{number}", data=known, headers=OURS).status_code == 422
    named = form(client, f"{queue}/case/{number}", action="name", note="Zoë Zander, since Monday.")
    assert client.post(f"{queue}/case/{number}", data=named, headers=OURS).status_code == 303

    desk = enter(client, links, ANNA, Purpose.DESK)
    assert "Zoë Zander, since Monday." in client.get(f"{desk}/case/{number}").text
    closing = form(client, f"{desk}/case/{number}", action="know", note="")
    client.post(f"{desk}/case/{number}", data=closing, headers=OURS)
    assert store.cases.get(BRAND, number).case.state is SignerState.CLOSED


def test_a_mark_is_shown_as_text(client: TestClient, links: Links, store: Store) -> None:
    number = opened(store, EVIL)
    desk = enter(client, links, ANNA, Purpose.DESK)
    for path in (desk, f"{desk}/case/{number}"):
        page = client.get(path).text
        assert "^&lt;b&gt;" in page
        assert EVIL not in page
