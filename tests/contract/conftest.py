"""Fixtures of this folder."""

from __future__ import annotations

import pytest
from contract_steps import MADE_UP

from bot.connectors import SITES


@pytest.fixture(params=dict.fromkeys([*SITES, MADE_UP]))
def platform(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each platform of the table, and one that only the tests have."""
    found: str = request.param
    monkeypatch.setitem(SITES, found, SITES.get(found, found))
    return found
