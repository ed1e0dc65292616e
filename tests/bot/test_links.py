"""Links: what opens, what is refused, and that a refusal never says why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigError
from bot.links import LinkRefused, Links, Purpose

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
KEYS = ("a-new-key-of-more-than-sixteen", "an-old-key-of-more-than-sixteen")
BASE = "https://oversight.example"
LINKS = Links(KEYS, BASE)


def never(_link_id: str) -> bool:
    return False


def make(links: Links = LINKS, purpose: Purpose = Purpose.QUEUE, **more: int) -> str:
    url = links.address(
        links.grant(brand="lumen", person="kit", purpose=purpose, now=NOW, lifetime=timedelta(days=2), **more)
    )
    return url.removeprefix(f"{links.origin}/l/")


def test_a_link_names_brand_person_purpose_and_end() -> None:
    grant = LINKS.open(make(), now=NOW, is_revoked=never)
    assert (grant.brand, grant.person, grant.purpose, grant.case) == ("lumen", "kit", Purpose.QUEUE, None)
    assert grant.expires_at == NOW + timedelta(days=2)


def test_a_case_link_names_its_case() -> None:
    assert LINKS.open(make(purpose=Purpose.CASE, case=12), now=NOW, is_revoked=never).case == 12


def test_a_link_to_the_desk_or_the_queue_may_begin_at_a_case() -> None:
    for purpose in (Purpose.DESK, Purpose.QUEUE):
        assert LINKS.open(make(purpose=purpose, case=3), now=NOW, is_revoked=never).case == 3


def test_a_link_to_one_case_names_it() -> None:
    with pytest.raises(ValueError, match="case number"):
        make(purpose=Purpose.CASE)


@pytest.mark.parametrize("late", [timedelta(days=2), timedelta(days=300)])
@pytest.mark.fault(25)
def test_an_expired_link_is_refused(late: timedelta) -> None:
    with pytest.raises(LinkRefused):
        LINKS.open(make(), now=NOW + late, is_revoked=never)


def test_a_clock_that_stands_an_hour_back_still_opens() -> None:
    assert LINKS.open(make(), now=NOW - timedelta(hours=1), is_revoked=never).person == "kit"


@pytest.mark.fault(25)
def test_a_revoked_link_is_refused_and_others_are_not() -> None:
    first, second = make(), make()
    gone = LINKS.open(first, now=NOW, is_revoked=never).link_id
    with pytest.raises(LinkRefused):
        LINKS.open(first, now=NOW, is_revoked=gone.__eq__)
    assert LINKS.open(second, now=NOW, is_revoked=gone.__eq__)


@pytest.mark.fault(25)
def test_another_purpose_is_refused() -> None:
    with pytest.raises(LinkRefused):
        LINKS.open(make(), now=NOW, is_revoked=never, purposes=(Purpose.DESK, Purpose.CASE))


def test_a_link_is_no_cookie_and_a_cookie_no_link() -> None:
    token = make()
    grant = LINKS.open(token, now=NOW, is_revoked=never)
    cookie = LINKS.cookie(grant)
    assert LINKS.resume(cookie, Purpose.QUEUE, now=NOW, is_revoked=never) == grant
    with pytest.raises(LinkRefused):
        LINKS.resume(token, Purpose.QUEUE, now=NOW, is_revoked=never)
    with pytest.raises(LinkRefused):
        LINKS.open(cookie, now=NOW, is_revoked=never)


@pytest.mark.fault(25)
def test_a_rotated_key_opens_during_the_overlap_and_not_after() -> None:
    old = make(Links(["an-old-key-of-more-than-sixteen"], BASE))
    assert LINKS.open(old, now=NOW, is_revoked=never).person == "kit"
    with pytest.raises(LinkRefused):
        Links(["a-new-key-of-more-than-sixteen"], BASE).open(old, now=NOW, is_revoked=never)


def test_the_newest_key_signs() -> None:
    only_new = Links(["a-new-key-of-more-than-sixteen"], BASE)
    assert only_new.open(make(LINKS), now=NOW, is_revoked=never)


@given(at=st.integers(0, 400), character=st.characters())
@pytest.mark.fault(25)
def test_no_changed_character_passes(at: int, character: str) -> None:
    token = make()
    at %= len(token)
    if token[at] == character or at == len(token) - 1:
        return  # the last character of Base64 holds bits that are not part of the signature
    with pytest.raises(LinkRefused):
        LINKS.open(token[:at] + character + token[at + 1 :], now=NOW, is_revoked=never)


@given(st.text(max_size=3000))
def test_rubbish_is_refused(token: str) -> None:
    with pytest.raises(LinkRefused):
        LINKS.open(token, now=NOW, is_revoked=never)


@pytest.mark.fault(25)
def test_all_refusals_read_the_same() -> None:
    messages = set()
    for token, now in ((make(), NOW + timedelta(days=9)), ("rubbish", NOW), (make()[:-9], NOW)):
        messages.add(_refusal(token, now))
    assert messages == {"This link does not open anything. Ask for a new one."}


def _refusal(token: str, now: datetime) -> str:
    with pytest.raises(LinkRefused) as caught:
        LINKS.open(token, now=now, is_revoked=never)
    return str(caught.value)


def test_form_tokens_belong_to_one_person_and_purpose() -> None:
    mine = LINKS.open(make(), now=NOW, is_revoked=never)
    other = LINKS.open(make(), now=NOW, is_revoked=never)
    assert LINKS.is_form_token(mine, LINKS.form_token(mine))
    assert not LINKS.is_form_token(mine, LINKS.form_token(other))
    assert not LINKS.is_form_token(mine, "")


@pytest.mark.parametrize("keys", [[], ["short"], ["long-enough-for-a-signing-key", "short"]])
def test_weak_keys_are_refused(keys: list[str]) -> None:
    with pytest.raises(ConfigError, match="16 characters"):
        Links(keys, BASE)


@pytest.mark.parametrize(
    "base",
    ["oversight.example", "ftp://a.example", "https://", "https://a.example/desk", "https://u@a.example"],
)
def test_an_address_that_is_no_origin_is_refused(base: str) -> None:
    with pytest.raises(ConfigError, match="scheme and host"):
        Links(KEYS, base)


@pytest.mark.fault(31)
def test_a_repr_holds_no_key() -> None:
    assert "key" not in repr(LINKS)
