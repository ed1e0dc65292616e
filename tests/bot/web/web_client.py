"""How the tests of the pages come in, fill forms and look at the outcome."""

from __future__ import annotations

import html
import re
from typing import Any

from starlette.testclient import TestClient
from web_seed import BRAND, KIT, url_for

from bot.links import Links, Purpose
from policies.model.cases.flagged import FlaggedState
from policies.model.people import Person
from storage.store import Store

OURS = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}


def enter(
    client: TestClient, links: Links, who: Person = KIT, purpose: Purpose = Purpose.QUEUE, **more: int
) -> str:
    """Follow a link; the clean address that it led to."""
    answer = client.get(url_for(links, who, purpose, **more))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the form on a page."""
    pairs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in pairs}


def form(client: TestClient, path: str, **filled: str) -> dict[str, str]:
    return fields(client.get(path).text) | filled


def step(client: TestClient, path: str, action: str, note: str = "") -> Any:
    return client.post(path, data=form(client, path, action=action, note=note), headers=OURS)


def state(store: Store, number: int) -> FlaggedState:
    return store.cases.get(BRAND, number).case.state
