"""What people are shown of numbers: the last four signs, and as long a text as before."""

from __future__ import annotations

import pytest

from policies.masking import TOPIC, masked, masked_words
from policies.model.finding import Finding, Severity
from policies.model.keys import PostKey


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Your card 4111 1111 1111 1111 was charged", "Your card •••• •••• •••• 1111 was charged"),
        ("4111111111111111 12/26 cvv 123, thanks", "••••••••••••1111 ••/•• cvv •••, thanks"),
        ("4111-1111-1111-1111, exp. 1/2029", "••••-••••-••••-1111, exp. •/••••"),
        ("Card 1 4111 1111 1111 1111 is on file", "Card 1 •••• •••• •••• 1111 is on file"),
        ("pay to gb29 nwbk 6016 1331 9268 19 now", "pay to •••• •••• •••• •••• ••68 19 now"),
        ("Is 536-90-4399 yours?", "Is •••-••-4399 yours?"),
        ("We open at 9 on 12 May 2026", "We open at 9 on 12 May 2026"),
        ("parcel 9400 1118 9922 3197 4284 90", "parcel 9400 1118 9922 3197 4284 90"),
        ("\ud800 4111 1111 1111 1111 \U0001f600", "\ud800 •••• •••• •••• 1111 \U0001f600"),
        ("nothing", "nothing"),
        ("pay (4242) 4242 4242 4242 now", "pay (••••) •••• •••• 4242 now"),
        ("DE89 3704 0044 0532 0130 00BIC COBADEFF", "•••• •••• •••• •••• ••30 00BIC COBADEFF"),
        ("the wifi password is Sourdough2026!", "the wifi password is ••••••••••••••"),
        ("see postgres://u:secret99@db.example.org/x", "see postgres://u:••••••••@db.example.org/x"),
        ("AKIAIOSFODNN7EXAMPLE is it", "•••••••••••••••••••• is it"),
        ("-----BEGIN PRIVATE KEY-----\nMIIa+/=\n-", "-----BEGIN PRIVATE KEY-----\n•••••••\n•"),
        ("sk_live_abcdefgh12345678", "••••••••••••••••••••••••"),
        ("login: see the page", "login: see the page"),
    ],
)
def test_the_last_four_stay(text: str, wanted: str) -> None:
    assert masked(text) == wanted
    assert len(masked(text)) == len(text)
    assert masked(wanted) == wanted


def finding(matched: str, topic: str = "personal-data") -> Finding:
    return Finding(
        rule="contact",
        title="Contact details",
        topic=topic,
        severity=Severity.WARN,
        message=f"Contact details: {matched}",
        why="",
        suggest=None,
        policy="p",
        policy_version="1",
        post=PostKey(platform="x", account="a", external_id="1"),
        matched=matched,
    )


def test_what_a_rule_calls_personal_data_is_masked_wherever_it_stands() -> None:
    text = "On 12 May call (415) 555-2671 or jane@example.org"
    found = finding("(415) 555-2671 … jane@example.org")
    assert masked(text, [found]) == "On 12 May call (•••) •••-2671 or jane@example.org"
    assert masked(f"edited: {text}", [found]).endswith("(•••) •••-2671 or jane@example.org")
    assert masked(text, [finding("(415) 555-2671", topic="links")]) == text
    assert masked_words(found.matched, found.topic) == "(•••) •••-2671 … jane@example.org"
    assert masked_words("order 2026-123456", "agency-leak") == "order 2026-123456"
    assert masked_words("GB29 NWBK 6016 1331 9268 19", TOPIC) == "•••• •••• •••• •••• ••68 19"
