"""Numbers by their schemes: whatever stands beside them, and in whatever form."""

from __future__ import annotations

import pytest

from policies.matching.numbers import cards, ibans, social_security

CARDS = [
    ("Your card 4111 1111 1111 1111 was charged", ["4111 1111 1111 1111"]),
    ("4111 1111 1111 1111 12/26", ["4111 1111 1111 1111"]),
    ("We have 4111 1111 1111 1111 123 on file", ["4111 1111 1111 1111"]),
    ("Card 1 4111 1111 1111 1111 is on file", ["4111 1111 1111 1111"]),
    ("from 2024 5555 5555 5555 4444 on", ["5555 5555 5555 4444"]),
    ("4111\u202f1111\u20091111\u00a01111", ["4111\u202f1111\u20091111\u00a01111"]),
    ("it is 4111.1111.1111.1111.", ["4111.1111.1111.1111"]),
    ("4111\u20131111\u20111111\u22121111", ["4111\u20131111\u20111111\u22121111"]),
    ("3782 822463 10005 1234", ["3782 822463 10005"]),
    ("visa4111111111111111", ["4111111111111111"]),
    ("5555555555554444exp 12/26", ["5555555555554444"]),
    ("\uff14\uff11\uff11\uff11 1111 1111 1111", ["\uff14\uff11\uff11\uff11 1111 1111 1111"]),
    ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", ["4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"]),
    ("4111 1111 1111 1111 5500 0000 0000 0004", ["4111 1111 1111 1111", "5500 0000 0000 0004"]),
    ("4111\u200b1111\u200b1111\u200b1111", ["4111\u200b1111\u200b1111\u200b1111"]),
    ("4111 - 1111 - 1111 - 1111", ["4111 - 1111 - 1111 - 1111"]),
    ("4111/1111/1111/1111 01/30", ["4111/1111/1111/1111"]),
]
NO_CARDS = [
    "Your parcel 4111 1111 1111 1112 is on its way",
    "Tracking number: 4111111111111111",
    "DHL 00340434161094042557",
    "USPS 9400 1118 9922 3197 4284 90",
    "UPS 1Z999AA10123456784",
    "IMEI 490154203237518",
    "the mug 4006381333931 is back",
    "since 2021 2022 2023 2024",
    "https://example.com/status/1849302837465738291",
    "part AB4111111111111111",
    "41111111111111111111",
    "+4915123456784",
    "0000 0000 0000 0000",
    "1111 1111 1111 1111",
]
IBANS = [
    ("Refund goes to GB29 NWBK 6016 1331 9268 19 today", ["GB29 NWBK 6016 1331 9268 19"]),
    ("de89370400440532013000 please", ["de89370400440532013000"]),
    ("IBAN DE89 3704 0044 0532 0130 00 and thank you", ["DE89 3704 0044 0532 0130 00"]),
    ("gb29-nwbk-6016-1331-9268-19!", ["gb29-nwbk-6016-1331-9268-19"]),
    ("fr14\u00a02004\u202f1010 0505 0001 3M02 606", ["fr14\u00a02004\u202f1010 0505 0001 3M02 606"]),
    ("NO9386011117947 it is", ["NO9386011117947"]),
    ("IBANDE89370400440532013000", ["DE89370400440532013000"]),
    ("DE89.3704.0044.0532.0130.00", ["DE89.3704.0044.0532.0130.00"]),
]
NO_IBANS = [
    "The code GB29 gives you a tenth off",
    "DE89 3704 0044 0532 0130 01",
    "XX29 NWBK 6016 1331 9268 19",
    "DE893704004405320130001",
    "GB29 NWBK 6016 1331 9268 1",
]


@pytest.mark.parametrize(("text", "wanted"), [*CARDS, *((text, []) for text in NO_CARDS)])
def test_cards(text: str, wanted: list[str]) -> None:
    assert [text[span.start : span.end] for span in cards(text)] == wanted


@pytest.mark.parametrize(("text", "wanted"), [*IBANS, *((text, []) for text in NO_IBANS)])
def test_accounts(text: str, wanted: list[str]) -> None:
    assert [text[span.start : span.end] for span in ibans(text)] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Is 536-90-4399 yours?", ["536-90-4399"]),
        ("536\u201190\u20114399", ["536\u201190\u20114399"]),
        ("your SSN is 536904399, right?", ["536904399"]),
        ("Order 000-12-3456", []),
        ("part 536904399", []),
        ("DPCI 087-06-8711, any store?", []),
        ("size 11.307.39.1820", []),
    ],
)
def test_social_security(text: str, wanted: list[str]) -> None:
    assert [text[span.start : span.end] for span in social_security(text)] == wanted
